#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::net;
using namespace tegami::net::lab;
using wire::milliseconds;
using wire::seconds;

namespace {

/// ann – edge – ben: the edge's customers are behind its link to ann.
Wiring guarded()
{
    return Wiring{}.dual().host("ann").router("edge").host("ben").link("ann", "edge").link("edge", "ben");
}

FilterSpec port_25_goes_nowhere(Lab& lab, FilterAction action)
{
    FilterRow row;
    row.protocol = inet::Protocol::tcp;
    row.ports = {{25, 25}};
    row.action = action;
    return {.name = "op25b", .way = FilterWay::out, .nics = {lab.nic("edge", "ben")}, .rows = {row}};
}

struct Tried {
    std::string result = "waits";
    Duration at{};
};

wire::Task<void> try_to_connect(Lab& lab, wire::Endpoint to, Spans spans, Tried& tried)
{
    auto connected = co_await lab.network.tcp.connect(lab.node("ann"), to, run::Protocol::smtp, spans);
    tried.at = lab.now();
    if (connected)
        tried.result = "stands";
    else
        tried.result = connected.error() == wire::ConnectError::refused      ? "refused"
                       : connected.error() == wire::ConnectError::prohibited ? "prohibited"
                                                                             : "timed out";
}

} // namespace

TEST_CASE("a filter's row stops a connection in the way it says", "[net][filter]")
{
    for (const FilterAction action : {FilterAction::drop, FilterAction::reset, FilterAction::prohibit})
        for (const bool v4 : {true, false}) {
            Lab lab{guarded()};
            lab.network.internet.add_filter(lab.node("edge"), port_25_goes_nowhere(lab, action));
            std::vector<std::unique_ptr<wire::Stream>> accepted;
            for (const auto port : {wire::Port{25}, wire::Port{587}})
                lab.network.tcp.listen(lab.node("ben"), port, run::Protocol::smtp,
                                       [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                                           accepted.push_back(std::move(stream));
                                       });
            const wire::Address ben = v4 ? wire::Address::v4(address(2, 2)) : address6(2, 2);
            Tried blocked, passed, later;
            lab.at(seconds(1), "ann", [&] {
                lab.engine.spawn(lab.node("ann"), try_to_connect(lab, {ben, wire::Port{25}}, {}, blocked));
                lab.engine.spawn(lab.node("ann"), try_to_connect(lab, {ben, wire::Port{587}}, {}, passed));
            });
            lab.at(seconds(300), "edge", [&] {
                CHECK(lab.network.internet.switch_filter_row("op25b", 1, false));
                CHECK_FALSE(lab.network.internet.switch_filter_row("op25b", 2, false));
                CHECK_FALSE(lab.network.internet.switch_filter_row("op26b", 1, false));
            });
            lab.at(seconds(301), "ann",
                   [&] { lab.engine.spawn(lab.node("ann"), try_to_connect(lab, {ben, wire::Port{25}}, {}, later)); });
            lab.run(seconds(310));
            CHECK(passed.result == "stands");
            CHECK(later.result == "stands");
            CHECK(blocked.result == (action == FilterAction::drop    ? "timed out"
                                     : action == FilterAction::reset ? "refused"
                                                                     : "prohibited"));
            if (action == FilterAction::drop)
                CHECK(blocked.at > seconds(180));
            else
                CHECK(blocked.at < seconds(2));
            const run::Log log = lab.log();
            const auto matched = Lab::facts<run::FilterMatched>(log, lab.node("edge"));
            REQUIRE_FALSE(matched.empty());
            CHECK(matched.size() == lab.network.internet.filter("op25b")->count(1).packets());
            CHECK(matched[0].second.row == 1);
            CHECK(matched[0].second.action == action);
            CHECK(Lab::drops(log, run::DropReason::filtered) == matched.size());
            const auto switched = Lab::facts<run::FilterChanged>(log);
            REQUIRE(switched.size() == 1);
            CHECK_FALSE(switched[0].second.on);
            accepted.clear();
        }
}

TEST_CASE("a row that passes is told of for each packet of a mail, else by the thousand", "[net][filter]")
{
    Lab lab{guarded()};
    FilterRow row;
    row.action = FilterAction::pass;
    lab.network.internet.add_filter(lab.node("edge"),
                                    {.name = "all", .way = FilterWay::forward, .nics = {}, .rows = {row}});
    const Spans mail = lab.spans.only(lab.spans.begin({.kind = run::SpanKind::step,
                                                       .node = lab.node("ann"),
                                                       .number = 0,
                                                       .mail = {lab.node("ann"), 1},
                                                       .step = run::Step::s1_submit,
                                                       .tries = 1}));
    for (std::uint16_t n = 0; n < 600; ++n) lab.ping(seconds(1) + milliseconds(n), "ann", address(2, 2), n);
    lab.at(seconds(3), "ann", [&] { lab.network.internet.ping(lab.node("ann"), address(2, 2), 1, mail); });
    lab.run(seconds(5));
    const auto matched = Lab::facts<run::FilterMatched>(lab.log(), lab.node("edge"));
    REQUIRE(matched.size() == 3); // the 1,000th, and the last echo both ways
    CHECK(matched[0].second.count == 1000);
    CHECK(matched[2].second.count == matched[1].second.count + 1);
    CHECK(matched[2].second.count == lab.network.internet.filter("all")->count(1).packets());
}
