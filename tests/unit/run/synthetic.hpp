#pragma once
/// Runs for tests, made without a world: a mail dialogue over two links and a router in real octets, and facts of every
/// kind with fields drawn at random. Both keep beside them what a reader must find.

#include "protocols/inet/ipv4.hpp"
#include "protocols/link/arp.hpp"
#include "protocols/tcp/segment.hpp"
#include "sim/run/choices.hpp"
#include "sim/run/forwarding.hpp"
#include "sim/run/json.hpp"
#include "sim/run/recorder.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace tegami::run::synthetic {

/// SplitMix64: the same numbers on every machine.
class Draws {
  public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next()
    {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

  private:
    std::uint64_t state_;
};

inline constexpr NodeId client{2}, router{3}, server{4};
inline constexpr NicId client_nic{0}, router_in{1}, router_out{2}, server_nic{3};
inline constexpr std::int64_t start = 1'775'433'600'000'000'000; // 2026-04-06T00:00:00Z

inline RunHeader header(Level level = Level::full)
{
    const auto mac = [](std::uint64_t n) { return link::MacAddress::from_number(0x020000000000 + n); };
    RunHeader run;
    run.title = "Two letters 二通の手紙";
    run.scenario_file = "two-letters.toml";
    run.variant = "one-letter";
    run.scenario = "title = \"Two letters\"\n[[do]]\nat = \"+1s\"\nalice.sends = {}\n";
    run.seed = 42;
    run.start = {start};
    run.zone_minutes = 540;
    run.level = level;
    run.nodes = {"scenario", "outside", "alice-pc", "edge", "mx"};
    run.nics = {
        {client, "alice-pc:edge", "home", mac(1), wire::Address::v4(0xC0000241), 24, router_in},
        {router, "edge:alice-pc", "home", mac(2), wire::Address::v4(0xC0000201), 24, client_nic},
        {router, "edge:mx", "core", mac(3), wire::Address::v4(0xC6336401), 24, server_nic},
        {server, "mx:edge", "core", mac(4), wire::Address::v4(0xC6336419), 24, router_out},
    };
    run.names = {{wire::Address::v4(0xC0000241), "alice-pc.sakura.example.jp"},
                 {wire::Address::v4(0xC6336419), "mx.example.com"}};
    return run;
}

/// A recorder, and beside it each fact as JSON: what a reader must give back.
class Synthetic {
  public:
    explicit Synthetic(std::unique_ptr<Sink> sink, const RunHeader& run = header(), Commentator* commentator = nullptr)
        : run(run), recorder(run, spans, std::move(sink), commentator), numbers_(run.nodes.size())
    {
    }

    template <class Fact>
    FactRef note(NodeId node, Spans set, FactRef cause, const Fact& fact)
    {
        const FactRef ref = recorder.record(now, node, set, cause, fact);
        if (ref != FactRef::none) expect({ref, now, node, 0, set, cause, {}, fact});
        return ref;
    }
    FrameRef send(NodeId node, Spans set, FactRef cause, const FrameSent& sent, Octets octets,
                  std::size_t header_length)
    {
        const FrameRef frame = recorder.frame(now, node, set, cause, sent, octets, header_length);
        if (frame != FrameRef::none) {
            expect({recorder.last(), now, node, 0, set, cause, frame, sent});
            frames.emplace_back(octets.begin(), octets.end());
        }
        return frame;
    }
    ContentId content(NodeId node, Spans set, FactRef cause, Octets message)
    {
        const std::uint64_t before = recorder.facts();
        const ContentId id = recorder.content(now, node, set, cause, message);
        // How a message is cut into parts is the recorder's own affair; the parts are held to the whole elsewhere.
        for (std::uint64_t i = before; i < recorder.facts(); ++i) {
            expected.emplace_back();
            ++numbers_[index_of(node)];
        }
        return id;
    }

    RunHeader run;
    SpanTable spans;
    Recorder recorder;
    Time now{start};
    std::vector<std::string> expected; ///< by fact; empty where any will do
    std::vector<wire::OctetBuffer> frames;

  private:
    void expect(Event event)
    {
        event.number = ++numbers_[index_of(event.node)];
        expected.push_back(to_json(event, run, spans));
    }
    std::vector<std::uint64_t> numbers_;
};

// ---- a dialogue ----------------------------------------------------------------------------------------------------

/// One SMTP session of the client with the server through the router, with everything that a world would record of it.
class Dialogue {
  public:
    explicit Dialogue(Synthetic& to) : to_(to) {}

    /// `lose`: the how-manieth frame of the session is lost on its second link, and sent again.
    void play(std::uint32_t number, std::uint32_t lose = 0)
    {
        number_ = number;
        lose_ = lose;
        sent_ = 0;
        const MailId mail{client, number};
        act_ = to_.note(NodeId::scenario, {}, FactRef::none, Act{number, "alice.sends"});
        const FactRef made =
            to_.note(client, {}, act_,
                     MailMade{number, "alice@sakura.example.jp", "bob@example.com", "Hello", "1@sakura.example.jp"});
        step_ = to_.spans.begin({SpanKind::step, client, 0, mail, Step::s1_submit, 1});
        session_ = to_.spans.begin({SpanKind::session, client, 0, {}, {}, 0});
        both_ = to_.spans.with(to_.spans.only(session_), step_);
        cause_ = to_.note(client, to_.spans.only(step_), made,
                          StepBegun{step_, mail, Step::s1_submit, 1, "bob@example.com", "mx.example.com", 25});
        if (number == 1) arp();
        to_.note(client, both_, cause_,
                 TcpOpened{connection(), address(client), port(), address(server), 25, false, isn});
        to_.note(client, both_, cause_, SessionBegun{session_, Protocol::smtp, connection(), true});
        to_.note(client, both_, cause_, Joined{step_, session_});
        segment(client, tcp::Flag::syn, {});
        to_.note(server, both_, cause_,
                 TcpOpened{connection(), address(server), 25, address(client), port(), true, peer_isn});
        segment(server, tcp::Flag::syn | tcp::Flag::ack, {});
        to_.note(
            client, both_, cause_,
            TcpState{connection(), tcp::State::syn_sent, tcp::State::established, tcp::Rule::syn_sent_acknowledged});
        segment(client, tcp::Flag::ack, {});
        to_.note(server, both_, cause_,
                 TcpState{connection(), tcp::State::syn_received, tcp::State::established,
                          tcp::Rule::syn_received_acknowledged});
        to_.note(server, both_, cause_, SessionBegun{session_, Protocol::smtp, connection(), false});
        say(server, "220 mx.example.com ESMTP");
        say(client, "EHLO alice-pc.sakura.example.jp");
        say(server, "250 mx.example.com");
        say(client, "MAIL FROM:<alice@sakura.example.jp>");
        say(server, "250 2.1.0 Ok");
        say(client, "RCPT TO:<bob@example.com>");
        say(server, "250 2.1.5 Ok");
        say(client, "DATA");
        say(server, "354 End data with <CR><LF>.<CR><LF>");
        const std::string message =
            "From: alice@sakura.example.jp\r\nTo: bob@example.com\r\nSubject: Hello\r\n\r\nDear Bob, letter " +
            std::to_string(number) + ".\r\n";
        segment(client, tcp::Flag::ack | tcp::Flag::psh, message + ".\r\n");
        const ContentId content = to_.content(server, both_, cause_, wire::as_octets(message));
        const std::string file = "1775433600.M" + std::to_string(number) + "P1.mx";
        to_.note(server, both_, cause_, DiskChanged{DiskChange::written, "bob/tmp/" + file, "", message.size()});
        to_.note(server, both_, cause_, DiskChanged{DiskChange::synced, "bob/tmp/" + file, "", 0});
        to_.note(server, both_, cause_, DiskChanged{DiskChange::renamed, "bob/tmp/" + file, "bob/new/" + file, 0});
        to_.note(server, both_, cause_, DiskChanged{DiskChange::folder_synced, "bob/new", "", 0});
        to_.note(server, both_, cause_,
                 MailboxChanged{"bob/INBOX", MailboxChange::delivered, file, message.size(), content});
        say(server, "250 2.0.0 Ok: queued");
        say(client, "QUIT");
        say(server, "221 2.0.0 Bye");
        segment(server, tcp::Flag::ack | tcp::Flag::fin, {});
        segment(client, tcp::Flag::ack, {});
        segment(client, tcp::Flag::ack | tcp::Flag::fin, {});
        segment(server, tcp::Flag::ack, {});
        to_.note(client, both_, cause_,
                 TcpState{connection(), tcp::State::established, tcp::State::time_wait, tcp::Rule::fin_arrived});
        to_.note(client, both_, cause_,
                 StepEnded{step_, mail, Step::s1_submit, 1, Outcome::done, "", "250 2.0.0 Ok: queued"});
        to_.note(server, both_, cause_, TcpClosed{connection()});
    }

    static constexpr std::uint32_t isn = 1000, peer_isn = 5000;

  private:
    struct End {
        std::uint32_t next = 0;     ///< SND.NXT less the initial sequence number
        std::uint32_t received = 0; ///< RCV.NXT likewise
        std::uint64_t said = 0;
    };

    ConnectionId connection() const { return static_cast<ConnectionId>(number_); }
    std::uint16_t port() const { return static_cast<std::uint16_t>(49'151 + number_); }
    wire::Address address(NodeId node) const { return to_.run.nics[static_cast<std::size_t>(nic_of(node))].address; }
    static NicId nic_of(NodeId node) { return node == client ? client_nic : server_nic; }
    link::MacAddress mac(NicId nic) const { return to_.run.nics[static_cast<std::size_t>(nic)].mac; }

    void arp()
    {
        wire::OctetBuffer frame(link::ethernet_header_size + link::arp_packet_size);
        const auto request = link::arp_request(mac(client_nic), address(client), to_.run.nics[1].address);
        link::encode(request, link::encode({link::MacAddress::broadcast(), mac(client_nic), link::EtherType::arp},
                                           frame.data()));
        to_.note(client, both_, cause_, ArpChanged{client_nic, ArpChange::asked, to_.run.nics[1].address, {}});
        to_.send(client, both_, cause_, {client_nic, router_in, {100'000}, Fate::arrives}, frame, frame.size());
        to_.now = to_.now + Duration{100'000};
        const auto reply = link::arp_reply(request, mac(router_in));
        link::encode(reply, link::encode({mac(client_nic), mac(router_in), link::EtherType::arp}, frame.data()));
        to_.send(router, both_, to_.recorder.last(), {router_in, client_nic, {100'000}, Fate::arrives}, frame,
                 frame.size());
        to_.now = to_.now + Duration{100'000};
        to_.note(client, both_, to_.recorder.last(),
                 ArpChanged{client_nic, ArpChange::learnt, to_.run.nics[1].address, mac(router_in)});
    }

    void say(NodeId who, const std::string& line)
    {
        End& end = who == client ? client_ : server_;
        const FactRef said = to_.note(who, both_, cause_, LineSaid{connection(), end.said, line});
        segment(who, tcp::Flag::ack | tcp::Flag::psh, line + "\r\n");
        to_.note(who == client ? server : client, both_, said, LineHeard{connection(), end.said});
        end.said += line.size() + 2;
    }

    void segment(NodeId who, tcp::Flags flags, std::string_view payload)
    {
        const bool by_client = who == client;
        End& mine = by_client ? client_ : server_;
        End& other = by_client ? server_ : client_;
        if (flags.has(tcp::Flag::syn) && by_client) client_ = server_ = {};

        tcp::Segment segment;
        segment.source = wire::Port{by_client ? port() : std::uint16_t{25}};
        segment.destination = wire::Port{by_client ? std::uint16_t{25} : port()};
        segment.seq = (by_client ? isn : peer_isn) + mine.next;
        if (flags.has(tcp::Flag::ack)) segment.ack = (by_client ? peer_isn : isn) + mine.received;
        segment.flags = flags;
        segment.window = 65'535;
        if (flags.has(tcp::Flag::syn)) segment.mss = 1460;
        segment.payload = wire::as_octets(payload);
        const std::uint32_t length = segment.length();

        const std::uint32_t from = address(who).to_v4(), to = address(by_client ? server : client).to_v4();
        const std::size_t tcp_length = tcp::header_length(segment) + payload.size();
        const auto octets = tcp::encode(segment, inet::pseudo_header_sum(from, to, inet::Protocol::tcp, tcp_length));
        wire::OctetBuffer frame(link::ethernet_header_size + inet::ipv4_header_size + octets.size());
        const NicId out = nic_of(who), in = by_client ? router_in : router_out;
        auto* at = link::encode({mac(in), mac(out), link::EtherType::ipv4}, frame.data());
        inet::Ipv4Header ip;
        ip.source = from;
        ip.destination = to;
        ip.protocol = inet::Protocol::tcp;
        std::ranges::copy(octets, inet::encode(ip, octets.size(), at));

        mine.next += length;
        const bool lost = ++sent_ == lose_;
        cross(who, frame, frame.size() - payload.size(), lost, length);
        if (lost) {
            to_.now = to_.now + Duration{1'000'000'000};
            to_.note(who, both_, cause_, TcpTimer{connection(), tcp::Rule::retransmission_timeout});
            to_.note(who, both_, cause_,
                     TcpRetransmission{connection(), mine.next - length, tcp::Rule::retransmission_timeout});
            cross(who, frame, frame.size() - payload.size(), false, 0);
        }
        other.received += length;
        cause_ = to_.note(by_client ? server : client, both_, cause_,
                          TcpReceived{connection(), 0, length, 65'535, 14'600, 65'535, 400, 1'000'000});
    }

    void cross(NodeId who, const wire::OctetBuffer& frame, std::size_t header_length, bool lost, std::uint32_t advance)
    {
        const bool by_client = who == client;
        to_.note(who, both_, cause_, TcpSent{connection(), advance, advance});
        const NicId in = by_client ? router_in : router_out;
        const FrameRef number =
            to_.send(who, both_, cause_, {nic_of(who), in, {100'000}, Fate::arrives}, frame, header_length);
        cause_ = to_.recorder.last();
        to_.now = to_.now + Duration{100'000};
        to_.note(router, both_, cause_,
                 FrameCrossed{number,
                              by_client ? router_out : router_in,
                              by_client ? server_nic : client_nic,
                              {50'000},
                              lost ? Fate::lost : Fate::arrives,
                              {}});
        to_.now = to_.now + Duration{50'000};
    }

    Synthetic& to_;
    std::uint32_t number_ = 0, lose_ = 0, sent_ = 0;
    SpanId step_{}, session_{};
    Spans both_;
    FactRef act_{}, cause_{};
    End client_, server_;
};

// ---- facts at random -----------------------------------------------------------------------------------------------

struct RandomFields {
    Draws& draws;
    Synthetic& to;
    std::deque<std::string>& texts;
    const std::vector<SpanId>& known;

    template <class T>
    void operator()(std::string_view, T& value)
    {
        constexpr FieldType type = field_type<T>();
        if constexpr (type == FieldType::text)
            value = text();
        else if constexpr (type == FieldType::octets)
            value = wire::as_octets(text());
        else if constexpr (type == FieldType::time || type == FieldType::duration)
            value = {static_cast<std::int64_t>(number())};
        else if constexpr (type == FieldType::address) {
            const std::uint64_t family = draws.below(3);
            if (family == 0)
                value = {};
            else if (family == 1)
                value = wire::Address::v4(static_cast<std::uint32_t>(draws.next()));
            else
                for (auto& octet : value.octets) octet = static_cast<std::uint8_t>(draws.next());
        } else if constexpr (type == FieldType::mac)
            value = link::MacAddress::from_number(draws.next());
        else if constexpr (type == FieldType::mail)
            value = {static_cast<NodeId>(draws.below(to.run.nodes.size())), static_cast<std::uint32_t>(number())};
        else if constexpr (type == FieldType::span)
            value = known[draws.below(known.size())];
        else if constexpr (type == FieldType::frame_ref)
            value = static_cast<FrameRef>(draws.below(to.recorder.frames() + 1));
        else if constexpr (type == FieldType::fact_ref)
            value = static_cast<FactRef>(draws.below(to.recorder.facts() + 1));
        else if constexpr (type == FieldType::node)
            value = static_cast<T>(draws.below(to.run.nodes.size()));
        else if constexpr (type == FieldType::nic)
            value = static_cast<T>(draws.below(to.run.nics.size()));
        else if constexpr (type == FieldType::choice)
            value = static_cast<T>(draws.below(Choices<T>::count));
        else if constexpr (type == FieldType::boolean)
            value = draws.below(2) != 0;
        else
            value = static_cast<T>(number());
    }

  private:
    /// Small ones often, great ones sometimes, and those at the limits of their encoding.
    std::uint64_t number()
    {
        const std::uint64_t width = draws.below(65);
        const std::uint64_t value = width == 0 ? 0 : draws.next() >> (64 - width);
        return draws.below(8) == 0 ? std::uint64_t{1} << draws.below(64) : value;
    }
    std::string_view text()
    {
        std::string& text = texts.emplace_back();
        const std::uint64_t kind = draws.below(200);
        // Now and then one that no option holds, or that ends with an option.
        const std::uint64_t length = kind == 0   ? 59'900 + draws.below(200)
                                     : kind == 1 ? 60'000 + draws.below(200'000)
                                                 : draws.below(40);
        for (std::uint64_t i = 0; i < length; ++i)
            text += static_cast<char>(draws.below(4) == 0 ? draws.below(256) : 'a' + draws.below(26));
        return text;
    }
};

/// So many facts of all kinds, and frames among them.
inline void play_at_random(Synthetic& to, std::uint64_t seed, int facts)
{
    Draws draws(seed);
    std::vector<SpanId> known = {SpanId::none};
    std::vector<Spans> sets = {Spans{}};
    for (int i = 0; i < facts; ++i) {
        std::deque<std::string> texts;
        if (draws.below(10) == 0) {
            const auto node = static_cast<NodeId>(draws.below(to.run.nodes.size()));
            if (draws.below(2) == 0)
                known.push_back(to.spans.begin({SpanKind::session, node, 0, {}, {}, 0}));
            else
                known.push_back(to.spans.begin({SpanKind::step,
                                                node,
                                                0,
                                                {node, static_cast<std::uint32_t>(draws.below(9))},
                                                static_cast<Step>(draws.below(Choices<Step>::count)),
                                                static_cast<std::uint32_t>(draws.below(4))}));
        }
        if (draws.below(5) == 0)
            sets.push_back(
                to.spans.unite(sets[draws.below(sets.size())], to.spans.only(known[draws.below(known.size())])));
        const Spans set = sets[draws.below(sets.size())];
        const auto node = static_cast<NodeId>(draws.below(to.run.nodes.size()));
        const auto cause = static_cast<FactRef>(draws.below(to.recorder.facts() + 1));
        if (draws.below(3) != 0)
            to.now = to.now + Duration{static_cast<std::int64_t>(draws.next() >> (24 + draws.below(40)))};

        const std::uint64_t kinds = std::variant_size_v<AnyFact> - 1;
        std::uint64_t pick = draws.below(kinds);
        RandomFields fields{draws, to, texts, known};
        [&]<class... Facts>(std::type_identity<std::variant<std::monostate, Facts...>>) {
            const auto one = [&]<class Fact>(Fact fact) {
                if (pick-- != 0) return;
                for_each_field(fact, fields);
                if constexpr (std::same_as<Fact, FrameSent>) {
                    std::vector<std::uint8_t> octets(draws.below(1515));
                    for (auto& octet : octets) octet = static_cast<std::uint8_t>(draws.next());
                    to.send(node, set, cause, fact, octets, draws.below(100));
                } else {
                    to.note(node, set, cause, fact);
                }
            };
            (one(Facts{}), ...);
        }(std::type_identity<AnyFact>{});
    }
}

/// The file that a finished recorder with a MemorySink made.
inline wire::OctetBuffer file_of(const std::vector<Chunk>& chunks)
{
    wire::OctetBuffer file;
    for (const Chunk& chunk : chunks) file.insert(file.end(), chunk.memory.get(), chunk.memory.get() + chunk.size);
    return file;
}

} // namespace tegami::run::synthetic
