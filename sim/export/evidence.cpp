#include "sim/export/evidence.hpp"

#include "protocols/wire/address.hpp"
#include "sim/export/asked_words.hpp"
#include "sim/export/causes.hpp"
#include "sim/export/name_words.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::exporting {
namespace {

using narration::figure_text;

/// A reply of more lines behind its first is folded.
constexpr std::size_t reply_lines_shown = 1;

/// What a line of a reply says behind its code.
std::string_view said_in(std::string_view line, bool smtp) { return smtp && line.size() > 4 ? line.substr(4) : line; }

} // namespace

std::string EvidenceTeller::clock(Time at) const { return narration::clock_text(at, telling_.header.zone_minutes); }

void EvidenceTeller::put(std::string_view label, const std::string& text, Style style)
{
    page_.hanging({label_column, std::string{label}, style}, {text_column, text});
}

void EvidenceTeller::tell(All all)
{
    const std::vector<Line> lines = folded(all, telling_);
    columns_ = name_columns(all, lines);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (lines[i].left_out) continue;
        if (!is_rfc() && std::holds_alternative<Found>(all[i].what)) {
            if (!std::exchange(neighbours_told_, true)) tell_found();
            continue;
        }
        if (const auto* said = std::get_if<Said>(&all[i].what); is_plain() && said && said->reply != 0) {
            const std::size_t first = i;
            const auto goes_on = [&](const Evidence& evidence) {
                const auto* next = std::get_if<Said>(&evidence.what);
                return next && next->session == said->session && next->reply == said->reply;
            };
            while (i + 1 < all.size() && goes_on(all[i + 1])) ++i;
            tell_reply(all.subspan(first, i + 1 - first));
            continue;
        }
        std::visit([&](const auto& what) { tell(all[i].at, what, lines[i]); }, all[i].what);
    }
}

std::string EvidenceTeller::times(const Line& line) const
{
    return line.times == 1 ? std::string{}
                           : catalogue_.text("story.times", {{"times", line.times}, {"time", clock(line.last)}});
}

/// All that were asked for one after the other; the first time in a run says it for all.
void EvidenceTeller::tell_found()
{
    page_.hanging({label_column, "mac", Style::dim}, {text_column, catalogue_.text("story.arp"), Style::dim});
}

/// "250-mail.example.com … PIPELINING, SIZE 10485760, 8BITMIME", cut where the line ends.
void EvidenceTeller::tell_reply(All lines)
{
    const auto& first = std::get<Said>(lines.front().what);
    const bool smtp = first.text.size() > 3 && first.text[3] == '-';
    const bool dotted = !smtp && std::get<Said>(lines.back().what).text == ".";
    if (lines.size() - 1 - (dotted ? 1 : 0) <= reply_lines_shown) {
        for (const Evidence& each : lines) tell(each.at, std::get<Said>(each.what), {});
        return;
    }
    std::string told = narration::terminal_safe(first.text) + " … ";
    const std::size_t last = lines.size() - (dotted ? 2 : 1);
    constexpr int room = page_columns - text_column;
    for (std::size_t i = 1; i <= last; ++i) {
        const std::string item = narration::terminal_safe(said_in(std::get<Said>(lines[i].what).text, smtp));
        if (narration::width(told) + narration::width(item) + (i < last ? 3 : 0) > room) {
            told += "…";
            break;
        }
        told += item + (i < last ? ", " : "");
    }
    put("S", told);
}

std::string EvidenceTeller::letter_text(const Said& said) const
{
    if (!said.octets) return catalogue_.text("story.letter.unknown");
    const std::string size = figure_text(*said.octets);
    // RFC 5321 §4.5.2, RFC 1939 §3: a line that begins with a dot gets another, which no size counts.
    if (said.announced && *said.announced < *said.octets)
        return catalogue_.text("story.letter.stuffed", {{"size", size}});
    return catalogue_.count("story.letter", static_cast<std::int64_t>(*said.octets), {{"size", size}});
}

void EvidenceTeller::tell(Time, const Said& said, const Line&)
{
    const std::string_view label = said.by_client ? "C" : "S";
    if (said.letter)
        page_.hanging({label_column, std::string{label}}, {text_column, letter_text(said), Style::dim});
    else if (!said.decoded.empty())
        put(label, catalogue_.text("said.base64", {{"line", said.text}, {"text", said.decoded}}));
    else
        put(label, said.text);
    if (said.secret) page_.paragraph({text_column, catalogue_.text("story.secret"), Style::held});
}

void EvidenceTeller::tell(Time at, const Found& found, const Line&)
{
    put("mac", clock(at) + "  " +
                   catalogue_.text("story.found", {{"node", narrator_.names().node(found.node)},
                                                   {"address", format(found.address)},
                                                   {"mac", format(found.mac)}}));
}

void EvidenceTeller::tell(Time at, const Stopped& stopped, const Line& line)
{
    const std::string time = clock(at);
    if (!stopped.reason)
        return put(catalogue_.text("story.label.lost"),
                   time + "  " +
                       catalogue_.text("story.lost", {{"frame", static_cast<std::uint64_t>(stopped.frame)},
                                                      {"from", narrator_.names().node(stopped.from)},
                                                      {"to", narrator_.names().node(stopped.to)}}) +
                       times(line),
                   Style::stop);
    run::FrameDropped fact;
    fact.nic = stopped.nic;
    fact.reason = *stopped.reason;
    fact.rule = stopped.rule;
    run::Event event;
    event.node = stopped.from;
    event.what = fact;
    put(catalogue_.text("story.label.dropped"), time + "  " + narrator_.tell(event) + times(line), Style::stop);
}

void EvidenceTeller::tell(Time at, const Again& again, const Line& line)
{
    const std::string node = narrator_.names().node(again.node);
    const std::string why = narrator_.reason(again.rule, telling_.depth);
    const auto frame = static_cast<std::uint64_t>(again.frame);
    std::string told;
    if (again.frame == FrameRef::none || line.times > 1)
        told = catalogue_.text("story.again.unseen", {{"node", node}, {"why", why}});
    else if (again.missed == FrameRef::none)
        told = catalogue_.text("story.again", {{"node", node}, {"why", why}, {"frame", frame}});
    else
        told = catalogue_.text("story.again.repaired", {{"node", node},
                                                        {"why", why},
                                                        {"frame", frame},
                                                        {"missed", static_cast<std::uint64_t>(again.missed)},
                                                        {"time", narration::duration_text(catalogue_, again.after)}});
    put(catalogue_.text("story.label.again"), clock(at) + "  " + told + times(line), Style::held);
}

void EvidenceTeller::tell(Time, const Shared& shared, const Line&)
{
    if (shared.together)
        return put(catalogue_.text("story.label.note"),
                   catalogue_.text("story.together", {{"number", tale_.number_of(shared.with)}}));
    put("tcp", catalogue_.text("story.shared", {{"frame", static_cast<std::uint64_t>(shared.frame)},
                                                {"number", tale_.number_of(shared.with)}}));
}

void EvidenceTeller::tell(Time at, const Connection& connection, const Line&)
{
    std::string told =
        catalogue_.text("story.connection", {{"node", narrator_.names().node(connection.node)},
                                             {"why", narrator_.reason(connection.rule, telling_.depth)}});
    if (connection.told) {
        const run::IcmpNoted& message = *connection.told;
        told = catalogue_.text("story.connection.icmp",
                               {{"told", told},
                                {"who", host_of(message.peer)},
                                {"what", narrator_.icmp(message.type, message.code, !message.peer.is_v4())}});
    }
    put("tcp", clock(at) + "  " + told, Style::stop);
}

template <class Fact>
void EvidenceTeller::tell_fact(std::string_view label, Time at, NodeId node, const Fact& fact, Style style)
{
    run::Event event;
    event.node = node;
    event.what = fact;
    put(label, (is_plain() ? std::string{} : clock(at) + "  ") + narrator_.tell(event), style);
}

/// Which server is tried, and that there is only one to try, the answers and steps say already.
void EvidenceTeller::tell(Time at, const Routed& routed, const Line&)
{
    using enum run::RouteChoice;
    if (is_plain() && (routed.choice == tries_host || routed.choice == tries_address)) return;
    if (is_plain() && routed.choice == listed && !routed.detail.contains(',')) return;
    const bool is_trouble = routed.choice == null_mx || routed.choice == left_out;
    run::MailRouted fact;
    fact.choice = routed.choice;
    fact.domain = routed.domain;
    fact.host = routed.host;
    fact.address = routed.address;
    fact.preference = routed.preference;
    fact.detail = routed.detail;
    tell_fact(catalogue_.text("story.label.route"), at, routed.node, fact, is_trouble ? Style::held : Style::plain);
}

void EvidenceTeller::tell(Time at, const Judged& judged, const Line&)
{
    const bool good = judged.verdict == run::AuthVerdict::accepted;
    run::AuthJudged fact;
    fact.verdict = judged.verdict;
    fact.mechanism = judged.mechanism;
    fact.identity = judged.identity;
    tell_fact(catalogue_.text("story.label.login"), at, judged.node, fact, good ? Style::plain : Style::stop);
}

void EvidenceTeller::tell(Time at, const Completed& completed, const Line&)
{
    run::MailCompleted fact;
    fact.change = completed.change;
    fact.line = completed.line;
    tell_fact(catalogue_.text("story.label.letter"), at, completed.node, fact);
}

std::string EvidenceTeller::host_of(const wire::Address& address) const
{
    return telling_.book ? telling_.book->name_of(address) : format(address);
}

EvidenceTeller::NameLine EvidenceTeller::name_line(Time at, const Asked& asked, const Line& line) const
{
    std::vector<const Asked*> all{&asked};
    all.insert(all.end(), line.with.begin(), line.with.end());
    NameLine told;
    told.question = question_words(all);
    told.answer = answer_words(catalogue_, all);
    told.style = is_bad(asked) ? Style::stop : Style::plain;
    told.label = line.number > 0 ? fmt::format("{}", line.number) : std::string{"dns"};
    told.way = fmt::format("{} → {}", narrator_.names().node(asked.node), host_of(asked.server));
    if (!is_plain()) told.way = clock(at) + "  " + told.way;
    return told;
}

/// Questions stand in one column, and where each line has room for it, answers in another.
EvidenceTeller::NameColumns EvidenceTeller::name_columns(All all, const std::vector<Line>& lines) const
{
    constexpr int gap = 2, question_columns = 38; // the least that a question and its answer below it are given
    int way = 0, question = 0, answer = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto* asked = std::get_if<Asked>(&all[i].what);
        if (!asked || lines[i].left_out) continue;
        const NameLine line = name_line(all[i].at, *asked, lines[i]);
        way = std::max(way, narration::width(line.way));
        question = std::max(question, narration::width(line.question));
        answer = std::max(answer, narration::width(line.answer));
    }
    NameColumns columns;
    columns.question = std::min(text_column + way + gap, page_columns - question_columns);
    columns.answer = text_column + way + gap + question + gap;
    if (columns.answer + answer > page_columns) columns.answer = 0;
    return columns;
}

/// "resolver → root   example.com MX?   ask for com: a.gtld.example"
void EvidenceTeller::tell(Time at, const Asked& asked, const Line& line)
{
    const NameLine told = name_line(at, asked, line);
    if (columns_.answer > 0)
        return page_.labelled({{label_column, told.label}, {text_column, told.way}, {columns_.question, told.question}},
                              {columns_.answer, told.answer, told.style});
    if (narration::width(told.way) < columns_.question - text_column)
        page_.labelled({{label_column, told.label}, {text_column, told.way}}, {columns_.question, told.question});
    else
        put(told.label, told.way + "  " + told.question);
    page_.paragraph({columns_.question, "→ " + told.answer, told.style});
}

void EvidenceTeller::tell(Time at, const Remembered& remembered, const Line&)
{
    put(catalogue_.text("story.label.cache"),
        (is_plain() ? std::string{} : clock(at) + "  ") + remembered_words(narrator_, remembered));
}

/// What is as one would expect shows only where more is asked for.
void EvidenceTeller::tell(Time at, const Reasoned& reasoned, const Line&)
{
    const bool is_trouble = reasoned.is_trouble();
    if (!is_rfc() && !is_trouble && reasoned.decision != run::DnsDecision::follows_alias) return;
    put(catalogue_.text("story.label.reasoned"),
        (is_plain() ? std::string{} : clock(at) + "  ") + narrator_.tell(reasoned.event()),
        is_trouble ? Style::held : Style::plain);
}

/// "edge  rule 2 of op25b   out 192.0.2.64/26 → any  tcp 25   drop   3 hits"
void EvidenceTeller::tell(Time at, const Matched& matched, const Line& line)
{
    const FilterRow* const row = row_of(telling_, matched);
    std::string told = catalogue_.text(
        matched.row == 0 ? "story.filter.no_rule" : "story.filter",
        {{"node", narrator_.names().node(matched.node)}, {"filter", matched.filter}, {"row", matched.row}});
    if (row && !row->says.empty()) told += "   " + row->says;
    told += "   " + catalogue_.text(fmt::format("filter.action.{}", narration::word(matched.action)));
    told += "   " + catalogue_.count("story.filter.hits", line.times);
    if (!is_plain()) told = clock(at) + "  " + told;
    const bool passed = matched.action == run::FilterAction::pass;
    put(catalogue_.text("story.label.filter"), told, passed ? Style::plain : Style::stop);
}

void EvidenceTeller::tell(Time at, const Written& written, const Line&)
{
    const std::string label = catalogue_.text("story.label.disk");
    if (!is_rfc() && written.change == run::DiskChange::folder_synced)
        return put(label, clock(at) + "  " + catalogue_.text("story.safe"));
    run::DiskChanged fact;
    fact.change = written.change;
    fact.path = written.path;
    fact.to = written.to;
    fact.size = written.size;
    run::Event event;
    event.node = written.node;
    event.what = fact;
    put(label, clock(at) + "  " + narrator_.tell(event));
}

void EvidenceTeller::tell(Time at, const Kept& kept, const Line&)
{
    std::string told;
    switch (kept.change) {
    case run::MailboxChange::delivered:
        told = catalogue_.text("story.delivered", {{"mailbox", kept.mailbox}, {"size", figure_text(kept.size)}});
        break;
    case run::MailboxChange::deleted: told = catalogue_.text("story.deleted", {{"mailbox", kept.mailbox}}); break;
    case run::MailboxChange::seen: told = catalogue_.text("story.seen", {{"mailbox", kept.mailbox}}); break;
    }
    put(catalogue_.text("story.label.mailbox"), clock(at) + "  " + told);
}

} // namespace tegami::exporting
