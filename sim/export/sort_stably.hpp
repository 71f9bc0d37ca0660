#pragma once
/// Sorting that keeps the order of what is equal. (The standard library's own asks for deprecated memory.)

#include <algorithm>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace tegami::exporting {

/// Sorts by a key; what is equal keeps its order.
template <class T, class Key>
void sort_stably(std::vector<T>& values, Key key)
{
    std::vector<std::pair<std::decay_t<std::invoke_result_t<Key, const T&>>, std::size_t>> order;
    order.reserve(values.size());
    for (const T& value : values) order.emplace_back(std::invoke(key, value), order.size());
    if (std::ranges::is_sorted(order)) return;
    std::ranges::sort(order);
    std::vector<T> sorted;
    sorted.reserve(values.size());
    for (const auto& [unused, index] : order) sorted.push_back(std::move(values[index]));
    values = std::move(sorted);
}

} // namespace tegami::exporting
