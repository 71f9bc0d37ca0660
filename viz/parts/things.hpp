#pragma once
/// What can be pressed on the picture of this moment. Parts name their things while they draw them; mouse, keyboard and
/// script player find them by place, by order and by name.

#include "viz/geometry/geometry.hpp"
#include "viz/model/command.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::parts {

using geometry::Point;
using geometry::Rect;

/// The regions that F6 goes through, in its order. A sheet lies over all of them.
enum class Region : std::uint8_t { app_bar, journey, stage, card, panel, timeline, gallery, sheet };

struct Thing {
    std::string name; ///< as a person would call it, in the language shown
    Rect rect;
    Region region{};
    model::Command command;
    bool focusable = true; ///< by Tab and arrows; what is small and many is not
};

class Things {
  public:
    /// Hit areas are at least 24 by 24.
    void add(Thing thing);
    std::span<const Thing> all() const { return things_; }
    /// The one on top; null where there is none.
    const Thing* at(Point point) const;
    /// By its whole name, else by its beginning; of several, the first.
    const Thing* named(std::string_view name) const;
    /// The thing that Tab goes to in a region, from `from` (an index into `all`), forwards or back; none where it has none.
    std::optional<std::size_t> next(Region region, std::optional<std::size_t> from, int direction) const;
    /// What lies below a sheet cannot be pressed.
    void cover(const Rect& rect);
    void clear() { things_.clear(); }

  private:
    std::vector<Thing> things_;
};

} // namespace tegami::parts
