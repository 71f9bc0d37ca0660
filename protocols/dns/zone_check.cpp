/// What is wrong with a zone whose records are all well.

#include "protocols/dns/zone_text.hpp"

#include <algorithm>
#include <map>

namespace tegami::dns {

namespace {

/// RFC 952, RFC 1123 §2.1: letters, digits and hyphens, neither first nor last a hyphen.
bool is_host_label(std::string_view label)
{
    const auto is_letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return is_letter_or_digit(label.front()) && is_letter_or_digit(label.back()) &&
           std::ranges::all_of(label, [&](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_host_name(const Name& name) { return std::ranges::all_of(name.labels(), is_host_label); }

class ZoneChecker {
  public:
    ZoneChecker(const Name& origin, const std::vector<PlacedRecord>& records, ZoneProblems& problems)
        : origin_(origin), records_(records), problems_(problems)
    {
        for (const PlacedRecord& placed : records)
            if (placed.record.owner.is_at_or_below(origin))
                nodes_[placed.record.owner][placed.record.type].push_back(&placed);
    }

    void check()
    {
        check_apex();
        for (const auto& [name, sets] : nodes_) check_aliases(name, sets);
        for (const PlacedRecord& placed : records_) check_record(placed);
    }

  private:
    using Node = std::map<Type, std::vector<const PlacedRecord*>>; // in the order of the text

    const PlacedRecord* find(const Name& name, Type type) const
    {
        const auto node = nodes_.find(name);
        if (node == nodes_.end()) return nullptr;
        const auto found = node->second.find(type);
        return found == node->second.end() ? nullptr : found->second.front();
    }
    /// The records at `name`, or those of a wildcard that stands for it (RFC 4592).
    const PlacedRecord* find_answer(const Name& name, Type type) const
    {
        if (nodes_.contains(name)) return find(name, type);
        for (Name encloser = name.parent(); encloser.is_at_or_below(origin_); encloser = encloser.parent()) {
            if (const auto wildcard = encloser.with_first("*"); wildcard && nodes_.contains(*wildcard))
                return find(*wildcard, type);
            if (has_descendants(encloser) || encloser == origin_) return nullptr;
        }
        return nullptr;
    }
    bool has_descendants(const Name& name) const
    {
        const auto next = nodes_.lower_bound(name);
        return next != nodes_.end() && next->first.is_at_or_below(name);
    }
    /// The topmost delegation at or above `name`, below the apex.
    const Name* delegation_above(const Name& name) const
    {
        for (std::size_t count = origin_.label_count() + 1; count <= name.label_count(); ++count)
            if (const auto* ns = find(name.last(count), Type::ns)) return &ns->record.owner;
        return nullptr;
    }

    void check_apex()
    {
        const PlacedRecord* soa = nullptr;
        for (const PlacedRecord& placed : records_) {
            if (placed.record.type != Type::soa || !placed.record.owner.is_at_or_below(origin_)) continue;
            if (placed.record.owner != origin_)
                problems_.report(placed.at, "zone.soa_elsewhere", {format(placed.record.owner), format(origin_)});
            else if (soa == nullptr)
                soa = &placed;
            else if (!same_data(Type::soa, soa->record.data, placed.record.data))
                problems_.report(placed.at, "zone.two_soa", {std::to_string(soa->at.line)});
        }
        if (soa == nullptr) problems_.report({}, "zone.no_soa", {format(origin_)});
        if (find(origin_, Type::ns) == nullptr)
            problems_.report(soa != nullptr ? soa->at : ZonePlace{}, "zone.no_ns", {format(origin_)});
    }

    /// RFC 1034 §3.6.2, RFC 2181 §10.1: a CNAME stands alone.
    void check_aliases(const Name& name, const Node& sets)
    {
        const PlacedRecord* const cname = find(name, Type::cname);
        if (cname == nullptr) return;
        for (const auto& [type, records] : sets) {
            if (type == Type::cname) {
                for (const PlacedRecord* each : records)
                    if (!same_data(type, each->record.data, cname->record.data))
                        problems_.report(each->at, "zone.two_cnames", {format(name), std::to_string(cname->at.line)});
            } else if (type != Type::nsec && type != Type::rrsig && type != Type::key && type != Type::sig &&
                       type != Type::nxt) {
                const PlacedRecord& other = *records.front();
                const bool later = other.at > cname->at;
                problems_.report(later ? other.at : cname->at, "zone.cname_and_other",
                                 {format(name), std::to_string(later ? cname->at.line : other.at.line)});
                return;
            }
        }
    }

    void check_record(const PlacedRecord& placed)
    {
        const Record& record = placed.record;
        if (!record.owner.is_at_or_below(origin_))
            return problems_.report(placed.at, "zone.out_of_zone", {format(record.owner), format(origin_)});

        const Name* const child = delegation_above(record.owner);
        const bool is_address = record.type == Type::a || record.type == Type::aaaa;
        if (child != nullptr && !is_address && !(record.type == Type::ns && record.owner == *child) &&
            record.type != Type::ds && record.type != Type::nsec && record.type != Type::rrsig)
            problems_.report(placed.at, "zone.below_delegation", {format(record.owner), format(*child)});

        if (is_address || record.type == Type::mx) {
            const Name host = record.owner.is_wildcard() ? record.owner.parent() : record.owner;
            if (!is_host_name(host))
                problems_.report(placed.at, "zone.no_host_name", {format(record.owner), format(record.type)});
        }
        if (const auto host = host_of(record)) check_host(placed, *host);
    }

    /// The host that a record leads to: RFC 2181 §10.3, RFC 1035 §3.3.11, RFC 2782.
    void check_host(const PlacedRecord& placed, const Name& host)
    {
        const Type type = placed.record.type;
        if (host.is_root() && type != Type::ns) return; // null MX, no such service
        if (!is_host_name(host)) problems_.report(placed.at, "zone.no_host_name", {format(host), format(type)});
        if (!host.is_at_or_below(origin_)) return; // others know

        const bool is_ns = type == Type::ns;
        const Name* const child = delegation_above(host);
        if (child != nullptr && (!is_ns || host != *child || placed.record.owner != *child)) {
            if (find(host, Type::a) != nullptr || find(host, Type::aaaa) != nullptr) return;
            if (!is_ns) return; // the child knows
            const bool own = host.is_at_or_below(placed.record.owner);
            return problems_.report(placed.at, own ? "zone.missing_glue" : "zone.missing_sibling_glue",
                                    {format(host), format(*child)});
        }
        if (const auto* cname = find_answer(host, Type::cname))
            return problems_.report(placed.at,
                                    is_ns              ? "zone.ns_is_alias"
                                    : type == Type::mx ? "zone.mx_is_alias"
                                                       : "zone.srv_is_alias",
                                    {format(host), std::to_string(cname->at.line)});
        if (find_answer(host, Type::a) != nullptr || find_answer(host, Type::aaaa) != nullptr) return;
        if (is_ns && child != nullptr)
            return problems_.report(placed.at, "zone.missing_glue", {format(host), format(*child)});
        problems_.report(placed.at,
                         is_ns              ? "zone.ns_without_address"
                         : type == Type::mx ? "zone.mx_without_address"
                                            : "zone.srv_without_address",
                         {format(host)});
    }

    const Name& origin_;
    const std::vector<PlacedRecord>& records_;
    ZoneProblems& problems_;
    std::map<Name, Node> nodes_;
};

} // namespace

void check_zone(const Name& origin, const std::vector<PlacedRecord>& records, ZoneProblems& problems)
{
    ZoneChecker{origin, records, problems}.check();
}

} // namespace tegami::dns
