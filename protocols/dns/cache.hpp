#pragma once
/// What a resolver has been told and still believes. RFC 1034 §5.3.3, RFC 1035 §7.4; RFC 2181 §5 (sets of records, and how
/// far they are believed), RFC 2308 (what is not there), RFC 9520 (what could not be found out).
///
/// Sets of records come and go whole. A set of higher credibility is not replaced by one of lower while it is valid. Time
/// is an argument. What is used least recently goes first when there is no more room.
///
/// Left out: an NXDOMAIN says nothing here about the names below it (RFC 8020), and what has expired is never given, not
/// even when no server answers (RFC 8767).

#include "protocols/dns/note.hpp"
#include "protocols/wire/time.hpp"

#include <list>
#include <unordered_map>

namespace tegami::dns {

using wire::Duration;
using wire::Time;

inline constexpr std::uint32_t longest_ttl_kept = 2 * 24 * 60 * 60; // seconds, RFC 2181 §8 lets a receiver choose
inline constexpr std::uint32_t longest_negative_ttl_kept = 60 * 60; // seconds, RFC 2308 §5 advises one to three hours
inline constexpr std::uint32_t failure_ttl = 5;       // seconds, RFC 9520 §3.2: one second to five minutes
inline constexpr std::size_t cache_octets = 16 << 20; // of all entries, about

/// Records of one owner, type and class: a set, RFC 2181 §5.
using RecordSet = std::vector<Record>;

class Cache {
  public:
    explicit Cache(Notes& notes, std::size_t octets = cache_octets) : notes_(notes), octets_allowed_(octets) {}

    enum class What : std::uint8_t {
        records,
        no_data,      ///< the name has no records of the type
        no_such_name, ///< NXDOMAIN
        failure,      ///< nobody could be asked
    };
    struct Found {
        What what{};
        /// With the TTLs that are left. The SOA where something is not there; nothing of a failure.
        RecordSet records;
        Credibility credibility{};
    };

    /// What is known of a name and type, and believed at least so far. Notes a hit.
    std::optional<Found> find(Time now, const Name& name, Type type, Credibility at_least);
    /// The same without a note, and nothing but records.
    RecordSet look(Time now, const Name& name, Type type);

    /// Records of the same owner, type and class, at least one. Their TTL is the lowest among them (RFC 2181 §5.2), at
    /// most `longest_ttl_kept`; with none they are not kept (RFC 1035 §3.2.1).
    ///
    /// An NS set that takes the place of a valid one does not live longer than that: else a zone could keep its delegation
    /// alive for ever after its parent has taken it away.
    void put(Time now, const RecordSet& set, Credibility credibility);
    /// RFC 2308 §5: for as long as the SOA's TTL and its MINIMUM allow, and an hour.
    void put_no_data(Time now, const Name& name, Type type, const Record& soa, Credibility credibility);
    /// For all types of the name.
    void put_no_such_name(Time now, const Name& name, const Record& soa, Credibility credibility);
    /// RFC 9520 §3: the same question is not asked again at once. What else is known of the name stays.
    void put_failure(Time now, const Name& name, Type type);

    std::size_t size() const { return entries_.size(); }
    std::size_t octets() const { return octets_; }
    void clear();

  private:
    struct Key {
        Name name;
        Type type{};
        bool failure = false; ///< kept apart: it takes nothing from what else is known
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const
        {
            return key.name.hash() ^ static_cast<std::size_t>(key.type) * 0x9E37'79B9'7F4A'7C15;
        }
    };
    struct Entry {
        Key key;
        What what{};
        RecordSet records;
        Credibility credibility{};
        Time expires;
        std::size_t octets = 0;
    };
    using Entries = std::list<Entry>; // the last used first

    /// The entry of a key that is still valid; else it is forgotten.
    Entry* valid(Time now, const Key& key);
    void put(Time now, Entry entry);
    void forget(Entries::iterator entry);
    static std::uint32_t seconds_left(Time now, const Entry& entry)
    {
        return static_cast<std::uint32_t>((entry.expires - now).ns / 1'000'000'000);
    }
    static RecordSet counted_down(Time now, const Entry& entry);
    void note(CacheChange change, Time now, const Entry& entry);

    Notes& notes_;
    std::size_t octets_allowed_;
    std::size_t octets_ = 0;
    Entries entries_;
    std::unordered_map<Key, Entries::iterator, KeyHash> by_key_; // only looked up
};

} // namespace tegami::dns
