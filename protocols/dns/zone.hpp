#pragma once
/// A zone as its name server holds it: the tree of names of RFC 1034 §4.2, with sets of records at its nodes.

#include "protocols/dns/record.hpp"
#include "protocols/dns/zone_text.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace tegami::dns {

/// Records of one owner, type and TTL. RFC 2181 §5.
struct Rrset {
    Name owner;
    Type type{};
    std::uint32_t ttl = 0; ///< seconds
    std::vector<Rdata> data;

    /// Appends the set's records, with `as_owner` for their owner.
    void append_to(std::vector<Record>& records, const Name& as_owner) const;
    void append_to(std::vector<Record>& records) const { append_to(records, owner); }
};

class Zone {
  public:
    /// A name that exists, if only because one below it does: then without sets (an empty non-terminal, RFC 4592 §2.2.2).
    struct Node {
        std::vector<Rrset> sets; ///< by type
        const Rrset* find(Type type) const;
    };
    using Nodes = std::map<Name, Node>; // canonical order: a name before all below it

    /// `records` have passed `check_zone`: there is an SOA at `origin`. Those outside the zone, and what comes twice, are left
    /// out.
    Zone(Name origin, const std::vector<Record>& records);

    const Name& origin() const { return origin_; }
    const Nodes& nodes() const { return nodes_; }
    const Node* find(const Name& name) const;
    const Rrset& soa() const { return *apex_->find(Type::soa); }
    /// The SOA as it goes with an answer that says no, its TTL that of the negative answer. RFC 2308 §3.
    Record negative_soa() const;

    /// Where the search for a name ends. RFC 1034 §4.3.2, step 3.
    struct Found {
        enum class Kind : std::uint8_t {
            node,       ///< a. the name exists
            delegation, ///< b. the name is at or below a cut: `node` has its NS set
            wildcard,   ///< c. `node` is that of a wildcard which stands for the name
            nothing,    ///< the name does not exist
        };
        Kind kind = Kind::nothing;
        const Node* node = nullptr;
    };
    /// `name` is at or below the origin. DS lies above a cut, NS and all else below (RFC 4035 §3.1.4.1).
    Found search(const Name& name, Type type) const;

    std::size_t record_count() const;

  private:
    Name origin_;
    Nodes nodes_;
    const Node* apex_ = nullptr;
};

/// Reads and checks a zone's text; nothing where `problems`, empty before, has got errors.
std::optional<Zone> load_zone(std::string_view text, const Name& origin, ZoneProblems& problems,
                              const ZoneTextOptions& options = {});

/// The zones of a name server.
class Zones {
  public:
    /// In place of one of the same origin.
    void add(Zone zone, bool allows_transfer = false);
    /// The zone nearest above `name`, or of that name; null where there is none. RFC 1034 §4.3.2, step 2.
    const Zone* find(const Name& name) const;
    /// Of exactly that name.
    const Zone* find_exactly(const Name& origin) const;
    /// Whether anybody may have the whole zone (RFC 5936 §5).
    bool allows_transfer(const Zone& zone) const;
    bool empty() const { return zones_.empty(); }

  private:
    struct Entry {
        std::unique_ptr<const Zone> zone;
        bool allows_transfer = false;
    };
    std::map<Name, Entry> zones_;
};

} // namespace tegami::dns
