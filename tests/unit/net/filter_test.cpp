#include "sim/net/filter.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::net;

namespace {

using Why = FilterVerdict::Why;
using Answer = FilterVerdict::Answer;
using inet::Protocol;

constexpr Time filter_start{1'000'000'000'000};
constexpr NicId home{1}; // towards the territory
constexpr NicId other_home{2};
constexpr NicId internet{3};

inet::Prefix prefix(std::string_view text) { return *inet::parse_prefix(text); }
wire::Address address_of(std::string_view text) { return *wire::parse_address(text); }

wire::OctetBuffer segment_octets(std::uint16_t from, std::uint16_t to, tcp::Flags flags, std::uint32_t seq = 1000,
                                 std::uint32_t ack = 0, std::size_t payload = 0)
{
    const wire::OctetBuffer data(payload, 0x61);
    tcp::Segment segment;
    segment.source = wire::Port{from};
    segment.destination = wire::Port{to};
    segment.seq = seq;
    segment.ack = ack;
    segment.flags = flags;
    segment.window = 1000;
    segment.payload = data;
    return tcp::encode(segment, {}); // nobody looks at the checksum here
}

wire::OctetBuffer datagram_octets(std::uint16_t from, std::uint16_t to, std::size_t payload = 5)
{
    wire::OctetBuffer octets(inet::udp_header_size + payload, 0x61);
    wire::store_u16(&octets[0], from);
    wire::store_u16(&octets[2], to);
    return octets;
}

struct Cut {
    std::uint16_t offset = 0;
    bool more = false;
    std::uint32_t identification = 7;
};

/// A packet as the filter sees it, of the addresses' family, built octet by octet and read back.
FilterPacket seen(std::string_view from, std::string_view to, Protocol protocol, const wire::OctetBuffer& payload,
                  std::optional<Cut> cut = {})
{
    const auto source = address_of(from), destination = address_of(to);
    if (source.is_v4()) {
        wire::OctetBuffer octets(inet::ipv4_header_size);
        inet::Ipv4Header header{
            .source = source.to_v4(), .destination = destination.to_v4(), .protocol = protocol, .dont_fragment = !cut};
        if (cut) {
            header.fragment_offset = cut->offset;
            header.more_fragments = cut->more;
            header.identification = static_cast<std::uint16_t>(cut->identification);
        }
        inet::encode(header, payload.size(), octets.data());
        octets.insert(octets.end(), payload.begin(), payload.end());
        const auto packet = inet::decode_ipv4(octets);
        REQUIRE(packet);
        return look_at(*packet);
    }
    wire::OctetBuffer body;
    if (cut) {
        body.resize(8);
        inet::encode(inet::Ipv6FragmentHeader{protocol, cut->offset, cut->more, cut->identification}, body.data());
    }
    body.insert(body.end(), payload.begin(), payload.end());
    wire::OctetBuffer octets(inet::ipv6_header_size);
    inet::encode({.source = source, .destination = destination, .next_header = cut ? Protocol::fragment : protocol},
                 body.size(), octets.data());
    octets.insert(octets.end(), body.begin(), body.end());
    const auto packet = inet::decode_ipv6(octets);
    REQUIRE(packet);
    return look_at(*packet);
}

FilterPacket syn(std::string_view from, std::string_view to, std::uint16_t port, std::uint16_t source_port = 40'000)
{
    return seen(from, to, Protocol::tcp, segment_octets(source_port, port, tcp::Flag::syn));
}

/// The lesson's filter: mail servers may, dynamic addresses may not.
FilterSpec op25b(FilterAction action)
{
    const std::vector<inet::Prefix> mta = {prefix("192.0.2.25/32"), prefix("2001:db8:1::25/128")};
    const std::vector<inet::Prefix> dynamic = {prefix("192.0.2.64/26"), prefix("2001:db8:1:64::/64")};
    const std::vector<PortRange> smtp = {{25, 25}};
    return {
        .name = "op25b",
        .way = FilterWay::out,
        .nics = {internet},
        .rows = {
            {.from = mta, .to = {}, .protocol = Protocol::tcp, .source_ports = {}, .ports = smtp},
            {.from = dynamic, .to = {}, .protocol = Protocol::tcp, .source_ports = {}, .ports = smtp, .action = action},
            {.from = {}, .to = {}, .protocol = {}, .source_ports = {}, .ports = {}}}};
}

/// What a stateful filter of a home says: nothing comes in that nobody asked for.
FilterSpec home_wall()
{
    return {
        .name = "wall",
        .way = FilterWay::in,
        .nics = {internet},
        .rows = {
            {.from = {}, .to = {}, .protocol = {}, .source_ports = {}, .ports = {}, .state = FilterState::established},
            {.from = {},
             .to = {prefix("192.0.2.80/32")},
             .protocol = Protocol::tcp,
             .source_ports = {},
             .ports = {{80, 80}, {443, 443}},
             .state = FilterState::begins},
            {.from = {}, .to = {}, .protocol = {}, .source_ports = {}, .ports = {}, .action = FilterAction::drop}}};
}

/// Both directions of one connection of a host behind the wall.
struct Wall {
    Filter filter{home_wall()};
    Time now = filter_start;
    std::string us = "192.0.2.65", them = "203.0.113.7";

    FilterVerdict out(const FilterPacket& packet) { return filter.judge(now, home, internet, packet); }
    FilterVerdict in(const FilterPacket& packet) { return filter.judge(now, internet, home, packet); }
    FilterVerdict tcp_out(tcp::Flags flags, std::uint32_t seq, std::uint32_t ack = 0, std::size_t payload = 0)
    {
        return out(seen(us, them, Protocol::tcp, segment_octets(40'000, 80, flags, seq, ack, payload)));
    }
    FilterVerdict tcp_in(tcp::Flags flags, std::uint32_t seq, std::uint32_t ack = 0, std::size_t payload = 0)
    {
        return in(seen(them, us, Protocol::tcp, segment_octets(80, 40'000, flags, seq, ack, payload)));
    }
    void open()
    {
        tcp_out(tcp::Flag::syn, 1000);
        REQUIRE(tcp_in(tcp::Flag::syn | tcp::Flag::ack, 5000, 1001).row == 1);
        tcp_out(tcp::Flag::ack, 1001, 5001);
    }
};

} // namespace

TEST_CASE("the first row that matches decides, in both families, one way across the boundary")
{
    Filter filter{op25b(FilterAction::drop)};
    const auto out = [&](const FilterPacket& packet) { return filter.judge(filter_start, home, internet, packet); };
    struct {
        std::string_view from;
        std::string_view to;
        std::uint16_t port;
        std::uint32_t row;
        FilterAction action;
    } const table[] = {
        {"192.0.2.25", "203.0.113.7", 25, 1, FilterAction::pass},
        {"192.0.2.64", "203.0.113.7", 25, 2, FilterAction::drop},
        {"192.0.2.127", "203.0.113.7", 25, 2, FilterAction::drop},
        {"192.0.2.128", "203.0.113.7", 25, 3, FilterAction::pass},
        {"192.0.2.63", "203.0.113.7", 25, 3, FilterAction::pass},
        {"192.0.2.64", "203.0.113.7", 587, 3, FilterAction::pass},
        {"192.0.2.64", "203.0.113.7", 24, 3, FilterAction::pass},
        {"192.0.2.64", "203.0.113.7", 26, 3, FilterAction::pass},
        {"2001:db8:1::25", "2001:db8:3::7", 25, 1, FilterAction::pass},
        {"2001:db8:1:64::1", "2001:db8:3::7", 25, 2, FilterAction::drop},
        {"2001:db8:1:65::1", "2001:db8:3::7", 25, 3, FilterAction::pass},
    };
    for (const auto& row : table) {
        CAPTURE(row.from, row.port);
        const auto verdict = out(syn(row.from, row.to, row.port));
        CHECK(verdict.row == row.row);
        CHECK(verdict.action == row.action);
        CHECK(verdict.why == Why::row);
        CHECK(verdict.answer == Answer::none);
        CHECK(verdict.passes() == (row.action == FilterAction::pass));
    }
    // A row with a port of TCP's does not match UDP or a port of the source.
    CHECK(out(seen("192.0.2.64", "203.0.113.7", Protocol::udp, datagram_octets(25, 25))).row == 3);
    CHECK(out(syn("192.0.2.64", "203.0.113.7", 110, 25)).row == 3);
    // Counted by row and family, with all octets of the packets.
    CHECK(filter.count(1) == FilterCount{1, 40, 1, 60});
    CHECK(filter.count(2) == FilterCount{2, 80, 1, 60});
    CHECK(filter.count(2).packets() == 3);
    CHECK(filter.count(2).octets() == 140);
    CHECK(out(syn("192.0.2.70", "203.0.113.7", 25)).count == 4);
    // Into the territory, or within it, it has nothing to say, and counts nothing.
    CHECK(filter.judge(filter_start, internet, home, syn("192.0.2.64", "203.0.113.7", 25)).why == Why::not_concerned);
    CHECK(filter.judge(filter_start, home, other_home, syn("192.0.2.64", "203.0.113.7", 25)).passes());
    CHECK(filter.judge(filter_start, internet, internet, syn("192.0.2.64", "203.0.113.7", 25)).passes());
    CHECK(filter.count(2).packets() == 4);
    filter.restart();
    CHECK(filter.count(2) == FilterCount{});
}

TEST_CASE("which packets cross a boundary which way")
{
    FilterSpec spec{
        .name = "all",
        .nics = {internet},
        .rows = {
            {.from = {}, .to = {}, .protocol = {}, .source_ports = {}, .ports = {}, .action = FilterAction::drop}}};
    const auto drops = [&](FilterWay way, NicId in, NicId out) {
        spec.way = way;
        Filter filter{spec};
        return !filter.judge(filter_start, in, out, syn("192.0.2.1", "192.0.2.2", 80)).passes();
    };
    const std::map<FilterWay, std::string> expected = {
        {FilterWay::in, "in"}, {FilterWay::out, "out"}, {FilterWay::both, "in out"}, {FilterWay::forward, "in out by"}};
    for (const auto& [way, text] : expected) {
        CHECK(drops(way, internet, home) == text.contains("in"));
        CHECK(drops(way, home, internet) == text.contains("out"));
        CHECK(drops(way, home, other_home) == text.contains("by"));
        CHECK(drops(way, internet, internet) == text.contains("by"));
    }
}

TEST_CASE("what matches no row passes, and rows can be switched while it runs")
{
    FilterSpec spec = op25b(FilterAction::drop);
    spec.rows.pop_back();
    Filter filter{spec};
    const auto judge = [&](std::uint16_t port) {
        return filter.judge(filter_start, home, internet, syn("192.0.2.64", "203.0.113.7", port));
    };
    CHECK(judge(587).why == Why::no_row);
    CHECK(judge(587).passes());
    CHECK(filter.count(0).packets() == 2);
    CHECK_FALSE(judge(25).passes());
    filter.switch_row(2, false);
    CHECK(judge(25).why == Why::no_row);
    filter.switch_row(2, true);
    CHECK(judge(25).row == 2);
    CHECK(filter.count(2).packets() == 2);
}

TEST_CASE("rows by protocol, port ranges, source ports and lists")
{
    Filter filter{{.name = "many",
                   .way = FilterWay::both,
                   .nics = {internet},
                   .rows = {{.from = {}, .to = {}, .protocol = Protocol::icmp, .source_ports = {}, .ports = {}},
                            {.from = {}, .to = {}, .protocol = Protocol::icmpv6, .source_ports = {}, .ports = {}},
                            {.from = {}, .to = {}, .protocol = Protocol{47}, .source_ports = {}, .ports = {}},
                            {.from = {}, .to = {}, .protocol = {}, .source_ports = {{1, 1023}}, .ports = {}},
                            {.from = {}, .to = {}, .protocol = {}, .source_ports = {}, .ports = {{53, 53}, {110, 143}}},
                            {.from = {prefix("10.0.0.0/8"), prefix("192.0.2.0/24")},
                             .to = {prefix("10.1.0.0/16")},
                             .protocol = {},
                             .source_ports = {},
                             .ports = {}}}}};
    const auto row = [&](const FilterPacket& packet) { return filter.judge(filter_start, home, internet, packet).row; };
    const wire::OctetBuffer eight(8, 0);
    CHECK(row(seen("10.0.0.1", "10.1.0.1", Protocol::icmp, eight)) == 1);
    CHECK(row(seen("2001:db8::1", "2001:db8::2", Protocol::icmpv6, eight)) == 2);
    CHECK(row(seen("10.0.0.1", "10.1.0.1", Protocol{47}, eight)) == 3);
    CHECK(row(syn("10.0.0.1", "10.1.0.1", 9999, 1023)) == 4);
    CHECK(row(syn("10.0.0.1", "10.2.0.1", 9999, 1024)) == 0);
    CHECK(row(seen("2001:db8::1", "2001:db8::2", Protocol::udp, datagram_octets(5000, 53))) == 5);
    CHECK(row(syn("10.9.0.1", "10.2.0.1", 110)) == 5);
    CHECK(row(syn("10.9.0.1", "10.2.0.1", 143)) == 5);
    CHECK(row(syn("10.9.0.1", "10.2.0.1", 144)) == 0);
    CHECK(row(syn("10.9.0.1", "10.1.0.1", 144)) == 6);
    CHECK(row(syn("192.0.2.1", "10.1.0.1", 144)) == 6);
    CHECK(row(syn("192.0.3.1", "10.1.0.1", 144)) == 0);
    CHECK(row(seen("10.0.0.1", "10.1.0.1", Protocol{89}, eight)) == 6);
}

TEST_CASE("what a refused packet's sender is told")
{
    Filter reset{op25b(FilterAction::reset)};
    Filter prohibit{op25b(FilterAction::prohibit)};
    const auto packet = syn("192.0.2.64", "203.0.113.7", 25);
    CHECK(reset.judge(filter_start, home, internet, packet).answer == Answer::reset);
    CHECK(prohibit.judge(filter_start, home, internet, packet).answer == Answer::prohibit);
    const auto rst = seen("192.0.2.64", "203.0.113.7", Protocol::tcp, segment_octets(40'000, 25, tcp::Flag::rst));
    CHECK(reset.judge(filter_start, home, internet, rst).answer == Answer::none);
    CHECK(reset.judge(filter_start, home, internet, rst).action == FilterAction::reset);

    FilterSpec all{
        .name = "all",
        .nics = {internet},
        .rows = {
            {.from = {}, .to = {}, .protocol = {}, .source_ports = {}, .ports = {}, .action = FilterAction::reset}}};
    Filter any{all};
    const auto udp = seen("192.0.2.64", "203.0.113.7", Protocol::udp, datagram_octets(1, 2));
    CHECK(any.judge(filter_start, home, internet, udp).answer == Answer::prohibit);

    // RFC 9293 §3.10.7.1, as the sender of the SYN wants to see it.
    const auto answer = reset_for_refused(segment_octets(40'000, 25, tcp::Flag::syn, 1000));
    REQUIRE(answer);
    CHECK(answer->source == wire::Port{25});
    CHECK(answer->destination == wire::Port{40'000});
    CHECK(answer->flags == (tcp::Flag::rst | tcp::Flag::ack));
    CHECK(answer->ack == 1001);
    CHECK(answer->seq == 0);
    const auto later = reset_for_refused(segment_octets(40'000, 25, tcp::Flag::ack, 1001, 77, 9));
    REQUIRE(later);
    CHECK(later->flags == tcp::Flags{tcp::Flag::rst});
    CHECK(later->seq == 77);
    CHECK_FALSE(reset_for_refused(segment_octets(1, 2, tcp::Flag::rst)));
    CHECK_FALSE(reset_for_refused(wire::OctetBuffer(19)));
}

TEST_CASE("a stateful filter lets in what answers somebody inside, and nothing else")
{
    Wall wall;
    CHECK(wall.filter.is_stateful());
    CHECK(wall.tcp_in(tcp::Flag::syn | tcp::Flag::ack, 5000, 1001).row == 3); // nobody asked
    CHECK(wall.tcp_in(tcp::Flag::ack, 5000, 1001, 10).row == 3);
    CHECK(wall.filter.flows() == 0);
    CHECK(wall.tcp_out(tcp::Flag::ack, 1001, 5001).why == Why::not_concerned); // no connection that it saw begin
    CHECK(wall.filter.flows() == 0);
    wall.open();
    CHECK(wall.tcp_in(tcp::Flag::ack, 5001, 1001, 10).row == 1);
    // Another port, another address, another protocol.
    CHECK(wall.in(syn(wall.them, wall.us, 40'001, 80)).row == 3);
    CHECK(wall.in(syn("203.0.113.8", wall.us, 40'000, 80)).row == 3);
    CHECK(wall.in(seen(wall.them, wall.us, Protocol::udp, datagram_octets(80, 40'000))).row == 3);
    // A server inside that may be called.
    CHECK(wall.in(syn(wall.them, "192.0.2.80", 443)).row == 2);
    CHECK(wall.in(syn(wall.them, "192.0.2.80", 443)).row == 2); // sent again
    CHECK(wall.in(syn(wall.them, "192.0.2.80", 25)).row == 3);
    CHECK(wall.in(seen(wall.them, "192.0.2.80", Protocol::tcp, segment_octets(40'001, 443, tcp::Flag::ack))).row == 3);
}

TEST_CASE("a flow of TCP lives as long as its stage allows")
{
    const auto alive = [](Wall& wall, Duration later) {
        Wall copy = wall;
        copy.now = copy.now + later;
        return copy.tcp_in(tcp::Flag::ack, 5001, 1001, 1).row == 1;
    };
    const auto lives_for = [&](Wall& wall, Duration length) {
        CHECK(alive(wall, length - wire::nanoseconds(1)));
        CHECK_FALSE(alive(wall, length));
    };
    {
        Wall wall;
        wall.tcp_out(tcp::Flag::syn, 1000);
        lives_for(wall, wire::minutes(4));
    }
    {
        Wall wall;
        wall.open();
        lives_for(wall, wire::minutes(124));
        wall.now = wall.now + wire::minutes(120);
        wall.tcp_out(tcp::Flag::ack, 1001, 5001, 1);
        lives_for(wall, wire::minutes(124));
        // Half-closed, data may flow for long; closed by both, it is soon forgotten.
        wall.tcp_out(tcp::Flag::fin | tcp::Flag::ack, 1002, 5001);
        lives_for(wall, wire::minutes(124));
        CHECK(wall.tcp_in(tcp::Flag::fin | tcp::Flag::ack, 5001, 1003).row == 1);
        lives_for(wall, wire::minutes(4));
        CHECK(wall.tcp_out(tcp::Flag::ack, 1003, 5002).passes());
        // The same ports again: a new flow.
        wall.tcp_out(tcp::Flag::syn, 90'000);
        CHECK(wall.filter.flows() == 1);
        lives_for(wall, wire::minutes(4));
        CHECK(wall.tcp_in(tcp::Flag::syn | tcp::Flag::ack, 7000, 90'001).row == 1);
    }
    { // A reset that is believed, and those that are not.
        Wall wall;
        wall.open();
        wall.tcp_in(tcp::Flag::ack, 5001, 1001, 100);
        CHECK(wall.tcp_in(tcp::Flag::rst, 5102).row == 1);
        lives_for(wall, wire::minutes(124));
        CHECK(wall.tcp_in(tcp::Flag::rst, 4999).row == 1);
        lives_for(wall, wire::minutes(124));
        CHECK(wall.tcp_in(tcp::Flag::rst, 5101).row == 1);
        lives_for(wall, wire::seconds(10));
        wall.now = wall.now + wire::seconds(5);
        CHECK(wall.tcp_in(tcp::Flag::ack, 5101, 1001).row == 1); // nothing makes it live on
        lives_for(wall, wire::seconds(5));
    }
    { // Refused by the other side.
        Wall wall;
        wall.tcp_out(tcp::Flag::syn, 1000);
        CHECK(wall.tcp_in(tcp::Flag::rst | tcp::Flag::ack, 0, 999).row == 1); // not its acknowledgment
        lives_for(wall, wire::minutes(4));
        CHECK(wall.tcp_in(tcp::Flag::rst | tcp::Flag::ack, 0, 1001).row == 1);
        lives_for(wall, wire::seconds(10));
    }
    { // A SYN from outside to a flow that is over is a stranger's.
        Wall wall;
        wall.open();
        CHECK(wall.tcp_in(tcp::Flag::syn, 5000).row == 1); // to one that lives: RFC 5961's challenge is the host's
        wall.tcp_out(tcp::Flag::rst, 1001);
        CHECK(wall.tcp_in(tcp::Flag::syn, 5000).row == 3);
    }
    { // Both sides open at once.
        Wall wall;
        wall.tcp_out(tcp::Flag::syn, 1000);
        CHECK(wall.tcp_in(tcp::Flag::syn, 5000).row == 1);
        wall.tcp_out(tcp::Flag::syn | tcp::Flag::ack, 1000, 5001);
        CHECK(wall.tcp_in(tcp::Flag::syn | tcp::Flag::ack, 5000, 1001).row == 1);
        wall.tcp_out(tcp::Flag::ack, 1001, 5001);
        lives_for(wall, wire::minutes(124));
    }
}

TEST_CASE("flows of UDP, echoes and others live by time; ICMP errors belong to the flow they are about")
{
    for (const bool v4 : {true, false}) {
        CAPTURE(v4);
        Wall wall;
        if (!v4) {
            wall.us = "2001:db8:1::65";
            wall.them = "2001:db8:3::7";
        }
        const auto asks = seen(wall.us, wall.them, Protocol::udp, datagram_octets(5000, 53));
        const auto answers = seen(wall.them, wall.us, Protocol::udp, datagram_octets(53, 5000));
        CHECK(wall.in(answers).row == 3);
        wall.out(asks);
        wall.now = wall.now + wire::seconds(30);
        CHECK(wall.in(answers).row == 3);
        wall.out(asks);
        wall.now = wall.now + wire::seconds(30) - wire::nanoseconds(1);
        CHECK(wall.in(answers).row == 1);
        wall.now = wall.now + wire::seconds(180) - wire::nanoseconds(1);
        CHECK(wall.in(answers).row == 1);
        wall.now = wall.now + wire::seconds(180);
        CHECK(wall.in(answers).row == 3);

        // Echoes.
        const Protocol icmp = v4 ? Protocol::icmp : Protocol::icmpv6;
        const auto echo = [&](bool request, std::uint16_t identifier, bool ours) {
            wire::OctetBuffer octets(8);
            octets[0] = static_cast<std::uint8_t>(v4 ? request ? 8 : 0 : request ? 128 : 129);
            wire::store_u16(&octets[4], identifier);
            return ours ? seen(wall.us, wall.them, icmp, octets) : seen(wall.them, wall.us, icmp, octets);
        };
        CHECK(wall.in(echo(false, 9, false)).row == 3);
        CHECK(wall.in(echo(true, 9, false)).row == 3);
        wall.out(echo(false, 9, true)); // an answer to no question begins nothing
        CHECK(wall.in(echo(false, 9, false)).row == 3);
        wall.out(echo(true, 9, true));
        CHECK(wall.in(echo(false, 10, false)).row == 3);
        CHECK(wall.in(echo(false, 9, false)).row == 1);

        // Another protocol.
        const wire::OctetBuffer eight(8, 0);
        CHECK(wall.in(seen(wall.them, wall.us, Protocol{47}, eight)).row == 3);
        wall.out(seen(wall.us, wall.them, Protocol{47}, eight));
        CHECK(wall.in(seen(wall.them, wall.us, Protocol{47}, eight)).row == 1);

        // Errors from a router on the way, about our SYN; and one that quotes what we never sent, or came to another.
        const auto error_about = [&](std::string_view source, std::string_view to, std::uint16_t port) {
            const auto quoted = segment_octets(40'000, port, tcp::Flag::syn);
            const auto from = address_of(source), gone_to = address_of(wall.them);
            wire::OctetBuffer octets(600), packet(v4 ? 20 : 40);
            if (v4)
                inet::encode({.source = from.to_v4(), .destination = gone_to.to_v4(), .protocol = Protocol::tcp},
                             quoted.size(), packet.data());
            else
                inet::encode({.source = from, .destination = gone_to, .next_header = Protocol::tcp}, quoted.size(),
                             packet.data());
            packet.insert(packet.end(), quoted.begin(), quoted.end());
            const auto router = v4 ? "198.51.100.1" : "2001:db8:2::1";
            std::uint8_t* const end =
                v4 ? inet::encode_icmp_unreachable(inet::UnreachableCode::host, packet, octets.data())
                   : inet::encode_icmpv6_error(inet::Icmpv6Error::unreachable(inet::Unreachable6Code::address), packet,
                                               {address_of(router), address_of(to)}, octets.data());
            octets.resize(static_cast<std::size_t>(end - octets.data()));
            return seen(router, to, icmp, octets);
        };
        CHECK(wall.in(error_about(wall.us, wall.us, 80)).row == 3);
        wall.tcp_out(tcp::Flag::syn, 1000);
        CHECK(wall.in(error_about(wall.us, wall.us, 80)).row == 1);
        CHECK(wall.in(error_about(wall.us, wall.us, 81)).row == 3);
        const auto neighbour = v4 ? "192.0.2.66" : "2001:db8:1::66";
        CHECK(wall.in(error_about(wall.us, neighbour, 80)).row == 3);
        CHECK(wall.in(error_about(neighbour, wall.us, 80)).row == 3);
        const std::size_t flows = wall.filter.flows();
        wall.out(error_about(wall.us, wall.them, 80));
        CHECK(wall.filter.flows() == flows);
    }
}

TEST_CASE("what was dropped begins no flow")
{
    FilterSpec spec = home_wall();
    spec.way = FilterWay::both;
    Filter filter{spec};
    CHECK(filter.judge(filter_start, home, internet, syn("192.0.2.65", "203.0.113.7", 80)).row == 3);
    CHECK(filter.flows() == 0);
    const auto answer = seen("203.0.113.7", "192.0.2.65", Protocol::tcp,
                             segment_octets(80, 40'000, tcp::Flag::syn | tcp::Flag::ack, 1, 1001));
    CHECK(filter.judge(filter_start, internet, home, answer).row == 3);
}

TEST_CASE("4,096 flows are followed, and one more drives out the one that would be forgotten first")
{
    Wall wall;
    const auto host = [](std::size_t i) {
        return wire::format(wire::Address::v4(0x0A00'0000 + static_cast<std::uint32_t>(i)));
    };
    const auto begin = [&](std::size_t i) { wall.out(syn(host(i), wall.them, 80)); };
    const auto answered = [&](std::size_t i) {
        return wall.in(seen(wall.them, host(i), Protocol::tcp,
                            segment_octets(80, 40'000, tcp::Flag::syn | tcp::Flag::ack, 1, 1001)))
                   .row == 1;
    };
    wall.open(); // the oldest, and open: it stays
    for (std::size_t i = 0; i < filter_flows_at_most - 1; ++i) {
        wall.now = wall.now + wire::milliseconds(1);
        begin(i);
    }
    CHECK(wall.filter.flows() == filter_flows_at_most);
    wall.now = wall.now + wire::milliseconds(1);
    begin(0); // its SYN again: it lives longer than the next
    begin(100'000);
    CHECK(wall.filter.flows() == filter_flows_at_most);
    CHECK_FALSE(answered(1));
    CHECK(answered(0));
    CHECK(answered(2));
    CHECK(answered(100'000));
    CHECK(wall.tcp_in(tcp::Flag::ack, 5001, 1001, 1).row == 1);
    // A flood of SYNs for a while: the open connection lives, the memory does not grow.
    for (std::size_t i = 0; i < 20'000; ++i) begin(200'000 + i % 60'000);
    CHECK(wall.filter.flows() == filter_flows_at_most);
    CHECK(wall.tcp_in(tcp::Flag::ack, 5002, 1001, 1).row == 1);
}

TEST_CASE("later fragments go where their first one went")
{
    for (const bool v4 : {true, false}) {
        CAPTURE(v4);
        const std::string dynamic = v4 ? "192.0.2.64" : "2001:db8:1:64::1";
        const std::string mta = v4 ? "192.0.2.25" : "2001:db8:1::25";
        const std::string them = v4 ? "203.0.113.7" : "2001:db8:3::7";
        Filter filter{op25b(FilterAction::prohibit)};
        Time now = filter_start;
        const auto judge = [&](const std::string& from, const Cut& cut) {
            auto octets =
                cut.offset == 0 ? segment_octets(40'000, 25, tcp::Flag::ack, 1, 1, 12) : wire::OctetBuffer(32, 0x61);
            return filter.judge(now, home, internet, seen(from, them, Protocol::tcp, octets, cut));
        };
        // The first one is answered; the others are dropped without a word, and counted with it.
        const auto first = judge(dynamic, {.offset = 0, .more = true});
        CHECK(first.row == 2);
        CHECK(first.answer == Answer::prohibit);
        const auto later = judge(dynamic, {.offset = 32, .more = false});
        CHECK(later.why == Why::first_fragment);
        CHECK(later.row == 2);
        CHECK(later.answer == Answer::none);
        CHECK_FALSE(later.passes());
        CHECK(filter.count(2).packets() == 2);
        // Another identification, or another host's: not this packet's.
        CHECK(judge(dynamic, {.offset = 32, .more = false, .identification = 8}).row == 3);
        CHECK(judge(mta, {.offset = 32, .more = false}).why == Why::row);
        CHECK(judge(mta, {.offset = 0, .more = true}).row == 1);
        CHECK(judge(mta, {.offset = 32, .more = false}).row == 1);
        // For a minute.
        now = filter_start + wire::seconds(60) - wire::nanoseconds(1);
        CHECK(judge(dynamic, {.offset = 32, .more = false}).row == 2);
        now = filter_start + wire::seconds(60);
        CHECK(judge(dynamic, {.offset = 32, .more = false}).row == 3);
        CHECK(filter.fragments_remembered() == 0);
        // No header to look at, or a second one over it.
        wire::OctetBuffer tiny(16, 0);
        const auto hides =
            filter.judge(now, home, internet, seen(dynamic, them, Protocol::tcp, tiny, Cut{.offset = 0, .more = true}));
        CHECK(hides.why == Why::tiny_fragment);
        CHECK_FALSE(hides.passes());
        CHECK(judge(dynamic, {.offset = 8, .more = true}).why == Why::tiny_fragment);
        CHECK(judge(dynamic, {.offset = 16, .more = true}).why == Why::row);
    }
}

TEST_CASE("the verdicts about 1,024 cut packets are remembered")
{
    Filter filter{op25b(FilterAction::drop)};
    const auto judge = [&](std::uint32_t identification, std::uint16_t offset) {
        const auto octets =
            offset == 0 ? segment_octets(40'000, 25, tcp::Flag::ack, 1, 1, 12) : wire::OctetBuffer(32, 0x61);
        return filter.judge(filter_start, home, internet,
                            seen("192.0.2.64", "203.0.113.7", Protocol::tcp, octets,
                                 Cut{.offset = offset, .more = true, .identification = identification}));
    };
    for (std::uint32_t i = 0; i < filter_fragments_at_most; ++i) judge(i, 0);
    judge(0, 0); // the same again: no second place
    CHECK(judge(0, 32).row == 2);
    CHECK(filter.fragments_remembered() == 1024);
    judge(5000, 0);
    CHECK(filter.fragments_remembered() == 1024);
    CHECK(judge(0, 32).row == 3);
    CHECK(judge(1, 32).row == 2);
    CHECK(judge(5000, 32).row == 2);
    filter.restart();
    CHECK(filter.fragments_remembered() == 0);
}

TEST_CASE("packets whose headers are cut short match by addresses alone")
{
    Filter filter{op25b(FilterAction::drop)};
    const auto row = [&](const FilterPacket& packet) { return filter.judge(filter_start, home, internet, packet).row; };
    CHECK(row(seen("192.0.2.64", "203.0.113.7", Protocol::tcp, wire::OctetBuffer(19))) == 3);
    CHECK(row(seen("192.0.2.64", "203.0.113.7", Protocol::udp, wire::OctetBuffer(7))) == 3);
    CHECK(row(seen("192.0.2.64", "203.0.113.7", Protocol::icmp, wire::OctetBuffer(7))) == 3);
    const auto chain = seen("2001:db8:1:64::1", "2001:db8:3::7", Protocol::destination_options, wire::OctetBuffer(4));
    CHECK_FALSE(chain.readable);
    CHECK(row(chain) == 3);
    Wall wall;
    CHECK(wall.in(seen(wall.them, wall.us, Protocol::tcp, wire::OctetBuffer(19))).row == 3);
    wall.out(seen(wall.us, wall.them, Protocol::tcp, wire::OctetBuffer(19)));
    CHECK(wall.filter.flows() == 0);
}
