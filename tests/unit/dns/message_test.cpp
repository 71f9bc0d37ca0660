#include "protocols/dns/message.hpp"
#include "tests/unit/dns/hex.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace tegami;
using namespace tegami::dns;
using test::hex;
using test::name;
using wire::OctetBuffer;
using wire::Octets;

namespace {

std::string rule_of_message(const OctetBuffer& octets)
{
    const auto message = decode_message(octets);
    return message ? "read" : std::string{message.error().rule};
}

/// Header with the counts, then `rest`.
OctetBuffer message_of(std::string_view counts, std::string_view rest)
{
    return hex("1234 8400 " + std::string{counts} + std::string{rest});
}

/// The 122-octet answer of the benchmark: an MX set, its name server and addresses.
Message sample_answer()
{
    const Name domain = name("sender.example");
    Message message;
    message.header = {
        .id = 0x1234, .response = true, .authoritative = true, .recursion_desired = true, .recursion_available = true};
    message.questions = {{domain, Type::mx, Class::in}};
    message.answers = {make_record(domain, 3600, Mx{10, name("mx1.sender.example")}),
                       make_record(domain, 3600, Mx{20, name("mx2.sender.example")})};
    message.authority = {make_record(domain, 86400, Ns{name("ns1.sender.example")})};
    message.additional = {make_record(name("mx1.sender.example"), 3600, A{*wire::parse_address("192.0.2.10")}),
                          make_record(name("mx2.sender.example"), 3600, A{*wire::parse_address("192.0.2.11")})};
    return message;
}

} // namespace

TEST_CASE("dns message: an answer is written as others write it, and read back")
{
    const auto octets = encode(sample_answer());
    CHECK(octets.size() == 149 - 27);
    CHECK(octets == hex("1234 8580 0001 0002 0001 0002"
                        "06 73656e646572 07 6578616d706c65 00 000f 0001"
                        "c00c 000f 0001 00000e10 0008 000a 03 6d7831 c00c"
                        "c00c 000f 0001 00000e10 0008 0014 03 6d7832 c00c"
                        "c00c 0002 0001 00015180 0006 03 6e7331 c00c"
                        "c02e 0001 0001 00000e10 0004 c000020a"
                        "c042 0001 0001 00000e10 0004 c000020b"));
    const auto read = decode_message(octets);
    REQUIRE(read.has_value());
    CHECK(*read == sample_answer());
    CHECK(read->answers[1].as<Mx>() == Mx{20, name("mx2.sender.example")});
    CHECK_FALSE(read->answers[1].as<Ns>().has_value());
}

TEST_CASE("dns message: no proper beginning of a message is one")
{
    Message message = sample_answer();
    message.edns = Edns{.options = {{10, hex("0102030405060708")}}};
    const auto octets = encode(message);
    REQUIRE(*decode_message(octets) == message);
    for (std::size_t size = 0; size < octets.size(); ++size) {
        CAPTURE(size);
        const auto read = decode_message(Octets{octets}.first(size));
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().offset <= size);
    }
    auto longer = octets;
    longer.push_back(0);
    CHECK(rule_of_message(longer) == "RFC 1035 §4.1.1: octets are left over behind the last record");
}

TEST_CASE("dns message: every bit of the header comes back")
{
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const OctetBuffer octets = {
            0xAB, 0xCD, static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits), 0, 0, 0, 0, 0, 0, 0, 0};
        const auto message = decode_message(octets);
        if (!message || encode(*message) != octets) FAIL(bits);
    }
    const auto header = decode_header(hex("abcd 2bb5 ffff"));
    CHECK_FALSE(header.has_value());
    const auto whole = decode_header(hex("abcd aeb5 ffff ffff ffff ffff"));
    REQUIRE(whole.has_value());
    CHECK(*whole == Header{.id = 0xABCD,
                           .response = true,
                           .opcode = Opcode::update,
                           .authoritative = true,
                           .truncated = true,
                           .recursion_available = true,
                           .authentic_data = true,
                           .checking_disabled = true,
                           .rcode = Rcode::refused});
}

TEST_CASE("dns message: EDNS is read from its OPT record and written as one (RFC 6891 §6.1)")
{
    Message message = make_query(7, {name("example.jp"), Type::a}, true);
    message.edns = Edns{.payload_size = 1232, .version = 1, .dnssec_ok = true, .options = {{3, {}}, {10, hex("aabb")}}};
    message.header.response = true;
    message.header.rcode = Rcode::badvers;
    const auto octets = encode(message);
    CHECK(octets == hex("0007 8100 0001 0000 0000 0001 07 6578616d706c65 02 6a70 00 0001 0001"
                        "00 0029 04d0 01 01 8000 000a 0003 0000 000a 0002 aabb"));
    CHECK(*decode_message(octets) == message);
}

TEST_CASE("dns message: what it must not be is refused with the rule")
{
    const std::string_view opt = "00 0029 0200 00000000 0000";
    const auto with_opt = [&](std::string_view counts, std::string_view rest) {
        return rule_of_message(message_of(counts, rest));
    };
    CHECK(rule_of_message(hex("1234 8400 0000 0000 0000 00")) == "RFC 1035 §4.1.1: a header has 12 octets");
    CHECK(with_opt("0000 0000 0000 0001", opt) == "read");
    CHECK(with_opt("0000 0000 0000 0002", std::string{opt} + std::string{opt}) ==
          "RFC 6891 §6.1.1: a message has at most one OPT");
    CHECK(with_opt("0000 0001 0000 0000", opt) == "RFC 6891 §6.1.1: OPT belongs into the additional section");
    CHECK(with_opt("0000 0000 0001 0000", opt) == "RFC 6891 §6.1.1: OPT belongs into the additional section");
    CHECK(with_opt("0000 0000 0000 0001", "0161 00 0029 0200 00000000 0000") ==
          "RFC 6891 §6.1.2: the owner of OPT is the root");
    CHECK(with_opt("0000 0000 0000 0001", "00 0029 0200 00000000 0003 000300") ==
          "RFC 6891 §6.1.2: an option is longer than what is left of its OPT");
    CHECK(with_opt("0000 0000 0000 0001", "00 0029 0200 00000000 0005 0003000200") ==
          "RFC 6891 §6.1.2: an option is longer than what is left of its OPT");
    CHECK(with_opt("0000 0000 0000 0001", "00 0029 0200 00000000 0005 00030001") ==
          "RFC 1035 §3.2.1: RDLENGTH is more than what is left of the message");
    CHECK(with_opt("0000 ffff 0000 0000", "00 0001 0001 00000000 0000 00 0001 0001 00000000 0000") ==
          "RFC 1035 §4.1.1: more records are counted than the octets that are left could hold");
    CHECK(with_opt("ffff 0000 0000 0000", "00 0001 0001") ==
          "RFC 1035 §4.1.1: more questions are counted than the octets that are left could hold");
    CHECK(with_opt("0000 0001 0000 0000", "00 0001 0001 00000000 0005 0102030405") ==
          "RFC 1035 §3.2.1: RDLENGTH is not the length of the data");
    CHECK(with_opt("0000 0001 0000 0000", "00 0001 0001 00000000 0003 010203") ==
          "RFC 1035 §3.2.1: RDLENGTH is not the length of the data");
    CHECK(with_opt("0000 0001 0000 0000", "00 001c 0001 00000000 0004 01020304") ==
          "RFC 1035 §3.2.1: RDLENGTH is not the length of the data");
    CHECK(with_opt("0000 0001 0000 0000", "00 0005 0001 00000000 0004 0161 00 00") ==
          "RFC 1035 §3.2.1: RDLENGTH is not the length of the data");
    CHECK(with_opt("0000 0001 0000 0000", "00 0005 0001 00000000 0002 0161 00") ==
          "RFC 1035 §3.2.1: RDLENGTH is not the length of the data");
    CHECK(with_opt("0000 0001 0000 0000", "00 0010 0001 00000000 0000") ==
          "RFC 1035 §3.2.1: RDLENGTH is not the length of the data");
    CHECK(with_opt("0000 0001 0000 0000", "00 0010 0001 00000000 0003 03 6161") ==
          "RFC 1035 §3.2.1: RDLENGTH is not the length of the data");
    CHECK(with_opt("0000 0001 0000 0000", "00 0010 0001 00000000 0001 00") == "read");
    CHECK(with_opt("0000 0001 0000 0000", "00 0001 0001 00000000 ffff 01020304") ==
          "RFC 1035 §3.2.1: RDLENGTH is more than what is left of the message");
    OctetBuffer huge(65'536);
    CHECK(rule_of_message(huge) == "RFC 1035 §4.2.2: a message has at most 65,535 octets");
}

TEST_CASE("dns message: a TTL with its highest bit set is zero (RFC 2181 §8)")
{
    const auto ttl_of = [](std::string_view ttl) {
        return decode_message(message_of("0000 0001 0000 0000", "00 0001 0001 " + std::string{ttl} + " 0004 01020304"))
            ->answers[0]
            .ttl;
    };
    CHECK(ttl_of("7fffffff") == 0x7FFF'FFFF);
    CHECK(ttl_of("80000000") == 0);
    CHECK(ttl_of("ffffffff") == 0);
}

TEST_CASE("dns message: records of an update may be without data, others not (RFC 2136 §2.4)")
{
    CHECK(rule_of_message(message_of("0000 0001 0000 0000", "00 0001 00ff 00000000 0000")) == "read");
    CHECK(rule_of_message(message_of("0000 0001 0000 0000", "00 0006 00fe 00000000 0000")) == "read");
    CHECK(rule_of_message(message_of("0000 0001 0000 0000", "00 0001 0001 00000000 0000")) != "read");
    CHECK(rule_of_message(message_of("0000 0001 0000 0000", "00 000a 0001 00000000 0000")) == "read"); // NULL
}

TEST_CASE("dns message: names in RDATA are compressed in the types of RFC 1035 only, and read in more (RFC 3597 §4)")
{
    const Name domain = name("example.jp");
    Message message = make_query(1, {domain, Type::srv}, false);
    message.answers = {make_record(domain, 1, Srv{1, 2, 25, domain})};
    const auto octets = encode(message);
    CHECK(std::ranges::equal(Octets{octets}.last(18), hex("0001 0002 0019 07 6578616d706c65 02 6a70 00")));

    auto compressed = octets;
    compressed.resize(octets.size() - 12);
    compressed.push_back(0xC0), compressed.push_back(0x0C);
    compressed[octets.size() - 18 - 1] = 8; // RDLENGTH
    const auto read = decode_message(compressed);
    REQUIRE(read.has_value());
    CHECK(*read == message);

    // In a type that nobody knows two such octets are just octets.
    message.answers = {{domain, Type{731}, Class::in, 1, Rdata{hex("c00c")}}};
    CHECK(*decode_message(encode(message)) == message);
}

TEST_CASE("dns message: names are compressed as far as their case allows")
{
    Message message = make_query(1, {name("example.jp"), Type::cname}, false);
    message.answers = {make_record(name("WWW.example.jp"), 1, Cname{name("www.Example.jp")})};
    const auto octets = encode(message);
    const auto read = decode_message(octets);
    REQUIRE(read.has_value());
    CHECK(read->answers[0].owner.is_identical(name("WWW.example.jp")));
    CHECK(read->answers[0].as<Cname>()->cname.is_identical(name("www.Example.jp")));
    CHECK(std::ranges::equal(Octets{octets}.last(14), hex("03 777777 07 4578616d706c65 c014")));
}

TEST_CASE("dns message: a pointer reaches 14 bits, names further back are written whole")
{
    Message message = make_query(1, {Name{}, Type::txt}, false);
    message.answers.push_back({Name{}, Type{65280}, Class::in, 1, Rdata{OctetBuffer(0x3FFF - 12 - 5 - 11 - 2)}});
    for (int i = 0; i < 3; ++i) message.answers.push_back(make_record(name("ab.example"), 1, A{}));
    const auto octets = encode(message);
    CHECK(*decode_message(octets) == message);
    // An owner that begins there can be pointed at, though its second label lies at 0x4000; one that begins later cannot.
    CHECK(octets.size() == 0x3FFD + (12 + 14) + 2 * (2 + 14));
    message.answers[0].data = Rdata{OctetBuffer(message.answers[0].data.size() + 3)};
    CHECK(*decode_message(encode(message)) == message);
    CHECK(encode(message).size() == 0x4000 + 3 * (12 + 14));
    message.answers[0].data = Rdata{OctetBuffer(message.answers[0].data.size() - 3)};
    message.answers[0].data = Rdata{OctetBuffer(message.answers[0].data.size() - 1)};
    CHECK(*decode_message(encode(message)) == message);
    CHECK(encode(message).size() == 0x3FFC + (12 + 14) + 2 * (2 + 14));
}

TEST_CASE("dns message: what does not fit is left out by whole sets (RFC 2181 §9)")
{
    Message message = make_query(1, {name("example.jp"), Type::txt}, false);
    message.header.response = true;
    message.header.authoritative = true;
    for (int i = 0; i < 10; ++i)
        message.answers.push_back(make_record(name("example.jp"), 60, Txt{{std::string(90, 'a')}}));
    message.authority = {make_record(name("example.jp"), 60, Ns{name("ns.example.jp")})};
    message.additional = {make_record(name("ns.example.jp"), 60, A{})};
    const auto whole = encode(message);
    CHECK(*decode_message(whole) == message);
    CHECK(encode(message, whole.size()) == whole);

    const auto without_additional = *decode_message(encode(message, whole.size() - 1));
    CHECK_FALSE(without_additional.header.truncated);
    CHECK(without_additional.additional.empty());
    CHECK(without_additional.authority.size() == 1);

    const auto without_authority = *decode_message(encode(message, whole.size() - 17));
    CHECK(without_authority.header.truncated);
    CHECK(without_authority.authority.empty());
    CHECK(without_authority.additional.empty());
    CHECK(without_authority.answers.size() == 10);

    message.edns = Edns{};
    const auto small = *decode_message(encode(message, 512));
    CHECK(small.header.truncated);
    CHECK(small.answers.empty());
    CHECK(small.edns.has_value());
    CHECK(small.questions == message.questions);
}

TEST_CASE("dns message: a referral without its glue is truncated (RFC 9471 §3)")
{
    Message message = make_query(1, {name("www.child.example"), Type::a}, false);
    message.header.response = true;
    message.authority = {make_record(name("child.example"), 60, Ns{name("ns.child.example")}),
                         make_record(name("child.example"), 60, Ns{name("ns.sister.example")})};
    message.additional = {make_record(name("ns.child.example"), 60, A{}),
                          make_record(name("ns.sister.example"), 60, A{})};
    const auto whole = encode(message);
    const auto without_sister = *decode_message(encode(message, whole.size() - 1));
    CHECK_FALSE(without_sister.header.truncated);
    CHECK(without_sister.additional.size() == 1);
    const auto without_glue = *decode_message(encode(message, whole.size() - 17));
    CHECK(without_glue.header.truncated);
    CHECK(without_glue.additional.empty());
}

TEST_CASE("dns message: names that are forgotten with what did not fit are not pointed at")
{
    Message message = make_query(1, {name("example"), Type::a}, false);
    message.header.response = true;
    message.header.authoritative = true;
    for (int i = 0; i < 60; ++i)
        message.additional.push_back(
            make_record(name("host" + std::to_string(i) + ".large.example"), 1, Txt{{std::string(255, 'x')}}));
    for (int i = 0; i < 60; ++i)
        message.additional.push_back(make_record(name("host" + std::to_string(i) + ".large.example"), 1, A{}));
    const auto read = decode_message(encode(message, 512));
    REQUIRE(read.has_value());
    REQUIRE_FALSE(read->additional.empty());
    for (const Record& record : read->additional)
        CHECK(std::ranges::find(message.additional, record) != message.additional.end());
}

TEST_CASE("dns message: a response repeats what it answers")
{
    Message query = make_query(9, {name("EXAMPLE.jp"), Type::mx}, true);
    query.header.checking_disabled = true;
    query.header.authentic_data = true;
    query.header.reserved = true;
    const Message response = make_response(query, Rcode::refused);
    CHECK(
        response.header ==
        Header{
            .id = 9, .response = true, .recursion_desired = true, .checking_disabled = true, .rcode = Rcode::refused});
    REQUIRE(response.question() != nullptr);
    CHECK(response.question()->name.is_identical(name("EXAMPLE.jp")));
}
