#include "viz/parts/stage.hpp"

#include "viz/draw/controls.hpp"
#include "viz/parts/signs.hpp"

namespace tegami::parts {

namespace {

using model::Figure;
using model::Place;
using model::TerritoryKind;

Color fill_of(const Theme& theme, TerritoryKind kind)
{
    switch (kind) {
    case TerritoryKind::home: return theme.home;
    case TerritoryKind::provider: return theme.provider;
    case TerritoryKind::internet: return theme.desk;
    case TerritoryKind::organisation: return theme.organisation;
    }
    return theme.desk;
}

const std::string& text_of(const scenario::Text& text, bool japanese) { return japanese ? text.ja : text.en; }

/// "Sakura Net", and what it is to whom.
std::pair<std::string, std::string> names_of(const Frame& frame, const scenario::Plan& plan,
                                             const model::Territory& territory)
{
    const auto person = [&](std::uint32_t user) {
        const std::string& title = text_of(plan.users[user].title, frame.japanese());
        return title.empty() ? plan.users[user].name : title;
    };
    switch (territory.kind) {
    case TerritoryKind::home: return {frame.word("window.stage.home", {{"person", person(territory.user)}}), {}};
    case TerritoryKind::internet: return {frame.word("window.stage.internet"), {}};
    default: break;
    }
    const scenario::PlanSite& site = plan.sites[territory.site];
    const std::string& title = text_of(site.title, frame.japanese());
    std::string kind;
    for (std::uint32_t i = 0; i < plan.users.size() && kind.empty(); ++i)
        if (plan.users[i].site == territory.site)
            kind = frame.word(territory.kind == TerritoryKind::provider ? "window.stage.provider_of"
                                                                        : "window.stage.company_of",
                              {{"person", person(i)}});
    return {title.empty() ? site.domain : title, kind};
}

/// "MTA"; with several of a kind in a territory, the host's own name.
std::string label_of(const Frame& frame, const model::Stage& stage, const scenario::Plan& plan, const Place& place)
{
    const scenario::PlanNode& node = plan.nodes[place.plan_node];
    if (node.kind == scenario::NodeKind::device) {
        const scenario::PlanUser& user = plan.users[node.user];
        const std::string& title = text_of(user.title, frame.japanese());
        return frame.word("window.stage.program_of", {{"person", title.empty() ? user.name : title}});
    }
    if (node.kind == scenario::NodeKind::network_switch) return frame.word("window.stage.switch");
    if (node.kind == scenario::NodeKind::router) return {};
    const Figure figure = place.figures.front();
    std::size_t alike = 0;
    for (const Place& other : stage.places)
        alike += other.territory == place.territory && other.figures.front() == figure;
    const std::string short_name =
        node.site == scenario::nowhere ? node.name : node.name.substr(plan.sites[node.site].name.size() + 1);
    if (figure == Figure::root_server) return frame.word("window.stage.root");
    if (figure == Figure::tld_server) return "." + node.name.substr(node.name.find('-') + 1);
    if (alike > 1 || place.figures.size() > 1) return short_name;
    switch (figure) {
    case Figure::msa: return "MSA";
    case Figure::mta: return "MTA";
    case Figure::mda: return "MDA";
    case Figure::mra: return "MRA";
    case Figure::resolver: return frame.word("window.stage.resolver");
    case Figure::name_server: return frame.word("window.stage.name_server");
    default: return short_name;
    }
}

/// Stage to screen.
struct View {
    Point origin;
    float zoom = 1;

    Point operator()(Point at) const { return origin + at * zoom; }
    Rect operator()(const Rect& rect) const
    {
        return {origin.x + rect.x * zoom, origin.y + rect.y * zoom, rect.w * zoom, rect.h * zoom};
    }
};

View view_of(const model::Stage& stage, const Rect& rect)
{
    const float zoom = std::min({1.0f, rect.w / stage.bounds.w, rect.h / stage.bounds.h});
    return {{rect.x + (rect.w - stage.bounds.w * zoom) / 2, rect.y + (rect.h - stage.bounds.h * zoom) / 2}, zoom};
}

Color ground_of(const Theme& theme, const model::Stage& stage, const Place& place)
{
    if (place.figures.front() == Figure::gate) return theme.desk;
    return fill_of(theme, stage.territories[place.territory].kind);
}

void draw_place(Frame& frame, const StageScene& scene, const View& view, const Place& place, float grown)
{
    draw::Canvas& canvas = frame.canvas;
    const Theme& theme = frame.theme;
    const bool lit = scene.lit.contains(place.node);
    const Color ground = ground_of(theme, scene.stage, place), color = lit ? theme.node : theme.node_dim;
    const float figure_size = std::round(place.size * view.zoom * grown * (lit && place.size > 40 ? 1.13f : 1));
    const Point at = view(place.at);
    const auto count = static_cast<float>(place.figures.size());
    const Rect all = Rect::around(at, figure_size * count + (count - 1) * model::between_figures, figure_size);
    // Cables end at the machine, not behind it.
    canvas.fill(all.inset(-2), ground, place.figures.front() == Figure::router ? all.w / 2 : 4);
    if (place.figures.size() > 1) canvas.outline(all.inset(-8, -6), theme.territory_line, 1, 6, {2, 3});
    for (std::size_t i = 0; i < place.figures.size(); ++i) {
        const Point middle{all.x + figure_size / 2 + static_cast<float>(i) * (figure_size + model::between_figures),
                           at.y};
        if (const auto icon = icon_of(place.figures[i]))
            draw::icon(canvas, *icon, middle, figure_size, color, ground);
        else
            canvas.disc(middle, figure_size * 0.3f, color);
    }
    const std::string label = label_of(frame, scene.stage, scene.loaded.plan, place);
    if (!label.empty()) {
        const draw::TextStyle style{draw::label_size, lit, false};
        const float width = canvas.width(label, style), top = all.bottom() + (place.figures.size() > 1 ? 9 : 5);
        canvas.fill({at.x - width / 2 - 4, top - 3, width + 8, 20}, ground, 2);
        canvas.text({at.x, top}, label, lit ? theme.text : theme.text3, style, draw::Align::center);
    }
    frame.things.add({.name = label.empty() ? frame.narrator.names().node(place.node) : label,
                      .rect = all,
                      .region = Region::stage,
                      .command = model::ChooseNode{place.node}});
}

float growth_of(const Rect& rect) { return std::clamp(rect.h / 380, 1.0f, 1.35f); }

/// A polyline of a cable, in the direction of travel.
std::vector<Point> run_of(const model::Stage::Plugged& plugged, const View& view)
{
    std::vector<Point> points;
    for (const Point& each : plugged.cable->points) points.push_back(view(each));
    if (!plugged.near) std::ranges::reverse(points);
    return points;
}

} // namespace

void draw_ground(Frame& frame, const StageScene& scene, const Rect& rect)
{
    draw::Canvas& canvas = frame.canvas;
    const Theme& theme = frame.theme;
    const View view = view_of(scene.stage, rect);
    for (const model::Territory& territory : scene.stage.territories) {
        const Rect here = view(territory.rect);
        if (territory.kind == TerritoryKind::internet) {
            canvas.outline(here, theme.territory_line, 1, 12, {2, 5});
        } else {
            canvas.fill(here, fill_of(theme, territory.kind), 12);
            canvas.outline(here, theme.territory_line, 1, 12);
        }
        const auto [name, kind] = names_of(frame, scene.loaded.plan, territory);
        const draw::TextStyle bold{draw::label_size, true, false};
        const float room = here.w - 24;
        const float written = canvas.text_within({here.x + 12, here.y + 9}, room, name, theme.text2, bold);
        if (!kind.empty() && written + 8 + canvas.width(kind, {draw::label_size}) <= room)
            canvas.text({here.x + 12 + written + 8, here.y + 9}, kind, theme.text3, {draw::label_size});
    }
    for (const model::Cable& cable : scene.stage.cables) {
        std::vector<Point> points;
        for (const Point& each : cable.points) points.push_back(view(each));
        for (std::size_t i = 1; i < points.size(); ++i) canvas.line(points[i - 1], points[i], theme.link, 1.5f);
    }
    const float grown = growth_of(rect);
    for (const Place& place : scene.stage.places) draw_place(frame, scene, view, place, grown);
}

void draw_traffic(Frame& frame, const StageScene& scene, const Rect& rect)
{
    draw::Canvas& canvas = frame.canvas;
    const Theme& theme = frame.theme;
    const View view = view_of(scene.stage, rect);
    const float grown = growth_of(rect);
    const auto position = [&](model::FrameRef ref) -> std::optional<Point> {
        const model::Flight& flight = scene.flights.of(ref);
        const auto index = scene.flights.leg_at(flight, scene.at);
        if (!index) return std::nullopt;
        const model::Leg& leg = scene.flights.legs(flight)[*index];
        const auto plugged = scene.stage.plugged(leg.from);
        if (!plugged.cable) return std::nullopt;
        const float whole = static_cast<float>((leg.over - leg.begun).ns);
        const float part = whole <= 0 ? 1 : static_cast<float>((scene.at - leg.begun).ns) / whole;
        return view(plugged.cable->at(plugged.near ? part : 1 - part));
    };

    // The way of what is now: taken so far, and still to come.
    std::optional<Point> now_at;
    if (scene.now) {
        const model::Flight& flight = scene.flights.of(*scene.now);
        now_at = position(*scene.now);
        const bool question = scene.shapes[static_cast<std::size_t>(*scene.now) - 1] <= model::MarkShape::dns_no_name;
        const Color color = question ? theme.question : theme.edge;
        for (const model::Leg& leg : scene.flights.legs(flight)) {
            const auto plugged = scene.stage.plugged(leg.from);
            if (!plugged.cable) continue;
            const std::vector<Point> way = run_of(plugged, view);
            if (leg.over <= scene.at) {
                canvas.path(way, 12, color, 4);
            } else if (leg.begun > scene.at) {
                canvas.path(way, 12, color, 2, {2, 6});
            } else if (now_at) {
                const float part = static_cast<float>((scene.at - leg.begun).ns) /
                                   std::max(1.0f, static_cast<float>((leg.over - leg.begun).ns));
                std::vector<Point> taken, left;
                float done = plugged.cable->length() * view.zoom * part;
                for (std::size_t i = 0; i < way.size(); ++i) {
                    const float here = i == 0 ? 0 : geometry::length(way[i] - way[i - 1]);
                    if (done >= here && left.empty()) {
                        taken.push_back(way[i]);
                        done -= here;
                    } else {
                        if (left.empty()) left.push_back(*now_at), taken.push_back(*now_at);
                        left.push_back(way[i]);
                    }
                }
                canvas.path(taken, 12, color, 4);
                canvas.path(left, 12, color, 2, {2, 6});
            }
        }
        for (const Place& place : scene.stage.places) // over the way
            if (scene.lit.contains(place.node)) draw_place(frame, scene, view, place, grown);
    }

    for (const model::FrameRef ref : scene.flights.under_way(scene.at)) {
        if (scene.now == ref) continue;
        if (const auto at = position(ref))
            draw::packet(canvas, theme, packet_of(scene.shapes[static_cast<std::size_t>(ref) - 1]), *at, 15,
                         {.ground = theme.desk});
    }
    if (scene.letter)
        if (const Place* const place = scene.stage.place_of(*scene.letter)) {
            const Point at = view(place->at);
            draw::envelope(canvas, theme, {at.x + 34 * grown, at.y - 20 * grown}, 46 * grown,
                           std::to_string(scene.letter_number));
        }
    if (!now_at) return;
    const model::MarkShape shape = scene.shapes[static_cast<std::size_t>(*scene.now) - 1];
    draw::now_ring(canvas, theme, *now_at, theme.desk);
    draw::packet(canvas, theme, packet_of(shape), *now_at, 27, {.ground = theme.desk});
    if (scene.slip.empty()) return;
    const float width = std::min(canvas.width(scene.slip, {draw::body_size, true, false}) + 26, rect.w - 16);
    const float left = std::clamp(now_at->x - width / 2, rect.x + 8, rect.right() - 8 - width);
    const bool below = now_at->y + 72 < rect.bottom();
    const Rect slip{left, below ? now_at->y + 32 : now_at->y - 64, width, 32};
    draw::slip(canvas, theme, slip, {now_at->x, below ? now_at->y + 24 : now_at->y - 24}, scene.slip);
}

} // namespace tegami::parts
