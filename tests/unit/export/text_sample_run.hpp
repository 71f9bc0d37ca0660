#pragma once
/// A small run as a recorder writes it, made by hand for the tests of the text views: two letters in one SMTP
/// connection, a segment of which is lost and repaired, both fetched by POP3; a third letter that is refused.

#include "protocols/inet/ipv4.hpp"
#include "protocols/link/arp.hpp"
#include "protocols/tcp/segment.hpp"
#include "sim/run/log.hpp"
#include "sim/run/recorder.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::exporting::testing {

using namespace run;
using engine::Duration;
using engine::Time;

class SampleRun {
  public:
    static constexpr NodeId alice{2}, bob{3}, edge{4}, mx1{5};
    static constexpr NicId alice_edge{0}, bob_edge{1}, edge_alice{2}, edge_bob{3}, edge_mx1{4}, mx1_edge{5};

    explicit SampleRun(Level level = Level::full)
    {
        header_.title = "Two letters, one connection";
        header_.scenario_file = "two-letters.toml";
        header_.seed = 1;
        header_.start = Time{1'775'433'600'000'000'000}; // 2026-04-06T09:00+09:00
        header_.zone_minutes = 9 * 60;
        header_.level = level;
        header_.nodes = {"scenario", "outside", "alice-pc", "bob-pc", "edge", "mx1"};
        add_nic(alice, "alice-pc:edge", 0xC0000241, edge_alice);
        add_nic(bob, "bob-pc:edge", 0xC6336441, edge_bob);
        add_nic(edge, "edge:alice-pc", 0xC0000201, alice_edge);
        add_nic(edge, "edge:bob-pc", 0xC6336402, bob_edge);
        add_nic(edge, "edge:mx1", 0xC6336401, mx1_edge);
        add_nic(mx1, "mx1:edge", 0xC6336419, edge_mx1);
        auto sink = std::make_unique<MemorySink>();
        recorder_ = std::make_unique<Recorder>(header_, spans_, std::move(sink));
        now_ = header_.start + wire::seconds(1);
        tell();
    }

    Log log()
    {
        Log log = Log::of(recorder_->kept());
        return log;
    }
    const RunHeader& header() const { return header_; }

  private:
    struct Flow {
        NicId from{}, to{};
        std::uint32_t source = 0, destination = 0;
        std::uint16_t source_port = 0, destination_port = 0;
        std::uint32_t seq = 0;
    };

    void add_nic(NodeId host, std::string name, std::uint32_t address, NicId peer)
    {
        NicRow row;
        row.host = host;
        row.name = std::move(name);
        row.link = row.name;
        row.mac = link::MacAddress::from_number(0x020000000001u + header_.nics.size());
        row.address = wire::Address::v4(address);
        row.prefix_length = 24;
        row.peer = peer;
        header_.nics.push_back(row);
    }

    template <class Fact>
    FactRef record(NodeId node, Spans spans, const Fact& fact, FactRef cause = FactRef::none)
    {
        return recorder_->record(now_, node, spans, cause, fact);
    }
    void pass(std::int64_t microseconds) { now_ = now_ + wire::microseconds(microseconds); }

    /// Both ends of a connection to mx1; the server's end is recorded when its SYN has come.
    SpanId begin_session(NodeId node, Protocol protocol, std::uint32_t address)
    {
        const SpanId session = spans_.begin({SpanKind::session, node, 0, {}, {}, 0});
        const std::uint16_t port = protocol == Protocol::smtp ? 25 : 110;
        connection_[node] = static_cast<ConnectionId>(++connections_[node]);
        record(node, spans_.only(session), SessionBegun{session, protocol, connection_[node], true});
        record(node, spans_.only(session),
               TcpOpened{connection_[node], wire::Address::v4(address), 49152, wire::Address::v4(0xC6336419), port,
                         false, 1000});
        return session;
    }
    void accept_session(SpanId session, Protocol protocol, std::uint32_t address)
    {
        const std::uint16_t port = protocol == Protocol::smtp ? 25 : 110;
        connection_[mx1] = static_cast<ConnectionId>(++connections_[mx1]);
        record(mx1, spans_.only(session),
               TcpOpened{connection_[mx1], wire::Address::v4(0xC6336419), port, wire::Address::v4(address), 49152, true,
                         5000});
        record(mx1, spans_.only(session), SessionBegun{session, protocol, connection_[mx1], false});
    }
    SpanId begin_step(NodeId node, MailId mail, Step step, std::string_view peer, std::uint16_t port)
    {
        const SpanId span = spans_.begin({SpanKind::step, node, 0, mail, step, 1});
        StepBegun fact;
        fact.span = span;
        fact.mail = mail;
        fact.step = step;
        fact.tries = 1;
        fact.peer = peer;
        fact.port = port;
        record(node, spans_.only(span), fact);
        return span;
    }
    void end_step(NodeId node, SpanId span, Outcome outcome = Outcome::done, std::string_view reason = {},
                  std::string_view detail = {})
    {
        const Span& of = spans_[span];
        record(node, spans_.only(span), StepEnded{span, of.mail, of.step, 1, outcome, reason, detail});
    }

    /// A segment from one host through the router to the other; `lost` on its second link.
    void segment(Flow& flow, Spans spans, tcp::Flags flags, std::string_view payload, std::uint32_t ack,
                 bool lost = false)
    {
        tcp::Segment segment;
        segment.source = wire::Port{flow.source_port};
        segment.destination = wire::Port{flow.destination_port};
        segment.seq = flow.seq;
        segment.ack = ack;
        segment.flags = flags;
        segment.window = 65535;
        segment.payload = wire::as_octets(payload);
        flow.seq += segment.length();
        const std::size_t length = tcp::header_length(segment) + payload.size();
        const auto octets =
            tcp::encode(segment, inet::pseudo_header_sum(flow.source, flow.destination, inet::Protocol::tcp, length));

        wire::OctetBuffer frame(link::ethernet_header_size + inet::ipv4_header_size);
        const NicRow& nic = header_.nics[static_cast<std::size_t>(flow.from)];
        std::uint8_t* at = link::encode(
            link::EthernetHeader{header_.nics[static_cast<std::size_t>(nic.peer)].mac, nic.mac, link::EtherType::ipv4},
            frame.data());
        inet::Ipv4Header ip;
        ip.source = flow.source;
        ip.destination = flow.destination;
        ip.protocol = inet::Protocol::tcp;
        inet::encode(ip, octets.size(), at);
        frame.insert(frame.end(), octets.begin(), octets.end());

        const auto header_size = frame.size() - payload.size();
        const FrameRef ref =
            recorder_->frame(now_, nic.host, spans, FactRef::none,
                             {flow.from, nic.peer, wire::microseconds(1'010), Fate::arrives}, frame, header_size);
        pass(1'010);
        const NicId out = header_.nics[static_cast<std::size_t>(flow.to)].peer;
        record(edge, spans,
               FrameCrossed{ref, out, flow.to, wire::microseconds(5'010), lost ? Fate::lost : Fate::arrives, {}});
        pass(5'010);
    }
    void arp(NicId nic, Spans spans)
    {
        const NicRow& asker = header_.nics[static_cast<std::size_t>(nic)];
        const NicRow& owner = header_.nics[static_cast<std::size_t>(asker.peer)];
        const auto request = link::arp_request(asker.mac, asker.address, owner.address);
        record(asker.host, spans, ArpChanged{nic, ArpChange::asked, owner.address, {}});
        send_arp(nic, spans, request, link::MacAddress::broadcast());
        send_arp(asker.peer, spans, link::arp_reply(request, owner.mac), asker.mac);
        record(asker.host, spans, ArpChanged{nic, ArpChange::learnt, owner.address, owner.mac});
    }
    void send_arp(NicId nic, Spans spans, const link::ArpPacket& packet, const link::MacAddress& to)
    {
        const NicRow& row = header_.nics[static_cast<std::size_t>(nic)];
        wire::OctetBuffer frame(link::ethernet_header_size + link::arp_packet_size);
        std::uint8_t* at = link::encode(link::EthernetHeader{to, row.mac, link::EtherType::arp}, frame.data());
        link::encode(packet, at);
        recorder_->frame(now_, row.host, spans, FactRef::none,
                         {nic, row.peer, wire::microseconds(1'004), Fate::arrives}, frame, frame.size());
        pass(1'004);
    }

    /// Lines of one side in one segment.
    void say(Flow& flow, NodeId node, Spans spans, const std::vector<std::string>& lines, bool lost = false)
    {
        std::string payload;
        for (const std::string& line : lines) {
            record(node, spans, LineSaid{connection_[node], said_[node], line});
            said_[node] += line.size() + 2;
            payload += line + "\r\n";
        }
        segment(flow, spans, tcp::Flag::ack | tcp::Flag::psh, payload, 1001, lost);
    }

    void store(SpanId span, std::string_view file, std::uint64_t size)
    {
        const Spans spans = spans_.only(span);
        const std::string temporary = "tmp/" + std::string{file}, final = "new/" + std::string{file};
        record(mx1, spans, DiskChanged{DiskChange::written, temporary, {}, size});
        pass(100);
        record(mx1, spans, DiskChanged{DiskChange::synced, temporary, {}, 0});
        pass(5'000);
        record(mx1, spans, DiskChanged{DiskChange::renamed, temporary, final, 0});
        pass(100);
        record(mx1, {}, DiskChanged{DiskChange::folder_synced, "new", {}, 0});
        pass(5'000);
        record(mx1, spans, MailboxChanged{"bob/INBOX", MailboxChange::delivered, file, size, ContentId{}});
    }

    void fetch(MailId mail, SpanId asked, SpanId session, Flow& ask, Flow& answer, const std::string& retrieve,
               std::string_view file, std::uint64_t size)
    {
        say(ask, bob, spans_.only(session), {retrieve});
        end_step(mx1, asked);
        const SpanId r4 = begin_step(mx1, mail, Step::r4_fetch, "bob", 110);
        record(mx1, spans_.with(spans_.only(session), r4), Joined{r4, session});
        const Spans serves = spans_.with(spans_.only(session), r4);
        say(answer, mx1, serves, {"+OK", "Subject: =?UTF-8?B?44GT44KT44Gr44Gh44Gv?=", "", "Hello Bob.", "."});
        record(mx1, serves, MailboxChanged{"bob/INBOX", MailboxChange::deleted, file, size, ContentId{}});
        end_step(bob, r4);
    }

    void tell()
    {
        const MailId first{alice, 1}, second{alice, 2}, third{alice, 3};
        const FactRef act1 = record(NodeId::scenario, {}, Act{1, "alice.sends"});
        record(alice, {}, MailMade{1, "alice@sakura.example.jp", "bob@example.com", "こんにちは", "1@alice-pc"}, act1);
        const FactRef act2 = record(NodeId::scenario, {}, Act{2, "alice.sends"});
        record(alice, {}, MailMade{2, "alice@sakura.example.jp", "bob@example.com", "Second letter", "2@alice-pc"},
               act2);

        // Submission of both in one connection.
        const SpanId s1 = begin_step(alice, first, Step::s1_submit, "mx1", 25);
        const SpanId session = begin_session(alice, Protocol::smtp, 0xC0000241);
        record(alice, spans_.only(s1), Joined{s1, session});
        record(alice, spans_.only(session),
               TcpState{ConnectionId{1}, tcp::State::closed, tcp::State::syn_sent, tcp::Rule::open_call});
        arp(alice_edge, spans_.only(session));
        arp(edge_mx1, spans_.only(session));
        Flow there{alice_edge, mx1_edge, 0xC0000241, 0xC6336419, 49152, 25, 1000};
        Flow back{mx1_edge, alice_edge, 0xC6336419, 0xC0000241, 25, 49152, 5000};
        segment(there, spans_.only(session), tcp::Flag::syn, {}, 0);
        accept_session(session, Protocol::smtp, 0xC0000241);
        record(mx1, spans_.only(session),
               TcpState{connection_[mx1], tcp::State::listen, tcp::State::syn_received, tcp::Rule::syn_arrived});
        segment(back, spans_.only(session), tcp::Flag::syn | tcp::Flag::ack, {}, 1001);
        record(
            alice, spans_.only(session),
            TcpState{ConnectionId{1}, tcp::State::syn_sent, tcp::State::established, tcp::Rule::syn_sent_acknowledged});
        segment(there, spans_.only(session), tcp::Flag::ack, {}, 5001);
        const Spans of_first = spans_.with(spans_.only(session), s1);
        say(back, mx1, spans_.only(session), {"220 mx1.example.com ESMTP tegami"});
        say(there, alice, of_first, {"EHLO alice-pc.sakura.example.jp"});
        say(back, mx1, of_first, {"250-mx1.example.com", "250-PIPELINING", "250 8BITMIME"});
        say(there, alice, of_first, {"MAIL FROM:<alice@sakura.example.jp>", "RCPT TO:<bob@example.com>", "DATA"});
        say(back, mx1, of_first, {"250 2.1.0 Ok", "250 2.1.5 Ok", "354 End data with <CR><LF>.<CR><LF>"});
        // The end of the first letter and the beginning of the second share a segment, which is lost.
        const SpanId s1b = begin_step(alice, second, Step::s1_submit, "mx1", 25);
        record(alice, spans_.only(s1b), Joined{s1b, session});
        const Spans of_second = spans_.with(spans_.only(session), s1b);
        const Spans of_both = spans_.with(of_first, s1b);
        std::string payload;
        for (const std::string_view line : {"From: alice@sakura.example.jp", "To: bob@example.com",
                                            "Subject: =?UTF-8?B?44GT44KT44Gr44Gh44Gv?=", "", "Hello Bob.", "."}) {
            record(alice, of_first, LineSaid{ConnectionId{1}, said_[alice], line});
            said_[alice] += line.size() + 2;
            payload += std::string{line} + "\r\n";
        }
        const std::string mail_from = "MAIL FROM:<alice@sakura.example.jp> SIZE=67";
        record(alice, of_second, LineSaid{ConnectionId{1}, said_[alice], mail_from});
        said_[alice] += mail_from.size() + 2;
        payload += mail_from + "\r\n";
        const std::uint32_t before = there.seq;
        segment(there, of_both, tcp::Flag::ack | tcp::Flag::psh, payload, 5200, true);
        pass(200'000);
        record(alice, of_both, TcpTimer{ConnectionId{1}, tcp::Rule::retransmission_timeout});
        record(alice, of_both, TcpRetransmission{ConnectionId{1}, 120, tcp::Rule::retransmission_timeout});
        there.seq = before;
        segment(there, of_both, tcp::Flag::ack | tcp::Flag::psh, payload, 5200);
        const SpanId r1 = begin_step(mx1, first, Step::r1_hand_over, "mx1", 0);
        record(mx1, of_first, Joined{r1, session});
        end_step(mx1, r1);
        const SpanId r2 = begin_step(mx1, first, Step::r2_store, "bob/INBOX", 0);
        store(r2, "1.M1.mx1", 412);
        end_step(mx1, r2);
        say(back, mx1, of_both, {"250 2.0.0 Kept", "250 2.1.0 Ok"});
        end_step(alice, s1);
        say(there, alice, of_second, {"RCPT TO:<bob@example.com>", "DATA"});
        say(back, mx1, of_second, {"250 2.1.5 Ok", "354 Go on"});
        say(there, alice, of_second,
            {"Subject: Second letter", "", "..", "\x1b]52;c;cm0gLXJm\x07 is no way to greet.", "."});
        const SpanId r2b = begin_step(mx1, second, Step::r2_store, "bob/INBOX", 0);
        store(r2b, "2.M2.mx1", 398);
        end_step(mx1, r2b);
        say(back, mx1, of_second, {"250 2.0.0 Kept"});
        say(there, alice, of_second, {"QUIT"});
        say(back, mx1, of_second, {"221 2.0.0 Goodbye"});
        end_step(alice, s1b);
        segment(there, spans_.only(session), tcp::Flag::ack | tcp::Flag::fin, {}, 5400);
        segment(back, spans_.only(session), tcp::Flag::ack | tcp::Flag::fin, {}, there.seq);
        segment(there, spans_.only(session), tcp::Flag::ack, {}, 5401);
        record(alice, spans_.only(session), TcpClosed{ConnectionId{1}});

        // Both are fetched by POP3.
        pass(2'000'000);
        said_.clear();
        const SpanId pop = begin_session(bob, Protocol::pop3, 0xC6336441);
        Flow ask{bob_edge, mx1_edge, 0xC6336441, 0xC6336419, 49152, 110, 9000};
        Flow answer{mx1_edge, bob_edge, 0xC6336419, 0xC6336441, 110, 49152, 7000};
        const Spans session_only = spans_.only(pop);
        segment(ask, session_only, tcp::Flag::syn, {}, 0);
        accept_session(pop, Protocol::pop3, 0xC6336441);
        segment(answer, session_only, tcp::Flag::syn | tcp::Flag::ack, {}, 9001);
        say(answer, mx1, session_only, {"+OK tegami POP3 ready"});
        say(ask, bob, session_only, {"USER bob"});
        say(answer, mx1, session_only, {"+OK"});
        say(ask, bob, session_only, {"PASS sesame"});
        // The server begins these steps, for both letters in the box.
        const SpanId r3 = begin_step(mx1, first, Step::r3_request, "bob/INBOX", 110);
        record(mx1, spans_.with(session_only, r3), Joined{r3, pop});
        const SpanId r3b = begin_step(mx1, second, Step::r3_request, "bob/INBOX", 110);
        record(mx1, spans_.with(session_only, r3b), Joined{r3b, pop});
        say(answer, mx1, session_only, {"+OK 2 messages"});
        say(ask, bob, session_only, {"UIDL"});
        say(answer, mx1, session_only, {"+OK", "1 1.M1.mx1", "2 2.M2.mx1", "."});
        fetch(first, r3, pop, ask, answer, "RETR 1", "1.M1.mx1", 412);
        fetch(second, r3b, pop, ask, answer, "RETR 2", "2.M2.mx1", 398);
        say(ask, bob, session_only, {"QUIT"});
        say(answer, mx1, session_only, {"+OK"});

        // A third letter meets a closed port and is put off.
        pass(60'000'000);
        const FactRef act3 = record(NodeId::scenario, {}, Act{4, "alice.sends"});
        record(alice, {}, MailMade{3, "alice@sakura.example.jp", "carol@example.org", "", "3@alice-pc"}, act3);
        const SpanId s1c = begin_step(alice, third, Step::s1_submit, "mx1", 25);
        const SpanId call = begin_session(alice, Protocol::smtp, 0xC0000241);
        record(alice, spans_.only(s1c), Joined{s1c, call});
        there.seq = 20'000;
        segment(there, spans_.only(call), tcp::Flag::syn, {}, 0);
        record(mx1, spans_.only(call),
               FrameDropped{recorder_->last_frame(), mx1_edge, DropReason::no_listener, {}, {}});
        back.seq = 0;
        segment(back, spans_.only(call), tcp::Flag::rst | tcp::Flag::ack, {}, 20'001);
        record(alice, spans_.only(call),
               TcpState{ConnectionId{2}, tcp::State::syn_sent, tcp::State::closed, tcp::Rule::syn_sent_refused});
        end_step(alice, s1c, Outcome::deferred, "connect.refused");
        const auto finished = recorder_->finish(now_ + wire::seconds(10));
        if (!finished) throw std::runtime_error{"the sample run could not be recorded"};
    }

    RunHeader header_;
    SpanTable spans_;
    std::unique_ptr<Recorder> recorder_;
    Time now_{};
    std::map<NodeId, std::uint64_t> said_;
    std::map<NodeId, std::uint32_t> connections_;
    std::map<NodeId, ConnectionId> connection_; // the one that goes on
};

} // namespace tegami::exporting::testing
