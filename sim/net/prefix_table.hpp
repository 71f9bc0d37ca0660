#pragma once
/// Which way to an address: the longest prefix that holds it. RFC 1812 §5.2.4.3; RFC 8200's routers do the same.

#include "protocols/inet/prefix.hpp"
#include "sim/net/frame.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace tegami::net {

/// An IPv6 address as numbers.
struct Bits128 {
    std::uint64_t high = 0, low = 0;

    Bits128() = default;
    /// So that 0 is written alike for both families.
    constexpr Bits128(std::uint64_t number) : low(number) {}
    constexpr Bits128(std::uint64_t h, std::uint64_t l) : high(h), low(l) {}
    explicit Bits128(const wire::Address& address)
        : high(std::uint64_t{wire::load_u32(&address.octets[0])} << 32 | wire::load_u32(&address.octets[4])),
          low(std::uint64_t{wire::load_u32(&address.octets[8])} << 32 | wire::load_u32(&address.octets[12]))
    {
    }
    wire::Address address() const
    {
        wire::Address a;
        for (std::size_t i = 0; i < 4; ++i)
            wire::store_u32(&a.octets[4 * i],
                            static_cast<std::uint32_t>((i < 2 ? high : low) >> (i % 2 == 0 ? 32 : 0)));
        return a;
    }
    bool operator==(const Bits128&) const = default;
    friend Bits128 operator&(const Bits128& a, const Bits128& b) { return {a.high & b.high, a.low & b.low}; }
};

/// `Bits`: an address in host order, std::uint32_t for IPv4 and Bits128 for IPv6.
template <class Bits>
struct BasicRoute {
    NicId nic{};
    Bits next_hop = 0; ///< the address to resolve; 0: the destination itself
};

/// A hash table for each prefix length that occurs; looked up from the longest on.
template <class Bits>
class BasicPrefixTable {
  public:
    using Route = BasicRoute<Bits>;

    /// The last one put for a prefix counts. Bits of `address` behind `length` are ignored.
    void put(Bits address, unsigned length, Route route)
    {
        auto at = std::ranges::find_if(lengths_, [&](const Length& l) { return l.length <= length; });
        if (at == lengths_.end() || at->length != length)
            at = lengths_.insert(at, {length, mask_of(length), 0, std::vector<Entry>(2)});
        Length& l = *at;
        if (2 * (l.count + 1) > l.entries.size()) rebuild(l, 2 * l.entries.size(), nullptr);
        insert(l, address & l.mask, route);
    }
    void remove(Bits address, unsigned length)
    {
        const auto at = std::ranges::find(lengths_, length, &Length::length);
        if (at == lengths_.end()) return;
        const Bits key = address & at->mask;
        rebuild(*at, at->entries.size(), &key);
        if (at->count == 0) lengths_.erase(at);
    }
    const Route* find(Bits address) const
    {
        for (const Length& l : lengths_) {
            const Bits key = address & l.mask;
            for (std::size_t i = place(l, key);; i = (i + 1) & (l.entries.size() - 1)) {
                const Entry& entry = l.entries[i];
                if (!entry.used) break;
                if (entry.key == key) return &entry.route;
            }
        }
        return nullptr;
    }
    std::size_t size() const
    {
        std::size_t count = 0;
        for (const Length& l : lengths_) count += l.count;
        return count;
    }

  private:
    struct Entry {
        Bits key = 0;
        bool used = false;
        Route route;
    };
    struct Length {
        unsigned length = 0;
        Bits mask = 0;
        std::size_t count = 0;
        std::vector<Entry> entries; // a power of two, at most half used
    };

    static std::uint64_t fold(std::uint32_t bits) { return bits; }
    static std::uint64_t fold(const Bits128& bits) { return bits.high * 0xC2B2'AE3D'27D4'EB4F ^ bits.low; }
    static std::uint32_t mask(std::uint32_t, unsigned length)
    {
        return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
    }
    static Bits128 mask(const Bits128&, unsigned length)
    {
        const auto half = [](unsigned bits) { return bits == 0 ? 0 : ~std::uint64_t{0} << (64 - bits); };
        return {half(std::min(length, 64u)), half(length > 64 ? length - 64 : 0)};
    }
    static Bits mask_of(unsigned length) { return mask(Bits{}, length); }

    static std::size_t place(const Length& l, const Bits& key)
    {
        const std::uint64_t hash = (fold(key) + std::uint64_t{1}) * 0x9E37'79B9'7F4A'7C15;
        return static_cast<std::size_t>(hash >> (64 - std::bit_width(l.entries.size() - 1 | 1)));
    }
    static void insert(Length& l, const Bits& key, const Route& route)
    {
        for (std::size_t i = place(l, key);; i = (i + 1) & (l.entries.size() - 1)) {
            Entry& entry = l.entries[i];
            if (entry.used && entry.key != key) continue;
            if (!entry.used) ++l.count;
            entry = {key, true, route};
            return;
        }
    }
    static void rebuild(Length& l, std::size_t size, const Bits* without)
    {
        std::vector<Entry> before(size);
        before.swap(l.entries);
        l.count = 0;
        for (const Entry& entry : before)
            if (entry.used && (without == nullptr || !(entry.key == *without))) insert(l, entry.key, entry.route);
    }

    std::vector<Length> lengths_; // longest first
};

using Route = BasicRoute<std::uint32_t>;
using Route6 = BasicRoute<Bits128>;
using PrefixTable = BasicPrefixTable<std::uint32_t>;
using PrefixTable6 = BasicPrefixTable<Bits128>;

/// A host's ways, of both families.
struct Ways {
    PrefixTable v4;
    PrefixTable6 v6;

    /// `next_hop` of the same family; nothing: the destination itself.
    void put(const inet::Prefix& prefix, NicId nic, const std::optional<wire::Address>& next_hop)
    {
        if (prefix.is_v4())
            v4.put(prefix.address.to_v4(), prefix.length, {nic, next_hop ? next_hop->to_v4() : 0});
        else
            v6.put(Bits128{prefix.address}, prefix.length, {nic, next_hop ? Bits128{*next_hop} : Bits128{}});
    }
    void remove(const inet::Prefix& prefix)
    {
        if (prefix.is_v4())
            v4.remove(prefix.address.to_v4(), prefix.length);
        else
            v6.remove(Bits128{prefix.address}, prefix.length);
    }
};

} // namespace tegami::net
