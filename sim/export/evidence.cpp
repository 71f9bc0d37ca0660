#include "sim/export/evidence.hpp"

#include "protocols/wire/address.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <algorithm>

namespace tegami::exporting {
namespace {

using narration::figure_text;

/// A reply of more lines behind its first is folded.
constexpr std::size_t reply_lines_shown = 1;

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

} // namespace

std::string EvidenceTeller::clock(Time at) const { return narration::clock_text(at, telling_.header.zone_minutes); }

void EvidenceTeller::line(std::string_view label, const std::string& text, Style style)
{
    page_.hanging({label_column, std::string{label}, style}, {text_column, text});
}

void EvidenceTeller::tell(const Passage& passage)
{
    const All all{passage.evidence};
    const std::vector<bool> left_out = folded(all);
    bool asked = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (left_out[i]) continue;
        if (is_plain() && std::holds_alternative<Found>(all[i].what)) {
            if (!std::exchange(asked, true)) tell_found(passage);
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
        std::visit([&](const auto& what) { tell(all[i].at, what); }, all[i].what);
    }
}

std::vector<bool> EvidenceTeller::folded(All all) const
{
    std::vector<bool> left_out(all.size());
    if (!is_plain()) return left_out;
    bool is_deleted = false;
    for (std::size_t i = all.size(); i-- > 0;) {
        if (const auto* kept = std::get_if<Kept>(&all[i].what))
            is_deleted |= kept->change == run::MailboxChange::deleted;
        const Written* const written = written_of(all[i]);
        if (!written) continue;
        // That a mailbox lost a letter says it all.
        if (written->change == run::DiskChange::removed) left_out[i] = is_deleted;
        // Content synced, name in place, name synced: the last of them stands for all.
        if (written->change != run::DiskChange::written) continue;
        const std::size_t synced = next_change(all, i, written->node, run::DiskChange::synced, written->path);
        const std::size_t renamed = next_change(all, synced, written->node, run::DiskChange::renamed, written->path);
        if (renamed == all.size()) continue;
        const std::string& to = written_of(all[renamed])->to;
        const std::string folder = to.substr(0, to.rfind('/'));
        if (next_change(all, renamed, written->node, run::DiskChange::folder_synced, folder) != all.size())
            left_out[i] = left_out[synced] = left_out[renamed] = true;
    }
    return left_out;
}

/// All that were asked for one after the other.
void EvidenceTeller::tell_found(const Passage& passage)
{
    std::string told = catalogue_.text("story.arp");
    if (passage.arp_frames > 0)
        told += catalogue_.text(
            "story.arp.frames",
            {{"frames", catalogue_.count("story.frames", static_cast<std::int64_t>(passage.arp_frames))}});
    line("arp", told);
}

/// "250-mail.example.com … PIPELINING, SIZE 10485760, 8BITMIME", cut where the line ends.
void EvidenceTeller::tell_reply(All lines)
{
    const auto& first = std::get<Said>(lines.front().what);
    const bool smtp = first.text.size() > 3 && first.text[3] == '-';
    const bool dotted = !smtp && std::get<Said>(lines.back().what).text == ".";
    if (lines.size() - 1 - (dotted ? 1 : 0) <= reply_lines_shown) {
        for (const Evidence& each : lines) tell(each.at, std::get<Said>(each.what));
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
    line("S", told);
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

void EvidenceTeller::tell(Time, const Said& said)
{
    const std::string_view label = said.by_client ? "C" : "S";
    if (said.letter)
        page_.hanging({label_column, std::string{label}}, {text_column, letter_text(said), Style::dim});
    else
        line(label, said.text);
    if (said.secret) page_.paragraph({text_column, catalogue_.text("story.secret"), Style::held});
}

void EvidenceTeller::tell(Time at, const Found& found)
{
    line("arp", clock(at) + "  " +
                    catalogue_.text("story.found", {{"node", narrator_.names().node(found.node)},
                                                    {"address", format(found.address)},
                                                    {"mac", format(found.mac)}}));
}

void EvidenceTeller::tell(Time at, const Stopped& stopped)
{
    const std::string time = clock(at);
    if (!stopped.reason)
        return line(catalogue_.text("story.label.lost"),
                    time + "  " +
                        catalogue_.text("story.lost", {{"frame", static_cast<std::uint64_t>(stopped.frame)},
                                                       {"from", narrator_.names().node(stopped.from)},
                                                       {"to", narrator_.names().node(stopped.to)}}),
                    Style::stop);
    run::FrameDropped fact;
    fact.nic = stopped.nic;
    fact.reason = *stopped.reason;
    fact.rule = stopped.rule;
    run::Event event;
    event.node = stopped.from;
    event.what = fact;
    line(catalogue_.text("story.label.dropped"), time + "  " + narrator_.tell(event), Style::stop);
}

void EvidenceTeller::tell(Time at, const Again& again)
{
    const std::string node = narrator_.names().node(again.node);
    const std::string why = narrator_.reason(again.rule, telling_.depth);
    const auto frame = static_cast<std::uint64_t>(again.frame);
    std::string told;
    if (again.frame == FrameRef::none)
        told = catalogue_.text("story.again.unseen", {{"node", node}, {"why", why}});
    else if (again.missed == FrameRef::none)
        told = catalogue_.text("story.again", {{"node", node}, {"why", why}, {"frame", frame}});
    else
        told = catalogue_.text("story.again.repaired", {{"node", node},
                                                        {"why", why},
                                                        {"frame", frame},
                                                        {"missed", static_cast<std::uint64_t>(again.missed)},
                                                        {"time", narration::duration_text(catalogue_, again.after)}});
    line(catalogue_.text("story.label.again"), clock(at) + "  " + told, Style::held);
}

void EvidenceTeller::tell(Time, const Shared& shared)
{
    line("tcp", catalogue_.text("story.shared", {{"frame", static_cast<std::uint64_t>(shared.frame)},
                                                 {"number", tale_.number_of(shared.with)}}));
}

void EvidenceTeller::tell(Time at, const Connection& connection)
{
    line("tcp",
         clock(at) + "  " +
             catalogue_.text("story.connection", {{"node", narrator_.names().node(connection.node)},
                                                  {"why", narrator_.reason(connection.rule, telling_.depth)}}),
         Style::stop);
}

void EvidenceTeller::tell(Time at, const Written& written)
{
    const std::string label = catalogue_.text("story.label.disk");
    if (is_plain() && written.change == run::DiskChange::folder_synced)
        return line(label, clock(at) + "  " + catalogue_.text("story.safe"));
    run::DiskChanged fact;
    fact.change = written.change;
    fact.path = written.path;
    fact.to = written.to;
    fact.size = written.size;
    run::Event event;
    event.node = written.node;
    event.what = fact;
    line(label, clock(at) + "  " + narrator_.tell(event));
}

void EvidenceTeller::tell(Time at, const Kept& kept)
{
    std::string told;
    switch (kept.change) {
    case run::MailboxChange::delivered:
        told = catalogue_.text("story.delivered", {{"mailbox", kept.mailbox}, {"size", figure_text(kept.size)}});
        break;
    case run::MailboxChange::deleted: told = catalogue_.text("story.deleted", {{"mailbox", kept.mailbox}}); break;
    case run::MailboxChange::seen: told = catalogue_.text("story.seen", {{"mailbox", kept.mailbox}}); break;
    }
    line(catalogue_.text("story.label.mailbox"), clock(at) + "  " + told);
}

} // namespace tegami::exporting
