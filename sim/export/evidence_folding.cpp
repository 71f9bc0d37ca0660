#include "sim/export/evidence_folding.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tegami::exporting {
namespace {

using All = std::span<const Evidence>;

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

std::string host_of(const Telling& telling, const wire::Address& address)
{
    return telling.book ? telling.book->name_of(address) : format(address);
}

void fold_files(All all, std::vector<EvidenceLine>& lines)
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

/// Frames stopped at the same place for the same reason, and segments sent again, where there are many.
void fold_repeated(All all, std::vector<EvidenceLine>& lines)
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
        EvidenceLine& first = lines[places.front()];
        first = {.left_out = false, .times = static_cast<std::uint32_t>(places.size()), .last = all[places.back()].at};
    }
}

/// The same question for several types, one line; a resolver's own questions, numbered.
void fold_questions(All all, const Telling& telling, std::vector<EvidenceLine>& lines)
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
                host_of(telling, other->server) != host_of(telling, asked->server) ||
                other->outcome == run::DnsOutcome::forged || other->answered.has_value() != asked->answered.has_value())
                continue;
            if (std::ranges::find(lines[i].with, other->type, &Asked::type) != lines[i].with.end()) continue;
            lines[i].with.push_back(other);
            lines[j].left_out = true;
        }
    }
}

} // namespace

std::vector<EvidenceLine> folded(std::span<const Evidence> all, const Telling& telling)
{
    std::vector<EvidenceLine> lines(all.size());
    if (telling.depth == narration::Depth::rfc) {
        std::size_t number = 0;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (const auto* asked = std::get_if<Asked>(&all[i].what); asked && !asked->recursive)
                lines[i].number = ++number;
        return lines;
    }
    fold_files(all, lines);
    fold_repeated(all, lines);
    fold_questions(all, telling, lines);
    return lines;
}

} // namespace tegami::exporting
