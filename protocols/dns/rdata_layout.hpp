#pragma once
/// What the data of a record is made of, as far as that has to be known to carry it: where names lie in it, which a message
/// may compress. RFC 1035 §3.3 and §3.4, RFC 3597 §4, RFC 1183, RFC 2163, RFC 2535, RFC 2782, RFC 3403, RFC 3596.

#include "protocols/dns/record.hpp"
#include "protocols/wire/reader.hpp"

#include <array>

namespace tegami::dns {

enum class Part : char {
    name = 'n',
    octets_2 = '2',
    octets_4 = '4',
    octets_16 = '6',
    string = 's',   ///< <character-string>
    strings = 't',  ///< one or more of them, to the end
    anything = 'r', ///< to the end
};

/// What becomes of the names in data.
enum class NamesInside : std::uint8_t {
    none,
    plain,      ///< never compressed, but read where they come compressed
    compressed, ///< RFC 1035 knew the type, so everyone can read it (RFC 3597 §4)
};

struct RdataLayout {
    std::string_view parts = "r"; ///< each character a Part
    NamesInside names = NamesInside::none;
    bool in_class_in_alone = false; ///< anything in other classes
};

namespace detail {

constexpr RdataLayout layout_in_class_in(Type type)
{
    using enum NamesInside;
    switch (type) {
    case Type::ns:
    case Type::md:
    case Type::mf:
    case Type::cname:
    case Type::mb:
    case Type::mg:
    case Type::mr:
    case Type::ptr: return {"n", compressed};
    case Type::soa: return {"nn44444", compressed};
    case Type::mx: return {"2n", compressed};
    case Type::minfo: return {"nn", compressed};
    case Type::hinfo: return {"ss"};
    case Type::txt:
    case Type::spf: return {"t"};
    case Type::rp: return {"nn", plain};
    case Type::afsdb:
    case Type::rt: return {"2n", plain};
    case Type::px: return {"2nn", plain};
    case Type::sig: return {"224442nr", plain};
    case Type::nxt: return {"nr", plain};
    case Type::naptr: return {"22sssn", plain};
    case Type::a: return {"4", none, true};
    case Type::aaaa: return {"6", none, true};
    case Type::srv: return {"222n", plain, true};
    default: return {};
    }
}

inline constexpr auto layouts = [] {
    std::array<RdataLayout, static_cast<std::size_t>(Type::spf) + 1> all; // SPF has the highest number of these
    for (std::size_t type = 0; type < all.size(); ++type) all[type] = layout_in_class_in(static_cast<Type>(type));
    return all;
}();
inline constexpr RdataLayout anything;

} // namespace detail

constexpr const RdataLayout& layout_of(Type type, Class rr_class)
{
    const auto number = static_cast<std::size_t>(type);
    if (number >= detail::layouts.size()) return detail::anything;
    const RdataLayout& layout = detail::layouts[number];
    return layout.in_class_in_alone && rr_class != Class::in ? detail::anything : layout;
}

/// The data of a record inside a message: `size` octets from where `in` stands, names in it with their pointers followed.
/// That names of types which RFC 1035 does not know come compressed is against the rules, and read (RFC 3597 §4).
/// Pointers to `first` end there. Gives no data where `in` fails.
void read_rdata(wire::Reader& in, Type type, Class rr_class, std::size_t size, FirstName first, Rdata& data);

/// True where the octets are data of that type. Names must not be compressed.
bool is_well_formed(Type type, Class rr_class, wire::Octets data);

} // namespace tegami::dns
