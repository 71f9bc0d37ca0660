#pragma once
/// The text of a zone, a master file: RFC 1035 §5, RFC 2308 §4 ($TTL), RFC 3597 §5, and TTLs with units as BIND writes them.
///
/// The zone is of class IN. $INCLUDE is refused, for a text here has no other files beside it; so is BIND's $GENERATE. Where
/// neither a TTL nor $TTL stands, the last TTL written holds (RFC 1035 §5.1); an SOA without one makes its MINIMUM do for $TTL.

#include "protocols/dns/record.hpp"
#include "protocols/dns/zone_problem.hpp"

#include <optional>
#include <vector>

namespace tegami::dns {

struct PlacedRecord {
    Record record;
    ZonePlace at; ///< of its owner, or where that is left out, of its first word
};

struct ZoneTextOptions {
    /// What $TTL says where the text does not, in seconds.
    std::optional<std::uint32_t> default_ttl;
};

/// Every record of the text that makes sense, in its order; the others, and what is odd, are reported.
std::vector<PlacedRecord> parse_zone_text(std::string_view text, const Name& origin, ZoneProblems& problems,
                                          const ZoneTextOptions& options = {});

/// The checks on a zone as a whole that named-checkzone makes: SOA and NS at the apex, a CNAME alone, name servers and mail
/// exchanges that have addresses and are no aliases, glue, names outside. RFC 1034 §3.6.2, §4.2.1; RFC 1912 §2.
void check_zone(const Name& origin, const std::vector<PlacedRecord>& records, ZoneProblems& problems);

/// The zone's text in one form: $ORIGIN, then a line a record, SOA first, by owner in canonical order, then type and data;
/// names are written whole, with their final dot. RFC 4034 §6.
std::string format_zone(const Name& origin, std::vector<Record> records);

} // namespace tegami::dns
