#include "protocols/dns/cache.hpp"

#include <algorithm>

namespace tegami::dns {

namespace {

/// Where it is kept that a name does not exist: no record is of type 0 (RFC 6895 §3.1).
constexpr Type every_type{0};

/// RFC 2181 §8: a TTL with its highest bit set is none.
std::uint32_t sane_ttl(std::uint32_t ttl) { return ttl > largest_ttl ? 0 : ttl; }

Time after_seconds(Time now, std::uint32_t seconds) { return now + wire::seconds(seconds); }

} // namespace

std::optional<Cache::Found> Cache::find(Time now, const Name& name, Type type, Credibility at_least)
{
    for (const Key& key : {Key{name, type}, Key{name, every_type}, Key{name, type, true}}) {
        const Entry* const entry = valid(now, key);
        if (!entry || entry->credibility < at_least) continue;
        note(CacheChange::hit, now, *entry);
        return Found{entry->what, counted_down(now, *entry), entry->credibility};
    }
    return std::nullopt;
}

RecordSet Cache::look(Time now, const Name& name, Type type)
{
    const Entry* const entry = valid(now, {name, type});
    if (!entry || entry->what != What::records) return {};
    return counted_down(now, *entry);
}

void Cache::put(Time now, const RecordSet& set, Credibility credibility)
{
    Entry entry{{set.front().owner, set.front().type}, What::records, {}, credibility, {}, 0};
    std::uint32_t ttl = longest_ttl_kept;
    for (const Record& record : set) ttl = std::min(ttl, sane_ttl(record.ttl));
    if (ttl == 0) return;
    entry.expires = after_seconds(now, ttl);
    for (const Record& record : set) { // RFC 2181 §5: no two alike
        const auto same = [&](const Record& kept) { return same_data(record.type, kept.data, record.data); };
        if (std::ranges::none_of(entry.records, same)) entry.records.push_back(record);
    }

    if (entry.key.type == Type::ns)
        if (const Entry* const before = valid(now, entry.key); before && before->what == What::records)
            entry.expires = std::min(entry.expires, before->expires);
    if (credibility > Credibility::additional) // it exists after all
        if (const auto absent = by_key_.find({entry.key.name, every_type}); absent != by_key_.end())
            forget(absent->second);
    put(now, std::move(entry));
}

void Cache::put_no_data(Time now, const Name& name, Type type, const Record& soa, Credibility credibility)
{
    const auto data = soa.as<Soa>();
    if (!data) return;
    const std::uint32_t ttl =
        std::min({sane_ttl(soa.ttl), sane_ttl(data->minimum), longest_negative_ttl_kept}); // RFC 2308 §5
    if (ttl == 0) return;
    put(now, {{name, type},
              type == every_type ? What::no_such_name : What::no_data,
              {soa},
              credibility,
              after_seconds(now, ttl),
              0});
}

void Cache::put_no_such_name(Time now, const Name& name, const Record& soa, Credibility credibility)
{
    put_no_data(now, name, every_type, soa, credibility);
}

void Cache::put_failure(Time now, const Name& name, Type type)
{
    put(now, {{name, type, true},
              What::failure,
              {},
              Credibility::answer_not_authoritative,
              after_seconds(now, failure_ttl),
              0});
}

void Cache::clear()
{
    entries_.clear();
    by_key_.clear();
    octets_ = 0;
}

Cache::Entry* Cache::valid(Time now, const Key& key)
{
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    const auto entry = found->second;
    if (entry->expires <= now) {
        note(CacheChange::expired, entry->expires, *entry);
        forget(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return &*entry;
}

void Cache::put(Time now, Entry entry)
{
    if (const Entry* const before = valid(now, entry.key)) {
        if (before->credibility > entry.credibility) return; // RFC 2181 §5.4.1
        forget(by_key_.find(entry.key)->second);
    }
    entry.octets = sizeof(Entry) + entry.key.name.size();
    for (const Record& record : entry.records)
        entry.octets += sizeof(Record) + record.owner.size() + record.data.size();
    if (entry.octets > octets_allowed_) return;
    while (octets_ + entry.octets > octets_allowed_) {
        const auto oldest = std::prev(entries_.end());
        note(CacheChange::evicted, std::min(now, oldest->expires), *oldest);
        forget(oldest);
    }
    octets_ += entry.octets;
    entries_.push_front(std::move(entry));
    by_key_.emplace(entries_.front().key, entries_.begin());
    note(CacheChange::put, now, entries_.front());
}

void Cache::forget(Entries::iterator entry)
{
    octets_ -= entry->octets;
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

RecordSet Cache::counted_down(Time now, const Entry& entry)
{
    RecordSet set = entry.records;
    for (Record& record : set) record.ttl = seconds_left(now, entry);
    return set;
}

void Cache::note(CacheChange change, Time now, const Entry& entry)
{
    notes_.add(Cached{.change = change,
                      .name = entry.key.name,
                      .type = entry.key.type,
                      .negative = entry.what != What::records,
                      .ttl = seconds_left(now, entry),
                      .records = counted_down(now, entry),
                      .credibility = entry.credibility,
                      .spans = {}});
}

} // namespace tegami::dns
