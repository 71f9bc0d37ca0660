#pragma once
/// The text of records' data: which fields each type has, and how they are read. RFC 1035 §3.3 and §5.1; RFC 1183, RFC 2163,
/// RFC 2230, RFC 2782, RFC 3403, RFC 3596, RFC 4034, RFC 4255, RFC 6672, RFC 6698, RFC 7553, RFC 7929, RFC 8659.

#include "protocols/dns/record.hpp"
#include "protocols/dns/zone_scan.hpp"

#include <array>

namespace tegami::dns {

enum class Field : char {
    name = 'n',
    number_1 = '1', ///< of one octet
    number_2 = '2',
    number_4 = '4',
    period = 'p', ///< seconds in four octets; read with units as a TTL is
    ipv4 = 'a',
    ipv6 = '6',
    string = 's',  ///< <character-string>
    strings = 't', ///< one or more of them, to the end
    value = 'v',   ///< a string to the end of the data, without a length
    hex = 'x',     ///< to the end
    base64 = 'b',  ///< to the end
};

struct DataText {
    std::string_view fields;                 ///< each character a Field; empty: the type has no text but `\#`
    std::array<std::string_view, 7> names{}; ///< what the RFC calls them
};

constexpr DataText data_text_of(Type type)
{
    switch (type) {
    case Type::a: return {"a", {"address"}};
    case Type::aaaa: return {"6", {"address"}};
    case Type::ns: return {"n", {"nsdname"}};
    case Type::cname: return {"n", {"cname"}};
    case Type::ptr: return {"n", {"ptrdname"}};
    case Type::dname: return {"n", {"target"}};
    case Type::md:
    case Type::mf:
    case Type::mb: return {"n", {"madname"}};
    case Type::mg: return {"n", {"mgmname"}};
    case Type::mr: return {"n", {"newname"}};
    case Type::soa: return {"nn4pppp", {"mname", "rname", "serial", "refresh", "retry", "expire", "minimum"}};
    case Type::mx: return {"2n", {"preference", "exchange"}};
    case Type::minfo: return {"nn", {"rmailbx", "emailbx"}};
    case Type::hinfo: return {"ss", {"cpu", "os"}};
    case Type::txt:
    case Type::spf: return {"t", {"txt-data"}};
    case Type::rp: return {"nn", {"mbox-dname", "txt-dname"}};
    case Type::afsdb: return {"2n", {"subtype", "hostname"}};
    case Type::rt: return {"2n", {"preference", "intermediate-host"}};
    case Type::kx: return {"2n", {"preference", "exchanger"}};
    case Type::px: return {"2nn", {"preference", "map822", "mapx400"}};
    case Type::srv: return {"222n", {"priority", "weight", "port", "target"}};
    case Type::naptr: return {"22sssn", {"order", "preference", "flags", "services", "regexp", "replacement"}};
    case Type::ds:
    case Type::cds: return {"211x", {"key-tag", "algorithm", "digest-type", "digest"}};
    case Type::sshfp: return {"11x", {"algorithm", "fp-type", "fingerprint"}};
    case Type::tlsa:
    case Type::smimea: return {"111x", {"usage", "selector", "matching-type", "data"}};
    case Type::dnskey:
    case Type::cdnskey: return {"211b", {"flags", "protocol", "algorithm", "public-key"}};
    case Type::openpgpkey: return {"b", {"key"}};
    case Type::caa: return {"1sv", {"flags", "tag", "value"}};
    case Type::uri: return {"22v", {"priority", "weight", "target"}};
    default: return {};
    }
}

/// A time of seconds as BIND writes it: "3600", "1h30m", "2w". Nothing where it is none or over 32 bits.
std::optional<std::uint32_t> parse_period(std::string_view text);

/// Reads data, the words behind the type, relative names from `origin`. Nothing where it was wrong and is reported.
std::optional<Rdata> parse_data(Type type, ZonePlace type_at, std::span<const ZoneWord> words, const Name& origin,
                                ZoneProblems& problems);

/// Reads a name; nothing where it was none and is reported.
std::optional<Name> parse_zone_name(const ZoneWord& word, const Name& origin, ZoneProblems& problems);

} // namespace tegami::dns
