#pragma once
/// Resource records. RFC 1035 §3.2 and §3.3; RFC 3596 (AAAA), RFC 2782 (SRV), RFC 7505 (null MX), RFC 3597 (all others).
///
/// A record's data is kept as octets, with the names in it uncompressed. A, AAAA, CNAME, NS, PTR, MX, TXT, SOA and SRV have
/// types of their own to make it of and to read it as:
///
///     const Record record = make_record(owner, 3600, Mx{10, exchange});
///     if (const auto mx = record.as<Mx>()) …

#include "protocols/dns/name.hpp"
#include "protocols/dns/type.hpp"
#include "protocols/wire/address.hpp"

#include <string>
#include <vector>

namespace tegami::dns {

inline constexpr std::size_t largest_rdata = 0xFFFF;         // octets, RFC 1035 §3.2.1
inline constexpr std::size_t largest_character_string = 255; // octets, RFC 1035 §3.3
inline constexpr std::uint32_t largest_ttl = 0x7FFF'FFFF;    // seconds, RFC 2181 §8

// The data of the types that have a name here, with the fields of their RFCs. --------------------------------------------

/// RFC 1035 §3.4.1. An IPv4 address.
struct A {
    static constexpr Type type = Type::a;
    wire::Address address = wire::Address::v4(0);
    bool operator==(const A&) const = default;
};
/// RFC 3596 §2.2. Any sixteen octets.
struct Aaaa {
    static constexpr Type type = Type::aaaa;
    wire::Address address;
    bool operator==(const Aaaa&) const = default;
};
/// RFC 1035 §3.3.11.
struct Ns {
    static constexpr Type type = Type::ns;
    Name nsdname;
    bool operator==(const Ns&) const = default;
};
/// RFC 1035 §3.3.1.
struct Cname {
    static constexpr Type type = Type::cname;
    Name cname;
    bool operator==(const Cname&) const = default;
};
/// RFC 1035 §3.3.12.
struct Ptr {
    static constexpr Type type = Type::ptr;
    Name ptrdname;
    bool operator==(const Ptr&) const = default;
};
/// RFC 1035 §3.3.9.
struct Mx {
    static constexpr Type type = Type::mx;
    std::uint16_t preference = 0;
    Name exchange;
    /// The domain takes no mail. RFC 7505 §3.
    bool is_null() const { return exchange.is_root(); }
    bool operator==(const Mx&) const = default;
};
/// RFC 1035 §3.3.14. One or more strings of at most 255 octets.
struct Txt {
    static constexpr Type type = Type::txt;
    std::vector<std::string> strings;
    bool operator==(const Txt&) const = default;
};
/// RFC 1035 §3.3.13.
struct Soa {
    static constexpr Type type = Type::soa;
    Name mname, rname;
    std::uint32_t serial = 0;
    std::uint32_t refresh = 0, retry = 0, expire = 0; ///< seconds
    std::uint32_t minimum = 0;                        ///< seconds: bounds the TTL of negative answers, RFC 2308 §4
    bool operator==(const Soa&) const = default;
};
/// RFC 2782.
struct Srv {
    static constexpr Type type = Type::srv;
    std::uint16_t priority = 0, weight = 0, port = 0;
    Name target;
    bool operator==(const Srv&) const = default;
};

/// The octets of a record's data, names in it uncompressed. Up to 46 octets need no memory beside the object.
class Rdata {
  public:
    Rdata() = default;
    explicit Rdata(wire::Octets octets) : octets_(octets) {}
    Rdata(wire::Octets head, wire::Octets tail) : octets_(head, tail) {}
    /// `size` octets at a place where `roomy` of them may be read.
    static constexpr std::size_t roomy = CompactOctets<46>::roomy;
    Rdata(const std::uint8_t* roomy_octets, std::size_t size) : octets_(roomy_octets, size) {}
    /// Becomes what `write(Filler&)` writes, the same each time: at most 65,535 octets; none where it returns false.
    template <class Write>
    void fill(Write write)
    {
        octets_.fill(write);
    }
    Rdata(const A& data);
    Rdata(const Aaaa& data);
    Rdata(const Ns& data);
    Rdata(const Cname& data);
    Rdata(const Ptr& data);
    Rdata(const Mx& data);
    Rdata(const Txt& data);
    Rdata(const Soa& data);
    Rdata(const Srv& data);

    wire::Octets octets() const { return octets_.octets(); }
    std::size_t size() const { return octets_.size(); }
    /// How many octets may be read from the first on, whatever they are behind `size()`.
    std::size_t readable() const { return octets_.readable(); }

    /// Octet for octet. What differs in the case of a name only: `same_data`.
    bool operator==(const Rdata& other) const;

  private:
    CompactOctets<46> octets_;
};

/// Reads data as T; nothing where the octets are no such data.
template <class T>
std::optional<T> read_data(const Rdata& data);
template <>
std::optional<A> read_data(const Rdata& data);
template <>
std::optional<Aaaa> read_data(const Rdata& data);
template <>
std::optional<Ns> read_data(const Rdata& data);
template <>
std::optional<Cname> read_data(const Rdata& data);
template <>
std::optional<Ptr> read_data(const Rdata& data);
template <>
std::optional<Mx> read_data(const Rdata& data);
template <>
std::optional<Txt> read_data(const Rdata& data);
template <>
std::optional<Soa> read_data(const Rdata& data);
template <>
std::optional<Srv> read_data(const Rdata& data);

/// RFC 1035 §3.2.1.
struct Record {
    Name owner{};
    Type type{};
    Class rr_class = Class::in;
    std::uint32_t ttl = 0; ///< seconds, at most 2^31-1
    Rdata data{};

    /// The data as that of T, where the record is of that type (and not the empty one of an update, RFC 2136 §2.4).
    template <class T>
    std::optional<T> as() const
    {
        if (type != T::type) return std::nullopt;
        return read_data<T>(data);
    }

    /// Octet for octet, except for the case of the owner.
    bool operator==(const Record&) const = default;
};

/// A record of class IN.
template <class T>
Record make_record(Name owner, std::uint32_t ttl, const T& data)
{
    return {std::move(owner), T::type, Class::in, ttl, Rdata{data}};
}

/// The name of a host that NS, MX or SRV lead to, whose addresses go beside it; nothing for other types. RFC 1035 §3.3.9,
/// §3.3.11; RFC 2782.
std::optional<Name> host_of(const Record& record);

/// Data with the names in it in lower case. RFC 4034 §6.2.
wire::OctetBuffer canonical_data(Type type, const Rdata& data);
/// Data of the same type is the same: names in the types of RFC 1035 and those that RFC 3597 §7 adds without regard to
/// their case, all else octet for octet.
bool same_data(Type type, const Rdata& a, const Rdata& b);
/// The order in which records of a set are listed: by the octets of their data with names in lower case. RFC 4034 §6.3.
std::strong_ordering compare_data(Type type, const Rdata& a, const Rdata& b);

/// Data as in a zone file: "10 mx1.example.", or `\# 4 0a000001` where a type has no text of its own here. RFC 1035 §5.1,
/// RFC 3597 §5.
std::string format_data(Type type, const Rdata& data);
/// A line of a zone file without its end: "example. 3600 IN MX 10 mx1.example.".
std::string format(const Record& record);

} // namespace tegami::dns
