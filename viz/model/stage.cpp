#include "viz/model/stage.hpp"

#include "sim/export/sort_stably.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace tegami::model {

using scenario::nowhere;
using scenario::Plan;
using scenario::PlanNode;
using scenario::Role;

namespace {

constexpr float margin = 16, gap = 8, figure_size = 46, shared_figure = 34, small_figure = 24, gate_size = 30;
constexpr float least_apart = 84; // two machines side by side, with their names
constexpr float row_height = 104; // a machine with its name

std::vector<Figure> figures_of(const Plan& plan, const PlanNode& node)
{
    switch (node.kind) {
    case scenario::NodeKind::router: return {Figure::router};
    case scenario::NodeKind::network_switch: return {Figure::network_switch};
    case scenario::NodeKind::device: return {Figure::mua};
    case scenario::NodeKind::outside: return {Figure::mua};
    case scenario::NodeKind::server: break;
    }
    std::vector<Figure> figures;
    const auto index = static_cast<std::uint32_t>(&node - plan.nodes.data());
    for (const Role role : node.roles) {
        switch (role) {
        case Role::msa: figures.push_back(Figure::msa); break;
        case Role::mta: figures.push_back(Figure::mta); break;
        case Role::mda:
            figures.push_back(Figure::mda);
            figures.push_back(Figure::mailbox);
            break;
        case Role::mra: figures.push_back(Figure::mra); break;
        case Role::resolver: figures.push_back(Figure::resolver); break;
        case Role::ns: {
            const bool root = std::ranges::find(plan.roots, index) != plan.roots.end();
            figures.push_back(root                   ? Figure::root_server
                              : node.site == nowhere ? Figure::tld_server
                                                     : Figure::name_server);
            break;
        }
        case Role::echo: figures.push_back(Figure::other); break;
        }
    }
    if (figures.empty()) figures.push_back(Figure::other);
    return figures;
}

/// Above the road: what a letter goes through on its way. Below: who is asked, and who reads.
bool stands_above(const PlanNode& node)
{
    if (node.site == nowhere) return true;
    return node.has(Role::msa) || node.has(Role::mta) || node.has(Role::mda);
}

/// The letter's way from left to right.
int rank_of(const PlanNode& node)
{
    if (node.has(Role::msa)) return 0;
    if (node.has(Role::mta)) return 1;
    if (node.has(Role::mda)) return 2;
    if (node.has(Role::mra)) return 3;
    if (node.has(Role::resolver)) return 4;
    if (node.has(Role::ns)) return 5;
    return node.kind == scenario::NodeKind::device ? 7 : 6;
}

float width_of(const Place& place) { return std::max(least_apart, place.rect().w + 20); }

/// Some machines in rows of at most `width`, each row's places spread evenly.
struct Row {
    std::vector<std::size_t> places;
    float width = 0;
};
std::vector<Row> rows_of(const std::vector<Place>& places, const std::vector<std::size_t>& which, float width)
{
    std::vector<Row> rows;
    for (const std::size_t i : which) {
        const float needs = width_of(places[i]);
        if (rows.empty() || rows.back().width + needs > width) rows.emplace_back();
        rows.back().places.push_back(i);
        rows.back().width += needs;
    }
    return rows;
}

/// Builds a stage in one go.
class Builder {
  public:
    Builder(const run::RunHeader& header, const scenario::Loaded& loaded, Point room)
        : header_{header}, loaded_{loaded}, plan_{loaded.plan}, room_{room}
    {
        for (std::size_t i = 0; i < header.nodes.size(); ++i) ids_[header.nodes[i]] = static_cast<NodeId>(i);
    }

    Stage build()
    {
        choose_sides();
        place_territories();
        place_machines();
        lay_cables();
        return std::move(stage_);
    }

  private:
    /// Along one side of the Internet: a site, with the homes that hang on it.
    struct Band {
        std::uint32_t site = nowhere;
        std::vector<std::uint32_t> homes; ///< users
        float weight = 1;
    };

    std::vector<std::uint32_t> homes_of(std::uint32_t site) const
    {
        std::vector<std::uint32_t> homes;
        if (plan_.sites[site].kind != scenario::SiteKind::isp) return homes;
        for (std::uint32_t i = 0; i < plan_.users.size(); ++i)
            if (plan_.users[i].site == site && !plan_.users[i].devices.empty()) homes.push_back(i);
        return homes;
    }

    void choose_sides()
    {
        std::set<std::uint32_t> senders; // sites where letters are written
        for (const scenario::Act& act : loaded_.scenario.acts)
            if (std::holds_alternative<scenario::Sends>(act.deed)) {
                const std::uint32_t user = plan_.find_user(act.subject.value);
                if (user != nowhere) senders.insert(plan_.users[user].site);
            }
        if (senders.empty() && !plan_.sites.empty()) senders.insert(0);
        if (senders.size() == plan_.sites.size() && senders.size() > 1) senders = {*senders.begin()};
        for (std::uint32_t site = 0; site < plan_.sites.size(); ++site) {
            Band band{site, homes_of(site), 1};
            band.weight = 1 + 0.25f * static_cast<float>(plan_.sites[site].servers.size()) +
                          0.5f * static_cast<float>(band.homes.size());
            (senders.contains(site) ? left_ : right_).push_back(std::move(band));
        }
    }

    static bool has_homes(const std::vector<Band>& bands)
    {
        return std::ranges::any_of(bands, [](const Band& band) { return !band.homes.empty(); });
    }

    void place_territories()
    {
        // Shares of the width, as the pictures have them: a home, a provider, the Internet, an organisation.
        const float home = 0.145f, provider = 0.29f, net = 0.265f, organisation = 0.30f;
        const auto side = [&](const std::vector<Band>& bands) {
            if (bands.empty()) return 0.0f;
            const bool any_isp = std::ranges::any_of(
                bands, [&](const Band& band) { return plan_.sites[band.site].kind == scenario::SiteKind::isp; });
            return (has_homes(bands) ? home : 0) + (any_isp ? provider : organisation);
        };
        const float left = side(left_), right = side(right_), sum = left + net + right;
        const int columns = (left_.empty() ? 0 : 1) + (right_.empty() ? 0 : 1) + 1 + (has_homes(left_) ? 1 : 0) +
                            (has_homes(right_) ? 1 : 0);
        // What is zoomed out to fit one way has room to spare the other way.
        const float zoom = std::min({1.0f, room_.x / natural_width(), room_.y / natural_height()});
        const float across = room_.x / zoom, down = room_.y / zoom;
        stage_.bounds = {0, 0, across, down};
        const float usable = across - 2 * margin - gap * static_cast<float>(columns - 1);
        const Rect inner{margin, 12, across - 2 * margin, down - 20};
        stage_.road = inner.y + inner.h * 0.52f;

        float x = inner.x;
        const auto put_side = [&](const std::vector<Band>& bands, float share, bool homes_first) {
            if (bands.empty()) return;
            const bool homes = has_homes(bands);
            const float home_width = homes ? usable * home / sum : 0;
            const float site_width = usable * share / sum - home_width;
            const float weights = std::accumulate(bands.begin(), bands.end(), 0.0f,
                                                  [](float all, const Band& band) { return all + band.weight; });
            float y = inner.y;
            for (const Band& band : bands) {
                const float height = (inner.h - gap * static_cast<float>(bands.size() - 1)) * band.weight / weights;
                const bool isp = plan_.sites[band.site].kind == scenario::SiteKind::isp;
                const float here =
                    isp && !band.homes.empty() ? site_width : site_width + (homes ? home_width + gap : 0);
                const float site_x = homes_first && isp && !band.homes.empty() ? x + home_width + gap : x;
                add_territory({isp ? TerritoryKind::provider : TerritoryKind::organisation,
                               {site_x, y, here, height},
                               band.site,
                               nowhere});
                const float each =
                    (height - gap * static_cast<float>(std::max<std::size_t>(band.homes.size(), 1) - 1)) /
                    static_cast<float>(std::max<std::size_t>(band.homes.size(), 1));
                for (std::size_t i = 0; i < band.homes.size(); ++i) {
                    const float home_x = homes_first ? x : x + site_width + gap;
                    add_territory({TerritoryKind::home,
                                   {home_x, y + static_cast<float>(i) * (each + gap), home_width, each},
                                   band.site,
                                   band.homes[i]});
                }
                y += height + gap;
            }
            x += site_width + (homes ? home_width + gap : 0) + gap;
        };
        put_side(left_, left, true);
        internet_ =
            add_territory({TerritoryKind::internet, {x, inner.y, usable * net / sum, inner.h}, nowhere, nowhere});
        x += usable * net / sum + gap;
        put_side(right_, right, false);
    }

    std::size_t add_territory(Territory territory)
    {
        stage_.territories.push_back(territory);
        return stage_.territories.size() - 1;
    }

    /// Room for the names of all machines of the largest sites, so that a thousand do not lie on each other.
    float natural_width() const
    {
        float widest = 0;
        for (const scenario::PlanSite& site : plan_.sites)
            widest = std::max(widest, std::ceil(std::sqrt(static_cast<float>(machines_of(site)) * 1.5f)) * least_apart);
        return (left_.empty() || right_.empty() ? 1.0f : 2.0f) * std::max(widest, 200.0f) + 320;
    }
    float natural_height() const
    {
        const auto of = [&](const std::vector<Band>& bands) {
            float height = 0;
            for (const Band& band : bands) {
                const auto machines = static_cast<float>(machines_of(plan_.sites[band.site]));
                const float columns = std::max(2.0f, std::ceil(std::sqrt(machines * 1.5f)));
                const float rows = std::max(2.0f, std::ceil(machines / columns) + 1);
                height += std::max(rows * row_height + 60, static_cast<float>(band.homes.size()) * 120);
            }
            return height;
        };
        return std::max({of(left_), of(right_), 300.0f});
    }
    std::size_t machines_of(const scenario::PlanSite& site) const
    {
        const auto index = static_cast<std::uint32_t>(&site - plan_.sites.data());
        std::size_t devices = 0;
        if (site.kind == scenario::SiteKind::company)
            for (const scenario::PlanUser& user : plan_.users)
                if (user.site == index) devices += user.devices.size();
        return site.servers.size() + devices;
    }

    std::size_t add_place(std::uint32_t node, std::size_t territory, Point at, float size)
    {
        Place place;
        const auto id = ids_.find(plan_.nodes[node].name);
        place.node = id == ids_.end() ? NodeId{} : id->second;
        place.plan_node = node;
        place.figures = figures_of(plan_, plan_.nodes[node]);
        place.size = place.figures.size() > 1 ? std::min(size, shared_figure) : size;
        place.at = at;
        place.territory = territory;
        stage_.places.push_back(std::move(place));
        by_plan_[node] = stage_.places.size() - 1;
        return stage_.places.size() - 1;
    }

    /// Spreads machines above and below a road within a rectangle.
    void spread(const std::vector<std::size_t>& which, const Rect& rect, float from_y, float to_y)
    {
        const std::vector<Row> rows = rows_of(stage_.places, which, rect.w - 16);
        const float height = (to_y - from_y) / static_cast<float>(std::max<std::size_t>(rows.size(), 1));
        for (std::size_t r = 0; r < rows.size(); ++r) {
            const float y = from_y + height * (static_cast<float>(r) + 0.5f);
            const float spare = (rect.w - 16 - rows[r].width) / static_cast<float>(rows[r].places.size());
            float x = rect.x + 8;
            for (const std::size_t i : rows[r].places) {
                const float wide = width_of(stage_.places[i]) + spare;
                stage_.places[i].at = {x + wide / 2, y};
                x += wide;
            }
        }
    }

    void place_machines()
    {
        for (std::size_t t = 0; t < stage_.territories.size(); ++t) {
            const Territory territory = stage_.territories[t];
            const Rect rect = territory.rect;
            // The main road, where it leaves room above and below.
            const float part = (stage_.road - rect.y) / rect.h;
            const float road = part > 0.4f && part < 0.65f ? stage_.road : rect.y + rect.h * 0.52f;
            roads_.push_back(road);
            std::vector<std::size_t> above, below;
            const auto hang = [&](std::uint32_t node) {
                const std::size_t place = add_place(node, t, {}, figure_size);
                (stands_above(plan_.nodes[node]) ? above : below).push_back(place);
            };
            std::vector<std::uint32_t> nodes;
            switch (territory.kind) {
            case TerritoryKind::home: {
                const scenario::PlanUser& user = plan_.users[territory.user];
                for (const std::uint32_t device : user.devices) above.push_back(add_place(device, t, {}, figure_size));
                break;
            }
            case TerritoryKind::internet:
                for (std::uint32_t i = 0; i < plan_.nodes.size(); ++i) {
                    const PlanNode& node = plan_.nodes[i];
                    if (node.site != nowhere || node.user != nowhere) continue;
                    if (node.kind == scenario::NodeKind::router)
                        add_place(i, t, {rect.x + rect.w * 0.2f, road}, small_figure);
                    else if (node.is_host())
                        nodes.push_back(i);
                }
                // Root above the road; the servers of the TLDs around it.
                for (std::size_t i = 0; i < nodes.size(); ++i) {
                    const std::size_t place = add_place(nodes[i], t, {}, figure_size);
                    (i < (nodes.size() + 1) / 2 ? above : below).push_back(place);
                }
                break;
            case TerritoryKind::provider:
            case TerritoryKind::organisation: {
                const scenario::PlanSite& site = plan_.sites[territory.site];
                nodes = site.servers;
                if (territory.kind == TerritoryKind::organisation)
                    for (const scenario::PlanUser& user : plan_.users)
                        if (user.site == territory.site)
                            nodes.insert(nodes.end(), user.devices.begin(), user.devices.end());
                exporting::sort_stably(nodes, [&](std::uint32_t node) { return rank_of(plan_.nodes[node]); });
                for (const std::uint32_t node : nodes) hang(node);
                // The edge sits astride the border that looks to the Internet.
                const bool internet_right = rect.x < stage_.territories[internet_].rect.x;
                if (site.edge != nowhere) {
                    const std::size_t edge = add_place(
                        site.edge, t, {internet_right ? rect.right() + gap / 2 : rect.x - gap / 2, road}, gate_size);
                    stage_.places[edge].figures = {Figure::gate};
                }
                if (site.lan_switch != nowhere)
                    add_place(site.lan_switch, t, {internet_right ? rect.right() - 44 : rect.x + 44, road},
                              small_figure);
                break;
            }
            }
            if (below.empty() && above.size() > 3)
                for (std::size_t i = (above.size() + 1) / 2; i < above.size();) {
                    below.push_back(above[i]);
                    above.erase(above.begin() + static_cast<std::ptrdiff_t>(i));
                }
            const float head = 30; // the territory's name
            spread(above, rect, rect.y + head, road - 18);
            spread(below, rect, road + 18, rect.bottom() - 14);
        }
    }

    float road_of(std::size_t place) const { return roads_[stage_.places[place].territory]; }

    void lay_cables()
    {
        for (std::size_t i = 0; i < header_.nics.size(); ++i) {
            const run::NicRow& near = header_.nics[i];
            const auto peer = static_cast<std::size_t>(near.peer);
            if (peer <= i || peer >= header_.nics.size()) continue; // each cable once; a loopback is none
            const run::NicRow& far = header_.nics[peer];
            const auto from = plan_.find_node(header_.nodes[static_cast<std::size_t>(near.host)]);
            const auto to = plan_.find_node(header_.nodes[static_cast<std::size_t>(far.host)]);
            const auto a = by_plan_.find(from), b = by_plan_.find(to);
            if (a == by_plan_.end() || b == by_plan_.end()) continue;
            Cable cable{static_cast<NicId>(i), near.peer, near.link, {}};
            const Point start = stage_.places[a->second].at, end = stage_.places[b->second].at;
            const float road_a = road_of(a->second), road_b = road_of(b->second);
            const auto add = [&](Point point) {
                if (cable.points.empty() || geometry::length(cable.points.back() - point) > 0.5f)
                    cable.points.push_back(point);
            };
            add(start);
            add({start.x, road_a});
            if (road_a != road_b) { // where the roads of two territories meet, between them
                const bool to_right = end.x > start.x;
                const Territory& own = stage_.territories[stage_.places[a->second].territory];
                const float turn = to_right ? own.rect.right() + gap / 2 : own.rect.x - gap / 2;
                add({turn, road_a});
                add({turn, road_b});
            }
            add({end.x, road_b});
            add(end);
            stage_.cables.push_back(std::move(cable));
        }
    }

    const run::RunHeader& header_;
    const scenario::Loaded& loaded_;
    const Plan& plan_;
    Point room_;
    std::map<std::string, NodeId> ids_;
    std::map<std::uint32_t, std::size_t> by_plan_;
    std::vector<Band> left_, right_;
    std::vector<float> roads_; // by territory
    std::size_t internet_ = 0;
    Stage stage_;
};

} // namespace

Rect Place::rect() const
{
    const auto count = static_cast<float>(figures.size());
    return Rect::around(at, count * size + (count - 1) * between_figures, size);
}

float Cable::length() const
{
    float sum = 0;
    for (std::size_t i = 1; i < points.size(); ++i) sum += geometry::length(points[i] - points[i - 1]);
    return sum;
}

Point Cable::at(float part) const
{
    float left = length() * std::clamp(part, 0.0f, 1.0f);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const float here = geometry::length(points[i] - points[i - 1]);
        if (left <= here && here > 0) return geometry::between(points[i - 1], points[i], left / here);
        left -= here;
    }
    return points.empty() ? Point{} : points.back();
}

const Place* Stage::place_of(NodeId node) const
{
    const auto found = std::ranges::find(places, node, &Place::node);
    return found == places.end() ? nullptr : &*found;
}

Stage::Plugged Stage::plugged(NicId nic) const
{
    for (const Cable& cable : cables) {
        if (cable.near == nic) return {&cable, true};
        if (cable.far == nic) return {&cable, false};
    }
    return {};
}

Stage lay_out(const run::RunHeader& header, const scenario::Loaded& loaded, Point room)
{
    return Builder{header, loaded, room}.build();
}

} // namespace tegami::model
