/// What RFC 9293 asks of a host beside the machine: addresses, numbers, ports and ICMP. The table of MUSTs names these.

#include "tests/unit/net/lab.hpp"

namespace tegami::net::lab::host {

namespace {

using wire::ConnectError;
using wire::milliseconds;
using wire::seconds;

const wire::Endpoint ben_port{wire::Address::v4(address(2, 2)), wire::Port{25}};

Wiring hosts() { return Wiring{}.host("ann").router("edge").host("ben").link("ann", "edge").link("edge", "ben"); }

struct Caller {
    std::expected<std::unique_ptr<wire::Stream>, ConnectError> result;
    bool done = false;
};
wire::Task<void> call(Lab& lab, wire::Endpoint to, Caller& caller)
{
    auto connected = co_await lab.network.tcp.connect(lab.node("ann"), to, run::Protocol::smtp, {});
    caller.result = std::move(connected);
    caller.done = true;
}
void call_at(Lab& lab, Duration when, wire::Endpoint to, Caller& caller)
{
    lab.at(when, "ann", [&lab, to, &caller] { lab.engine.spawn(lab.node("ann"), call(lab, to, caller)); });
}
void listen(Lab& lab, std::vector<std::unique_ptr<wire::Stream>>& taken)
{
    lab.network.tcp.listen(
        lab.node("ben"), wire::Port{25}, run::Protocol::smtp,
        [&taken](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { taken.push_back(std::move(stream)); });
}
/// The link between the edge and a host goes down or up, at both its ends.
void cut(Lab& lab, std::string_view host, bool up)
{
    lab.network.links.set_up(lab.nic("edge", host), up);
    lab.network.links.set_up(lab.nic(host, "edge"), up);
}
run::TcpOpened opened_by_ann(Lab& lab)
{
    const run::Log log = lab.log();
    const auto all = Lab::facts<run::TcpOpened>(log, lab.node("ann"));
    REQUIRE(all.size() == 1);
    return all[0].second;
}
/// The initial sequence number of a connection that ann opens then, in a world with this seed.
std::uint32_t initial(std::uint64_t seed, Duration when)
{
    Lab lab{hosts(), seed};
    Caller caller;
    call_at(lab, when, ben_port, caller);
    lab.run(seconds(2));
    return opened_by_ann(lab).initial_send;
}

/// A SYN as it would stand in a frame for ben.
wire::OctetBuffer syn_frame(Lab& lab, std::uint32_t from, std::uint32_t to)
{
    tcp::Segment s;
    s.source = wire::Port{5000};
    s.destination = wire::Port{25};
    s.flags = tcp::Flag::syn;
    s.window = 1000;
    const auto octets = tcp::encode(s, inet::pseudo_header_sum(from, to, inet::Protocol::tcp, tcp::header_length(s)));
    Frame& frame = lab.network.internet.packet(
        inet::Ipv4Header{.source = from, .destination = to, .protocol = inet::Protocol::tcp}, octets.size());
    std::ranges::copy(octets, Internet::payload_of(frame));
    const Nic& ben = lab.network.links[lab.nic("ben", "edge")];
    link::encode({ben.mac, lab.network.links[ben.peer].mac, link::EtherType::ipv4}, frame.data());
    wire::OctetBuffer copy(frame.octets().begin(), frame.octets().end());
    lab.network.context.frames.give_back(frame);
    return copy;
}

} // namespace

TEST_CASE("initial sequence numbers follow a clock of 4 µs, and a secret that nobody else has", "[net][tcp]")
{
    const std::uint32_t first = initial(1, milliseconds(1000));
    CHECK(initial(1, milliseconds(1004)) - first == 1000);
    CHECK(initial(1, milliseconds(1000)) == first);
    CHECK(initial(2, milliseconds(1000)) != first);
}

TEST_CASE("an open takes the address of the way that it goes, and keeps it", "[net][tcp]")
{
    Lab lab{hosts()};
    std::vector<std::unique_ptr<wire::Stream>> taken;
    listen(lab, taken);
    Caller caller;
    call_at(lab, seconds(1), ben_port, caller);
    lab.run(seconds(2));
    REQUIRE(caller.done);
    CHECK(opened_by_ann(lab).local == wire::Address::v4(address(1, 1)));
    REQUIRE(taken.size() == 1);
    CHECK(lab.network.tcp.connections() == 2);
}

TEST_CASE("an open to a group, to everybody or to nobody is an error at once", "[net][tcp]")
{
    for (const std::uint32_t to : {0xE000'0001u, 0xFFFF'FFFFu, 0u}) {
        Lab lab{hosts()};
        Caller caller;
        call_at(lab, seconds(1), {wire::Address::v4(to), wire::Port{25}}, caller);
        lab.run(seconds(1));
        REQUIRE(caller.done);
        REQUIRE_FALSE(caller.result);
        CHECK(caller.result.error() == ConnectError::unreachable);
        CHECK(lab.network.links.frames_handed_over() == 0);
    }
}

TEST_CASE("a SYN from or to an address that no single host has is dropped in silence", "[net][tcp]")
{
    struct Row {
        std::uint32_t from, to;
        bool taken;
    };
    const std::uint32_t ann = 0x0B00'0001, ben = address(2, 2); // somebody who does not answer
    for (const Row& row : {Row{ann, ben, true},
                           {0xFFFF'FFFF, ben, false},
                           {0xE000'0005, ben, false},
                           {0, ben, false},
                           {ann, 0xFFFF'FFFF, false},
                           {ann, 0xE000'0001, false}}) {
        INFO(row.from << " to " << row.to);
        Lab lab{hosts()};
        std::vector<std::unique_ptr<wire::Stream>> taken;
        listen(lab, taken);
        lab.inject(seconds(1), lab.nic("ben", "edge"), syn_frame(lab, row.from, row.to));
        lab.run(seconds(1) + milliseconds(900));
        CHECK(lab.network.tcp.connections() == (row.taken ? 1 : 0));
        CHECK((lab.network.links.frames_handed_over() != 0) == row.taken);
    }
}

TEST_CASE("listening once more disturbs no connection, nor one that is being opened", "[net][tcp]")
{
    Lab lab{hosts()};
    std::vector<std::unique_ptr<wire::Stream>> before, after;
    listen(lab, before);
    Caller first, second;
    call_at(lab, seconds(1), ben_port, first);
    // A SYN whose answer nobody acknowledges stays in SYN-RECEIVED.
    lab.inject(seconds(2), lab.nic("ben", "edge"), syn_frame(lab, address(1, 1), address(2, 2)));
    // It is ann's address: her host would reset it, but the answer finds her link down.
    lab.at(milliseconds(1990), "ann", [&] { cut(lab, "ann", false); });
    lab.at(milliseconds(2010), "ben", [&] { listen(lab, after); });
    lab.at(milliseconds(2500), "ann", [&] { cut(lab, "ann", true); });
    call_at(lab, seconds(4), ben_port, second);
    lab.run(seconds(10));
    REQUIRE(first.done);
    REQUIRE(second.done);
    REQUIRE(first.result);
    REQUIRE(second.result);
    CHECK(before.size() == 1);
    CHECK(after.size() == 1);
    CHECK(lab.network.tcp.connections() == 4); // the half-open one was reset when ann heard of it
    second.result->reset();
    lab.run(seconds(400));
    CHECK(lab.network.tcp.connections() == 3); // the other end waits for its user to close
}

TEST_CASE("ICMP errors: soft ones break nothing, hard ones only what is being opened", "[net][tcp]")
{
    using enum PacketError;
    struct Row {
        PacketError what;
        bool refuses_opening;
    };
    for (const Row& row : {Row{no_route, false},
                           {no_neighbour, false},
                           {hop_limit, false},
                           {incomplete, false},
                           {no_protocol, true},
                           {no_port, true},
                           {prohibited, true}})
        for (const bool opening : {true, false})
            for (const bool guessed : {false, true}) { // by a stranger, who does not know what is in flight
                INFO(int(row.what) << " opening " << opening << " guessed " << guessed);
                Lab lab{hosts()};
                std::vector<std::unique_ptr<wire::Stream>> taken;
                listen(lab, taken);
                Caller caller;
                if (opening) lab.at(milliseconds(500), "edge", [&] { cut(lab, "ben", false); });
                call_at(lab, seconds(1), ben_port, caller);
                lab.at(seconds(2), "ann", [&] {
                    if (opening) return;
                    cut(lab, "ben", false);
                    lab.engine.spawn(lab.node("ann"), [](wire::Stream& s) -> wire::Task<void> {
                        co_await s.write("hello", {});
                    }(**caller.result));
                });
                lab.at(milliseconds(2100), "ann", [&] {
                    const run::TcpOpened opened = opened_by_ann(lab);
                    std::array<std::uint8_t, 8> quoted{};
                    wire::store_u16(&quoted[0], opened.local_port);
                    wire::store_u16(&quoted[2], 25);
                    wire::store_u32(&quoted[4], opened.initial_send + (opening ? 0u : 1u) + (guessed ? 77'777u : 0u));
                    const ErrorReport report{.what = row.what,
                                             .from = wire::Address::v4(address(1, 2)),
                                             .source = opened.local,
                                             .destination = opened.remote,
                                             .protocol = inet::Protocol::tcp,
                                             .payload = quoted};
                    lab.network.tcp.on_error(lab.node("ann"), report, run::FactRef::none);
                });
                lab.at(milliseconds(2200), "edge", [&] { cut(lab, "ben", true); });
                lab.run(seconds(10));
                REQUIRE(caller.done);
                if (opening && row.refuses_opening && !guessed) {
                    REQUIRE_FALSE(caller.result);
                    CHECK(caller.result.error() ==
                          (row.what == PacketError::prohibited ? ConnectError::prohibited : ConnectError::unreachable));
                } else {
                    REQUIRE(caller.result);
                    REQUIRE(taken.size() == 1);
                    if (!opening) CHECK(wire::as_text(taken[0]->ahead()) == "hello");
                }
            }
}

} // namespace tegami::net::lab::host
