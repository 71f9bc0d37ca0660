#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// 192.0.2.1 to 198.51.100.2, TCP. RFC 9293 §3.1, figure 2.
wire::ChecksumSum v4_pseudo_header(std::size_t length)
{
    const Bytes addresses{192, 0, 2, 1, 198, 51, 100, 2};
    return wire::ChecksumSum{}.add(addresses).add_u16(6).add_u16(static_cast<std::uint16_t>(length));
}

/// SYN with MSS 1460, SACK-Permitted, timestamps, no-operation, window scale 7: as Linux sends it.
Bytes linux_syn()
{
    return {0x9C, 0x40, 0x00, 0x19, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0xA0, 0x02, 0xFA, 0xF0, 0, 0, 0, 0,
            2,    4,    0x05, 0xB4, 4,    2,    8,    10,   1, 2, 3, 4, 0,    0,    0,    0,    1, 3, 3, 7};
}

/// A header of `words` 32-bit words with these options, padded with zeros.
Bytes with_options(const Bytes& options)
{
    Bytes octets = linux_syn();
    octets.resize(20);
    octets.insert(octets.end(), options.begin(), options.end());
    while (octets.size() % 4 != 0) octets.push_back(0);
    octets[12] = static_cast<std::uint8_t>(octets.size() / 4 << 4);
    return octets;
}

} // namespace

TEST_CASE("a segment from octets", "[tcp][segment]")
{
    Bytes octets = linux_syn();
    octets.push_back('h');
    octets.push_back('i');
    const auto segment = decode(octets);
    REQUIRE(segment);
    CHECK(segment->source == Port{40000});
    CHECK(segment->destination == Port{25});
    CHECK(segment->seq == 0x12345678);
    CHECK(segment->ack == 0);
    CHECK(segment->flags == Flags{Flag::syn});
    CHECK(segment->window == 0xFAF0);
    CHECK(segment->mss == 1460);
    CHECK(segment->window_scale == 7);
    CHECK(segment->sack_permitted);
    CHECK(segment->timestamps == Timestamps{0x01020304, 0});
    CHECK(segment->sack_count == 0);
    CHECK(wire::as_text(segment->payload) == "hi");
    CHECK(segment->length() == 3);
}

TEST_CASE("a segment to octets and back", "[tcp][segment]")
{
    struct Row {
        std::optional<std::uint16_t> mss;
        std::optional<std::uint8_t> scale;
        bool sack;
        std::size_t header;
    };
    for (const Row& row : {Row{{}, {}, false, 20}, Row{536, {}, false, 24}, Row{{}, 14, false, 24},
                           Row{1460, 0, false, 28}, Row{65535, 7, true, 32}, Row{{}, {}, true, 24}}) {
        Segment s;
        s.source = Port{25};
        s.destination = Port{65535};
        s.seq = 0xFFFFFFFF;
        s.ack = 0x80000000;
        s.flags = Flag::ack | Flag::psh;
        s.window = 4321;
        s.mss = row.mss;
        s.window_scale = row.scale;
        s.sack_permitted = row.sack;
        for (const std::string_view text : {"", "x", "220 mail.example.com ESMTP\r\n"}) {
            s.payload = wire::as_octets(text);
            REQUIRE(header_length(s) == row.header);
            const auto pseudo = v4_pseudo_header(row.header + text.size());
            const Bytes octets = encode(s, pseudo);
            REQUIRE(octets.size() == row.header + text.size());
            CHECK(checksum_is_right(octets, pseudo));
            const auto again = decode(octets);
            REQUIRE(again);
            CHECK(again->source == s.source);
            CHECK(again->destination == s.destination);
            CHECK(again->seq == s.seq);
            CHECK(again->ack == s.ack);
            CHECK(again->flags == s.flags);
            CHECK(again->window == s.window);
            CHECK(again->mss == s.mss);
            CHECK(again->window_scale == s.window_scale);
            CHECK(again->sack_permitted == s.sack_permitted);
            CHECK(wire::as_text(again->payload) == text);
        }
    }
}

TEST_CASE("a known segment has the octets and the checksum that were computed by hand", "[tcp][segment]")
{
    Segment s;
    s.source = Port{0x1234};
    s.destination = Port{25};
    s.seq = 1;
    s.ack = 2;
    s.flags = Flag::ack | Flag::fin;
    s.window = 0x0400;
    // C000+0201 + C633+6402 + 0006+0014 + 1234+0019 + 0001 + 0002 + 5011+0400 = 252B1 -> 52B3, complement AD4C.
    const Bytes expected{0x12, 0x34, 0, 25, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x11, 0x04, 0, 0xAD, 0x4C, 0, 0};
    CHECK(encode(s, v4_pseudo_header(20)) == expected);
}

TEST_CASE("every bit of a segment is under its checksum", "[tcp][segment]")
{
    Segment s;
    s.payload = wire::as_octets("odd");
    Bytes octets = encode(s, v4_pseudo_header(23));
    REQUIRE(checksum_is_right(octets, v4_pseudo_header(23)));
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
        octets[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        CHECK_FALSE(checksum_is_right(octets, v4_pseudo_header(23)));
        octets[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    }
    CHECK_FALSE(checksum_is_right(octets, v4_pseudo_header(24)));
}

TEST_CASE("every proper prefix of a header is malformed", "[tcp][segment]")
{
    const Bytes octets = linux_syn();
    for (std::size_t size = 0; size < octets.size(); ++size) {
        INFO(size);
        const Bytes prefix(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(decode(prefix));
    }
    CHECK(decode(octets));
}

TEST_CASE("malformed headers name their rule", "[tcp][segment]")
{
    struct Row {
        Bytes options;
        std::size_t offset;
        std::string_view rule;
    };
    const std::vector<Row> rows{
        {{2, 0, 5, 0xB4}, 21, "RFC 9293 §3.2: an option is at least two octets long"},
        {{99, 1, 0, 0}, 21, "RFC 9293 §3.2: an option is at least two octets long"},
        {{99, 5, 0, 0}, 21, "RFC 9293 §3.2: an option reaches beyond the header"},
        {{1, 1, 1, 99}, 23, "RFC 9293 §3.2: an option ends before its length"},
        {{2, 3, 5, 0}, 21, "RFC 9293 §3.2: Maximum Segment Size is four octets long"},
        {{3, 4, 5, 0}, 21, "RFC 7323 §2.2: Window Scale is three octets long"},
        {{4, 3, 0, 0}, 21, "RFC 2018 §2: SACK-Permitted is two octets long"},
        {{8, 9, 0, 0, 0, 0, 0, 0, 0}, 21, "RFC 7323 §3.2: Timestamps is ten octets long"},
        {{8, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 21, "RFC 7323 §3.2: Timestamps is ten octets long"},
        {{5, 2, 0, 0}, 21, "RFC 2018 §3: SACK holds one to four blocks of eight octets"},
        {{5, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 21, "RFC 2018 §3: SACK holds one to four blocks of eight octets"},
        {{1, 1, 1, 1, 3, 3}, 25, "RFC 9293 §3.2: an option is at least two octets long"},
    };
    for (Row row : rows) {
        Bytes octets = with_options(row.options);
        if (row.options.size() == 6) octets[25] = 0; // so that the length is what is wrong
        const auto segment = decode(octets);
        REQUIRE_FALSE(segment);
        CHECK(segment.error() == wire::Malformed{row.offset, row.rule});
    }
    Bytes octets = linux_syn();
    octets[12] = 0x40;
    CHECK(decode(octets).error() == wire::Malformed{12, "RFC 9293 §3.1: Data Offset is at least 5"});
    octets[12] = 0xB0;
    CHECK(decode(octets).error() == wire::Malformed{12, "RFC 9293 §3.1: Data Offset points behind the segment"});
    octets.resize(19);
    CHECK(decode(octets).error() == wire::Malformed{19, "RFC 9293 §3.1: a header is at least 20 octets long"});
}

TEST_CASE("timestamps and SACK blocks to octets and back", "[tcp][segment]")
{
    for (const bool timestamps : {false, true})
        for (const bool permitted : {false, true})
            for (std::uint8_t blocks = 0; blocks <= (timestamps ? 3 : 4); ++blocks) {
                if (permitted && blocks != 0) continue; // one is of a SYN, the other of what follows
                INFO(timestamps << permitted << int{blocks});
                Segment s;
                s.flags = Flag::ack | Flag::urg;
                s.urgent = 0x1234;
                s.sack_permitted = permitted;
                if (timestamps) s.timestamps = Timestamps{0xFFFFFFFF, 7};
                s.sack_count = blocks;
                for (std::uint32_t i = 0; i < blocks; ++i) s.sack[i] = {0xFFFFFFF0 + i * 8, 0xFFFFFFF4 + i * 8};
                s.payload = wire::as_octets("text");
                const Bytes octets = encode(s, {});
                CHECK(octets.size() == header_length(s) + 4);
                CHECK(header_length(s) % 4 == 0);
                const auto again = decode(octets);
                REQUIRE(again);
                CHECK(again->timestamps == s.timestamps);
                CHECK(again->sack_permitted == permitted);
                CHECK(again->urgent == 0x1234);
                REQUIRE(again->sack_count == blocks);
                CHECK(std::ranges::equal(again->sack_blocks(), s.sack_blocks()));
                CHECK(wire::as_text(again->payload) == "text");
            }
}

TEST_CASE("our SYN has the octets that Linux writes for the same options", "[tcp][segment]")
{
    Segment s;
    s.source = Port{40000};
    s.destination = Port{25};
    s.seq = 0x12345678;
    s.flags = Flag::syn;
    s.window = 0xFAF0;
    s.mss = 1460;
    s.sack_permitted = true;
    s.timestamps = Timestamps{0x01020304, 0};
    s.window_scale = 7;
    Bytes octets = encode(s, {});
    octets[16] = octets[17] = 0;
    CHECK(octets == linux_syn());
}

TEST_CASE("an option may stand at any octet: nothing is read by words", "[tcp][segment]")
{
    const Bytes options{8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 2, 4, 5, 0xB4, 1, 5, 10, 0, 0, 0, 9, 0, 0, 0, 12, 3, 3, 2};
    for (std::size_t before = 0; before < 4; ++before) {
        Bytes shifted(before, 1);
        shifted.insert(shifted.end(), options.begin(), options.end());
        const auto segment = decode(with_options(shifted));
        REQUIRE(segment);
        CHECK(segment->timestamps == Timestamps{0x01020304, 0x05060708});
        CHECK(segment->mss == 1460);
        REQUIRE(segment->sack_count == 1);
        CHECK(segment->sack[0] == SequenceRange{9, 12});
        CHECK(segment->window_scale == 2);
    }
}

TEST_CASE("headers are whole words, and what is not an option is a no-operation", "[tcp][segment]")
{
    for (int bits = 0; bits < 16; ++bits) {
        Segment s;
        if (bits & 1) s.mss = 1460;
        if (bits & 2) s.window_scale = 3;
        if (bits & 4) s.timestamps = Timestamps{1, 2};
        s.sack_permitted = (bits & 8) != 0;
        const Bytes octets = encode(s, {});
        CHECK(octets.size() % 4 == 0);
        std::size_t at = 20;
        while (at < octets.size()) { // every octet belongs to an option with a length, or is a no-operation
            if (octets[at] == 1) {
                ++at;
                continue;
            }
            REQUIRE(octets[at] != 0);
            REQUIRE(octets[at + 1] >= 2);
            at += octets[at + 1];
        }
        CHECK(at == octets.size());
        CHECK((octets[12] & 0x0F) == 0); // reserved
    }
}

TEST_CASE("options that are not known are skipped, and nothing is read behind the end of the list", "[tcp][segment]")
{
    const auto skipped = decode(with_options({254, 6, 2, 4, 1, 1, 2, 4, 1, 0, 0, 0}));
    REQUIRE(skipped);
    CHECK(skipped->mss == 256);
    const auto ended = decode(with_options({0, 2, 1, 1}));
    REQUIRE(ended);
    CHECK_FALSE(ended->mss);
    const auto scale = decode(with_options({3, 3, 255, 0}));
    REQUIRE(scale);
    CHECK(scale->window_scale == 14);
    Bytes reserved = linux_syn();
    reserved[12] |= 0x0F;
    CHECK(decode(reserved));
}

TEST_CASE("the reset for a segment without connection", "[tcp][segment]")
{
    Segment s;
    s.source = Port{1};
    s.destination = Port{2};
    s.seq = 100;
    s.payload = wire::as_octets("abc");
    s.flags = Flag::syn;
    auto reset = reset_for(s);
    REQUIRE(reset);
    CHECK(reset->source == Port{2});
    CHECK(reset->destination == Port{1});
    CHECK(reset->seq == 0);
    CHECK(reset->ack == 104);
    CHECK(reset->flags == (Flag::rst | Flag::ack));
    s.flags = Flag::ack | Flag::fin;
    s.ack = 77;
    reset = reset_for(s);
    REQUIRE(reset);
    CHECK(reset->seq == 77);
    CHECK(reset->flags == Flags{Flag::rst});
    s.flags = Flag::rst | Flag::ack;
    CHECK_FALSE(reset_for(s));
}

TEST_CASE("sequence numbers compare across the wrap", "[tcp][segment]")
{
    CHECK(before(0xFFFFFFFF, 0));
    CHECK(after(5, 0xFFFFFFF0));
    CHECK(at_or_before(7, 7));
    CHECK(at_or_after(7, 7));
    CHECK_FALSE(before(7, 7));
    CHECK(before(0, 0x7FFFFFFF));
    CHECK(earlier(0xFFFFFFFF, 1) == 0xFFFFFFFF);
    CHECK(later(0xFFFFFFFF, 1) == 1);
}
