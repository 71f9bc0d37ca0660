#pragma once
/// The numbers of DNS and their text forms: IANA, "Domain Name System (DNS) Parameters"; RFC 3597 §5 for those without a
/// name (TYPE731, CLASS32).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tegami::dns {

/// TYPE and QTYPE. Those not named here are as good (RFC 3597).
enum class Type : std::uint16_t {
    a = 1,
    ns = 2,
    md = 3,
    mf = 4,
    cname = 5,
    soa = 6,
    mb = 7,
    mg = 8,
    mr = 9,
    null = 10,
    wks = 11,
    ptr = 12,
    hinfo = 13,
    minfo = 14,
    mx = 15,
    txt = 16,
    rp = 17,
    afsdb = 18,
    rt = 21,
    sig = 24,
    key = 25,
    px = 26,
    aaaa = 28,
    loc = 29,
    nxt = 30,
    srv = 33,
    naptr = 35,
    kx = 36,
    cert = 37,
    dname = 39,
    opt = 41,
    ds = 43,
    sshfp = 44,
    rrsig = 46,
    nsec = 47,
    dnskey = 48,
    nsec3 = 50,
    nsec3param = 51,
    tlsa = 52,
    smimea = 53,
    cds = 59,
    cdnskey = 60,
    openpgpkey = 61,
    svcb = 64,
    https = 65,
    spf = 99,
    tkey = 249,
    tsig = 250,
    ixfr = 251,
    axfr = 252,
    mailb = 253,
    maila = 254,
    any = 255, ///< "*" of RFC 1035 §3.2.3
    uri = 256,
    caa = 257,
};

/// CLASS and QCLASS.
enum class Class : std::uint16_t {
    in = 1,
    ch = 3,
    hs = 4,
    none = 254, ///< RFC 2136
    any = 255,  ///< "*" of RFC 1035 §3.2.5
};

enum class Opcode : std::uint8_t {
    query = 0,
    iquery = 1,
    status = 2,
    notify = 4,
    update = 5,
    dso = 6, ///< stateful operations, RFC 8490
};

/// The header's four bits, and above 15 with EDNS's eight before them. RFC 6891 §6.1.3.
enum class Rcode : std::uint16_t {
    noerror = 0,
    formerr = 1,
    servfail = 2,
    nxdomain = 3,
    notimp = 4,
    refused = 5,
    yxdomain = 6,
    yxrrset = 7,
    nxrrset = 8,
    notauth = 9,
    notzone = 10,
    badvers = 16,
    badkey = 17,
    badtime = 18,
    badmode = 19,
    badname = 20,
    badalg = 21,
    badtrunc = 22,
    badcookie = 23,
};

/// "MX", "TYPE731".
std::string format(Type type);
/// "IN", "CLASS32".
std::string format(Class rr_class);
/// "QUERY", "OPCODE7".
std::string format(Opcode opcode);
/// "NXDOMAIN", "RCODE12".
std::string format(Rcode rcode);

/// Case does not matter. Nothing where the word is none.
std::optional<Type> parse_type(std::string_view text);
std::optional<Class> parse_class(std::string_view text);

/// Only asked for, or only about a message: no zone holds such records. RFC 6895 §3.1, "QTYPE" and "Meta-TYPE".
constexpr bool is_meta(Type type)
{
    return type == Type{0} || type == Type::opt || (type >= Type{128} && type <= Type::any);
}

} // namespace tegami::dns
