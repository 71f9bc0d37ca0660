// The whole journey of a letter: from a mail program by MSA, MTA, MTA, MDA and MRA to another mail program, over simulated
// TCP, with names from a table; and what becomes of it when something on the way is not as it should be.

#include "protocols/mail/header.hpp"
#include "tests/unit/nodes/site.hpp"

using namespace tegami;
using namespace tegami::nodes;
using site::World;
using wire::milliseconds;
using wire::minutes;
using wire::seconds;

namespace {

std::vector<std::string> names_of_fields(const std::string& message)
{
    std::vector<std::string> names;
    for (const mail::HeaderField& field : mail::read_header(message).fields) names.emplace_back(field.name);
    return names;
}

std::string field_of(const std::string& message, std::string_view name)
{
    const mail::Header header = mail::read_header(message);
    const mail::HeaderField* const field = header.find(name);
    return field ? mail::unfold(field->body) : std::string{};
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("a letter's whole journey, step by step", "[nodes][journey]")
{
    World world;
    world.send(seconds(1), {"bob@example.com"});
    world.read(seconds(10));
    world.lab.run(minutes(10));
    CHECK(world.ended() == Lines{"S1.dns done", "S1 done", "S2.dns done", "S2 done", "S3.1 done", "S3.2 done",
                                 "S3.3 done", "R2 done", "R1 done", "R3.dns done", "R3 done", "R4 done"});
    CHECK(world.last_detail(Step::s3_1_mx) == "10 mx1.example.com, 20 mx2.example.com");
    CHECK(world.last_detail(Step::s3_2_addr) == "10.0.4.1");
    CHECK(world.left_over() == "");
    CHECK(world.messages("mail", "bob").empty());
    const auto messages = world.messages("bob-pc", "bob");
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].ends_with("\r\n\r\nThis is Hello.\r\n"));
    // A line for each hop, the last on top; final delivery above them (RFC 5321 §4.4).
    const Lines fields = names_of_fields(messages[0]);
    CHECK(Lines(fields.begin(), fields.begin() + 6) ==
          Lines{"Return-Path", "Delivered-To", "Received", "Received", "Received", "Received"});
    CHECK(field_of(messages[0], "Return-Path") == "<alice@example.jp>");
    CHECK(field_of(messages[0], "Delivered-To") == "bob@example.com");
    Lines hops;
    for (const mail::HeaderField& field : mail::read_header(messages[0]).fields)
        if (field.name == "Received") {
            const std::string text = mail::unfold(field.body);
            hops.push_back(text.substr(0, text.find(" id ")));
        }
    CHECK(hops == Lines{"from mx1.example.com ([10.0.4.1])\tby mail.example.com with LMTP",
                        "from mta.example.jp ([10.0.3.1])\tby mx1.example.com with ESMTP",
                        "from msa.example.jp ([10.0.2.1])\tby mta.example.jp with ESMTP",
                        "from alice-pc.example.jp ([10.0.1.1])\tby msa.example.jp with ESMTPA"});

    const run::Log log = world.lab.log();
    // Each step is of the one mail, at its host, with peer and port.
    Lines begun;
    for (const run::Event& event : log.events())
        if (const auto* step = std::get_if<run::StepBegun>(&event.what)) {
            CHECK(step->mail == world.sent[0]);
            CHECK(step->tries == 1);
            begun.push_back(std::string{run::step_name(step->step)} + " " +
                            log.header().nodes.at(engine::index_of(event.node)) + " -> " + std::string{step->peer} +
                            " " + std::to_string(step->port));
        }
    CHECK(begun == Lines{"S1 alice-pc -> msa.example.jp 587", "S1.dns alice-pc -> msa.example.jp 0",
                         "S2 msa -> mta.example.jp 25", "S2.dns msa -> mta.example.jp 0", "S3.1 mta -> example.com 0",
                         "S3.2 mta -> mx1.example.com 0", "S3.3 mta -> mx1.example.com 25",
                         "R1 mx1 -> mail.example.com 24", "R2 mail -> bob/INBOX 0", "R3 bob-pc -> mail.example.com 110",
                         "R3.dns bob-pc -> mail.example.com 0", "R4 mail -> bob 110"});
    Lines auth;
    for (const auto& [when, fact] : net::lab::Lab::facts<run::AuthJudged>(log))
        auth.push_back(std::string{fact.mechanism} + " " + std::string{fact.identity} + " " +
                       std::string{run::choice_name(fact.verdict)});
    CHECK(auth == Lines{"PLAIN alice accepted"});
    Lines routes;
    for (const auto& [when, fact] : net::lab::Lab::facts<run::MailRouted>(log))
        routes.push_back(std::string{run::choice_name(fact.choice)} + " " + std::string{fact.host} + " " +
                         std::to_string(fact.preference));
    CHECK(routes == Lines{"listed  0", "tries_host mx1.example.com 10", "tries_address mx1.example.com 10"});
    // Sub-steps are waited for by their steps, and every step but the questions joined a session.
    std::size_t waits = 0, sessions = 0;
    for (const auto& [when, fact] : net::lab::Lab::facts<run::Joined>(log))
        ++(log.spans()[fact.other].kind == run::SpanKind::step ? waits : sessions);
    CHECK(waits == 3);
    CHECK(sessions == 6); // S1 S2 S3.3 R1 R3 R4
}

TEST_CASE("one letter for several: each domain goes its own way, each recipient has an answer", "[nodes][journey]")
{
    World world;
    world.table.exchanges["away.example"] = std::vector<Names::Exchange>{{0, ""}};
    world.send(seconds(1), {"bob@example.com", "carol@example.com", "BOB@example.com", "dan@away.example",
                            "eve@nowhere.example", "nobody@example.com"});
    world.lab.run(minutes(10));
    CHECK(world.messages("mail", "bob").size() == 1);
    CHECK(world.messages("mail", "carol").size() == 1);
    CHECK(field_of(world.messages("mail", "carol")[0], "Delivered-To") == "carol@example.com");
    CHECK(field_of(world.messages("mail", "carol")[0], "Received").find(" for ") == std::string::npos);
    Lines s3;
    const run::Log log = world.lab.log();
    for (const auto& [when, fact] : net::lab::Lab::facts<run::StepEnded>(log))
        if (fact.step == Step::s3_1_mx || fact.step == Step::s3_3_transfer)
            s3.push_back(std::string{run::step_name(fact.step)} + " " + std::string{run::choice_name(fact.outcome)} +
                         " " + std::string{fact.reason} + " " + std::string{fact.detail} + " try " +
                         std::to_string(fact.tries));
    std::ranges::sort(s3);
    CHECK(s3 == Lines{"S3.1 done  10 mx1.example.com, 20 mx2.example.com try 1",
                      "S3.1 failed dns.no_such_name nowhere.example try 1",
                      "S3.1 refused mx.null 556 5.1.10 away.example takes no mail try 1",
                      "S3.3 done refused.some nobody@example.com: 550 5.1.1 No such user here try 1"});
    CHECK(world.left_over() == "");
}

TEST_CASE("what users submit is judged and completed", "[nodes][msa]")
{
    struct Row {
        std::string from, to, header;
        std::string reply; ///< behind DATA, or to RCPT
    };
    const Row rows[] = {
        {"alice@example.jp", "bob@example.com", "From: alice@example.jp\r\n", "250 2.0.0 Kept"},
        {"alice@example.jp", "postmaster", "From: alice@example.jp\r\n", "250 2.0.0 Kept"},
        {"alice@example.jp", "bob@example.com", "Subject: x\r\n", "554 5.6.0 The message has no From field"},
        {"boss@example.jp", "bob@example.com", "From: alice@example.jp\r\n",
         "550 5.7.1 You may not send as boss@example.jp"},
        {"alice@example.jp", "bob@localhost", "From: alice@example.jp\r\n", "550 5.1.2 "},
        {"", "bob@example.com", "From: alice@example.jp\r\n", "250 2.0.0 Kept"},
    };
    for (const Row& row : rows) {
        INFO(row.from << " to " << row.to << ": " << row.header);
        World world;
        struct Talk {
            static Task<void> run(World& world, Row row, std::string& said)
            {
                Host& host = world.host("alice-pc");
                auto stream = co_await host.network().tcp.connect(host.node(), {site::at(2), wire::Port{587}},
                                                                  run::Protocol::smtp, {});
                REQUIRE(stream);
                const std::string lines[] = {"EHLO x\r\n",
                                             "MAIL FROM:<alice@example.jp>\r\n", // too early
                                             "AUTH PLAIN AGFsaWNlAGFsaWNlLXNlY3JldA==\r\n",
                                             "MAIL FROM:<" + row.from + ">\r\n",
                                             "RCPT TO:<" + row.to + ">\r\n",
                                             "DATA\r\n",
                                             row.header + "Bcc: eve@example.com\r\n\r\nx\r\n.\r\n"};
                for (const std::string& line : lines) {
                    const bool written = co_await (*stream)->write(line, Spans{});
                    REQUIRE(written);
                    for (;;) { // a whole reply
                        const auto heard = co_await (*stream)->read_line(1'000);
                        if (!heard) co_return;
                        said += std::string{heard->text} + "\n";
                        if (heard->text.starts_with("220") || heard->text.substr(3, 1) == "-") continue;
                        break;
                    }
                }
            }
        };
        std::string said;
        world.lab.at(seconds(1), "alice-pc", [&] { world.host("alice-pc").spawn(Talk::run(world, row, said)); });
        world.lab.run(seconds(30));
        CHECK(said.contains("530 5.7.0"));
        CHECK(said.contains("235 2.7.0"));
        INFO(said);
        CHECK(said.contains(row.reply));
        const bool sent = row.reply.starts_with("250") && row.to.contains("example.com");
        const auto kept = world.messages("mail", "bob");
        CHECK(kept.size() == (sent ? 1 : 0));
        if (!sent) continue;
        CHECK_FALSE(field_of(kept[0], "Date").empty());
        CHECK(field_of(kept[0], "Message-ID").ends_with("@msa.example.jp>"));
        CHECK(field_of(kept[0], "Bcc").empty());
        Lines changes;
        const run::Log log = world.lab.log();
        for (const auto& [when, fact] : net::lab::Lab::facts<run::MailCompleted>(log))
            changes.emplace_back(run::choice_name(fact.change));
        CHECK(changes == Lines{"date_added", "message_id_added", "bcc_removed"});
    }
}

TEST_CASE("who may hand mail to whom", "[nodes][mta][msa][mda]")
{
    struct Row {
        std::string from_host;
        std::uint32_t to;
        std::uint16_t port;
        std::string sender, recipient, reply;
    };
    const Row rows[] = {
        // The ISP's MTA takes mail from its MSA alone; a company's from anybody, for its own users.
        {"msa", 3, 25, "a@example.jp", "bob@example.com", "250"},
        {"alice-pc", 3, 25, "a@example.jp", "bob@example.com", "550 5.7.1 Relaying denied"},
        {"bob-pc", 3, 25, "a@example.jp", "bob@example.com", "550 5.7.1 Relaying denied"},
        {"alice-pc", 4, 25, "a@example.jp", "bob@example.com", "250"},
        {"alice-pc", 4, 25, "a@example.jp", "Postmaster", "250"},
        {"alice-pc", 4, 25, "a@example.jp", "who@example.com", "550 5.1.1"},
        {"bob-pc", 4, 25, "bob@example.com", "alice@example.jp", "550 5.7.1"}, // a company's users submit elsewhere
        // The MSA's port 25 is for its own network, and for senders of its own domain.
        {"alice-pc", 2, 25, "alice@example.jp", "bob@example.com", "250"},
        {"alice-pc", 2, 25, "alice@example.com", "bob@example.com", "550 5.7.1 Senders here"},
        {"bob-pc", 2, 25, "alice@example.jp", "bob@example.com", "550 5.7.1 Relaying denied"},
        // Mailboxes are open to the site's servers only.
        {"mx1", 6, 24, "a@example.jp", "bob@example.com", "250"},
        {"mx1", 6, 24, "a@example.jp", "bob@example.jp", "550 5.1.2"},
        {"bob-pc", 6, 24, "a@example.jp", "bob@example.com", "550 5.7.1"},
    };
    for (const Row& row : rows) {
        INFO(row.from_host << " to " << row.to << ": " << row.recipient);
        World world;
        struct Asking {
            static Task<void> run(World& world, Row row, std::string& said)
            {
                Host& host = world.host(row.from_host);
                auto stream = co_await host.network().tcp.connect(host.node(), {site::at(row.to), wire::Port{row.port}},
                                                                  run::Protocol::smtp, {});
                REQUIRE(stream);
                const std::string lines = std::string{row.port == 24 ? "LHLO" : "EHLO"} + " x\r\nMAIL FROM:<" +
                                          row.sender + ">\r\nRCPT TO:<" + row.recipient + ">\r\nQUIT\r\n";
                const bool written = co_await (*stream)->write(lines, Spans{});
                REQUIRE(written);
                for (;;) {
                    const auto heard = co_await (*stream)->read_line(1'000);
                    if (!heard || heard->text.starts_with("221")) co_return;
                    said = heard->text; // the last is the answer to RCPT
                }
            }
        };
        std::string said;
        world.lab.at(seconds(1), row.from_host,
                     [&] { world.host(row.from_host).spawn(Asking::run(world, row, said)); });
        world.lab.run(seconds(20));
        CHECK(said.starts_with(row.reply));
    }
}

TEST_CASE("servers that are down: the next host, the next address, later", "[nodes][mta]")
{
    World world;
    world.lab.at(milliseconds(500), "mx1", [&] { world.host("mx1").stop(); });
    world.send(seconds(1), {"bob@example.com"});
    world.lab.run(seconds(30));
    CHECK(world.messages("mail", "bob").size() == 1); // by the second one
    CHECK(world.ended(Step::s3_3_transfer) == Lines{"S3.3 deferred connect.refused", "S3.3 done"});

    // Both down: after 30 minutes, an hour, …; meanwhile one comes back.
    World later;
    later.lab.at(milliseconds(500), "mx1", [&] { later.host("mx1").stop(); });
    later.lab.at(milliseconds(500), "mx2", [&] { later.host("mx2").stop(); });
    later.send(seconds(1), {"bob@example.com"});
    later.lab.at(minutes(70), "mx1", [&] { later.host("mx1").start(); });
    later.lab.run(minutes(89));
    CHECK(later.messages("mail", "bob").empty());
    later.lab.run(minutes(100)); // 30 + 60
    CHECK(later.messages("mail", "bob").size() == 1);
    CHECK(later.left_over() == "");

    // An address that nobody has, and behind it the right one.
    World second;
    second.table.addresses["mx1.example.com"] = std::vector{wire::Address::v4(0x0A00'0863), site::at(4)};
    second.send(seconds(1), {"bob@example.com"});
    second.lab.run(minutes(10));
    CHECK(second.messages("mail", "bob").size() == 1);
    CHECK(second.ended(Step::s3_3_transfer) == Lines{"S3.3 done"});
    const run::Log log = second.lab.log();
    std::size_t addresses = 0;
    for (const auto& [when, fact] : net::lab::Lab::facts<run::MailRouted>(log))
        addresses += fact.choice == run::RouteChoice::tries_address;
    CHECK(addresses == 2);
}

TEST_CASE("a letter that no server takes is tried at 30 min, 1, 2, 4, 4 … h, and given up after five days",
          "[nodes][mta][limits]")
{
    static_assert(far_retry.first == minutes(30) && far_retry.longest == minutes(4 * 60) &&
                  far_retry.give_up == minutes(5 * 24 * 60));
    World world;
    world.table.exchanges["example.com"] = std::vector<Names::Exchange>{{10, "mx1.example.com"}};
    world.lab.at(milliseconds(500), "mx1", [&] { world.host("mx1").stop(); });
    world.send(seconds(1), {"bob@example.com"});
    world.lab.run(minutes(6 * 24 * 60));
    std::vector<std::int64_t> gaps;
    Duration before;
    Outcome last{};
    const run::Log log = world.lab.log();
    for (const auto& [when, fact] : net::lab::Lab::facts<run::StepEnded>(log)) {
        if (fact.step != Step::s3_3_transfer) continue;
        if (before.ns != 0) gaps.push_back((when - before).ns / 60'000'000'000);
        before = when;
        last = fact.outcome;
        CHECK(fact.tries == gaps.size() + 1);
    }
    REQUIRE(gaps.size() > 10);
    CHECK(std::vector<std::int64_t>(gaps.begin(), gaps.begin() + 6) ==
          std::vector<std::int64_t>{30, 60, 120, 240, 240, 240});
    CHECK(last == Outcome::failed);
    CHECK(before >= minutes(5 * 24 * 60));
    CHECK(before < minutes(5 * 24 * 60 + 241));
    CHECK(world.left_over() == "");
    Lines changes;
    for (const auto& [when, fact] : net::lab::Lab::facts<run::QueueChanged>(log, world.lab.node("mta")))
        changes.emplace_back(run::choice_name(fact.change));
    CHECK(changes.front() == "put");
    CHECK(changes.back() == "failed");
}

TEST_CASE("names that fail: domains, hosts, servers of one's own", "[nodes][mta][mua]")
{
    using Failure = Names::Failure;
    // No MX: the domain's own address. The name of a host that is not there: nowhere. Nobody answers: later.
    World implicit;
    implicit.table.exchanges["example.com"] = std::unexpected(Failure::no_data);
    implicit.table.addresses["example.com"] = std::vector{site::at(4)};
    implicit.send(seconds(1), {"bob@example.com"});
    implicit.lab.run(seconds(30));
    CHECK(implicit.ended(Step::s3_1_mx) == Lines{"S3.1 done mx.implicit"});
    CHECK(implicit.messages("mail", "bob").size() == 1);

    World nowhere;
    nowhere.table.exchanges["example.com"] =
        std::vector<Names::Exchange>{{1, "gone.example.com"}, {2, "gone2.example.com"}};
    nowhere.send(seconds(1), {"bob@example.com"});
    nowhere.lab.run(minutes(10));
    CHECK(nowhere.ended(Step::s3_2_addr) == Lines{"S3.2 deferred dns.no_such_name", "S3.2 deferred dns.no_such_name"});
    CHECK(nowhere.left_over() == "");

    World silent;
    silent.table.exchanges["example.com"] = std::unexpected(Failure::timed_out);
    silent.send(seconds(1), {"bob@example.com"});
    silent.lab.run(minutes(20));
    CHECK(silent.ended(Step::s3_1_mx) == Lines{"S3.1 deferred dns.timed_out"});
    silent.table.exchanges["example.com"] = std::vector<Names::Exchange>{{1, "mx1.example.com"}};
    silent.lab.run(minutes(40));
    CHECK(silent.messages("mail", "bob").size() == 1);

    // The user's own server is not to be found: the letter waits in the outbox.
    World lost;
    lost.table.addresses["msa.example.jp"] = std::unexpected(Failure::server_failed);
    lost.send(seconds(1), {"bob@example.com"});
    lost.lab.run(seconds(30));
    CHECK(lost.ended() == Lines{"S1.dns deferred dns.server_failed", "S1 deferred dns.server_failed"});
    lost.table.addresses["msa.example.jp"] = std::vector{site::at(2)};
    lost.lab.run(minutes(3));
    CHECK(lost.messages("mail", "bob").size() == 1);

    // A circle: the ISP's own MTA stands in the list.
    World circle;
    circle.table.exchanges["example.com"] =
        std::vector<Names::Exchange>{{10, "mta.example.jp"}, {20, "mx1.example.com"}};
    circle.send(seconds(1), {"bob@example.com"});
    circle.lab.run(minutes(10));
    CHECK(circle.ended(Step::s3_1_mx) == Lines{"S3.1 failed mx.loop"});
    CHECK(circle.left_over() == "");

    // An address in the place of a domain needs no question.
    World literal;
    literal.send(seconds(1), {"bob@[10.0.4.1]"});
    literal.lab.run(minutes(10));
    CHECK(literal.ended(Step::s3_1_mx).empty());
    CHECK(literal.last_detail(Step::s3_3_transfer).starts_with("550 5.7.1"));
}

TEST_CASE("a wrong password is told and ends in no queue; the letter can be sent again", "[nodes][mua]")
{
    World world;
    struct Blocked {
        static wire::Endpoint port_25() { return {site::at(3), wire::Port{25}}; }
    };
    // By hand to the ISP's MTA, which is not for users: refused. Then by the account.
    world.send(seconds(1), {"bob@example.com"}, "Refused", Blocked::port_25(), "mta.example.jp");
    world.lab.run(minutes(5));
    CHECK(world.ended() == Lines{"S1 refused reply"});
    CHECK(world.left_over() == "");
    bool again = false;
    world.lab.at(minutes(6), "alice-pc", [&] { again = world.alice->resend(world.sent[0]); });
    world.lab.run(minutes(7));
    CHECK(again);
    CHECK(world.ended(Step::s1_submit) == Lines{"S1 refused reply", "S1 done"});
    CHECK(world.messages("mail", "bob").size() == 1);
    const run::Log log = world.lab.log();
    std::uint32_t tries = 0;
    for (const auto& [when, fact] : net::lab::Lab::facts<run::StepBegun>(log))
        if (fact.step == Step::s1_submit) tries = fact.tries;
    CHECK(tries == 2); // a try of S1, not a new mail
    CHECK(world.sent.size() == 1);
    // What has arrived is not sent again.
    world.lab.at(minutes(8), "alice-pc", [&] { again = world.alice->resend(world.sent[0]); });
    world.lab.run(minutes(9));
    CHECK_FALSE(again);

    // While a try hangs (an address that answers nothing): as soon as it is over.
    World hanging;
    const auto set_line = [&](Duration when, bool up) { // each end does its half
        hanging.lab.at(when, "mta", [&, up] { hanging.lab.network.links.set_up(hanging.lab.nic("mta", "edge"), up); });
        hanging.lab.at(when, "edge", [&, up] { hanging.lab.network.links.set_up(hanging.lab.nic("edge", "mta"), up); });
    };
    set_line(milliseconds(500), false);
    set_line(seconds(20), true);
    hanging.send(seconds(1), {"bob@example.com"}, "Hanging", Blocked::port_25(), "mta.example.jp");
    hanging.lab.at(seconds(5), "alice-pc", [&] { again = hanging.alice->resend(hanging.sent[0]); });
    hanging.lab.run(minutes(10));
    CHECK(again);
    CHECK(hanging.ended(Step::s1_submit).back() == "S1 done");
    CHECK(hanging.messages("mail", "bob").size() == 1);
    CHECK(hanging.left_over() == "");

    // A password that is wrong.
    World wrong;
    Mua::Settings settings;
    settings.user = "alice";
    settings.self = {{}, *mail::parse_mailbox("alice@example.jp")};
    settings.submit.port = wire::Port{587};
    settings.submit_name = "msa.example.jp";
    settings.login = sasl::Credentials{"alice", "forgotten", {}};
    wrong.alice = new Mua(wrong.host("bob-pc"), *wrong.mailboxes.at("bob-pc"), settings);
    wrong.host("bob-pc").add(std::unique_ptr<Role>(wrong.alice));
    wrong.lab.at(seconds(1), "bob-pc", [&] {
        Mua::Writing writing;
        writing.to = {*mail::parse_mailbox("bob@example.com")};
        wrong.alice->send(writing);
    });
    wrong.lab.run(minutes(30));
    CHECK(wrong.ended() == Lines{"S1.dns done", "S1 refused reply"});
    CHECK(wrong.last_detail(Step::s1_submit) == "535 5.7.8 Authentication credentials invalid");
    CHECK(wrong.left_over() == "");
}

TEST_CASE("reading from a server that is dead leaves a step that failed, and its reason", "[nodes][mua][mra]")
{
    World world;
    world.send(seconds(1), {"bob@example.com"});
    world.lab.at(seconds(9), "mail", [&] { world.host("mail").stop(); });
    world.read(seconds(10));
    world.lab.at(seconds(20), "mail", [&] { world.host("mail").start(); });
    world.read(seconds(30), true); // left on the server
    world.read(seconds(40));
    world.lab.run(minutes(5));
    CHECK(world.ended(Step::r3_request) == Lines{"R3 failed connect.refused", "R3 done", "R3 done"});
    CHECK(world.messages("bob-pc", "bob").size() == 1);
    CHECK(world.messages("mail", "bob").empty());
    const run::Log log = world.lab.log();
    std::vector<std::uint32_t> tries;
    for (const auto& [when, fact] : net::lab::Lab::facts<run::StepBegun>(log))
        if (fact.step == Step::r3_request) tries.push_back(fact.tries);
    CHECK(tries == std::vector<std::uint32_t>{1, 2, 3});

    World wrong;
    wrong.send(seconds(1), {"bob@example.com"});
    wrong.table.addresses["mail.example.com"] = std::unexpected(Names::Failure::no_such_name);
    wrong.read(seconds(10));
    wrong.lab.run(minutes(5));
    CHECK(wrong.ended(Step::r3_dns) == Lines{"R3.dns deferred dns.no_such_name"});
    CHECK(wrong.ended(Step::r3_request) == Lines{"R3 failed dns.no_such_name"});
}

TEST_CASE("letters in a circle end after a hundred hops", "[nodes][mta][limits]")
{
    // mx1 and mx2 are each told that the other one takes the mail of round.example.
    World world;
    world.table.exchanges["round.example"] = std::vector<Names::Exchange>{{10, "mx1.example.com"}};
    Mta::Settings relay;
    relay.port = relay.relay_port = wire::Port{2525};
    relay.own_networks = {*inet::parse_prefix("10.0.0.0/16")};
    world.host("mx1").add(std::make_unique<Mta>(world.host("mx1"), relay));
    world.host("mx2").add(std::make_unique<Mta>(world.host("mx2"), relay));
    world.table.exchanges["round.example"] = std::vector<Names::Exchange>{{10, "mx.round.example"}};
    world.table.addresses["mx.round.example"] = std::vector{site::at(5)}; // as mx1 is told
    site::Table other_table = world.table;
    other_table.addresses["mx.round.example"] = std::vector{site::at(4)}; // as mx2 is told
    world.host("mx2").set_names(
        std::make_unique<site::TableNames>(world.lab.engine, world.lab.node("mx2"), other_table));
    struct Sending {
        static Task<void> run(World& world)
        {
            Host& host = world.host("alice-pc");
            auto stream = co_await host.network().tcp.connect(host.node(), {site::at(4), wire::Port{2525}},
                                                              run::Protocol::smtp, {});
            REQUIRE(stream);
            const bool written = co_await (*stream)->write(
                "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@round.example>\r\nDATA\r\n", Spans{});
            REQUIRE(written);
            co_await host.engine().pause(host.node(), seconds(1));
            const bool ended = co_await (*stream)->write("Subject: round\r\n\r\nx\r\n.\r\nQUIT\r\n", Spans{});
            REQUIRE(ended);
            co_await host.engine().pause(host.node(), seconds(1));
        }
    };
    world.lab.at(seconds(1), "alice-pc", [&] { world.host("alice-pc").spawn(Sending::run(world)); });
    world.lab.run(minutes(10));
    const auto ended = world.ended(Step::s3_3_transfer);
    CHECK(ended.size() == 101);
    CHECK(ended.back() == "S3.3 refused reply");
    CHECK(world.last_detail(Step::s3_3_transfer) == "554 5.4.6 Too many hops: the message is going in circles");
    CHECK(world.left_over() == "");
}

TEST_CASE("every role of a site on one host, which talks with itself over loopback", "[nodes][journey]")
{
    net::lab::Lab lab{net::lab::Wiring{}
                          .host("ann")
                          .host("server")
                          .router("edge")
                          .link("ann", "edge")
                          .link("server", "edge")
                          .loopback("server"),
                      1, run::Level::full};
    Journal journal{lab.network.context};
    Host ann{lab.network, journal, lab.node("ann"), "ann.example.com", 0};
    Host server{lab.network, journal, lab.node("server"), "mail.example.com", 0};
    Mailboxes of_ann{ann}, of_server{server};
    const wire::Address here = *wire::parse_address("127.0.0.1");
    site::Table table;
    table.addresses["mail.example.com"] = std::vector{wire::Address::v4(net::lab::address(2, 1))};
    ann.set_names(std::make_unique<site::TableNames>(lab.engine, lab.node("ann"), table));

    Msa::Settings msa;
    msa.domain = "example.com";
    msa.accounts["ann"] = {"secret", *mail::parse_mailbox("ann@example.com")};
    msa.mta = {"mail.example.com", {here, wire::Port{25}}};
    server.add(std::make_unique<Msa>(server, msa));
    Mta::Settings mta;
    mta.domain = "example.com";
    mta.users = {"ann"};
    mta.mda = {"mail.example.com", {here, wire::Port{24}}};
    server.add(std::make_unique<Mta>(server, mta));
    Mda::Settings mda;
    mda.domain = "example.com";
    mda.users = {"ann"};
    server.add(std::make_unique<Mda>(server, of_server, mda));
    Mra::Settings mra;
    mra.passwords = {{"ann", "secret"}};
    mra.domain = "example.com";
    server.add(std::make_unique<Mra>(server, of_server, mra));
    Mua::Settings settings;
    settings.user = "ann";
    settings.self = {{}, *mail::parse_mailbox("ann@example.com")};
    settings.password = "secret";
    settings.submit.port = wire::Port{587};
    settings.mailbox.port = wire::Port{110};
    settings.submit_name = settings.mailbox_name = "mail.example.com";
    settings.login = sasl::Credentials{"ann", "secret", {}};
    auto mua = std::make_unique<Mua>(ann, of_ann, settings);
    Mua* const program = mua.get();
    ann.add(std::move(mua));
    for (Host* host : {&ann, &server}) lab.at({}, host->name(), [host] { host->begin(); });
    lab.at(seconds(1), "ann", [&] {
        Mua::Writing writing;
        writing.to = {*mail::parse_mailbox("ann@example.com")};
        writing.text = "To myself.\n";
        program->send(writing);
    });
    lab.at(seconds(10), "ann", [&] { program->fetch(false); });
    lab.run(minutes(10));
    const auto kept = of_ann.list("ann");
    REQUIRE(kept.size() == 1);
    const std::string message = (*ann.disk().do_read(kept[0].path))->octets;
    CHECK(mail::read_header(message).count("Received") == 3);
    CHECK(message.contains("([127.0.0.1])"));
    Lines steps;
    const run::Log log = lab.log();
    for (const auto& [when, fact] : net::lab::Lab::facts<run::StepEnded>(log))
        steps.push_back(std::string{run::step_name(fact.step)} + ' ' + std::string{run::choice_name(fact.outcome)});
    CHECK(steps ==
          Lines{"S1.dns done", "S1 done", "S2 done", "R2 done", "R1 done", "R3.dns done", "R3 done", "R4 done"});
    lab.engine.shut_down();
}

TEST_CASE("a break behind the final dot: nobody else is tried, and the same server later (RFC 1047)", "[nodes][mta]")
{
    // mx1 goes down as soon as it keeps the letter, before its answer has left.
    World world;
    world.send(seconds(1), {"bob@example.com"});
    const NodeId mx1 = world.lab.node("mx1");
    const auto kept = [&] {
        return !world.host("mx1").disk().names_in("mta-queue").empty() &&
               !world.host("mx1").disk().names_in("mta-queue")[0].ends_with(".new");
    };
    REQUIRE(world.lab.engine.run_until(net::lab::lab_start + seconds(20), kept));
    world.host("mx1").crash(false);
    world.lab.run(minutes(10));
    CHECK(world.ended(Step::s3_3_transfer) == Lines{"S3.3 deferred broke.after.dot"});
    CHECK(world.messages("mail", "bob").empty());
    world.host("mx1").restart();
    world.lab.run(minutes(60));
    CHECK(world.messages("mail", "bob").size() == 2); // from the queue of mx1, and from the second try
    CHECK(world.ended(Step::s3_3_transfer) == Lines{"S3.3 deferred broke.after.dot", "S3.3 done"});
    CHECK(world.lab.engine.process_count(mx1) == 0);
    CHECK(world.left_over() == "");
}

TEST_CASE("a letter leaves the queue with its 250, whatever the server makes of QUIT", "[nodes][mta]")
{
    // Until it has left, a crash would send it again (RFC 1047).
    World world;
    world.host("mx1").stop();
    const NodeId mx1 = world.lab.node("mx1");
    Time kept{}, parted{};
    const auto serve = [&](std::unique_ptr<wire::Stream> stream) -> Task<void> {
        stream->allow(minutes(30));
        bool sent = co_await stream->write_lines("220 mx1.example.com\r\n", {});
        for (bool text = false; sent;) {
            const auto line = co_await stream->read_line(1'000);
            if (!line) break;
            const std::string said{line->text};
            if (said == "QUIT") parted = world.lab.engine.now(); // and nobody answers
            if (said == "QUIT" || (text && said != ".")) continue;
            if (text) kept = world.lab.engine.now();
            text = said == "DATA";
            sent = co_await stream->write_lines(text ? "354 Go on\r\n" : "250 OK\r\n", {});
        }
    };
    world.lab.at(milliseconds(500), "mx1", [&] {
        world.lab.network.tcp.listen(mx1, wire::Port{25}, run::Protocol::smtp,
                                     [&](std::unique_ptr<wire::Stream> stream, wire::Endpoint) {
                                         world.lab.engine.spawn(mx1, serve(std::move(stream)));
                                     });
    });
    world.send(seconds(1), {"bob@example.com"});
    const auto is_empty = [&] { return kept != Time{} && world.host("mta").disk().names_in("mta-queue").empty(); };
    REQUIRE(world.lab.engine.run_until(net::lab::lab_start + minutes(2), is_empty));
    CHECK(world.lab.engine.now() - kept < milliseconds(100));
    CHECK(world.ended(Step::s3_3_transfer) == Lines{"S3.3 done"});
    world.lab.run(minutes(20)); // RFC 5321 §4.5.3.2: five minutes for a reply, then it is left
    CHECK(parted != Time{});
    CHECK(world.lab.engine.process_count(world.lab.node("mta")) == 0);
    CHECK(world.ended(Step::s3_3_transfer) == Lines{"S3.3 done"});
}

TEST_CASE("a disk that is full or broken on any server puts letters off, and loses none", "[nodes][disk]")
{
    for (const char* name : {"msa", "mta", "mx1", "mail"}) {
        for (const engine::DiskError error : {engine::DiskError::full, engine::DiskError::io}) {
            std::uint64_t first = 0, last = 0;
            {
                World world{1, run::Level::none};
                world.send(seconds(1), {"bob@example.com", "carol@example.com"});
                world.lab.run(milliseconds(999));
                first = world.lab.engine.steps();
                world.lab.run(seconds(3));
                last = world.lab.engine.steps();
            }
            std::size_t put_off = 0;
            for (std::uint64_t step = first; step < last; step += 5) {
                INFO(name << (error == engine::DiskError::full ? " is full" : " breaks") << " at step " << step);
                World world;
                world.send(seconds(1), {"bob@example.com", "carol@example.com"});
                while (world.lab.engine.steps() < step && world.lab.engine.step(net::lab::lab_start + seconds(3))) {
                }
                engine::Disk& disk = world.host(name).disk();
                disk.set_failure(error);
                world.lab.run(minutes(10));
                disk.set_failure(std::nullopt);
                world.lab.run(minutes(6 * 60));
                for (const char* user : {"bob", "carol"}) {
                    const std::size_t copies = world.messages("mail", user).size();
                    CHECK((copies == 1 || copies == 2)); // one whose removal from a queue was not written comes again
                }
                const run::Log log = world.lab.log();
                for (const auto& [when, fact] : net::lab::Lab::facts<run::StepEnded>(log)) {
                    CHECK((fact.outcome == Outcome::done || fact.outcome == Outcome::deferred));
                    put_off += fact.outcome == Outcome::deferred;
                }
            }
            CHECK(put_off > 0);
        }
    }
}

TEST_CASE("a person's program tries the next address after 250 ms", "[nodes][mua]")
{
    World world;
    const wire::Address nobody = wire::Address::v4(0x0A00'0863);
    world.table.addresses["msa.example.jp"] = std::vector{nobody, site::at(2)};
    world.table.addresses["mail.example.com"] = std::vector{nobody, site::at(6)};
    world.send(seconds(1), {"bob@example.com"});
    world.read(seconds(10));
    world.lab.run(minutes(30));
    const run::Log log = world.lab.log();
    for (const auto& [when, fact] : net::lab::Lab::facts<run::StepEnded>(log)) {
        if (fact.step == Step::s1_submit) CHECK(when < seconds(2));
        if (fact.step == Step::r4_fetch) CHECK(when < seconds(11));
        CHECK(fact.outcome == Outcome::done);
    }
    CHECK(world.messages("bob-pc", "bob").size() == 1);
    CHECK(world.left_over() == "");
}
