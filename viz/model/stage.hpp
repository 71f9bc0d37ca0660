#pragma once
/// Where everything stands: territories along one road, machines above and below it, cables between them. Made from the
/// scenario alone, so it stays still between runs; the road leads from who writes, over the Internet, to who is written to.

#include "sim/run/header.hpp"
#include "sim/scenario/read_scenario.hpp"
#include "viz/geometry/geometry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tegami::model {

using geometry::Point;
using geometry::Rect;
using run::NicId;
using run::NodeId;

/// What a machine is drawn as. A host of several roles has one for each, side by side.
enum class Figure : std::uint8_t {
    mua,
    msa,
    mta,
    mda,
    mailbox,
    mra,
    resolver,
    name_server,
    root_server,
    tld_server,
    router,
    home_router,
    gate,
    network_switch,
    other, ///< a host whose role has no picture: a small disc
};

enum class TerritoryKind : std::uint8_t { home, provider, internet, organisation };

struct Territory {
    TerritoryKind kind{};
    Rect rect;
    std::uint32_t site = scenario::nowhere; ///< index into the plan's; of a home: of the provider
    std::uint32_t user = scenario::nowhere; ///< of a home: whose
};

/// Of a host of several roles.
inline constexpr float between_figures = 4;

/// A machine: large for roles, small for what only passes things on.
struct Place {
    NodeId node{};
    std::uint32_t plan_node = scenario::nowhere;
    Point at; ///< the middle of its figures
    std::vector<Figure> figures;
    float size = 46; ///< of one figure
    bool label_below = true;
    std::size_t territory = 0;

    Rect rect() const; ///< around its figures
};

/// From an interface to its peer: a polyline, along the road where both hang on it.
struct Cable {
    NicId near{}, far{};
    std::string link;
    std::vector<Point> points;

    Point at(float part) const; ///< 0 near, 1 far
    float length() const;
};

struct Stage {
    Rect bounds;
    float road = 0; ///< y of the main road
    std::vector<Territory> territories;
    std::vector<Place> places; ///< those that come first hang above the road
    std::vector<Cable> cables;

    const Place* place_of(NodeId node) const;
    /// The cable that an interface is plugged into, and whether it is the near end; null for a loopback.
    struct Plugged {
        const Cable* cable = nullptr;
        bool near = true;
    };
    Plugged plugged(NicId nic) const;
};

/// `room`: what there is, in logical pixels. Where a world needs more, the stage is larger than that, and whoever shows it
/// zooms out.
Stage lay_out(const run::RunHeader& header, const scenario::Loaded& loaded, Point room);

} // namespace tegami::model
