#include "sim/export/packets.hpp"

#include "sim/export/frame_reader.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <utility>

namespace tegami::exporting {
namespace {

class Table {
  public:
    Table(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
        : log_{log},
          telling_{telling},
          catalogue_{telling.narrator.catalogue()},
          reader_{log, journeys, telling},
          page_{telling.medium}
    {
    }

    std::string tell(const Filter* filter)
    {
        if (log_.is_run() && log_.header().level < run::Level::headers) {
            page_.paragraph({0, catalogue_.text("packets.lacks", {{"level", narration::word(log_.header().level)}})});
            return page_.take();
        }
        head();
        std::int64_t shown = 0;
        for (std::uint64_t i = 1; i <= log_.frames(); ++i) {
            const auto ref = static_cast<run::FrameRef>(i);
            const run::Frame& frame = log_.frame(ref);
            const Reading reading = reader_.read(ref);
            if (filter && !filter->matches(frame.octets, frame.original_length)) continue;
            if (!reader_.admits(frame) || !admits_host(reading)) continue;
            tell(ref, frame, reading);
            ++shown;
        }
        page_.paragraph({0, catalogue_.count("packets.total", shown), Style::dim});
        if (shown > 0) page_.paragraph({0, catalogue_.text("packets.frame.hint"), Style::dim});
        return page_.take();
    }

  private:
    // The columns of the table.
    static constexpr int number_end = 5;
    static constexpr int mark_column = 6;
    static constexpr int time_column = 8;
    static constexpr int way_column = 24;
    static constexpr int protocol_column = 48;
    static constexpr int length_end = 60;
    static constexpr int info_column = 62;
    static constexpr int info_end = 90;
    static constexpr int serves_column = 91;

    void head()
    {
        const std::string number = catalogue_.text("packets.no");
        const std::string length = catalogue_.text("packets.length");
        page_.row({{number_end - narration::width(number), number, Style::dim},
                   {time_column, catalogue_.text("packets.time"), Style::dim},
                   {way_column, catalogue_.text("packets.from_to"), Style::dim},
                   {protocol_column, catalogue_.text("packets.protocol"), Style::dim},
                   {length_end - narration::width(length), length, Style::dim},
                   {info_column, catalogue_.text("packets.info"), Style::dim},
                   {serves_column, log_.is_run() ? catalogue_.text("packets.serves") : std::string{}, Style::dim}});
    }

    bool admits_host(const Reading& reading) const
    {
        const std::string& host = telling_.selection.host;
        return host.empty() || reading.from == host || reading.to == host;
    }

    void tell(run::FrameRef ref, const run::Frame& frame, const Reading& reading)
    {
        const std::string number = fmt::format("{}", static_cast<std::uint64_t>(ref));
        const std::string length = fmt::format("{}", frame.original_length);
        const auto stops = reader_.stops_of(ref);
        std::string info = reading.info;
        if (reading.again) info = catalogue_.text("packets.tcp.again") + "  " + info;
        info =
            narration::fit(narration::terminal_safe(info), info_end - info_column - narration::width(reading.behind)) +
            reading.behind;
        const Style style = !stops.empty() ? Style::stop : reading.again ? Style::held : Style::plain;
        page_.row({{number_end - narration::width(number), number, Style::dim},
                   {mark_column, stops.empty() ? std::string{} : std::string{"✗"}, Style::stop},
                   {time_column, narration::clock_text(frame.at, zone(), 6), Style::dim},
                   {way_column, narration::fit(narration::terminal_safe(reading.from + " → " + reading.to),
                                               protocol_column - way_column - 1)},
                   {protocol_column, reading.protocol},
                   {length_end - narration::width(length), length},
                   {info_column, info, style},
                   {serves_column, reader_.serves(frame), Style::dim}});
        for (const std::string& stop : stops) page_.paragraph({way_column, stop, Style::stop});
    }

    std::int32_t zone() const { return telling_.header.zone_minutes; }

    const run::Log& log_;
    const Telling& telling_;
    const narration::Catalogue& catalogue_;
    FrameReader reader_;
    Page page_;
};

} // namespace

std::string packets_text(const run::Log& log, const run::Journeys& journeys, const Telling& telling,
                         const Filter* filter)
{
    return Table{log, journeys, telling}.tell(filter);
}

} // namespace tegami::exporting
