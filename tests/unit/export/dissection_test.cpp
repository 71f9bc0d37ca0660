#include "sim/export/dissection.hpp"

#include "protocols/wire/checksum.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <string>

using namespace tegami;
using namespace tegami::exporting;

namespace {

namespace dissection_test {

using Buffer = wire::OctetBuffer;

/// "02 00 0a" as octets.
Buffer octets(std::string_view hex)
{
    Buffer out;
    int high = -1;
    for (const char c : hex) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) continue;
        if (high < 0) {
            high = digit;
        } else {
            out.push_back(static_cast<std::uint8_t>(high << 4 | digit));
            high = -1;
        }
    }
    return out;
}

Buffer operator+(Buffer one, const Buffer& other)
{
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

Buffer u16(std::size_t value) { return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)}; }

const Buffer ethernet_v6 = octets("02 00 00 00 00 02  02 00 00 00 00 01  86 dd");
const Buffer ethernet_v4 = octets("02 00 00 00 00 02  02 00 00 00 00 01  08 00");
const Buffer one = octets("20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 25");
const Buffer two = octets("20 01 0d b8 00 02 00 00 00 00 00 00 00 00 00 53");

/// An IPv6 packet in a frame, with the checksum of its payload put at `checksum` within it.
Buffer v6_frame(std::uint8_t next, Buffer payload, std::size_t checksum)
{
    wire::ChecksumSum sum;
    sum.add(one).add(two).add_u32(static_cast<std::uint32_t>(payload.size())).add_u32(next);
    const std::uint16_t right = sum.add(payload).checksum();
    payload[checksum] = static_cast<std::uint8_t>(right >> 8);
    payload[checksum + 1] = static_cast<std::uint8_t>(right);
    return ethernet_v6 + octets("60 00 00 00") + u16(payload.size()) + Buffer{next, 64} + one + two + payload;
}

Buffer v4_frame(std::uint8_t protocol, const Buffer& payload, std::size_t flags_offset = 0x4000)
{
    Buffer header = octets("45 00") + u16(20 + payload.size()) + octets("12 34") + u16(flags_offset) +
                    Buffer{64, protocol} + octets("00 00  c0 00 02 01  c6 33 64 19");
    const std::uint16_t right = wire::internet_checksum(header);
    header[10] = static_cast<std::uint8_t>(right >> 8);
    header[11] = static_cast<std::uint8_t>(right);
    return ethernet_v4 + header + payload;
}

/// An answer to "example.com MX?" with a name that points back, and OPT.
const Buffer dns_answer = octets("ab cd 84 00 00 01 00 01 00 00 00 01"
                                 "07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 0f 00 01"
                                 "c0 0c 00 0f 00 01 00 00 0e 10 00 08 00 0a 03 6d 78 31 c0 0c"
                                 "00 00 29 04 d0 00 00 00 00 00 00");

Buffer udp(const Buffer& payload) { return octets("00 35 c0 00") + u16(8 + payload.size()) + u16(0) + payload; }

Dissection take_apart(const Buffer& frame, DissectionContext context = {})
{
    if (context.original_length == 0) context.original_length = static_cast<std::uint32_t>(frame.size());
    return dissect(frame, context);
}

const Field* find(const std::vector<Field>& fields, std::string_view key)
{
    for (const Field& field : fields) {
        if (field.key == key) return &field;
        if (const Field* part = find(field.parts, key)) return part;
    }
    return nullptr;
}
const Field* find(const Dissection& dissection, std::string_view protocol, std::string_view key)
{
    for (const Layer& layer : dissection.layers)
        if (layer.protocol == protocol)
            if (const Field* field = find(layer.fields, key)) return field;
    return nullptr;
}
std::string value(const Dissection& dissection, std::string_view protocol, std::string_view key)
{
    const Field* const field = find(dissection, protocol, key);
    return field ? field->value : "(no such field)";
}

std::vector<std::string> protocols(const Dissection& dissection)
{
    std::vector<std::string> names;
    for (const Layer& layer : dissection.layers) names.emplace_back(layer.protocol);
    return names;
}
using Names = std::vector<std::string>;

/// Every field lies within the frame, and parts within what they are parts of.
void check_places(const std::vector<Field>& fields, std::size_t from, std::size_t to)
{
    for (const Field& field : fields) {
        REQUIRE(field.offset >= from);
        REQUIRE(field.offset + field.size <= to);
        const bool owns = field.size > 0;
        check_places(field.parts, owns ? field.offset : from, owns ? field.offset + field.size : to);
    }
}
void check_places(const Dissection& dissection, std::size_t size)
{
    REQUIRE_FALSE(dissection.layers.empty());
    for (const Layer& layer : dissection.layers) {
        REQUIRE(layer.offset + layer.size <= size);
        REQUIRE((layer.wrong.empty() || layer.wrong_at <= size));
        check_places(layer.fields, 0, size);
    }
    REQUIRE(dissection.payload_offset <= size);
}

std::vector<Buffer> samples()
{
    const Buffer tcp_options =
        octets("00 19 c0 00 00 00 10 00 00 00 20 00 d0 12 ff ff 00 00 00 00"
               "02 04 05 b4  01 03 03 07  04 02 08 0a 00 00 00 01 00 00 00 02  05 0a 00 00 30 00 00 00 40 00 01 01");
    const Buffer solicitation = octets("87 00 00 00 00 00 00 00") + two + octets("01 01 02 00 00 00 00 01");
    return {
        v6_frame(17, udp(dns_answer), 6),
        v6_frame(58, solicitation, 2),
        v6_frame(6, tcp_options, 16),
        v4_frame(17, udp(dns_answer)),
        v4_frame(6, octets("c0 00 02 4b 00 00 00 01 00 00 00 01 50 18 ff ff 00 00 00 00") +
                        octets("41 55 54 48 20 50 4c 41 49 4e 20 41 47 45 41 59 67 3d 3d 0d 0a")),
        v4_frame(1, octets("03 03 00 00 00 00 00 00") +
                        octets("45 00 00 2c 00 00 40 00 40 06 00 00 c0 00 02 01 c6 33 64 19 c0 00 00 19 00 00 00 01"))};
}

} // namespace dissection_test

} // namespace

TEST_CASE("a DNS answer over IPv6 is taken apart to the octet", "[dissection]")
{
    using namespace dissection_test;
    const Buffer frame = v6_frame(17, udp(dns_answer), 6);
    const Dissection apart = take_apart(frame);
    CHECK(protocols(apart) == Names{"Ethernet", "IPv6", "UDP", "DNS"});
    CHECK(apart.wrong() == nullptr);
    CHECK(find(apart, "UDP", "field.ip.checksum")->word == "word.right");
    CHECK(value(apart, "IPv6", "field.ip.source") == "2001:db8:1::25");
    CHECK(value(apart, "DNS", "field.dns.id") == "0xabcd");
    CHECK(value(apart, "DNS", "field.dns.aa") == "1");
    CHECK(value(apart, "DNS", "field.dns.exchange") == "mx1.example.com.");
    const Field* const exchange = find(apart, "DNS", "field.dns.exchange");
    CHECK(exchange->offset == 62 + 12 + 17 + 14);
    CHECK(exchange->size == 6); // a label, and a pointer to the rest
    CHECK(value(apart, "DNS", "field.dns.ttl") == "3600");
    CHECK(value(apart, "DNS", "field.dns.udp_size") == "1232");
    REQUIRE(apart.dns);
    CHECK(apart.dns->name == "example.com.");
    CHECK(apart.dns->type == 15);
    CHECK(apart.dns->answers == std::vector<std::string>{"10 mx1.example.com."});
    check_places(apart, frame.size());
    // One octet changed, and the checksum says so.
    Buffer wrong = frame;
    wrong.back() ^= 1;
    CHECK(find(take_apart(wrong), "UDP", "field.ip.checksum")->word == "word.wrong");
}

TEST_CASE("DNS over TCP has its length before it", "[dissection]")
{
    using namespace dissection_test;
    const Buffer header = octets("00 35 c0 00 00 00 00 01 00 00 00 01 50 18 ff ff 00 00 00 00");
    const Dissection whole = take_apart(v4_frame(6, header + u16(dns_answer.size()) + dns_answer));
    REQUIRE(whole.dns);
    CHECK(value(whole, "DNS", "field.dns.length") == std::to_string(dns_answer.size()));
    const Dissection part = take_apart(v4_frame(6, header + u16(dns_answer.size() + 1) + dns_answer));
    CHECK_FALSE(part.dns);
    CHECK(part.layers.back().cut); // it goes on in the next segment
    CHECK(part.wrong() == nullptr);
}

TEST_CASE("options of TCP, neighbour discovery and fragments", "[dissection]")
{
    using namespace dissection_test;
    const auto all = samples();
    const Dissection tcp = take_apart(all[2]);
    CHECK(value(tcp, "TCP", "field.tcp.mss") == "1460");
    CHECK(value(tcp, "TCP", "field.tcp.shift") == "7 (× 128)");
    CHECK(value(tcp, "TCP", "field.tcp.timestamp") == "1");
    CHECK(value(tcp, "TCP", "field.tcp.sack_left") == std::to_string(0x3000));
    CHECK(find(tcp, "TCP", "field.tcp.syn"));
    CHECK_FALSE(find(tcp, "TCP", "field.tcp.fin"));
    CHECK(tcp.wrong() == nullptr);

    const Dissection asks = take_apart(all[1]);
    CHECK(protocols(asks) == Names{"Ethernet", "IPv6", "ICMPv6"});
    CHECK(asks.neighbour == asks.destination);
    CHECK(value(asks, "ICMPv6", "field.ndp.link_address") == "02:00:00:00:00:01");
    CHECK(find(asks, "ICMPv6", "field.ip.checksum")->word == "word.right");

    const Dissection refused = take_apart(all[5]);
    CHECK(protocols(refused) == Names{"Ethernet", "IPv4", "ICMP", "IPv4", "TCP"});
    CHECK(refused.icmp == std::pair<std::uint8_t, std::uint8_t>{3, 3});
    CHECK(refused.source == wire::Address::v4(0xC0000201)); // of the packet itself, not of what it quotes
    CHECK_FALSE(refused.ports);
    CHECK(refused.layers.back().cut); // a part of it is quoted
    CHECK(refused.wrong() == nullptr);

    const Dissection first = take_apart(v4_frame(17, udp(dns_answer), 0x2000));
    CHECK(first.more_fragments);
    CHECK(find(first, "UDP", "field.ip.checksum")->word.empty()); // no fragment alone can tell
    const Dissection later = take_apart(v4_frame(17, udp(dns_answer), 3));
    CHECK(later.fragment_offset == 24);
    CHECK(protocols(later) == Names{"Ethernet", "IPv4"});
    const Buffer fragment = octets("11 00 00 09 00 00 00 2a") + Buffer(16, 0x55);
    const Dissection v6 =
        take_apart(ethernet_v6 + octets("60 00 00 00") + u16(fragment.size()) + octets("2c 40") + one + two + fragment);
    CHECK(protocols(v6) == Names{"Ethernet", "IPv6", "Fragment"});
    CHECK(v6.fragment_offset == 8);
    CHECK(v6.more_fragments);
}

TEST_CASE("what makes no sense is named with its place, and what came before is shown", "[dissection]")
{
    using namespace dissection_test;
    const auto rule = [](const Buffer& frame) {
        const Dissection apart = take_apart(frame);
        check_places(apart, frame.size());
        return apart.wrong() ? std::string{apart.wrong()->wrong} : std::string{"nothing is wrong"};
    };
    CHECK(rule(octets("02 00")) == "the octets end too early");
    CHECK(rule(octets("02 00 00 00 00 02  02 00 00 00 00 01  00 40")).find("RFC 894") == 0);
    Buffer version = samples()[3];
    version[14] = 0x65;
    CHECK(rule(version) == "RFC 791 §3.1: the version is 4");
    const auto answer = [](std::string_view hex) { return v4_frame(17, udp(octets(hex))); };
    const std::string head = "ab cd 84 00 00 01 00 00 00 00 00 00";
    CHECK(rule(answer(head + "c0 0c 00 01 00 01")) == "RFC 1035 §4.1.4: a pointer must point backwards"); // at itself
    CHECK(rule(answer(head + "03 61 62 63 c0 0c 00 01 00 01")) == "RFC 1035 §4.1.4: a pointer must point backwards");
    CHECK(rule(answer(head + "41 61 00 00 01 00 01")) == "RFC 1035 §4.1.4: label types 01 and 10 are reserved");
    CHECK(rule(answer(head + "05 61 62")) == "RFC 1035 §3.1: a label ends within the message");
    std::string longest = head;
    for (int i = 0; i < 4; ++i) {
        longest += "3f";
        for (int j = 0; j < 63; ++j) longest += "61";
    }
    CHECK(rule(answer(longest + "00 00 01 00 01")) == "RFC 1035 §2.3.4: a name is at most 255 octets");
    // A dot within a label is not one between labels.
    CHECK(value(take_apart(answer(head + "03 61 2e 62 00 00 01 00 01")), "DNS", "field.dns.name") == "a\\.b.");
    const std::string record = "ab cd 84 00 00 00 00 01 00 00 00 00 00 00 01 00 01 00 00 00 00";
    CHECK(rule(answer(record + "00 05 01 02 03 04")) == "RFC 1035 §4.1.3: the data ends within the message");
    Buffer option = samples()[2];
    option[14 + 40 + 21] = 0; // the length of an option
    CHECK(rule(option) == "RFC 9293 §3.1: an option ends within the header");
    Buffer extensions = ethernet_v6 + octets("60 00 00 00") + u16(8 * 40) + octets("00 40") + one + two;
    for (int i = 0; i < 40; ++i) extensions = extensions + octets("00 00 00 00 00 00 00 00");
    CHECK(rule(extensions) == "RFC 8200 §4: more extension headers than anyone sends");
}

TEST_CASE("frames that were cut show what is there, and nothing is called wrong", "[dissection]")
{
    using namespace dissection_test;
    for (const Buffer& frame : samples())
        for (std::size_t size = 0; size < frame.size(); ++size) {
            const Buffer cut{frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)};
            const Dissection apart = take_apart(cut, {.original_length = static_cast<std::uint32_t>(frame.size())});
            INFO(size << " of " << frame.size());
            check_places(apart, std::max(size, frame.size()));
            REQUIRE(apart.wrong() == nullptr);
            // The same, were it the whole: wrong or short, but within its bounds.
            check_places(take_apart(cut, {.original_length = static_cast<std::uint32_t>(size)}), size);
        }
}

TEST_CASE("octets changed at random are taken apart within their bounds", "[dissection]")
{
    using namespace dissection_test;
    std::uint64_t state = 5;
    const auto draw = [&](std::uint64_t limit) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % limit;
    };
    for (int round = 0; round < 20'000; ++round) {
        auto all = samples();
        Buffer frame = all[draw(all.size())];
        for (std::uint64_t changes = 1 + draw(4); changes > 0; --changes)
            frame[draw(frame.size())] = static_cast<std::uint8_t>(draw(256));
        if (draw(3) == 0) frame.resize(draw(frame.size() + 1));
        check_places(take_apart(frame), frame.size());
    }
}

TEST_CASE("base64 of SASL is read only where SASL speaks", "[dissection]")
{
    using namespace dissection_test;
    CHECK(sasl_in_line("AUTH PLAIN AGFsaWNlAHNlc2FtZQ==", false) == "·alice·sesame");
    CHECK(sasl_in_line("auth plain AGFsaWNlAHNlc2FtZQ==", false) == "·alice·sesame");
    CHECK_FALSE(sasl_in_line("AUTH LOGIN", false));
    CHECK_FALSE(sasl_in_line("QUIT", false)); // base64 by its looks
    CHECK(sasl_in_line("334 VXNlcm5hbWU6", true) == "Username:");
    CHECK(sasl_in_line("+ VXNlcm5hbWU6", true) == "Username:");
    CHECK(sasl_in_line("YWxpY2U=", true) == "alice");
    CHECK_FALSE(sasl_in_line("YWxpY2U=", false));
    CHECK_FALSE(sasl_in_line("*", true)); // cancelled: RFC 4954 §4
    CHECK(still_authenticating("AUTH LOGIN", true, false));
    CHECK(still_authenticating("334 VXNlcm5hbWU6", false, true));
    CHECK_FALSE(still_authenticating("235 2.7.0 Authentication succeeded", false, true));
    CHECK_FALSE(still_authenticating("334 VXNlcm5hbWU6", false, false));
    const Dissection apart = take_apart(samples()[4]);
    CHECK(protocols(apart) == Names{"Ethernet", "IPv4", "TCP", "SMTP"});
    CHECK(value(apart, "SMTP", "field.base64") == "·a·b");
}
