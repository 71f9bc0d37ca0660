#pragma once
/// Which way to an IPv4 address: the longest prefix that holds it. RFC 1812 §5.2.4.3.

#include "sim/net/frame.hpp"

#include <bit>

namespace tegami::net {

struct Route {
    NicId nic{};
    std::uint32_t next_hop = 0; ///< the address to resolve; 0: the destination itself
};

/// A hash table for each prefix length that occurs; looked up from the longest on.
class PrefixTable {
  public:
    /// The last one put for a prefix counts. `address` is in host order; bits behind `length` are ignored.
    void put(std::uint32_t address, unsigned length, Route route);
    const Route* find(std::uint32_t address) const
    {
        for (const Length& l : lengths_) {
            const std::uint32_t key = address & l.mask;
            for (std::size_t i = place(l, key);; i = (i + 1) & (l.entries.size() - 1)) {
                const Entry& entry = l.entries[i];
                if (!entry.used) break;
                if (entry.key == key) return &entry.route;
            }
        }
        return nullptr;
    }
    std::size_t size() const;

  private:
    struct Entry {
        std::uint32_t key = 0;
        bool used = false;
        Route route;
    };
    struct Length {
        unsigned length = 0;
        std::uint32_t mask = 0;
        std::size_t count = 0;
        std::vector<Entry> entries; // a power of two, at most half used
    };
    static std::size_t place(const Length& l, std::uint32_t key)
    {
        const std::uint64_t hash = (key + std::uint64_t{1}) * 0x9E37'79B9'7F4A'7C15;
        return static_cast<std::size_t>(hash >> (64 - std::bit_width(l.entries.size() - 1 | 1)));
    }
    static void insert(Length& l, std::uint32_t key, Route route);

    std::vector<Length> lengths_; // longest first
};

} // namespace tegami::net
