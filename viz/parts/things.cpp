#include "viz/parts/things.hpp"

#include <algorithm>

namespace tegami::parts {

void Things::add(Thing thing)
{
    constexpr float least = 24;
    const float across = std::max(0.0f, least - thing.rect.w) / 2, down = std::max(0.0f, least - thing.rect.h) / 2;
    thing.rect = thing.rect.inset(-across, -down);
    things_.push_back(std::move(thing));
}

const Thing* Things::at(Point point) const
{
    const Thing* best = nullptr;
    for (const Thing& each : things_)
        if (each.rect.contains(point)) best = &each; // drawn later: on top
    return best;
}

const Thing* Things::named(std::string_view name) const
{
    for (const Thing& each : things_)
        if (each.name == name) return &each;
    for (const Thing& each : things_)
        if (each.name.starts_with(name)) return &each;
    return nullptr;
}

std::optional<std::size_t> Things::next(Region region, std::optional<std::size_t> from, int direction) const
{
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < things_.size(); ++i)
        if (things_[i].region == region && things_[i].focusable) candidates.push_back(i);
    if (candidates.empty()) return std::nullopt;
    const auto here = from ? std::ranges::find(candidates, *from) : candidates.end();
    if (here == candidates.end()) return direction > 0 ? candidates.front() : candidates.back();
    const auto count = static_cast<std::ptrdiff_t>(candidates.size());
    return candidates[static_cast<std::size_t>((here - candidates.begin() + direction + count) % count)];
}

void Things::cover(const Rect& rect)
{
    std::erase_if(things_, [&](const Thing& each) {
        const Rect shared = each.rect.shared(rect);
        return !shared.empty() && shared.contains(each.rect.center());
    });
}

} // namespace tegami::parts
