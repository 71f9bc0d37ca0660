#include "sim/narration/narration.hpp"

#include "protocols/link/mac_address.hpp"
#include "protocols/wire/address.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

namespace tegami::narration {
namespace {

std::string socket_text(const wire::Address& address, std::uint16_t port)
{
    return address.is_v4() ? fmt::format("{}:{}", format(address), port)
                           : fmt::format("[{}]:{}", format(address), port);
}

/// Loss in millionths as a percentage without trailing zeros: 25,000 is "2.5".
std::string percent_text(std::uint64_t millionths)
{
    std::string text = fmt::format("{}.{:04}", millionths / 10'000, millionths % 10'000);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}

/// As the RFC writes it. A run may hold a state that this program does not know.
std::string_view state_text(tcp::State state)
{
    return state <= tcp::State::time_wait ? tcp::name(state) : std::string_view{"?"};
}

/// A domain name as sentences have it: without the dot at its end, of all but the root.
std::string domain_text(std::string_view name)
{
    return terminal_safe(name.size() > 1 && name.ends_with('.') ? name.substr(0, name.size() - 1) : name);
}

std::uint64_t number_of(run::FrameRef frame) { return static_cast<std::uint64_t>(frame); }

/// Steps whose end is a reply of SMTP's, RFC 5321 §4.2.1.
bool speaks_smtp(run::Step step)
{
    using enum run::Step;
    return step == s1_submit || step == s2_relay || step == s3_3_transfer;
}

/// Key of the clause that decides how a step ended; empty where no RFC speaks of it.
std::string_view clause_key(const run::StepEnded& ended)
{
    if (!speaks_smtp(ended.step)) return {};
    const bool is_reply = ended.reason == "reply";
    switch (ended.outcome) {
    case run::Outcome::done: return "step.ended.done.rfc";
    case run::Outcome::deferred:
        if (ended.reason == "broke.after.dot") return "step.ended.deferred.after.dot.rfc";
        if (ended.reason == "broke") return "step.ended.deferred.broke.rfc";
        return is_reply ? "step.ended.deferred.rfc" : "step.ended.deferred.unanswered.rfc";
    case run::Outcome::refused: return is_reply ? "step.ended.refused.rfc" : "";
    case run::Outcome::failed: return "step.ended.failed.rfc";
    case run::Outcome::blocked: return "step.ended.blocked.rfc";
    case run::Outcome::bounced: return "step.ended.bounced.rfc";
    }
    return {};
}

/// RFC 792: the types that a host of ours sends or meets.
std::string icmpv4_text(const Catalogue& catalogue, std::uint8_t type, std::uint8_t code)
{
    switch (type) {
    case 0: return catalogue.text("icmp.echo_reply");
    case 8: return catalogue.text("icmp.echo");
    case 11: return catalogue.text("icmp.time_exceeded");
    case 3:
        switch (code) {
        case 0: return catalogue.text("icmp.unreachable.net");
        case 1: return catalogue.text("icmp.unreachable.host");
        case 2: return catalogue.text("icmp.unreachable.protocol");
        case 3: return catalogue.text("icmp.unreachable.port");
        case 4: return catalogue.text("icmp.packet_too_big");          // RFC 1191 §4
        case 13: return catalogue.text("icmp.unreachable.prohibited"); // RFC 1812 §5.2.7.1
        default: return catalogue.text("icmp.unreachable.other", {{"code", code}});
        }
    default: return catalogue.text("icmp.other", {{"type", type}, {"code", code}});
    }
}

/// RFC 4443 §2.1, RFC 4861 §4.
std::string icmpv6_text(const Catalogue& catalogue, std::uint8_t type, std::uint8_t code, std::string_view neighbour)
{
    switch (type) {
    case 1:
        switch (code) {
        case 0: return catalogue.text("icmp.unreachable.net");
        case 1: return catalogue.text("icmp.unreachable.prohibited");
        case 3: return catalogue.text("icmp.unreachable.host");
        case 4: return catalogue.text("icmp.unreachable.port");
        default: return catalogue.text("icmp.unreachable.other", {{"code", code}});
        }
    case 2: return catalogue.text("icmp.packet_too_big");
    case 3: return catalogue.text("icmp.time_exceeded");
    case 128: return catalogue.text("icmp.echo");
    case 129: return catalogue.text("icmp.echo_reply");
    case 133: return catalogue.text("icmp.ndp.router_solicitation");
    case 134: return catalogue.text("icmp.ndp.router_advertisement");
    case 135: return catalogue.text("icmp.ndp.neighbour_solicitation", {{"address", neighbour}});
    case 136: return catalogue.text("icmp.ndp.neighbour_advertisement", {{"address", neighbour}});
    default: return catalogue.text("icmp.other", {{"type", type}, {"code", code}});
    }
}

/// Tells one event: a function for each kind of fact.
class Telling {
  public:
    Telling(const Narrator& narrator, const run::Event& event, Depth depth, std::string_view peer)
        : narrator_{narrator},
          catalogue_{narrator.catalogue()},
          names_{narrator.names()},
          event_{event},
          depth_{depth},
          peer_{peer},
          node_{names_.node(event.node)}
    {
    }

    std::string operator()(std::monostate) const { return {}; }

    // ---- frames and links

    std::string operator()(const run::FrameSent& fact) const
    {
        return plain(fmt::format("frame.sent.{}", word(fact.fate)),
                     {{"node", node_}, {"to", names_.host_of(fact.to)}, {"transit", duration(fact.transit)}});
    }
    std::string operator()(const run::FrameCrossed& fact) const
    {
        return plain(fmt::format("frame.crossed.{}", word(fact.fate)), {{"node", node_},
                                                                        {"to", names_.host_of(fact.to)},
                                                                        {"transit", duration(fact.transit)},
                                                                        {"frame", number_of(fact.frame)}});
    }
    std::string operator()(const run::FrameDropped& fact) const
    {
        return plain(fmt::format("frame.dropped.{}", word(fact.reason)),
                     {{"node", node_}, {"nic", names_.nic(fact.nic)}, {"rule", narrator_.rule(fact.rule)}});
    }
    std::string operator()(const run::FrameCut& fact) const
    {
        return plain("frame.cut", {{"node", names_.host_of(fact.nic)}, {"frame", number_of(fact.frame)}});
    }
    std::string operator()(const run::LinkChanged& fact) const
    {
        return plain(fmt::format("link.changed.{}", word(fact.change)),
                     {{"node", names_.host_of(fact.nic)},
                      {"to", names_.host_of(names_.peer_of(fact.nic))},
                      {"percent", percent_text(fact.amount)},
                      {"amount", fact.amount},
                      {"time", duration(wire::Duration{static_cast<std::int64_t>(fact.amount)})}});
    }

    // ---- network layer

    std::string operator()(const run::NeighbourChanged& fact) const
    {
        return plain(fmt::format("neighbour.changed.{}", word(fact.change)),
                     {{"node", node_}, {"address", format(fact.address)}, {"mac", format(fact.mac)}});
    }
    std::string operator()(const run::AddressChanged& fact) const
    {
        return plain(fmt::format("address.changed.{}", word(fact.change)),
                     {{"node", node_}, {"address", format(fact.address)}, {"mac", format(fact.mac)}});
    }
    std::string operator()(const run::SwitchChanged& fact) const
    {
        return plain(fmt::format("switch.changed.{}", word(fact.change)),
                     {{"node", node_}, {"mac", format(fact.mac)}, {"to", names_.host_of(names_.peer_of(fact.nic))}});
    }
    std::string operator()(const run::PathMtuChanged& fact) const
    {
        return plain("path_mtu.changed",
                     {{"node", node_}, {"destination", format(fact.destination)}, {"mtu", fact.mtu}});
    }
    std::string operator()(const run::PacketFragmented& fact) const
    {
        return plain("packet.fragmented", {{"node", node_},
                                           {"to", names_.host_of(names_.peer_of(fact.nic))},
                                           {"fragments", fact.fragments},
                                           {"octets", fact.octets}});
    }
    std::string operator()(const run::PacketReassembled& fact) const
    {
        return plain(fmt::format("packet.reassembled.{}", word(fact.outcome)),
                     {{"node", node_}, {"peer", format(fact.source)}, {"octets", fact.octets}});
    }

    std::string operator()(const run::ArpChanged& fact) const
    {
        return plain(fmt::format("arp.changed.{}", word(fact.change)),
                     {{"node", node_}, {"address", format(fact.address)}, {"mac", format(fact.mac)}});
    }
    std::string operator()(const run::IcmpNoted& fact) const
    {
        return plain(fmt::format("icmp.noted.{}", word(fact.direction)),
                     {{"node", node_},
                      {"peer", format(fact.peer)},
                      {"what", narrator_.icmp(fact.type, fact.code, !fact.peer.is_v4())}});
    }

    // ---- TCP

    std::string operator()(const run::TcpOpened& fact) const
    {
        return plain(
            fact.passive ? "tcp.opened.passive" : "tcp.opened.active",
            {{"node", node_}, {"remote", socket_text(fact.remote, fact.remote_port)}, {"local_port", fact.local_port}});
    }
    std::string operator()(const run::TcpSent& fact) const
    {
        return plain(fact.advance > 0 ? "tcp.sent.data" : "tcp.sent.ack",
                     {{"node", node_}, {"advance", fact.advance}, {"in_flight", fact.in_flight}});
    }
    std::string operator()(const run::TcpReceived& fact) const
    {
        const std::string_view what = fact.advance > 0 && fact.acknowledged > 0 ? "both"
                                      : fact.advance > 0                        ? "data"
                                      : fact.acknowledged > 0                   ? "ack"
                                                                                : "nothing";
        return plain(fmt::format("tcp.received.{}", what),
                     {{"node", node_}, {"advance", fact.advance}, {"acknowledged", fact.acknowledged}});
    }
    std::string operator()(const run::TcpState& fact) const
    {
        return ruled("tcp.state", fact.rule,
                     {{"node", node_},
                      {"from", state_text(fact.from)},
                      {"to", state_text(fact.to)},
                      {"why", narrator_.reason(fact.rule, Depth::plain)}});
    }
    std::string operator()(const run::TcpRetransmission& fact) const
    {
        return ruled(
            "tcp.retransmission", fact.rule,
            {{"node", node_}, {"sequence", fact.sequence}, {"why", narrator_.reason(fact.rule, Depth::plain)}});
    }
    std::string operator()(const run::TcpTimer& fact) const
    {
        return ruled("tcp.timer", fact.rule, {{"node", node_}, {"why", narrator_.reason(fact.rule, Depth::plain)}});
    }
    std::string operator()(const run::TcpRefused& fact) const
    {
        return ruled(fmt::format("tcp.refused.{}", word(fact.direction)), fact.rule,
                     {{"node", node_}, {"why", narrator_.reason(fact.rule, Depth::plain)}});
    }
    std::string operator()(const run::TcpRemarked& fact) const
    {
        return ruled("tcp.remarked", fact.rule, {{"node", node_}, {"why", narrator_.reason(fact.rule, Depth::plain)}});
    }
    std::string operator()(const run::TcpClosed&) const { return plain("tcp.closed", {{"node", node_}}); }

    // ---- dialogues

    std::string operator()(const run::SessionBegun& fact) const
    {
        return plain(fact.client ? "session.begun.client" : "session.begun.server",
                     {{"node", node_}, {"protocol", protocol_name(fact.protocol)}});
    }
    std::string operator()(const run::LineSaid& fact) const
    {
        return plain("line.said", {{"node", node_}, {"text", terminal_safe(fact.text)}});
    }
    std::string operator()(const run::LineHeard&) const { return plain("line.heard", {{"node", node_}}); }

    // ---- mail

    std::string operator()(const run::MailMade& fact) const
    {
        return plain("mail.made", {{"from", terminal_safe(fact.from)},
                                   {"to", terminal_safe(fact.to)},
                                   {"subject", terminal_safe(fact.subject)}});
    }
    std::string operator()(const run::Content& fact) const
    {
        return plain("content", {{"size", figure_text(fact.size)}});
    }
    std::string operator()(const run::MailboxChanged& fact) const
    {
        return plain(fmt::format("mailbox.changed.{}", word(fact.change)),
                     {{"mailbox", terminal_safe(fact.mailbox)}, {"size", figure_text(fact.size)}});
    }
    std::string operator()(const run::QueueChanged& fact) const
    {
        return plain(fmt::format("queue.changed.{}", word(fact.change)),
                     {{"node", node_}, {"entry", terminal_safe(fact.entry)}, {"reply", terminal_safe(fact.reply)}});
    }
    std::string operator()(const run::DiskChanged& fact) const
    {
        return plain(fmt::format("disk.changed.{}", word(fact.change)), {{"node", node_},
                                                                         {"path", terminal_safe(fact.path)},
                                                                         {"to", terminal_safe(fact.to)},
                                                                         {"size", figure_text(fact.size)}});
    }

    std::string operator()(const run::MailCompleted& fact) const
    {
        return plain(fmt::format("mail.completed.{}", word(fact.change)),
                     {{"node", node_}, {"line", terminal_safe(fact.line)}});
    }
    std::string operator()(const run::AuthJudged& fact) const
    {
        return plain(fmt::format("auth.judged.{}", word(fact.verdict)), {{"node", node_},
                                                                         {"mechanism", terminal_safe(fact.mechanism)},
                                                                         {"identity", terminal_safe(fact.identity)}});
    }
    std::string operator()(const run::MailRouted& fact) const
    {
        std::string key = fmt::format("mail.routed.{}", word(fact.choice));
        if (fact.choice == run::RouteChoice::left_out) key += fmt::format(".{}", fact.detail);
        if (!catalogue_.has(key + ".plain")) key = "mail.routed.unknown"; // of a run that a newer tegami made
        return plain(key, {{"node", node_},
                           {"domain", terminal_safe(fact.domain)},
                           {"host", terminal_safe(fact.host)},
                           {"address", format(fact.address)},
                           {"preference", fact.preference},
                           {"detail", terminal_safe(fact.detail)}});
    }

    // ---- hosts

    std::string operator()(const run::ProcessChanged& fact) const
    {
        return plain(fmt::format("process.changed.{}", word(fact.change)), {{"node", node_}});
    }

    // ---- the journey

    std::string operator()(const run::StepBegun& fact) const
    {
        // MTA and MDA may share a host.
        const bool inside = fact.step == run::Step::r1_hand_over && fact.peer == node_;
        // To port 25 nobody logs in: by her own hand, or within a network that trusts her.
        constexpr std::uint16_t between_servers = 25;
        const bool direct = fact.step == run::Step::s1_submit && fact.port == between_servers;
        // A server tells of a request where its reader records none.
        const bool asked = fact.step == run::Step::r3_request && !narrator_.is_of_person(event_.node);
        return deep(fmt::format("step.begun.{}", inside   ? "r1_inside"
                                                 : direct ? "s1_direct"
                                                 : asked  ? "r3_asked"
                                                          : word(fact.step)),
                    {{"who", narrator_.who(event_.node)}, {"peer", terminal_safe(fact.peer)}, {"port", fact.port}});
    }
    std::string operator()(const run::StepEnded& fact) const
    {
        if (depth_ == Depth::rfc)
            if (std::string clause = narrator_.clause(fact); !clause.empty()) return clause;
        const std::string_view depth = depth_ == Depth::exam ? "exam" : "plain";
        std::string told = catalogue_.text(
            fmt::format("step.ended.{}.{}", word(fact.outcome), depth),
            {{"node", node_}, {"step", narrator_.numbered(fact.step)}, {"why", narrator_.reason(fact, peer_)}});
        while (told.ends_with(' ')) told.pop_back(); // where there was no reason to give
        return told;
    }
    std::string operator()(const run::Joined&) const { return plain("joined", {}); }

    // ---- names

    std::string operator()(const run::DnsAsked& fact) const
    {
        return plain("dns.asked", {{"node", node_},
                                   {"server", format(fact.server)},
                                   {"name", domain_text(fact.name)},
                                   {"type", record_type_name(fact.type)}});
    }
    std::string operator()(const run::DnsAnswered& fact) const
    {
        return plain(fmt::format("dns.answered.{}", word(fact.outcome)), {{"node", node_},
                                                                          {"server", format(fact.server)},
                                                                          {"name", domain_text(fact.name)},
                                                                          {"type", record_type_name(fact.type)}});
    }
    std::string operator()(const run::DnsServed& fact) const
    {
        return plain(fact.cached ? "dns.served.cached" : "dns.served", {{"node", node_},
                                                                        {"client", format(fact.client)},
                                                                        {"name", domain_text(fact.name)},
                                                                        {"type", record_type_name(fact.type)}});
    }
    std::string operator()(const run::DnsCached& fact) const
    {
        return plain(fmt::format("dns.cached.{}", word(fact.change)), {{"node", node_},
                                                                       {"name", domain_text(fact.name)},
                                                                       {"type", record_type_name(fact.type)},
                                                                       {"ttl", figure_text(fact.ttl)}});
    }
    std::string operator()(const run::DnsDecided& fact) const
    {
        // The last word is a stable key where it gives a reason: "192.0.2.53 timed.out", "limit.queries".
        std::string detail = domain_text(fact.detail);
        const std::size_t space = detail.rfind(' ');
        const std::string key = "dns.why." + detail.substr(space == detail.npos ? 0 : space + 1);
        if (catalogue_.has(key))
            detail = space == detail.npos ? catalogue_.text(key)
                                          : catalogue_.text("dns.why.server", {{"server", detail.substr(0, space)},
                                                                               {"why", catalogue_.text(key)}});
        return plain(fmt::format("dns.decided.{}", word(fact.decision)), {{"node", node_},
                                                                          {"name", domain_text(fact.name)},
                                                                          {"type", record_type_name(fact.type)},
                                                                          {"detail", detail}});
    }

    // ---- filters

    std::string operator()(const run::FilterMatched& fact) const
    {
        return plain(
            fmt::format("filter.matched.{}", word(fact.action)),
            {{"node", node_}, {"filter", terminal_safe(fact.filter)}, {"row", fact.row}, {"count", fact.count}});
    }
    std::string operator()(const run::FilterChanged& fact) const
    {
        return plain(fact.on ? "filter.changed.on" : "filter.changed.off",
                     {{"filter", terminal_safe(fact.filter)}, {"row", fact.row}});
    }

    // ---- from outside

    std::string operator()(const run::Input& fact) const
    {
        return plain("input", {{"what", terminal_safe(fact.what)}});
    }
    std::string operator()(const run::Act& fact) const
    {
        return plain("act", {{"number", fact.number}, {"what", terminal_safe(fact.what)}});
    }

  private:
    std::string plain(std::string_view key, Arguments arguments) const
    {
        return catalogue_.text(fmt::format("{}.plain", key), arguments);
    }
    /// For what stands in the catalogue at every depth.
    std::string deep(std::string_view key, Arguments arguments) const
    {
        const std::string wanted = fmt::format("{}.{}", key, name(depth_));
        return catalogue_.has(wanted) ? catalogue_.text(wanted, arguments) : plain(key, arguments);
    }
    /// The plain sentence, or at the depth of RFCs the rule behind it.
    std::string ruled(std::string_view key, tcp::Rule rule, Arguments arguments) const
    {
        return depth_ == Depth::rfc ? narrator_.reason(rule, Depth::rfc) : plain(key, arguments);
    }
    std::string duration(engine::Duration length) const { return duration_text(catalogue_, length); }

    const Narrator& narrator_;
    const Catalogue& catalogue_;
    const Names& names_;
    const run::Event& event_;
    Depth depth_;
    std::string_view peer_;
    std::string node_;
};

} // namespace

std::string Narrator::tell(const run::Event& event, Depth depth, std::string_view peer) const
{
    return std::visit(Telling{*this, event, depth, peer}, event.what);
}

std::string Narrator::reason(tcp::Rule rule, Depth depth) const
{
    if (rule >= tcp::Rule::count) return catalogue_.text("rule.unknown"); // of a run that a newer tegami made
    const tcp::RuleText& text = tcp::describe(rule);
    const std::string why = catalogue_.text(fmt::format("rule.{}", text.key));
    return depth == Depth::rfc ? catalogue_.text("rule.rfc", {{"section", text.section}, {"why", why}}) : why;
}

std::string Narrator::reason(const run::StepEnded& ended, std::string_view peer) const
{
    if (ended.reason.empty()) return {};
    const std::string key = fmt::format("reason.{}", ended.reason);
    const std::string detail = terminal_safe(ended.detail);
    const std::string whom = peer.empty() ? catalogue_.text("reason.peer") : terminal_safe(peer);
    if (catalogue_.has(key)) return catalogue_.text(key, {{"detail", detail}, {"peer", whom}});
    return catalogue_.text("reason.unknown", {{"reason", terminal_safe(ended.reason)}, {"detail", detail}});
}

std::string Narrator::clause(const run::StepEnded& ended) const
{
    const std::string_view key = clause_key(ended);
    return key.empty() ? std::string{} : catalogue_.text(key);
}

std::string Narrator::step(run::Step step) const
{
    return step == run::Step::none || word(step).empty() ? std::string{}
                                                         : catalogue_.text(fmt::format("step.{}.name", word(step)));
}

std::string Narrator::numbered(run::Step step) const
{
    return fmt::format("{} {}", run::step_name(step), this->step(step));
}

std::string Narrator::who(run::NodeId node) const
{
    const std::string person = names_.person(node);
    return person.empty() ? catalogue_.text("who.host", {{"node", names_.node(node)}})
                          : catalogue_.text("who.program", {{"person", person}});
}

std::string Narrator::icmp(std::uint8_t type, std::uint8_t code, bool v6, std::string_view neighbour) const
{
    return v6 ? icmpv6_text(catalogue_, type, code, neighbour) : icmpv4_text(catalogue_, type, code);
}

std::string Narrator::rule(std::string_view broken) const
{
    const std::string safe = terminal_safe(broken);
    const std::size_t colon = safe.find(": ");
    if (colon == safe.npos || !safe.starts_with("RFC ")) return catalogue_.text("rule.broken.other", {{"text", safe}});
    return catalogue_.text("rule.broken", {{"clause", safe.substr(0, colon)}, {"text", safe.substr(colon + 2)}});
}

} // namespace tegami::narration
