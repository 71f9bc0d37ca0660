// An MTA, an MRA and MUAs on hosts: who may do what, when letters are tried again, and what a restart finds.

#include "sim/nodes/mda.hpp"
#include "sim/nodes/mra.hpp"
#include "sim/nodes/mta.hpp"
#include "sim/nodes/mua.hpp"
#include "tests/unit/net/lab.hpp"

using namespace tegami;
using namespace tegami::nodes;
using net::lab::address;
using net::lab::Lab;
using net::lab::Wiring;
using wire::milliseconds;
using wire::minutes;
using wire::seconds;

namespace {

/// ann's computer and ben's computer at a router, and a server with Ben's and Ann's mailboxes.
struct Office {
    Lab lab{Wiring{}
                .host("ann")
                .host("ben")
                .host("server")
                .router("edge")
                .link("ann", "edge")
                .link("ben", "edge")
                .link("server", "edge")
                .loopback("server")};
    Journal journal{lab.network.context};
    Host ann{lab.network, journal, lab.node("ann"), "ann.example.com", 0};
    Host ben{lab.network, journal, lab.node("ben"), "ben.example.com", 0};
    Host server{lab.network, journal, lab.node("server"), "mail.example.com", 0};
    Mailboxes of_ann{ann}, of_ben{ben}, of_server{server};
    Mua *ann_mua = nullptr, *ben_mua = nullptr;

    Office()
    {
        lab.engine.handle(engine::DueKind::begin, this, [](void* self, const engine::Due& due) {
            auto& office = *static_cast<Office*>(self);
            for (Host* host : {&office.ann, &office.ben, &office.server})
                if (host->node() == due.target) host->came_back();
        });
        Mta::Settings mta;
        mta.domain = "example.com";
        mta.users = {"ann", "ben"};
        mta.mda = {"mail.example.com", {*wire::parse_address("127.0.0.1"), wire::Port{24}}};
        server.add(std::make_unique<Mta>(server, mta));
        Mda::Settings mda;
        mda.domain = "example.com";
        mda.users = {"ann", "ben"};
        server.add(std::make_unique<Mda>(server, of_server, mda));
        server.add(std::make_unique<Mra>(server, of_server,
                                         Mra::Settings{.passwords = {{"ann", "a-secret"}, {"ben", "b-secret"}},
                                                       .policy = {},
                                                       .domain = "example.com"}));
        ann_mua = mua(ann, of_ann, "ann", "a-secret");
        ben_mua = mua(ben, of_ben, "ben", "b-secret");
        for (Host* host : {&ann, &ben, &server}) lab.at({}, host->name(), [host] { host->begin(); });
    }
    ~Office() { lab.engine.shut_down(); }

    Mua* mua(Host& host, Mailboxes& mailboxes, const std::string& user, const std::string& password)
    {
        Mua::Settings settings;
        settings.user = user;
        settings.self = {{}, *mail::parse_mailbox(user + "@example.com")};
        settings.password = password;
        settings.submit = {wire::Address::v4(address(3, 1)), wire::Port{25}};
        settings.submit_name = "mail.example.com";
        settings.mailbox = {wire::Address::v4(address(3, 1)), wire::Port{110}};
        settings.mailbox_name = "mail.example.com";
        auto made = std::make_unique<Mua>(host, mailboxes, settings);
        Mua* const kept = made.get();
        host.add(std::move(made));
        return kept;
    }
    void send(Duration when, std::vector<std::string> to, const std::string& subject = "Hello")
    {
        lab.at(when, "ann", [this, to, subject] {
            Mua::Writing writing;
            for (const std::string& one : to) writing.to.push_back(*mail::parse_mailbox(one));
            writing.subject = subject;
            writing.text = "Hello.\n";
            ann_mua->send(writing);
        });
    }
    struct Ended {
        Duration at;
        Outcome outcome;
        std::string detail;
    };
    std::vector<Ended> ended(Step step)
    {
        std::vector<Ended> all;
        const run::Log log = lab.log();
        for (const auto& [at, fact] : Lab::facts<run::StepEnded>(log))
            if (fact.step == step)
                all.push_back({at, fact.outcome, std::string{fact.detail.empty() ? fact.reason : fact.detail}});
        return all;
    }
};

} // namespace

TEST_CASE("an MTA takes mail for its own users and for postmaster, and for nobody else", "[nodes][mta]")
{
    Office office;
    office.send(seconds(1), {"ben@example.com", "BEN@EXAMPLE.COM", "ann@example.com"});
    office.send(seconds(2), {"carol@example.com"});
    office.send(seconds(3), {"dave@elsewhere.example"});
    office.send(seconds(4), {"postmaster@example.com"});
    office.lab.run(seconds(20));
    CHECK(office.of_server.list("ben").size() == 1); // named twice, kept once
    CHECK(office.of_server.list("ann").size() == 1);
    CHECK(office.of_server.list("postmaster").size() == 1);
    const auto ended = office.ended(Step::s1_submit);
    REQUIRE(ended.size() == 4);
    CHECK(ended[0].outcome == Outcome::done);
    CHECK(ended[1].outcome == Outcome::refused);
    CHECK(ended[1].detail == "550 5.1.1 No such user here");
    CHECK(ended[2].outcome == Outcome::refused);
    CHECK(ended[2].detail.starts_with("550 5.7.1 Relaying denied"));
    CHECK(ended[3].outcome == Outcome::done);
    CHECK(office.ann.disk().names_in("outbox").empty());
}

TEST_CASE("a letter that cannot leave is tried after 1 2 4 8 16 30 30 minutes, and given up after five days",
          "[nodes][mua][limits]")
{
    static_assert(first_retry == minutes(1) && longest_retry == minutes(30) && give_up_after == minutes(5 * 24 * 60));
    Office office;
    office.lab.at(milliseconds(500), "server", [&] { office.server.stop(); });
    office.send(seconds(1), {"ben@example.com"});
    office.lab.run(minutes(6 * 24 * 60));
    const auto ended = office.ended(Step::s1_submit);
    REQUIRE(ended.size() > 10);
    std::vector<std::int64_t> gaps;
    for (std::size_t i = 1; i < ended.size(); ++i) gaps.push_back((ended[i].at - ended[i - 1].at).ns / 60'000'000'000);
    CHECK(std::vector<std::int64_t>(gaps.begin(), gaps.begin() + 7) ==
          std::vector<std::int64_t>{1, 2, 4, 8, 16, 30, 30});
    CHECK(std::ranges::all_of(gaps.begin() + 5, gaps.end(), [](std::int64_t gap) { return gap == 30; }));
    for (std::size_t i = 0; i + 1 < ended.size(); ++i) {
        CHECK(ended[i].outcome == Outcome::deferred);
        CHECK(ended[i].detail == "connect.refused");
    }
    CHECK(ended.back().outcome == Outcome::failed);
    CHECK(ended.back().at >= give_up_after);
    CHECK(ended.back().at < give_up_after + minutes(31));
    CHECK(office.ann.disk().names_in("outbox").empty());
    CHECK(office.lab.engine.process_count(office.ann.node()) == 0);
}

TEST_CASE("a mailbox is one reader's at a time", "[nodes][mra]")
{
    Office office;
    office.send(seconds(1), {"ben@example.com"}, "One");
    // Two sessions of Ben's at once: RFC 1939 §4 locks the maildrop, and the other one is told so.
    office.lab.at(seconds(10), "ben", [&] {
        office.ben_mua->fetch(false);
        office.ben_mua->fetch(false);
    });
    office.lab.run(seconds(30));
    CHECK(office.of_ben.list("ben").size() == 1);
    CHECK(office.of_server.list("ben").empty());
    std::size_t in_use = 0;
    const run::Log log = office.lab.log();
    for (const auto& [at, said] : Lab::facts<run::LineSaid>(log)) in_use += said.text.starts_with("-ERR [IN-USE]");
    CHECK(in_use == 1);
    // And it is free again.
    office.send(seconds(40), {"ben@example.com"}, "Two");
    office.lab.at(seconds(50), "ben", [&] { office.ben_mua->fetch(true); });
    office.lab.run(seconds(60));
    CHECK(office.of_ben.list("ben").size() == 2);
    CHECK(office.of_server.list("ben").size() == 1); // kept
    office.lab.at(seconds(70), "ben", [&] { office.ben_mua->fetch(false); });
    office.lab.run(seconds(80));
    CHECK(office.of_ben.list("ben").size() == 2); // it was here already
    CHECK(office.of_server.list("ben").empty());
    std::size_t refused = 0;
    for (const auto& asked : office.ended(Step::r3_request)) {
        if (asked.outcome == Outcome::done) continue;
        ++refused;
        CHECK(asked.outcome == Outcome::failed);
        CHECK(asked.detail.starts_with("-ERR [IN-USE]"));
    }
    CHECK(refused == 1);
}

TEST_CASE("a server that crashed while a mailbox was open opens it again", "[nodes][mra]")
{
    Office office;
    office.send(seconds(1), {"ben@example.com"});
    office.lab.at(seconds(10), "ben", [&] { office.ben_mua->fetch(false); });
    office.lab.run(seconds(10) + milliseconds(12)); // within the session
    CHECK(office.lab.engine.process_count(office.server.node()) == 1);
    office.server.crash(false);
    office.server.crash(true); // it is down already
    office.lab.run(seconds(11));
    CHECK(office.lab.engine.process_count(office.server.node()) == 0);
    office.server.restart();
    office.lab.at(seconds(20), "ben", [&] { office.ben_mua->fetch(false); });
    office.lab.run(seconds(30));
    CHECK(office.of_ben.list("ben").size() == 1);
    CHECK(office.of_server.list("ben").empty());
}

TEST_CASE("mailboxes list the oldest message first", "[nodes][mailboxes]")
{
    Office office;
    // Microseconds of one, two and six digits within the same second, and the next second.
    for (const std::int64_t us : {9, 80, 700'000, 1'000'003})
        office.lab.at(seconds(100) + wire::microseconds(us), "server", [&office, us] {
            struct Filing {
                static Task<void> one(Mailboxes& mailboxes, std::string text)
                {
                    const auto kept = co_await mailboxes.deliver({"ben"}, std::move(text), {});
                    CHECK(kept);
                }
            };
            office.lab.engine.spawn(office.server.node(), Filing::one(office.of_server, "at " + std::to_string(us)));
        });
    office.lab.run(seconds(110));
    std::vector<std::string> texts;
    for (const Mailboxes::Entry& entry : office.of_server.list("ben"))
        texts.push_back((*office.server.disk().do_read(entry.path))->octets);
    CHECK(texts == std::vector<std::string>{"at 9", "at 80", "at 700000", "at 1000003"});
}

TEST_CASE("a message for several mailboxes is in all of them or in none", "[nodes][mailboxes]")
{
    struct Filing {
        static Task<void> both(Mailboxes& mailboxes, std::optional<bool>& kept)
        {
            const auto done = co_await mailboxes.deliver({"ann", "ben"}, "for both\r\n", {});
            kept = done.has_value();
        }
    };
    // The disk fails after so many hundred microseconds: at each call in turn.
    bool some_failed = false, some_kept = false;
    for (int step = 0; step < 300; ++step) {
        Office office;
        std::optional<bool> kept;
        office.lab.at(seconds(1), "server",
                      [&] { office.lab.engine.spawn(office.server.node(), Filing::both(office.of_server, kept)); });
        office.lab.at(seconds(1) + wire::microseconds(50 + 100 * step), "server",
                      [&] { office.server.disk().set_failure(engine::DiskError::io); });
        office.lab.run(seconds(2));
        REQUIRE(kept);
        (*kept ? some_kept : some_failed) = true;
        const std::size_t copies = *kept ? 1 : 0;
        CHECK(office.of_server.list("ann").size() == copies);
        CHECK(office.of_server.list("ben").size() == copies);
    }
    CHECK(some_failed);
    CHECK(some_kept);
}

TEST_CASE("a host that stops, starts and restarts says so, once each", "[nodes][host]")
{
    Office office;
    office.lab.at(seconds(1), "server", [&] { office.server.stop(), office.server.stop(); });
    office.lab.at(seconds(2), "server", [&] { office.server.start(), office.server.start(); });
    office.lab.at(seconds(3), "server", [&] { office.server.restart(); });
    office.lab.at(seconds(4), "server", [&] { office.server.crash(true); });
    office.lab.at(seconds(5), "server", [&] { office.server.restart(); });
    office.send(seconds(6), {"ben@example.com"});
    office.lab.run(seconds(120)); // the address is probed again behind a power cut
    std::vector<run::ProcessChange> changes;
    const run::Log log = office.lab.log();
    for (const auto& [at, changed] : Lab::facts<run::ProcessChanged>(log)) changes.push_back(changed.change);
    using enum run::ProcessChange;
    CHECK(changes == std::vector<run::ProcessChange>{stopped, started, stopped, restarted, power_cut, restarted});
    CHECK(office.of_server.list("ben").size() == 1);
}
