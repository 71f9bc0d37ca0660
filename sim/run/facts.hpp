#pragma once
/// Everything a run can hold: one struct a kind of fact, each with its one field list. From these lists come the encoding,
/// the decoding, the JSON and the table in docs/run-format.md. A fact is recorded by whoever decided, with typed
/// arguments under a stable key, and changes only the state of the node that recorded it: so a node's state at any time
/// is a fold of its own facts.
///
/// Text and octets in a fact are views: of the recorder's caller while it is written, of the log when it is read.

#include "protocols/link/mac_address.hpp"
#include "protocols/tcp/note.hpp"
#include "protocols/wire/address.hpp"
#include "protocols/wire/octets.hpp"
#include "sim/run/spans.hpp"

#include <string_view>
#include <tuple>
#include <variant>

namespace tegami::run {

using engine::Duration;
using engine::Time;
using wire::Octets;

/// How much a run holds. Each level holds what the ones before it hold.
enum class Level : std::uint8_t {
    none,    ///< ends of steps and inputs
    story,   ///< and what was decided, said, asked, stored
    headers, ///< and every frame, cut behind its transport header, and every crossing
    full,    ///< and whole frames
};

/// A frame's number in its run, from 1; 0 is no frame. Written as how far back.
enum class FrameRef : std::uint64_t { none = 0 };
/// A fact's place in its run, from 1; 0 is nothing (a scenario's own doing). Written as how far back.
enum class FactRef : std::uint64_t { none = 0 };
/// A network interface of the world, in the order of (host name, interface name). Also its interface block's number.
enum class NicId : std::uint32_t {};
/// The content of a message, from 1 in the order in which contents were first recorded; 0 is none.
enum class ContentId : std::uint32_t { none = 0 };
/// A connection of one host: the how-manieth, from 1. Its other end counts for itself.
enum class ConnectionId : std::uint32_t { none = 0 };

enum class FactKind : std::uint8_t {
    frame_sent = 1,
    frame_crossed,
    frame_dropped,
    frame_cut,
    arp_changed = 8,
    icmp_noted,
    neighbour_changed,
    address_changed,
    switch_changed,
    path_mtu_changed,
    packet_fragmented,
    packet_reassembled,
    tcp_opened = 16,
    tcp_sent,
    tcp_received,
    tcp_state,
    tcp_retransmission,
    tcp_timer,
    tcp_refused,
    tcp_closed,
    tcp_remarked,
    line_said = 32,
    line_heard,
    session_begun,
    mail_made = 40,
    content,
    mailbox_changed,
    queue_changed,
    disk_changed,
    mail_completed,
    auth_judged,
    mail_routed,
    process_changed = 48,
    link_changed,
    step_begun = 56,
    step_ended,
    joined,
    input = 64,
    act,
    dns_asked = 72,
    dns_answered,
    dns_served,
    dns_cached,
    dns_decided,
    filter_matched = 80,
    filter_changed,
};

/// What became of a frame handed to a link.
enum class Fate : std::uint8_t {
    arrives, ///< after `transit`
    lost,    ///< the link lost it
    down,    ///< the link was down
    copied,  ///< the link made a second copy of the frame that it was just handed: this one, which arrives
};

enum class DropReason : std::uint8_t {
    queue_full,     ///< the interface's queue had no room: the frame was never sent
    link_down,      ///< handed to an interface whose link is down: never sent
    host_off,       ///< arrived at a host without power
    not_for_us,     ///< another host's MAC address
    malformed,      ///< a header made no sense; `rule` says which
    bad_checksum,   ///< `rule` says whose
    no_route,       ///< the router knows no way
    ttl_exceeded,   ///< RFC 791: time to live ran out
    no_neighbour,   ///< ARP got no answer
    arp_queue_full, ///< too many packets waited for one ARP answer
    no_listener,    ///< no connection and no listening port
    no_protocol,    ///< an IP protocol or EtherType that the host does not speak
    too_big,        ///< for the next link, and not to be cut
    filtered,       ///< a filter's row says so
    incomplete,     ///< a fragment whose others did not come, or that does not go with them; `rule` says which
};

enum class ArpChange : std::uint8_t { asked, learnt, expired, unanswered };
/// RFC 4861 §7. `expired` is ARP's alone.
enum class NeighbourChange : std::uint8_t {
    asked,      ///< all who may be it
    learnt,     ///< its MAC address, or another one than before
    expired,    ///< forgotten for its age
    unanswered, ///< given up
    probed,     ///< asked alone, whether it is still there
    confirmed,  ///< it is
};
enum class AddressChange : std::uint8_t {
    checking,  ///< whether it is ours alone: RFC 5227, RFC 4862
    assigned,  ///< it is
    duplicate, ///< somebody else has it: it is not used (any more)
    disputed,  ///< somebody else says that it is his; we go on using it
    removed,
};
enum class SwitchChange : std::uint8_t { learnt, moved };
/// What became of fragments that belong together.
enum class Reassembly : std::uint8_t {
    done,
    timed_out,
    overlapping, ///< all of them are dropped
    crowded_out, ///< others needed the room
    too_large,
};
enum class MailboxChange : std::uint8_t { delivered, seen, deleted };
enum class QueueChange : std::uint8_t { put, taken, deferred, failed };
enum class DiskChange : std::uint8_t { written, synced, renamed, removed, folder_synced, power_cut };
enum class ProcessChange : std::uint8_t { started, stopped, crashed, power_cut, restarted };
/// `amount` is in: millionths of frames (loss, duplicate, reorder), ns (delay, jitter), bits a second, octets (queue, mtu).
enum class LinkChange : std::uint8_t { up, down, loss, duplicate, reorder, jitter, delay, rate, queue, mtu };
enum class Direction : std::uint8_t { sent, received };
enum class Protocol : std::uint8_t { none, smtp, pop3, lmtp, dns };

/// What an MSA did to a message. RFC 6409 §8.
enum class MailChange : std::uint8_t { date_added, message_id_added, sender_added, sender_removed, bcc_removed };
enum class AuthVerdict : std::uint8_t { accepted, refused, malformed, cancelled };
/// What an MTA makes of a domain on the way to it. RFC 5321 §5.1.
enum class RouteChoice : std::uint8_t {
    listed,       ///< these are its mail servers, in the order in which they will be tried
    implicit,     ///< it names none: the domain itself is the host
    literal,      ///< an address stands in the place of the domain
    null_mx,      ///< it takes no mail (RFC 7505)
    left_out,     ///< a mail server that is not tried
    tries_host,   ///< now this server
    tries_address ///< now this address of it
};

enum class DnsTransport : std::uint8_t { udp, tcp };
/// What an answer of the name system says.
enum class DnsOutcome : std::uint8_t {
    answer,       ///< the records asked for
    alias,        ///< a CNAME, and not what it leads to
    referral,     ///< ask those servers instead
    no_such_name, ///< NXDOMAIN
    no_data,      ///< the name is there, not the type
    refused,      ///< RCODE 5
    failed,       ///< SERVFAIL, FORMERR and other codes
    truncated,    ///< TC: ask again by TCP
    timed_out,    ///< no answer came
    lame,         ///< from a server that should know the zone, and does not
    forged,       ///< its port, id or question is not ours: not believed
};
enum class CacheChange : std::uint8_t { put, hit, expired, evicted };
/// What a resolver makes of what it has heard.
enum class DnsDecision : std::uint8_t {
    begun,
    follows_alias,
    follows_referral,
    refused_record, ///< out of bailiwick: not believed
    tries_next,
    gave_up, ///< `detail`: the limit or the last failure
    done,
};
enum class FilterAction : std::uint8_t { pass, drop, reset, prohibit };

/// How a step ended. A step that goes on as a new try ends `deferred`.
enum class Outcome : std::uint8_t { done, deferred, refused, failed, blocked, bounced };

/// One field of a fact: its name in JSON and docs, and the member.
template <class Fact, class T>
struct Field {
    std::string_view name;
    T Fact::* member;
};
template <class Fact, class T>
constexpr Field<Fact, T> field(std::string_view name, T Fact::* member)
{
    return {name, member};
}

#define TEGAMI_FACT(Name, key_text, level_value)                                                                       \
    static constexpr FactKind kind = FactKind::Name;                                                                   \
    static constexpr std::string_view key = key_text;                                                                  \
    static constexpr Level level = Level::level_value;

// ---- frames and links ----------------------------------------------------------------------------------------------

/// A frame first handed to a link. Its octets are the packet of the block that carries this fact.
struct FrameSent {
    TEGAMI_FACT(frame_sent, "frame.sent", headers)
    NicId nic{};
    NicId to{};         ///< the interface at the link's other end
    Duration transit{}; ///< waiting in the queue, sending and travelling, until it is there
    Fate fate{};
    static constexpr auto fields()
    {
        return std::tuple{field("nic", &FrameSent::nic), field("to", &FrameSent::to),
                          field("transit", &FrameSent::transit), field("fate", &FrameSent::fate)};
    }
};

/// The same packet handed to a later link.
struct FrameCrossed {
    TEGAMI_FACT(frame_crossed, "frame.crossed", headers)
    FrameRef frame{};
    NicId nic{};
    NicId to{};
    Duration transit{};
    Fate fate{};
    /// Where more changed than what the node that passed it on must change, the frame's first octets up to the last that
    /// differs. A router must: TTL one less, its checksum, MAC addresses of `nic` and `to`. A switch changes nothing.
    Octets rewritten;
    static constexpr auto fields()
    {
        return std::tuple{field("frame", &FrameCrossed::frame), field("nic", &FrameCrossed::nic),
                          field("to", &FrameCrossed::to),       field("transit", &FrameCrossed::transit),
                          field("fate", &FrameCrossed::fate),   field("rewritten", &FrameCrossed::rewritten)};
    }
};

/// A frame that goes no further, and why.
struct FrameDropped {
    TEGAMI_FACT(frame_dropped, "frame.dropped", story)
    FrameRef frame{}; ///< none where it was never sent: then `octets` are the frame
    NicId nic{};
    DropReason reason{};
    std::string_view rule; ///< "RFC 791 §3.2: …" where octets made no sense
    Octets octets;
    static constexpr auto fields()
    {
        return std::tuple{field("frame", &FrameDropped::frame), field("nic", &FrameDropped::nic),
                          field("reason", &FrameDropped::reason), field("rule", &FrameDropped::rule),
                          field("octets", &FrameDropped::octets)};
    }
};

/// A frame on its way when its link went down.
struct FrameCut {
    TEGAMI_FACT(frame_cut, "frame.cut", headers)
    FrameRef frame{};
    NicId nic{}; ///< from which it was sent
    static constexpr auto fields()
    {
        return std::tuple{field("frame", &FrameCut::frame), field("nic", &FrameCut::nic)};
    }
};

struct LinkChanged {
    TEGAMI_FACT(link_changed, "link.changed", none)
    NicId nic{}; ///< one of the link's two ends, of what this one sends
    LinkChange change{};
    std::uint64_t amount = 0; ///< in the unit of its change
    static constexpr auto fields()
    {
        return std::tuple{field("nic", &LinkChanged::nic), field("change", &LinkChanged::change),
                          field("amount", &LinkChanged::amount)};
    }
};

// ---- network layer -------------------------------------------------------------------------------------------------

struct ArpChanged {
    TEGAMI_FACT(arp_changed, "arp.changed", story)
    NicId nic{};
    ArpChange change{};
    wire::Address address;
    link::MacAddress mac; ///< zero unless learnt
    static constexpr auto fields()
    {
        return std::tuple{field("nic", &ArpChanged::nic), field("change", &ArpChanged::change),
                          field("address", &ArpChanged::address), field("mac", &ArpChanged::mac)};
    }
};

/// An IPv6 neighbour, as RFC 4861 §7.3 follows it.
struct NeighbourChanged {
    TEGAMI_FACT(neighbour_changed, "neighbour.changed", story)
    NicId nic{};
    NeighbourChange change{};
    wire::Address address;
    link::MacAddress mac; ///< zero where it is not known
    static constexpr auto fields()
    {
        return std::tuple{field("nic", &NeighbourChanged::nic), field("change", &NeighbourChanged::change),
                          field("address", &NeighbourChanged::address), field("mac", &NeighbourChanged::mac)};
    }
};

/// An interface's own address.
struct AddressChanged {
    TEGAMI_FACT(address_changed, "address.changed", story)
    NicId nic{};
    AddressChange change{};
    wire::Address address;
    std::uint8_t prefix_length = 0;
    link::MacAddress mac; ///< whose it is as well; zero unless duplicate or disputed
    static constexpr auto fields()
    {
        return std::tuple{field("nic", &AddressChanged::nic), field("change", &AddressChanged::change),
                          field("address", &AddressChanged::address),
                          field("prefix_length", &AddressChanged::prefix_length), field("mac", &AddressChanged::mac)};
    }
};

/// A switch heard a station on a port.
struct SwitchChanged {
    TEGAMI_FACT(switch_changed, "switch.changed", story)
    NicId nic{};
    SwitchChange change{};
    link::MacAddress mac;
    static constexpr auto fields()
    {
        return std::tuple{field("nic", &SwitchChanged::nic), field("change", &SwitchChanged::change),
                          field("mac", &SwitchChanged::mac)};
    }
};

/// A host learnt how large packets to a destination may be. RFC 1191, RFC 8201.
struct PathMtuChanged {
    TEGAMI_FACT(path_mtu_changed, "path_mtu.changed", story)
    wire::Address destination;
    std::uint32_t mtu = 0;
    static constexpr auto fields()
    {
        return std::tuple{field("destination", &PathMtuChanged::destination), field("mtu", &PathMtuChanged::mtu)};
    }
};

/// A packet was cut for a link. The fragments are frames of their own, whose cause this is; what was cut, if it was a
/// frame, goes no further.
struct PacketFragmented {
    TEGAMI_FACT(packet_fragmented, "packet.fragmented", story)
    FrameRef frame{}; ///< none where the host cut what it sends itself
    NicId nic{};      ///< for which link
    std::uint32_t fragments = 0;
    std::uint64_t octets = 0; ///< of the whole packet
    static constexpr auto fields()
    {
        return std::tuple{field("frame", &PacketFragmented::frame), field("nic", &PacketFragmented::nic),
                          field("fragments", &PacketFragmented::fragments), field("octets", &PacketFragmented::octets)};
    }
};

/// Fragments that came were put together, or given up.
struct PacketReassembled {
    TEGAMI_FACT(packet_reassembled, "packet.reassembled", story)
    wire::Address source;
    std::uint32_t identification = 0;
    Reassembly outcome{};
    std::uint64_t octets = 0; ///< of payload, where done
    static constexpr auto fields()
    {
        return std::tuple{field("source", &PacketReassembled::source),
                          field("identification", &PacketReassembled::identification),
                          field("outcome", &PacketReassembled::outcome), field("octets", &PacketReassembled::octets)};
    }
};

struct IcmpNoted {
    TEGAMI_FACT(icmp_noted, "icmp.noted", story)
    Direction direction{};
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    wire::Address peer;
    static constexpr auto fields()
    {
        return std::tuple{field("direction", &IcmpNoted::direction), field("type", &IcmpNoted::type),
                          field("code", &IcmpNoted::code), field("peer", &IcmpNoted::peer)};
    }
};

// ---- TCP -----------------------------------------------------------------------------------------------------------

struct TcpOpened {
    TEGAMI_FACT(tcp_opened, "tcp.opened", story)
    ConnectionId connection{};
    wire::Address local;
    std::uint16_t local_port = 0;
    wire::Address remote;
    std::uint16_t remote_port = 0;
    bool passive = false;
    std::uint32_t initial_send = 0;
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpOpened::connection),    field("local", &TcpOpened::local),
                          field("local_port", &TcpOpened::local_port),    field("remote", &TcpOpened::remote),
                          field("remote_port", &TcpOpened::remote_port),  field("passive", &TcpOpened::passive),
                          field("initial_send", &TcpOpened::initial_send)};
    }
};

/// A segment left. The numbers are those after it.
struct TcpSent {
    TEGAMI_FACT(tcp_sent, "tcp.sent", headers)
    ConnectionId connection{};
    std::uint32_t advance = 0;   ///< SND.NXT went on by so much; 0 for a bare ACK or a retransmission
    std::uint32_t in_flight = 0; ///< SND.NXT − SND.UNA
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpSent::connection), field("advance", &TcpSent::advance),
                          field("in_flight", &TcpSent::in_flight)};
    }
};

/// A segment was taken in. The numbers are those after it; times in microseconds.
struct TcpReceived {
    TEGAMI_FACT(tcp_received, "tcp.received", headers)
    ConnectionId connection{};
    std::uint32_t acknowledged = 0; ///< SND.UNA went on by so much
    std::uint32_t advance = 0;      ///< RCV.NXT went on by so much
    std::uint32_t window = 0;       ///< SND.WND
    std::uint32_t cwnd = 0;
    std::uint32_t ssthresh = 0;
    std::uint32_t srtt = 0;
    std::uint32_t rto = 0;
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpReceived::connection),
                          field("acknowledged", &TcpReceived::acknowledged),
                          field("advance", &TcpReceived::advance),
                          field("window", &TcpReceived::window),
                          field("cwnd", &TcpReceived::cwnd),
                          field("ssthresh", &TcpReceived::ssthresh),
                          field("srtt", &TcpReceived::srtt),
                          field("rto", &TcpReceived::rto)};
    }
};

struct TcpState {
    TEGAMI_FACT(tcp_state, "tcp.state", story)
    ConnectionId connection{};
    tcp::State from{};
    tcp::State to{};
    tcp::Rule rule{};
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpState::connection), field("from", &TcpState::from),
                          field("to", &TcpState::to), field("rule", &TcpState::rule)};
    }
};

struct TcpRetransmission {
    TEGAMI_FACT(tcp_retransmission, "tcp.retransmission", story)
    ConnectionId connection{};
    std::uint32_t sequence = 0; ///< relative to the initial sequence number
    tcp::Rule rule{};
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpRetransmission::connection),
                          field("sequence", &TcpRetransmission::sequence), field("rule", &TcpRetransmission::rule)};
    }
};

struct TcpTimer {
    TEGAMI_FACT(tcp_timer, "tcp.timer", story)
    ConnectionId connection{};
    tcp::Rule rule{};
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpTimer::connection), field("rule", &TcpTimer::rule)};
    }
};

/// A reset sent or believed, or a segment not accepted, and by which rule.
struct TcpRefused {
    TEGAMI_FACT(tcp_refused, "tcp.refused", story)
    ConnectionId connection{}; ///< 0 where there is none
    Direction direction{};
    tcp::Rule rule{};
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpRefused::connection), field("direction", &TcpRefused::direction),
                          field("rule", &TcpRefused::rule)};
    }
};

/// The host has forgotten the connection.
struct TcpClosed {
    TEGAMI_FACT(tcp_closed, "tcp.closed", story)
    ConnectionId connection{};
    static constexpr auto fields() { return std::tuple{field("connection", &TcpClosed::connection)}; }
};

/// Something worth telling that changes nothing by itself: urgent data, octets that came twice, a smaller path, R1.
struct TcpRemarked {
    TEGAMI_FACT(tcp_remarked, "tcp.remarked", story)
    ConnectionId connection{};
    tcp::Rule rule{};
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &TcpRemarked::connection), field("rule", &TcpRemarked::rule)};
    }
};

// ---- dialogues -----------------------------------------------------------------------------------------------------

/// A session's connection and protocol, at the end that opened it and at the end that accepted it.
struct SessionBegun {
    TEGAMI_FACT(session_begun, "session.begun", story)
    SpanId session{};
    Protocol protocol{};
    ConnectionId connection{};
    bool client = false;
    static constexpr auto fields()
    {
        return std::tuple{field("session", &SessionBegun::session), field("protocol", &SessionBegun::protocol),
                          field("connection", &SessionBegun::connection), field("client", &SessionBegun::client)};
    }
};

/// A line of a dialogue, recorded once, by the end that said it.
struct LineSaid {
    TEGAMI_FACT(line_said, "line.said", story)
    ConnectionId connection{};
    std::uint64_t offset = 0; ///< octets said on this connection before the line
    std::string_view text;    ///< without CRLF
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &LineSaid::connection), field("offset", &LineSaid::offset),
                          field("text", &LineSaid::text)};
    }
};

/// The line at `offset` of what the other end said was read.
struct LineHeard {
    TEGAMI_FACT(line_heard, "line.heard", story)
    ConnectionId connection{};
    std::uint64_t offset = 0;
    static constexpr auto fields()
    {
        return std::tuple{field("connection", &LineHeard::connection), field("offset", &LineHeard::offset)};
    }
};

// ---- mail ----------------------------------------------------------------------------------------------------------

struct MailMade {
    TEGAMI_FACT(mail_made, "mail.made", none)
    std::uint32_t number = 0; ///< MailId::number; its maker is the node of this fact
    std::string_view from;
    std::string_view to; ///< forward-paths with ", " between
    std::string_view subject;
    std::string_view message_id;
    static constexpr auto fields()
    {
        return std::tuple{field("number", &MailMade::number), field("from", &MailMade::from),
                          field("to", &MailMade::to), field("subject", &MailMade::subject),
                          field("message_id", &MailMade::message_id)};
    }
};

/// The octets of a message, recorded once for each different content, in parts of at most 4 MiB.
struct Content {
    TEGAMI_FACT(content, "content", story)
    ContentId content{};
    std::uint64_t offset = 0;
    std::uint64_t size = 0; ///< of the whole
    Octets octets;
    static constexpr auto fields()
    {
        return std::tuple{field("content", &Content::content), field("offset", &Content::offset),
                          field("size", &Content::size), field("octets", &Content::octets)};
    }
};

struct MailboxChanged {
    TEGAMI_FACT(mailbox_changed, "mailbox.changed", none)
    std::string_view mailbox; ///< "bob/INBOX"
    MailboxChange change{};
    std::string_view file; ///< the Maildir unique name
    std::uint64_t size = 0;
    ContentId content{};
    static constexpr auto fields()
    {
        return std::tuple{field("mailbox", &MailboxChanged::mailbox), field("change", &MailboxChanged::change),
                          field("file", &MailboxChanged::file), field("size", &MailboxChanged::size),
                          field("content", &MailboxChanged::content)};
    }
};

struct QueueChanged {
    TEGAMI_FACT(queue_changed, "queue.changed", story)
    std::string_view entry;
    QueueChange change{};
    std::uint32_t tries = 0;
    std::string_view reply; ///< that decided; empty where none did
    static constexpr auto fields()
    {
        return std::tuple{field("entry", &QueueChanged::entry), field("change", &QueueChanged::change),
                          field("tries", &QueueChanged::tries), field("reply", &QueueChanged::reply)};
    }
};

/// One thing that an MSA changed in a message.
struct MailCompleted {
    TEGAMI_FACT(mail_completed, "mail.completed", story)
    MailChange change{};
    std::string_view line; ///< the field, as it stands there now, or stood there
    static constexpr auto fields()
    {
        return std::tuple{field("change", &MailCompleted::change), field("line", &MailCompleted::line)};
    }
};

/// A client has shown who it is, or failed to.
struct AuthJudged {
    TEGAMI_FACT(auth_judged, "auth.judged", story)
    AuthVerdict verdict{};
    std::string_view mechanism;
    std::string_view identity; ///< whom it said to be; empty where it did not come to that
    static constexpr auto fields()
    {
        return std::tuple{field("verdict", &AuthJudged::verdict), field("mechanism", &AuthJudged::mechanism),
                          field("identity", &AuthJudged::identity)};
    }
};

/// A choice on the way to a domain.
struct MailRouted {
    TEGAMI_FACT(mail_routed, "mail.routed", story)
    RouteChoice choice{};
    std::string_view domain;
    std::string_view host;        ///< where the choice is about one
    wire::Address address;        ///< where the choice is about one
    std::uint16_t preference = 0; ///< of the host
    std::string_view detail; ///< listed: "10 mx1.example.com, 20 mx2.example.com"; left_out: a stable key of the reason
    static constexpr auto fields()
    {
        return std::tuple{field("choice", &MailRouted::choice),
                          field("domain", &MailRouted::domain),
                          field("host", &MailRouted::host),
                          field("address", &MailRouted::address),
                          field("preference", &MailRouted::preference),
                          field("detail", &MailRouted::detail)};
    }
};

struct DiskChanged {
    TEGAMI_FACT(disk_changed, "disk.changed", story)
    DiskChange change{};
    std::string_view path;
    std::string_view to; ///< the new name of a renamed file
    std::uint64_t size = 0;
    static constexpr auto fields()
    {
        return std::tuple{field("change", &DiskChanged::change), field("path", &DiskChanged::path),
                          field("to", &DiskChanged::to), field("size", &DiskChanged::size)};
    }
};

// ---- hosts ---------------------------------------------------------------------------------------------------------

struct ProcessChanged {
    TEGAMI_FACT(process_changed, "process.changed", none)
    ProcessChange change{};
    static constexpr auto fields() { return std::tuple{field("change", &ProcessChanged::change)}; }
};

// ---- the journey ---------------------------------------------------------------------------------------------------

/// A step of a mail's journey begins: from whom, to whom.
struct StepBegun {
    TEGAMI_FACT(step_begun, "step.begun", story)
    SpanId span{};
    MailId mail;
    Step step{};
    std::uint32_t tries = 0;
    std::string_view recipients; ///< forward-paths with ", " between; empty where it serves all of the mail's
    std::string_view peer;       ///< the host, mailbox or name it is done with
    std::uint16_t port = 0;
    static constexpr auto fields()
    {
        return std::tuple{field("span", &StepBegun::span),
                          field("mail", &StepBegun::mail),
                          field("step", &StepBegun::step),
                          field("tries", &StepBegun::tries),
                          field("recipients", &StepBegun::recipients),
                          field("peer", &StepBegun::peer),
                          field("port", &StepBegun::port)};
    }
};

struct StepEnded {
    TEGAMI_FACT(step_ended, "step.ended", none)
    SpanId span{};
    MailId mail;
    Step step{};
    std::uint32_t tries = 0;
    Outcome outcome{};
    std::string_view reason; ///< a stable key such as "reply", "connect.refused"; empty where done
    std::string_view detail; ///< the reply line, file name or the like that decided
    static constexpr auto fields()
    {
        return std::tuple{field("span", &StepEnded::span),       field("mail", &StepEnded::mail),
                          field("step", &StepEnded::step),       field("tries", &StepEnded::tries),
                          field("outcome", &StepEnded::outcome), field("reason", &StepEnded::reason),
                          field("detail", &StepEnded::detail)};
    }
};

/// A step goes on in, or waits for, a session or step that was there already.
struct Joined {
    TEGAMI_FACT(joined, "joined", story)
    SpanId step{};
    SpanId other{};
    static constexpr auto fields() { return std::tuple{field("step", &Joined::step), field("other", &Joined::other)}; }
};

// ---- from outside the world ----------------------------------------------------------------------------------------

/// What came from outside: an added act, a bridge's octets, a seed. `what` is TOML text of a `[[do]]` for an act.
struct Input {
    TEGAMI_FACT(input, "input", none)
    std::string_view what;
    Octets octets;
    static constexpr auto fields() { return std::tuple{field("what", &Input::what), field("octets", &Input::octets)}; }
};

/// A `[[do]]` of the scenario (from 1 in file order, added ones behind) was carried out.
struct Act {
    TEGAMI_FACT(act, "act", none)
    std::uint32_t number = 0;
    std::string_view what; ///< "alice.sends"
    static constexpr auto fields() { return std::tuple{field("number", &Act::number), field("what", &Act::what)}; }
};

// ---- names ---------------------------------------------------------------------------------------------------------

/// A question was sent to a server. RFC 1035 §4.
struct DnsAsked {
    TEGAMI_FACT(dns_asked, "dns.asked", story)
    DnsTransport transport{};
    wire::Address server;
    std::uint16_t port = 0; ///< ours
    std::uint16_t id = 0;
    std::string_view name; ///< with the dot at its end
    std::uint16_t type = 0;
    bool recursive = false; ///< RD: the server is to find the answer
    static constexpr auto fields()
    {
        return std::tuple{field("transport", &DnsAsked::transport), field("server", &DnsAsked::server),
                          field("port", &DnsAsked::port),           field("id", &DnsAsked::id),
                          field("name", &DnsAsked::name),           field("type", &DnsAsked::type),
                          field("recursive", &DnsAsked::recursive)};
    }
};

/// What became of a question, at whoever asked it.
struct DnsAnswered {
    TEGAMI_FACT(dns_answered, "dns.answered", story)
    wire::Address server;
    std::uint16_t id = 0;
    std::string_view name;
    std::uint16_t type = 0;
    std::uint16_t rcode = 0;
    DnsOutcome outcome{};
    /// Lines of a zone file, "owner TTL IN TYPE data": answer, authority and additional section, an empty line between.
    std::string_view records;
    static constexpr auto fields()
    {
        return std::tuple{field("server", &DnsAnswered::server),  field("id", &DnsAnswered::id),
                          field("name", &DnsAnswered::name),      field("type", &DnsAnswered::type),
                          field("rcode", &DnsAnswered::rcode),    field("outcome", &DnsAnswered::outcome),
                          field("records", &DnsAnswered::records)};
    }
};

/// A server, authoritative or recursive, answers a question.
struct DnsServed {
    TEGAMI_FACT(dns_served, "dns.served", story)
    wire::Address client;
    std::uint16_t port = 0;
    std::uint16_t id = 0;
    std::string_view name;
    std::uint16_t type = 0;
    std::uint16_t rcode = 0;
    DnsOutcome outcome{};
    bool cached = false; ///< nobody had to be asked
    static constexpr auto fields()
    {
        return std::tuple{field("client", &DnsServed::client),   field("port", &DnsServed::port),
                          field("id", &DnsServed::id),           field("name", &DnsServed::name),
                          field("type", &DnsServed::type),       field("rcode", &DnsServed::rcode),
                          field("outcome", &DnsServed::outcome), field("cached", &DnsServed::cached)};
    }
};

/// A resolver's memory of the records of one name and type.
struct DnsCached {
    TEGAMI_FACT(dns_cached, "dns.cached", story)
    CacheChange change{};
    std::string_view name;
    std::uint16_t type = 0; ///< 0 where the name itself is known not to be
    bool negative = false;
    std::uint32_t ttl = 0; ///< seconds that it is still good for
    std::string_view records;
    std::uint8_t credibility = 0; ///< the higher, the more it is believed
    static constexpr auto fields()
    {
        return std::tuple{field("change", &DnsCached::change),
                          field("name", &DnsCached::name),
                          field("type", &DnsCached::type),
                          field("negative", &DnsCached::negative),
                          field("ttl", &DnsCached::ttl),
                          field("records", &DnsCached::records),
                          field("credibility", &DnsCached::credibility)};
    }
};

/// A resolver's reasoning about a question.
struct DnsDecided {
    TEGAMI_FACT(dns_decided, "dns.decided", story)
    DnsDecision decision{};
    std::string_view name;
    std::uint16_t type = 0;
    std::string_view detail; ///< a zone, a name, a server, or the stable key of a limit
    static constexpr auto fields()
    {
        return std::tuple{field("decision", &DnsDecided::decision), field("name", &DnsDecided::name),
                          field("type", &DnsDecided::type), field("detail", &DnsDecided::detail)};
    }
};

// ---- filters -------------------------------------------------------------------------------------------------------

/// A row of a packet filter decided: for each packet that serves a mail or is not passed, else once in a thousand.
struct FilterMatched {
    TEGAMI_FACT(filter_matched, "filter.matched", story)
    std::string_view filter;
    std::uint32_t row = 0; ///< from 1; 0 where no row matched
    FilterAction action{};
    FrameRef frame{};
    NicId nic{};             ///< by which the packet came
    std::uint64_t count = 0; ///< of packets that this row has decided, this one included
    static constexpr auto fields()
    {
        return std::tuple{field("filter", &FilterMatched::filter), field("row", &FilterMatched::row),
                          field("action", &FilterMatched::action), field("frame", &FilterMatched::frame),
                          field("nic", &FilterMatched::nic),       field("count", &FilterMatched::count)};
    }
};

/// A row was switched on or off.
struct FilterChanged {
    TEGAMI_FACT(filter_changed, "filter.changed", none)
    std::string_view filter;
    std::uint32_t row = 0;
    bool on = false;
    static constexpr auto fields()
    {
        return std::tuple{field("filter", &FilterChanged::filter), field("row", &FilterChanged::row),
                          field("on", &FilterChanged::on)};
    }
};

#undef TEGAMI_FACT

using AnyFact =
    std::variant<std::monostate, FrameSent, FrameCrossed, FrameDropped, FrameCut, LinkChanged, ArpChanged, IcmpNoted,
                 NeighbourChanged, AddressChanged, SwitchChanged, PathMtuChanged, PacketFragmented, PacketReassembled,
                 TcpOpened, TcpSent, TcpReceived, TcpState, TcpRetransmission, TcpTimer, TcpRefused, TcpClosed,
                 TcpRemarked, SessionBegun, LineSaid, LineHeard, MailMade, Content, MailboxChanged, QueueChanged,
                 DiskChanged, MailCompleted, AuthJudged, MailRouted, ProcessChanged, StepBegun, StepEnded, Joined,
                 Input, Act, DnsAsked, DnsAnswered, DnsServed, DnsCached, DnsDecided, FilterMatched, FilterChanged>;

/// One thing that happened, as decoded from the run's log: when, where, for whom, because of what.
struct Event {
    FactRef ref{};
    Time at{};
    NodeId node{};
    std::uint64_t number = 0; ///< the how-manieth fact of its node, from 1: with the node, its identity
    Spans spans;
    FactRef cause{};
    FrameRef frame{}; ///< of a FrameSent: the frame's number
    AnyFact what;
};

} // namespace tegami::run
