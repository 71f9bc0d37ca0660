#include "sim/net/prefix_table.hpp"

namespace tegami::net {

void PrefixTable::insert(Length& l, std::uint32_t key, Route route)
{
    for (std::size_t i = place(l, key);; i = (i + 1) & (l.entries.size() - 1)) {
        Entry& entry = l.entries[i];
        if (entry.used && entry.key != key) continue;
        if (!entry.used) ++l.count;
        entry = {key, true, route};
        return;
    }
}

void PrefixTable::put(std::uint32_t address, unsigned length, Route route)
{
    auto at = lengths_.begin();
    while (at != lengths_.end() && at->length > length) ++at;
    if (at == lengths_.end() || at->length != length) {
        const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
        at = lengths_.insert(at, {length, mask, 0, std::vector<Entry>(2)});
    }
    Length& l = *at;
    if (2 * (l.count + 1) > l.entries.size()) {
        std::vector<Entry> before(2 * l.entries.size());
        before.swap(l.entries);
        l.count = 0;
        for (const Entry& entry : before)
            if (entry.used) insert(l, entry.key, entry.route);
    }
    insert(l, address & l.mask, route);
}

std::size_t PrefixTable::size() const
{
    std::size_t count = 0;
    for (const Length& l : lengths_) count += l.count;
    return count;
}

} // namespace tegami::net
