#pragma once
/// A small run by hand for the tests of what tells of names and filters: one letter whose provider and recipient are found
/// by the name system, from the root down, with an answer that is forged and a server that is silent; one letter that a
/// filter stops.

#include "sim/run/log.hpp"
#include "sim/run/recorder.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tegami::exporting::testing {

class NamesRun {
  public:
    using FactRef = run::FactRef;
    using NodeId = run::NodeId;
    static constexpr NodeId alice{2}, edge{3}, gtld{4}, msa{5}, mta{6}, ns1{7}, resolver{8}, root{9}, other{10};

    explicit NamesRun(run::Level level = run::Level::full)
    {
        header_.title = "One letter, end to end";
        header_.scenario_file = "first-mail.toml";
        header_.start = run::Time{1'775'433'600'000'000'000}; // 2026-04-06T09:00+09:00
        header_.zone_minutes = 9 * 60;
        header_.level = level;
        header_.nodes = {"scenario",   "outside", "alice-pc",        "sakura-edge", "a-gtld", "sakura-msa",
                         "sakura-mta", "ns1",     "sakura-resolver", "root",        "ns2"};
        for (std::uint32_t node = 2; node < header_.nodes.size(); ++node) {
            run::NicRow nic;
            nic.host = NodeId{node};
            nic.name = header_.nodes[node] + ":net";
            nic.link = "net";
            nic.mac = link::MacAddress::from_number(0x020000000000u + node);
            nic.address = address(nic.host);
            nic.prefix_length = 24;
            header_.nics.push_back(nic);
        }
        recorder_ = std::make_unique<run::Recorder>(header_, spans_, std::make_unique<run::MemorySink>());
        now_ = header_.start + wire::seconds(1);
        tell();
    }

    run::Log log() { return run::Log::of(recorder_->kept()); }
    const run::RunHeader& header() const { return header_; }
    static wire::Address address(NodeId node) { return wire::Address::v4(0xC0000200u + engine::index_of(node)); }
    /// When the letter's last step has ended, and its names are a second old.
    run::Time one_second_behind() const { return behind_; }

  private:
    template <class Fact>
    FactRef record(NodeId node, run::Spans spans, const Fact& fact, FactRef cause = FactRef::none)
    {
        return recorder_->record(now_, node, spans, cause, fact);
    }
    void pass(std::int64_t milliseconds) { now_ = now_ + wire::milliseconds(milliseconds); }

    run::SpanId begin(NodeId node, run::MailId mail, run::Step step, std::string_view peer, std::uint16_t port,
                      std::uint32_t tries = 1)
    {
        const run::SpanId span = spans_.begin({run::SpanKind::step, node, 0, mail, step, tries});
        record(node, spans_.only(span), run::StepBegun{span, mail, step, tries, {}, peer, port});
        return span;
    }
    void end(NodeId node, run::SpanId span, run::Outcome outcome = run::Outcome::done, std::string_view reason = {},
             std::string_view detail = {})
    {
        const run::Span of = spans_[span];
        record(node, spans_.only(span), run::StepEnded{span, of.mail, of.step, of.tries, outcome, reason, detail});
    }

    void ask(NodeId who, NodeId whom, run::Spans spans, std::string_view name, std::uint16_t type, bool recursive)
    {
        record(who, spans, run::DnsAsked{run::DnsTransport::udp, address(whom), 50'000, ++id_, name, type, recursive});
        ids_.emplace_back(name, type, id_);
    }
    std::uint16_t id_of(std::string_view name, std::uint16_t type) const
    {
        for (auto each = ids_.rbegin(); each != ids_.rend(); ++each)
            if (std::get<0>(*each) == name && std::get<1>(*each) == type) return std::get<2>(*each);
        throw std::runtime_error{"nobody asked that"};
    }
    void hear(NodeId who, NodeId by, run::Spans spans, std::string_view name, std::uint16_t type, std::uint16_t id,
              run::DnsOutcome outcome, std::string_view records, std::uint16_t rcode = 0)
    {
        record(who, spans, run::DnsAnswered{address(by), id, name, type, rcode, outcome, records});
    }
    void exchange(NodeId by, run::Spans spans, std::string_view name, std::uint16_t type, run::DnsOutcome outcome,
                  std::string_view records)
    {
        ask(resolver, by, spans, name, type, false);
        pass(12);
        hear(resolver, by, spans, name, type, id_, outcome, records);
    }
    void remember(run::CacheChange change, run::Spans spans, std::string_view name, std::uint16_t type,
                  std::uint32_t ttl, std::string_view records, bool negative = false)
    {
        record(resolver, spans, run::DnsCached{change, name, type, negative, ttl, records, 5});
    }

    void tell()
    {
        using enum run::DnsOutcome;
        constexpr std::uint16_t a = 1, mx = 15, aaaa = 28;
        const run::MailId first{alice, 1}, second{alice, 2};
        const FactRef act = record(NodeId::scenario, {}, run::Act{1, "alice.sends"});
        record(alice, {}, run::MailMade{1, "alice@sakura.example.jp", "bob@example.com", "Hello", "1@x"}, act);
        const run::SpanId s1 = begin(alice, first, run::Step::s1_submit, "msa.sakura.example.jp", 587);

        // Both families of the provider's name; the resolver knows the name server already.
        const run::SpanId dns = begin(alice, first, run::Step::s1_dns, "msa.sakura.example.jp", 0);
        const run::Spans names = spans_.only(dns);
        constexpr std::string_view msa_name = "msa.sakura.example.jp.";
        ask(alice, resolver, names, msa_name, a, true);
        ask(alice, resolver, names, msa_name, aaaa, true);
        pass(5);
        exchange(ns1, names, msa_name, a, run::DnsOutcome::answer, "msa.sakura.example.jp. 300 IN A 192.0.2.5\n\n\n\n");
        exchange(ns1, names, msa_name, aaaa, no_data,
                 "\n\nsakura.example.jp. 300 IN SOA ns1.sakura.example.jp. admin.sakura.example.jp. 1 2 3 4 300");
        remember(run::CacheChange::put, names, msa_name, a, 300, "msa.sakura.example.jp. 300 IN A 192.0.2.5");
        remember(run::CacheChange::put, names, msa_name, aaaa, 300, "", true);
        pass(5);
        hear(alice, resolver, names, msa_name, a, id_of(msa_name, a) - 2, run::DnsOutcome::answer,
             "msa.sakura.example.jp. 300 IN A 192.0.2.5");
        hear(alice, resolver, names, msa_name, aaaa, id_of(msa_name, aaaa) - 2, no_data, "");
        end(alice, dns);

        const run::SpanId session = spans_.begin({run::SpanKind::session, alice, 0, {}, {}, 0});
        const run::Spans talk = spans_.with(spans_.only(session), s1);
        record(alice, talk,
               run::TcpOpened{run::ConnectionId{1}, address(alice), 49152, address(msa), 587, false, 1000});
        record(alice, talk, run::SessionBegun{session, run::Protocol::smtp, run::ConnectionId{1}, true});
        record(alice, talk, run::Joined{s1, session});
        record(msa, talk, run::TcpOpened{run::ConnectionId{1}, address(msa), 587, address(alice), 49152, true, 5000});
        record(msa, talk, run::SessionBegun{session, run::Protocol::smtp, run::ConnectionId{1}, false});
        std::uint64_t said[2] = {};
        const auto say = [&](NodeId who, std::string_view line) {
            pass(10);
            std::uint64_t& offset = said[who == alice ? 0 : 1];
            record(who, talk, run::LineSaid{run::ConnectionId{1}, offset, line});
            record(who == alice ? msa : alice, talk, run::LineHeard{run::ConnectionId{1}, offset});
            offset += line.size() + 2;
        };
        say(msa, "220 msa.sakura.example.jp ESMTP tegami");
        say(alice, "EHLO alice-pc.sakura.example.jp");
        say(msa, "250-msa.sakura.example.jp");
        say(msa, "250-AUTH PLAIN LOGIN");
        say(msa, "250 SIZE 10485760");
        say(alice, "AUTH PLAIN AGFsaWNlAHNlc2FtZQ==");
        record(msa, talk, run::AuthJudged{run::AuthVerdict::accepted, "PLAIN", "alice"});
        say(msa, "235 2.7.0 Authentication succeeded");
        say(alice, "MAIL FROM:<alice@sakura.example.jp>");
        say(msa, "250 2.1.0 Ok");
        say(alice, "DATA");
        say(msa, "354 Go on");
        say(alice, "Subject: \x1b]52;c;cm0gLXJm\x07<b>&amp;\"Hello\"");
        say(alice, ".");
        say(msa, "250 2.0.0 Kept, queue id 4Q7");
        end(alice, s1);

        // The recipient's mail servers, from the root down; a forger and a silent server on the way.
        const run::SpanId s3 = begin(mta, first, run::Step::s3_1_mx, "example.com", 0);
        const run::Spans find = spans_.only(s3);
        constexpr std::string_view domain = "example.com.";
        ask(mta, resolver, find, domain, mx, true);
        const std::uint16_t asked = id_;
        pass(5);
        exchange(root, find, domain, mx, referral,
                 "\n\ncom. 172800 IN NS a.gtld.example.\n\na.gtld.example. 172800 IN A 192.0.2.4");
        record(resolver, find, run::DnsDecided{run::DnsDecision::follows_referral, domain, mx, "com."});
        exchange(gtld, find, domain, mx, referral,
                 "\n\nexample.com. 172800 IN NS ns1.example.com.\n\nns1.example.com. 172800 IN A 192.0.2.7");
        ask(resolver, other, find, domain, mx, false);
        hear(resolver, other, find, domain, mx, 7, forged, "example.com. 3600 IN MX 1 evil.example.net.");
        pass(800);
        hear(resolver, other, find, domain, mx, id_, timed_out, "");
        record(resolver, find, run::DnsDecided{run::DnsDecision::tries_next, domain, mx, "192.0.2.10 timed.out"});
        exchange(ns1, find, domain, mx, run::DnsOutcome::answer, records_of_mx);
        remember(run::CacheChange::put, find, domain, mx, 3'600, records_of_mx);
        pass(5);
        hear(mta, resolver, find, domain, mx, asked, run::DnsOutcome::answer, records_of_mx);
        record(mta, find,
               run::MailRouted{
                   run::RouteChoice::listed, "example.com", {}, {}, 0, "10 mx1.example.com, 20 mx2.example.com"});
        end(mta, s3);

        // Asked again, the resolver remembers.
        const run::SpanId again = begin(mta, first, run::Step::s3_1_mx, "example.com", 0, 2);
        ask(mta, resolver, spans_.only(again), domain, mx, true);
        pass(1'000);
        remember(run::CacheChange::hit, spans_.only(again), domain, mx, 3'599, records_of_mx);
        hear(mta, resolver, spans_.only(again), domain, mx, id_, run::DnsOutcome::answer, records_of_mx);
        end(mta, again);
        behind_ = now_;

        // A second letter, by her own hand to port 25: a filter drops each SYN.
        pass(1'000);
        record(alice, {}, run::MailMade{2, "alice@sakura.example.jp", "bob@example.com", "25", "2@x"});
        const run::SpanId blocked = begin(alice, second, run::Step::s1_submit, "mx1.example.com", 25);
        const run::SpanId call = spans_.begin({run::SpanKind::session, alice, 0, {}, {}, 0});
        const run::Spans calls = spans_.with(spans_.only(call), blocked);
        record(alice, calls,
               run::TcpOpened{run::ConnectionId{2}, address(alice), 49153, address(ns1), 25, false, 1000});
        record(alice, calls, run::Joined{blocked, call});
        for (std::uint64_t count = 1; count <= 3; ++count) {
            record(edge, calls,
                   run::FilterMatched{"op25b", 2, run::FilterAction::drop, run::FrameRef::none, run::NicId{1}, count});
            pass(static_cast<std::int64_t>(count) * 1'000);
            if (count < 3)
                record(alice, calls,
                       run::TcpRetransmission{run::ConnectionId{2}, 0, tcp::Rule::retransmission_timeout});
        }
        record(alice, calls,
               run::TcpState{run::ConnectionId{2}, tcp::State::syn_sent, tcp::State::closed,
                             tcp::Rule::handshake_given_up});
        end(alice, blocked, run::Outcome::blocked, "connect.timed_out");
        record(edge, {}, run::FilterChanged{"op25b", 2, false});
        if (!recorder_->finish(now_ + wire::seconds(1))) throw std::runtime_error{"the run could not be recorded"};
    }

    static constexpr std::string_view records_of_mx =
        "example.com. 3600 IN MX 10 mx1.example.com.\nexample.com. 3600 IN MX 20 mx2.example.com.";

    run::RunHeader header_;
    run::SpanTable spans_;
    std::unique_ptr<run::Recorder> recorder_;
    run::Time now_{}, behind_{};
    std::uint16_t id_ = 100;
    std::vector<std::tuple<std::string_view, std::uint16_t, std::uint16_t>> ids_;
};

} // namespace tegami::exporting::testing
