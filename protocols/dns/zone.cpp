#include "protocols/dns/zone.hpp"

#include <algorithm>
#include <cassert>
#include <set>

namespace tegami::dns {

void Rrset::append_to(std::vector<Record>& records, const Name& as_owner) const
{
    for (const Rdata& each : data) records.push_back({as_owner, type, Class::in, ttl, each});
}

const Rrset* Zone::Node::find(Type type) const
{
    const auto found = std::ranges::lower_bound(sets, type, {}, &Rrset::type);
    return found != sets.end() && found->type == type ? &*found : nullptr;
}

Zone::Zone(Name origin, const std::vector<Record>& records) : origin_(std::move(origin))
{
    std::map<std::pair<Name, Type>, std::set<wire::OctetBuffer>> seen; // a set holds no record twice (RFC 2181 §5)
    for (const Record& record : records) {
        if (!record.owner.is_at_or_below(origin_)) continue;
        for (Name name = record.owner;; name = name.parent()) { // names between it and the apex exist as well
            const bool is_new = nodes_.try_emplace(name).second;
            if (!is_new || name == origin_) break;
        }
        auto& sets = nodes_[record.owner].sets;
        auto set = std::ranges::lower_bound(sets, record.type, {}, &Rrset::type);
        if (set == sets.end() || set->type != record.type)
            set = sets.insert(set, {record.owner, record.type, record.ttl, {}});
        const bool is_new = seen[{record.owner, record.type}].insert(canonical_data(record.type, record.data)).second;
        if (is_new) set->data.push_back(record.data);
    }
    apex_ = find(origin_);
    assert(apex_ != nullptr && apex_->find(Type::soa) != nullptr);
}

const Zone::Node* Zone::find(const Name& name) const
{
    const auto node = nodes_.find(name);
    return node == nodes_.end() ? nullptr : &node->second;
}

Record Zone::negative_soa() const
{
    const Rrset& set = soa();
    const std::uint32_t ttl = std::min(set.ttl, read_data<Soa>(set.data.front())->minimum);
    return {set.owner, Type::soa, Class::in, ttl, set.data.front()};
}

Zone::Found Zone::search(const Name& name, Type type) const
{
    assert(name.is_at_or_below(origin_));
    const std::size_t labels = name.label_count();
    const Node* encloser = apex_; // the closest one that exists, so far (RFC 4592 §3.3.1)
    std::size_t count = origin_.label_count();
    while (count < labels) {
        const Node* const next = find(name.last(count + 1));
        if (next == nullptr) break;
        encloser = next;
        ++count;
        const bool is_above_cut = type == Type::ds && count == labels;
        if (next->find(Type::ns) != nullptr && !is_above_cut) return {Found::Kind::delegation, next};
    }
    if (count == labels) return {Found::Kind::node, encloser};
    const auto wildcard = name.last(count).with_first("*");
    if (wildcard)
        if (const Node* const node = find(*wildcard)) return {Found::Kind::wildcard, node};
    return {Found::Kind::nothing, nullptr};
}

std::size_t Zone::record_count() const
{
    std::size_t count = 0;
    for (const auto& [name, node] : nodes_)
        for (const Rrset& set : node.sets) count += set.data.size();
    return count;
}

std::optional<Zone> load_zone(std::string_view text, const Name& origin, ZoneProblems& problems,
                              const ZoneTextOptions& options)
{
    auto placed = parse_zone_text(text, origin, problems, options);
    check_zone(origin, placed, problems);
    if (problems.has_errors()) return std::nullopt;
    std::vector<Record> records;
    records.reserve(placed.size());
    for (auto& each : placed) records.push_back(std::move(each.record));
    return Zone{origin, records};
}

void Zones::add(Zone zone, bool allows_transfer)
{
    Name origin = zone.origin();
    zones_[std::move(origin)] = {std::make_unique<const Zone>(std::move(zone)), allows_transfer};
}

const Zone* Zones::find(const Name& name) const
{
    for (Name at = name;; at = at.parent()) {
        if (const Zone* const zone = find_exactly(at)) return zone;
        if (at.is_root()) return nullptr;
    }
}

const Zone* Zones::find_exactly(const Name& origin) const
{
    const auto found = zones_.find(origin);
    return found == zones_.end() ? nullptr : found->second.zone.get();
}

bool Zones::allows_transfer(const Zone& zone) const
{
    const auto found = zones_.find(zone.origin());
    return found != zones_.end() && found->second.allows_transfer;
}

} // namespace tegami::dns
