#include "sim/net/attempts.hpp"
#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

/// ann – edge – ben; ben has both families, and dead addresses that the edge cannot deliver.
Wiring racing()
{
    return Wiring{}
        .dual()
        .host("ann")
        .router("edge")
        .host("ben")
        .link("ann", "edge", megabit(milliseconds(20)))
        .link("edge", "ben", megabit(milliseconds(20)));
}

struct Result {
    bool stands = false;
    std::size_t which = 99;
    wire::ConnectError error{};
    bool filtered = false;
    Duration at{};
};

wire::Task<void> race(Lab& lab, std::vector<wire::Endpoint> to, Result& result)
{
    auto attempted = co_await connect_soonest(lab.network.tcp, lab.node("ann"), std::move(to), run::Protocol::smtp, {});
    result.stands = attempted.stream.has_value();
    if (!attempted.stream) result.error = attempted.stream.error();
    result.which = attempted.which;
    result.filtered = attempted.filtered;
    result.at = lab.now();
    if (attempted.stream) (*attempted.stream)->close();
}

wire::Task<void> in_turn(Lab& lab, std::vector<wire::Endpoint> to, Duration patience, Result& result)
{
    auto attempted =
        co_await connect_in_turn(lab.network.tcp, lab.node("ann"), std::move(to), run::Protocol::smtp, {}, patience);
    result.stands = attempted.stream.has_value();
    if (!attempted.stream) result.error = attempted.stream.error();
    result.which = attempted.which;
    result.filtered = attempted.filtered;
    result.at = lab.now();
    if (attempted.stream) (*attempted.stream)->close();
}

void listen(Lab& lab, std::vector<std::unique_ptr<wire::Stream>>& accepted)
{
    lab.network.tcp.listen(
        lab.node("ben"), wire::Port{25}, run::Protocol::smtp,
        [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { accepted.push_back(std::move(stream)); });
}

FilterSpec silence_for(Lab& lab, const std::vector<std::string>& prefixes)
{
    FilterRow row;
    for (const std::string& text : prefixes) row.to.push_back(*inet::parse_prefix(text));
    row.action = FilterAction::drop;
    return {.name = "silence", .way = FilterWay::forward, .nics = {lab.nic("edge", "ben")}, .rows = {row}};
}

const wire::Endpoint over_six{address6(2, 2), wire::Port{25}};
const wire::Endpoint over_four{wire::Address::v4(address(2, 2)), wire::Port{25}};
const wire::Endpoint shut_port{address6(2, 2), wire::Port{26}};

} // namespace

TEST_CASE("the first address that answers soon enough is taken alone", "[net][attempts]")
{
    Lab lab{racing()};
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    Result result;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), race(lab, {over_six, over_four}, result)); });
    lab.run(seconds(5));
    CHECK(result.stands);
    CHECK(result.which == 0);
    CHECK(accepted.size() == 1);
    CHECK(Lab::facts<run::TcpOpened>(lab.log(), lab.node("ann")).size() == 1);
    accepted.clear();
}

TEST_CASE("after 250 ms the next address is tried as well, and the loser is closed", "[net][attempts][limits]")
{
    static_assert(attempt_delay == milliseconds(250));
    Lab lab{racing()};
    lab.network.internet.add_filter(lab.node("edge"), silence_for(lab, {"2001:db8::/32"}));
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    Result result;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), race(lab, {over_six, over_four}, result)); });
    lab.run(seconds(300));
    CHECK(result.stands);
    CHECK(result.which == 1);
    const auto opened = Lab::facts<run::TcpOpened>(lab.log(), lab.node("ann"));
    REQUIRE(opened.size() == 2);
    CHECK(opened[0].first == seconds(1));
    CHECK(opened[1].first == milliseconds(1250));
    CHECK(result.at < milliseconds(1250 + 200));
    accepted.clear();
    lab.run(seconds(900));
    CHECK(lab.network.tcp.connections() == 0); // no attempt goes on
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("an address that refuses is followed by the next at once", "[net][attempts]")
{
    Lab lab{racing()};
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    Result result, all_refuse, none;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), race(lab, {shut_port, over_four}, result)); });
    lab.at(seconds(10), "ann",
           [&] { lab.engine.spawn(lab.node("ann"), race(lab, {shut_port, shut_port}, all_refuse)); });
    lab.at(seconds(20), "ann", [&] { lab.engine.spawn(lab.node("ann"), race(lab, {}, none)); });
    lab.run(seconds(30));
    CHECK(result.stands);
    CHECK(result.which == 1);
    CHECK(result.at < milliseconds(1400));
    CHECK_FALSE(all_refuse.stands);
    CHECK(all_refuse.which == 1);
    CHECK(all_refuse.error == wire::ConnectError::refused);
    CHECK_FALSE(none.stands);
    CHECK(none.error == wire::ConnectError::unreachable);
    accepted.clear();
}

TEST_CASE("a late answer to the first attempt still wins, if it comes first", "[net][attempts]")
{
    Wiring wiring;
    wiring.dual()
        .host("ann")
        .router("edge")
        .host("ben")
        .link("ann", "edge", megabit(milliseconds(200)))
        .link("edge", "ben");
    Lab lab{wiring};
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    lab.ping(milliseconds(1), "ann", over_six.address, 1);
    lab.ping(milliseconds(2), "ann", over_four.address, 1);
    Result result;
    lab.at(seconds(2), "ann", [&] { lab.engine.spawn(lab.node("ann"), race(lab, {over_six, over_four}, result)); });
    lab.run(seconds(5));
    CHECK(result.which == 0);
    CHECK(Lab::facts<run::TcpOpened>(lab.log(), lab.node("ann")).size() == 2);
    accepted.clear();
    lab.run(seconds(900));
    CHECK(lab.network.tcp.connections() == 0);
}

TEST_CASE("a server tries one address after the other, each as long as it is allowed", "[net][attempts]")
{
    Lab lab{racing()};
    lab.network.internet.add_filter(lab.node("edge"), silence_for(lab, {"2001:db8::/32"}));
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    Result result, silent;
    lab.at(seconds(1), "ann",
           [&] { lab.engine.spawn(lab.node("ann"), in_turn(lab, {over_six, over_four}, seconds(30), result)); });
    lab.at(seconds(100), "ann",
           [&] { lab.engine.spawn(lab.node("ann"), in_turn(lab, {over_six, over_six}, seconds(30), silent)); });
    lab.run(seconds(200));
    CHECK(result.stands);
    CHECK(result.which == 1);
    CHECK(result.at > seconds(31));
    CHECK(result.at < seconds(32));
    CHECK_FALSE(silent.stands);
    CHECK(silent.error == wire::ConnectError::timed_out);
    CHECK(silent.at == seconds(160));
    accepted.clear();
}

TEST_CASE("that filters alone were in the way, the run knows", "[net][attempts]")
{
    for (const FilterAction action : {FilterAction::drop, FilterAction::reset, FilterAction::prohibit}) {
        CAPTURE(static_cast<int>(action));
        Lab lab{racing()};
        FilterSpec filter = silence_for(lab, {"2001:db8::/32", "0.0.0.0/0"});
        filter.rows[0].protocol = inet::Protocol::tcp;
        filter.rows[0].ports = {{25, 25}};
        filter.rows[0].action = action;
        lab.network.internet.add_filter(lab.node("edge"), filter);
        const wire::Endpoint nowhere{*wire::parse_address("203.0.113.9"), wire::Port{25}}; // the edge knows no way
        Result raced, turned, one_shut, one_nowhere, none;
        lab.at(seconds(1), "ann", [&] {
            const NodeId ann = lab.node("ann");
            lab.engine.spawn(ann, race(lab, {over_six, over_four}, raced));
            lab.engine.spawn(ann, in_turn(lab, {over_six, over_four}, seconds(30), turned));
            lab.engine.spawn(ann, race(lab, {over_six, shut_port}, one_shut));
            lab.engine.spawn(ann, in_turn(lab, {nowhere, over_four}, seconds(30), one_nowhere));
            lab.engine.spawn(ann, race(lab, {}, none));
        });
        lab.run(seconds(300));
        CHECK_FALSE(raced.stands);
        CHECK(raced.filtered);
        CHECK_FALSE(turned.stands);
        CHECK(turned.filtered);
        CHECK_FALSE(one_shut.stands);
        CHECK_FALSE(one_shut.filtered); // one was refused by whom it was for
        CHECK_FALSE(one_nowhere.stands);
        CHECK_FALSE(one_nowhere.filtered);
        CHECK_FALSE(none.filtered);
    }
    // One that stands says nothing of those that do not.
    Lab lab{racing()};
    lab.network.internet.add_filter(lab.node("edge"), silence_for(lab, {"2001:db8::/32"}));
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    Result result;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), race(lab, {over_six, over_four}, result)); });
    lab.run(seconds(300));
    CHECK(result.stands);
    CHECK_FALSE(result.filtered);
    accepted.clear();
}

TEST_CASE("a process that dies amid its attempts leaves nothing behind", "[net][attempts]")
{
    Lab lab{racing()};
    lab.network.internet.add_filter(lab.node("edge"), silence_for(lab, {"0.0.0.0/0", "::/0"}));
    Result result;
    lab.at(seconds(1), "ann", [&] { lab.engine.spawn(lab.node("ann"), race(lab, {over_six, over_four}, result)); });
    lab.at(milliseconds(1500), "ann", [&] {
        lab.engine.crash(lab.node("ann"));
        lab.network.tcp.close_all(lab.node("ann"));
    });
    lab.run(seconds(300));
    CHECK(result.which == 99);
    CHECK(lab.engine.process_count(lab.node("ann")) == 0);
    CHECK(lab.network.tcp.connections() == 0);
    CHECK(lab.network.context.frames.out() == 0);
}

TEST_CASE("who connects while its addresses are being checked waits for them", "[net][attempts][arp]")
{
    Lab lab{racing()};
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    Result result;
    lab.at(seconds(1), "ann", [&] {
        lab.network.links.set_power(lab.node("ann"), false);
        lab.network.links.set_power(lab.node("ann"), true);
        lab.engine.spawn(lab.node("ann"), in_turn(lab, {over_four}, {}, result));
    });
    lab.run(seconds(20));
    CHECK(result.stands);
    CHECK(result.at > seconds(5)); // three probes and two seconds
    accepted.clear();
}

TEST_CASE("local ports are drawn, not counted", "[net][tcp]")
{
    Lab lab{racing()};
    std::vector<std::unique_ptr<wire::Stream>> accepted;
    listen(lab, accepted);
    std::vector<Result> results(5);
    for (std::size_t i = 0; i < results.size(); ++i)
        lab.at(seconds(static_cast<std::int64_t>(i) + 1), "ann",
               [&, i] { lab.engine.spawn(lab.node("ann"), race(lab, {over_four}, results[i])); });
    lab.run(seconds(10));
    std::vector<int> ports;
    for (const auto& [at, opened] : Lab::facts<run::TcpOpened>(lab.log(), lab.node("ann")))
        ports.push_back(opened.local_port);
    REQUIRE(ports.size() == 5);
    std::size_t neighbours = 0;
    for (std::size_t i = 1; i < ports.size(); ++i) neighbours += std::abs(ports[i] - ports[i - 1]) == 1;
    CHECK(neighbours == 0);
    for (const int port : ports) CHECK(port >= first_ephemeral_port);
    accepted.clear();
}
