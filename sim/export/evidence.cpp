#include "sim/export/evidence.hpp"

#include "protocols/wire/address.hpp"
#include "sim/export/asked_words.hpp"
#include "sim/export/name_words.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace tegami::exporting {
namespace {

using narration::figure_text;

/// A reply of more lines behind its first is folded.
constexpr std::size_t reply_lines_shown = 1;

/// What is told alike more often than this is told once.
constexpr std::size_t repeats_shown = 2;

const Written* written_of(const Evidence& evidence) { return std::get_if<Written>(&evidence.what); }

/// The next change of this kind to this file or folder of the node, or the end.
std::size_t next_change(std::span<const Evidence> all, std::size_t from, NodeId node, run::DiskChange change,
                        std::string_view path)
{
    for (std::size_t i = from; i < all.size(); ++i)
        if (const Written* written = written_of(all[i]))
            if (written->node == node && written->change == change && written->path == path) return i;
    return all.size();
}

/// What a line of a reply says behind its code.
std::string_view said_in(std::string_view line, bool smtp) { return smtp && line.size() > 4 ? line.substr(4) : line; }

/// "5.1.1" of "550 5.1.1 No such user here" (RFC 3463 §2); empty where there is none.
std::string_view enhanced_code(std::string_view reply)
{
    if (reply.size() < 5) return {};
    const std::string_view behind = reply.substr(4);
    return behind.substr(0, behind.find(' '));
}

} // namespace

std::string EvidenceTeller::clock(Time at) const { return narration::clock_text(at, telling_.header.zone_minutes); }

void EvidenceTeller::put(std::string_view label, const std::string& text, Style style)
{
    page_.hanging({label_column, std::string{label}, style}, {text_column, text});
}

void EvidenceTeller::tell(All all)
{
    const std::vector<Line> lines = folded(all);
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

std::vector<EvidenceTeller::Line> EvidenceTeller::folded(All all) const
{
    std::vector<Line> lines(all.size());
    if (is_rfc()) {
        std::size_t number = 0;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (const auto* asked = std::get_if<Asked>(&all[i].what); asked && !asked->recursive)
                lines[i].number = ++number;
        return lines;
    }
    fold_files(all, lines);
    fold_repeated(all, lines);
    fold_questions(all, lines);
    return lines;
}

void EvidenceTeller::fold_files(All all, std::vector<Line>& lines) const
{
    for (std::size_t i = all.size(); i-- > 0;) {
        const Written* const written = written_of(all[i]);
        if (!written) continue;
        // What a queue is done with is its own business, and that a mailbox lost a letter says it all.
        if (written->change == run::DiskChange::removed) lines[i].left_out = true;
        // Content synced, name in place, name synced: the last of them stands for all.
        if (written->change != run::DiskChange::written) continue;
        const std::size_t synced = next_change(all, i, written->node, run::DiskChange::synced, written->path);
        const std::size_t renamed = next_change(all, synced, written->node, run::DiskChange::renamed, written->path);
        if (renamed == all.size()) continue;
        const std::string& to = written_of(all[renamed])->to;
        const std::string folder = to.substr(0, to.rfind('/'));
        if (next_change(all, renamed, written->node, run::DiskChange::folder_synced, folder) != all.size())
            lines[i].left_out = lines[synced].left_out = lines[renamed].left_out = true;
    }
}

void EvidenceTeller::fold_repeated(All all, std::vector<Line>& lines) const
{
    using Kind = std::tuple<bool, NodeId, NodeId, int, std::string>; // what is told alike
    std::map<Kind, std::vector<std::size_t>> alike;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (const auto* stopped = std::get_if<Stopped>(&all[i].what))
            alike[{true, stopped->from, stopped->to, stopped->reason ? static_cast<int>(*stopped->reason) : -1,
                   stopped->rule}]
                .push_back(i);
        else if (const auto* again = std::get_if<Again>(&all[i].what))
            alike[{false, again->node, NodeId{}, static_cast<int>(again->rule), {}}].push_back(i);
    }
    // A filter's row says each time the same.
    std::map<std::tuple<NodeId, std::string, std::uint32_t>, std::size_t> rows;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto* matched = std::get_if<Matched>(&all[i].what);
        if (!matched) continue;
        lines[i].left_out = matched->action == run::FilterAction::pass;
        const auto [first, is_first] = rows.emplace(std::tuple{matched->node, matched->filter, matched->row}, i);
        if (is_first) continue;
        lines[i].left_out = true;
        ++lines[first->second].times;
        lines[first->second].last = all[i].at;
    }
    for (const auto& [kind, places] : alike) {
        if (places.size() <= repeats_shown) continue;
        for (const std::size_t place : places) lines[place].left_out = true;
        Line& first = lines[places.front()];
        first = {.left_out = false, .times = static_cast<std::uint32_t>(places.size()), .last = all[places.back()].at};
    }
}

void EvidenceTeller::fold_questions(All all, std::vector<Line>& lines) const
{
    std::size_t number = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto* asked = std::get_if<Asked>(&all[i].what);
        if (!asked || lines[i].left_out) continue;
        if (!asked->recursive) lines[i].number = ++number;
        if (asked->answered && asked->outcome == run::DnsOutcome::forged) continue;
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            const auto* other = std::get_if<Asked>(&all[j].what);
            // The same host of the same zone: what was asked at one of its addresses and at another is told together.
            if (!other || lines[j].left_out || other->node != asked->node || other->name != asked->name ||
                other->type == asked->type || other->recursive != asked->recursive ||
                host_of(other->server) != host_of(asked->server) || other->outcome == run::DnsOutcome::forged ||
                other->answered.has_value() != asked->answered.has_value())
                continue;
            if (std::ranges::find(lines[i].with, other->type, &Asked::type) != lines[i].with.end()) continue;
            lines[i].with.push_back(other);
            lines[j].left_out = true;
        }
    }
}

std::string EvidenceTeller::times(const Line& line) const
{
    return line.times == 1 ? std::string{}
                           : catalogue_.text("story.times", {{"times", line.times}, {"time", clock(line.last)}});
}

/// All that were asked for one after the other; the first time says it for all.
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
    put("tcp",
        clock(at) + "  " +
            catalogue_.text("story.connection", {{"node", narrator_.names().node(connection.node)},
                                                 {"why", narrator_.reason(connection.rule, telling_.depth)}}),
        Style::stop);
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

const FilterRow* EvidenceTeller::row_of(const Matched& matched) const
{
    const auto found = std::ranges::find_if(telling_.filter_rows, [&](const FilterRow& row) {
        return row.filter == matched.filter && row.row == matched.row;
    });
    return found == telling_.filter_rows.end() ? nullptr : &*found;
}

/// "edge  rule 2 of op25b   out 192.0.2.64/26 → any  tcp 25   drop   3 hits"
void EvidenceTeller::tell(Time at, const Matched& matched, const Line& line)
{
    const FilterRow* const row = row_of(matched);
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

std::string EvidenceTeller::mending_of(const Matched& matched, const Passage& passage) const
{
    constexpr std::uint16_t between_servers = 25;
    std::string told = passage.port == between_servers && passage.step == Step::s1_submit
                           ? catalogue_.text("story.mend.filter.submit")
                           : catalogue_.text("story.mend.filter", {{"filter", matched.filter}, {"row", matched.row}});
    const FilterRow* const row = row_of(matched);
    if (row && row->line > 0)
        told +=
            catalogue_.text("story.mend.filter.place", {{"file", telling_.header.scenario_file}, {"line", row->line}});
    return told;
}

void EvidenceTeller::tell_silence(const Passage& passage)
{
    if (passage.reason != "connect.timed_out" || !passage.ended) return;
    std::int64_t calls = 1;
    for (const Evidence& evidence : passage.evidence)
        if (const auto* again = std::get_if<Again>(&evidence.what)) calls += again->node == passage.node ? 1 : 0;
    page_.paragraph(
        {label_column,
         catalogue_.count("story.silence", calls,
                          {{"time", narration::duration_text(catalogue_, *passage.ended - passage.begun)}})});
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

// ---- why, and what to do

/// "stopped.toml, line 17", or nothing where no act of the scenario did it.
std::string EvidenceTeller::place_of(const Happening& happening) const
{
    if (happening.act == 0 || happening.act > telling_.act_lines.size()) return {};
    return catalogue_.text("story.cause.place",
                           {{"file", telling_.header.scenario_file}, {"line", telling_.act_lines[happening.act - 1]}});
}

void EvidenceTeller::tell_causes(const Passage& passage)
{
    for (const Evidence& evidence : passage.evidence) {
        const auto* stopped = std::get_if<Stopped>(&evidence.what);
        if (!stopped || !stopped->because) continue;
        const Happening& happening = tale_.happenings[*stopped->because];
        const auto* process = std::get_if<run::ProcessChange>(&happening.change);
        const std::string what = process ? narrator_.names().node(happening.node) : link_of(happening); // of two ends
        if (!is_news(fmt::format("{} {}", happening.at.ns, what))) continue;
        run::Event event;
        event.node = happening.node;
        if (process)
            event.what = run::ProcessChanged{*process};
        else
            event.what = run::LinkChanged{happening.nic, std::get<run::LinkChange>(happening.change), 0};
        const std::string until = happening.mended ? "–" + clock(*happening.mended) : std::string{};
        put(catalogue_.text("story.label.cause"),
            clock(happening.at) + until + "  " + narrator_.tell(event) + place_of(happening), Style::stop);
    }
}

void EvidenceTeller::tell_cut_off(const Happening& happening)
{
    const std::string node = narrator_.names().node(happening.node);
    is_news(fmt::format("{} {}", happening.at.ns, node)); // no cause to tell again
    const std::string key =
        fmt::format("story.cut_off.{}", narration::word(std::get<run::ProcessChange>(happening.change)));
    page_.paragraph({label_column,
                     catalogue_.text(key, {{"node", node}, {"time", clock(happening.at)}}) + place_of(happening),
                     Style::stop});
}

std::string EvidenceTeller::link_of(const Happening& happening) const
{
    const auto nic = static_cast<std::size_t>(happening.nic);
    return nic < telling_.header.nics.size() ? telling_.header.nics[nic].link : std::string{};
}

/// Whether this letter's story has not said so yet.
bool EvidenceTeller::is_news(std::string told)
{
    if (std::ranges::find(told_, told) != told_.end()) return false;
    told_.push_back(std::move(told));
    return true;
}

void EvidenceTeller::tell_mending(const Passage& passage)
{
    if (passage.ended && passage.outcome == run::Outcome::done) return;
    std::string told;
    bool is_known = false; // what is behind it
    for (const Evidence& evidence : passage.evidence) {
        if (const auto* matched = std::get_if<Matched>(&evidence.what);
            matched && matched->action != run::FilterAction::pass) {
            is_known = true;
            told = mending_of(*matched, passage);
        }
        const auto* stopped = std::get_if<Stopped>(&evidence.what);
        if (!stopped || !stopped->because) continue;
        is_known = true;
        const Happening& happening = tale_.happenings[*stopped->because];
        if (!happening.mended) told = mending_of(happening);
    }
    if (!is_known) {
        const std::string key =
            fmt::format("story.mend.{}",
                        passage.reason == "reply" ? enhanced_code(passage.detail) : std::string_view{passage.reason});
        if (catalogue_.has(key)) told = catalogue_.text(key, {{"peer", passage.peer}, {"port", passage.port}});
    }
    if (!told.empty() && is_news(told)) put(catalogue_.text("story.label.mend"), told, Style::held);
}

/// The act that would put it right.
std::string EvidenceTeller::mending_of(const Happening& happening) const
{
    if (std::holds_alternative<run::ProcessChange>(happening.change))
        return catalogue_.text("story.mend.host", {{"node", narrator_.names().node(happening.node)}});
    return catalogue_.text("story.mend.link", {{"link", link_of(happening)}});
}

} // namespace tegami::exporting
