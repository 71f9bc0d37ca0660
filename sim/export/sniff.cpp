#include "sim/export/sniff.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace tegami::exporting {

namespace {

/// Letters to insert, delete or change to make one of the other.
std::size_t distance(std::string_view one, std::string_view other)
{
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t changed = diagonal + (one[i] != other[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
        }
    }
    return row.back();
}

} // namespace

std::expected<Place, NoSuchPlace> parse_place(const Log& log, std::string_view text)
{
    const auto& header = log.header();
    Place host{Place::Kind::interfaces, {}}, link{Place::Kind::link, {}};
    for (std::size_t i = 0; i < header.nics.size(); ++i) {
        const run::NicRow& nic = header.nics[i];
        const auto id = static_cast<NicId>(i);
        if (nic.name == text) return Place{Place::Kind::interfaces, {id}};
        if (header.nodes[index_of(nic.host)] == text) host.nics.push_back(id);
        if (nic.link == text) link.nics.push_back(id);
    }
    if (!host.nics.empty()) return host; // names are unique in a world, across kinds
    if (!link.nics.empty()) return link;

    NoSuchPlace wrong{std::string(text), {}};
    std::vector<std::pair<std::size_t, std::string_view>> known;
    const std::size_t far = text.size() / 3 + 2;
    const auto consider = [&](std::string_view name) {
        if (const std::size_t steps = distance(text, name); steps < far) known.emplace_back(steps, name);
    };
    for (const run::NicRow& nic : header.nics) {
        consider(nic.name);
        consider(nic.link);
        consider(header.nodes[index_of(nic.host)]);
    }
    std::ranges::sort(known);
    const auto [twice, end] = std::ranges::unique(known);
    known.erase(twice, end);
    for (std::size_t i = 0; i < std::min<std::size_t>(known.size(), 3); ++i) wrong.near.emplace_back(known[i].second);
    return std::unexpected(wrong);
}

std::vector<Sighting> sniff(const Log& log, const Place& place)
{
    std::vector<bool> here(log.header().nics.size());
    for (const NicId nic : place.nics) here[static_cast<std::size_t>(nic)] = true;
    const auto is_here = [&](NicId nic) { return here[static_cast<std::size_t>(nic)]; };

    std::vector<Sighting> seen;
    for (std::uint64_t number = 1; number <= log.frames(); ++number) {
        const auto frame = static_cast<FrameRef>(number);
        const auto hops = log.hops(frame);
        // A host without power sees nothing of what arrives.
        std::set<NicId> off;
        for (const FactRef fact : log.about(frame)) {
            const run::Event event = log.event(fact);
            const auto* dropped = std::get_if<run::FrameDropped>(&event.what);
            if (dropped != nullptr && dropped->reason == run::DropReason::host_off) off.insert(dropped->nic);
        }
        for (std::uint32_t i = 0; i < hops.size(); ++i) {
            const run::Hop& hop = hops[i];
            // A second copy was made by the link, not sent; what a loopback interface sends is seen once.
            if (is_here(hop.nic) && hop.fate != run::Fate::copied) seen.push_back({frame, i, false, hop.nic, hop.at});
            if (place.kind == Place::Kind::interfaces && is_here(hop.to) && hop.to != hop.nic && hop.arrived() &&
                !off.contains(hop.to))
                seen.push_back({frame, i, true, hop.to, hop.arrival()});
        }
    }
    std::ranges::sort(seen, {}, [](const Sighting& s) { return std::tuple(s.at, s.frame, s.hop, s.inbound); });
    return seen;
}

} // namespace tegami::exporting
