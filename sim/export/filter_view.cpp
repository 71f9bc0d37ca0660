#include "sim/export/filter_view.hpp"

#include "sim/export/frame_reader.hpp"
#include "sim/export/steps_served.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace tegami::exporting {
namespace {

/// What a row stopped: the first of it, for the rest is like it.
constexpr std::size_t stops_shown = 5;

class FilterView {
  public:
    FilterView(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling)
        : log_{log},
          journeys_{journeys},
          fold_{fold},
          telling_{telling},
          narrator_{telling.narrator},
          catalogue_{telling.narrator.catalogue()},
          page_{telling.medium}
    {
    }

    std::string tell()
    {
        read_scenario();
        read_states();
        read_stops();
        bool any = false;
        for (auto& [name, filter] : filters_) {
            const std::string& host = telling_.selection.host;
            if (!host.empty() && filter.host != host) continue;
            if (std::exchange(any, true)) page_.blank();
            tell(name, filter);
        }
        if (!any) page_.paragraph({0, catalogue_.text(filters_.empty() ? "filter.view.none" : "story.none_chosen")});
        return page_.take();
    }

  private:
    // The columns of a row.
    static constexpr int row_end = 4;
    static constexpr int says_column = 6;
    static constexpr int action_column = 62;
    static constexpr int count_end = 84;
    static constexpr int note_column = 86;

    struct Stop {
        engine::Time at{};
        run::Spans spans;
        run::FrameRef frame{};
    };
    struct Row {
        std::string says;
        run::FilterAction action{};
        std::uint32_t line = 0;
        std::uint64_t count = 0;
        bool on = true;
        std::vector<Stop> stops;
        std::uint64_t stopped = 0; ///< of the chosen mails, `stops` being the first of them
    };
    struct Filter {
        std::string host;
        std::map<std::uint32_t, Row> rows; // 0: what matched none
    };

    engine::Time now() const { return telling_.selection.at.value_or(log_.end()); }

    void read_scenario()
    {
        for (const FilterRow& row : telling_.filter_rows) {
            Filter& filter = filters_[row.filter];
            filter.host = row.host;
            Row& at = filter.rows[row.row];
            at.says = row.says;
            at.action = row.action;
            at.line = row.line;
        }
    }
    void read_states()
    {
        for (std::size_t i = static_cast<std::size_t>(run::NodeId::first); i < log_.header().nodes.size(); ++i) {
            const auto node = static_cast<run::NodeId>(i);
            for (const auto& [key, state] : fold_.state(node, now()).filters) {
                Filter& filter = filters_[key.first];
                if (filter.host.empty()) filter.host = narrator_.names().node(node);
                Row& row = filter.rows[key.second];
                row.count = state.count;
                row.on = state.on;
                if (row.says.empty() && state.count > 0) row.action = state.action;
            }
        }
    }
    void read_stops()
    {
        for (const run::Event& event : log_.events()) {
            if (event.at > now()) break;
            const auto* matched = std::get_if<run::FilterMatched>(&event.what);
            if (!matched || matched->action == run::FilterAction::pass) continue;
            if (!admits_spans(log_, journeys_, telling_.selection, event.spans)) continue;
            Row& row = filters_[std::string{matched->filter}].rows[matched->row];
            ++row.stopped;
            if (row.stops.size() < stops_shown) row.stops.push_back({event.at, event.spans, matched->frame});
        }
    }

    void tell(const std::string& name, const Filter& filter)
    {
        page_.row({{0, catalogue_.text("filter.view.head", {{"filter", name}, {"node", filter.host}}), Style::strong}},
                  narration::clock_text(now(), telling_.header.zone_minutes), Style::dim);
        const std::string hits = catalogue_.text("filter.view.hits");
        page_.row({{row_end - 1, "#", Style::dim},
                   {says_column, catalogue_.text("filter.view.what"), Style::dim},
                   {action_column, catalogue_.text("filter.view.action"), Style::dim},
                   {count_end - narration::width(hits), hits, Style::dim}});
        for (const auto& [number, row] : filter.rows) tell(number, row);
    }

    void tell(std::uint32_t number, const Row& row)
    {
        const std::string shown = number == 0 ? "–" : fmt::format("{}", number);
        const std::string count = narration::figure_text(row.count);
        const bool stops = row.action != run::FilterAction::pass && row.count > 0;
        std::string says = row.says;
        if (says.empty()) says = catalogue_.text(number == 0 ? "filter.view.no_row" : "filter.view.unknown");
        page_.row({{row_end - narration::width(shown), shown},
                   {says_column, says, row.on ? Style::plain : Style::dim},
                   {action_column, catalogue_.text(fmt::format("filter.action.{}", narration::word(row.action))),
                    stops ? Style::stop : Style::plain},
                   {count_end - narration::width(count), count},
                   {note_column,
                    !row.on         ? catalogue_.text("filter.view.off")
                    : row.line == 0 ? std::string{}
                                    : catalogue_.text("filter.view.line", {{"line", row.line}}),
                    Style::dim}});
        for (const Stop& stop : row.stops) tell(stop);
        if (row.stopped > row.stops.size())
            page_.paragraph(
                {says_column + 2,
                 catalogue_.count("filter.view.more", static_cast<std::int64_t>(row.stopped - row.stops.size())),
                 Style::dim});
    }

    void tell(const Stop& stop)
    {
        std::string told = narration::clock_text(stop.at, telling_.header.zone_minutes) + "  ";
        const auto frame = static_cast<std::uint64_t>(stop.frame);
        if (frame > 0 && frame <= log_.frames()) {
            if (!reader_) reader_.emplace(log_, journeys_, telling_);
            const Reading reading = reader_->read(stop.frame);
            told += catalogue_.text("filter.view.frame",
                                    {{"frame", frame},
                                     {"from", reading.from},
                                     {"to", reading.to},
                                     {"what", reading.protocol + "  " + reading.info + reading.behind}});
        }
        page_.row({{says_column + 2, told, Style::dim}}, serves_text(log_, journeys_, stop.spans), Style::dim);
    }

    const run::Log& log_;
    const run::Journeys& journeys_;
    run::Fold& fold_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    std::map<std::string, Filter> filters_;
    std::optional<FrameReader> reader_; // reading a whole log's frames is for who needs it
    Page page_;
};

} // namespace

std::string filter_text(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling)
{
    return FilterView{log, journeys, fold, telling}.tell();
}

} // namespace tegami::exporting
