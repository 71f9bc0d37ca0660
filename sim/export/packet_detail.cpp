#include "sim/export/packet_detail.hpp"

#include "sim/export/frame_reader.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tegami::exporting {
namespace {

class Details {
  public:
    Details(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
        : log_{log},
          telling_{telling},
          catalogue_{telling.narrator.catalogue()},
          reader_{log, journeys, telling},
          page_{telling.medium}
    {
    }

    std::string tell(run::FrameRef first, run::FrameRef last)
    {
        bool any = false;
        for (std::uint64_t i = 1; i <= static_cast<std::uint64_t>(last) && i <= log_.frames(); ++i) {
            const auto ref = static_cast<run::FrameRef>(i);
            const Reading reading = reader_.read(ref);
            if (ref < first) continue;
            if (std::exchange(any, true)) page_.blank();
            tell(ref, reading);
        }
        return page_.take();
    }

  private:
    // The columns of a field.
    static constexpr int label_column = 3;
    static constexpr int indent = 2;
    static constexpr int value_column = 36;
    static constexpr int range_columns = 12; // "1234–5678" and air
    static constexpr int octets_a_row = 16;

    void tell(run::FrameRef ref, const Reading& reading)
    {
        const run::Frame& frame = log_.frame(ref);
        const std::string head = catalogue_.text(
            "packets.detail.head",
            {{"frame", static_cast<std::uint64_t>(ref)},
             {"from", narration::terminal_safe(reading.from)},
             {"to", narration::terminal_safe(reading.to)},
             {"time", narration::clock_text(frame.at, telling_.header.zone_minutes, 6)},
             {"octets", catalogue_.count("state.octets", static_cast<std::int64_t>(frame.original_length))}});
        page_.row({{0, head, Style::strong}}, reader_.serves(frame), Style::dim);
        page_.paragraph({label_column, (reading.again ? catalogue_.text("packets.tcp.again") + "  " : "") +
                                           reading.protocol + "  " + reading.info + reading.behind});
        for (const std::string& stop : reader_.stops_of(ref)) page_.paragraph({label_column, stop, Style::stop});
        const Dissection& dissection = reader_.dissection();
        for (const Layer& layer : dissection.layers) tell(layer);
        if (frame.octets.size() < frame.original_length)
            page_.paragraph({label_column,
                             catalogue_.count("packets.detail.cut",
                                              static_cast<std::int64_t>(frame.original_length - frame.octets.size())),
                             Style::held});
        page_.blank();
        tell_octets(frame.octets, dissection);
    }

    static std::string range_text(std::size_t offset, std::size_t size)
    {
        return size == 0   ? std::string{}
               : size == 1 ? fmt::format("{}", offset)
                           : fmt::format("{}–{}", offset, offset + size - 1);
    }

    void tell(const Layer& layer)
    {
        page_.blank();
        page_.row({{0, std::string{layer.protocol}, Style::story}}, range_text(layer.offset, layer.size), Style::dim);
        for (const Field& field : layer.fields) tell(field, 0);
        if (!layer.wrong.empty())
            page_.paragraph({label_column,
                             catalogue_.text("packets.detail.wrong", {{"offset", layer.wrong_at},
                                                                      {"rule", telling_.narrator.rule(layer.wrong)}}),
                             Style::stop});
        else if (layer.cut)
            page_.paragraph({label_column, catalogue_.text("packets.detail.cut_here"), Style::held});
    }

    void tell(const Field& field, int depth)
    {
        std::string value = narration::terminal_safe(field.value);
        if (!field.word.empty()) value += (value.empty() ? "" : "  ") + catalogue_.text(field.word);
        const std::string range = range_text(field.offset, field.size);
        const int label = label_column + indent * depth;
        const std::string name = field.key.empty() ? std::string{} : catalogue_.text(field.key);
        const bool bad = field.word == "word.wrong";
        const Style style = bad ? Style::stop : Style::plain;
        const auto lines = narration::wrap(value, page_columns - value_column - range_columns);
        page_.row({{label, name, Style::dim}, {value_column, lines.front(), style}}, range, Style::dim);
        for (std::size_t i = 1; i < lines.size(); ++i) page_.row({{value_column, lines[i], style}});
        for (const Field& part : field.parts) tell(part, depth + 1);
    }

    /// "0000  02 00 …  ..text.." with the name of each layer beside the row in which it begins.
    void tell_octets(Octets octets, const Dissection& dissection)
    {
        constexpr int hex_column = 8, text_column = hex_column + 3 * octets_a_row + 2,
                      layer_column = text_column + octets_a_row + 2;
        for (std::size_t at = 0; at < octets.size(); at += octets_a_row) {
            const Octets row = octets.subspan(at, std::min<std::size_t>(octets_a_row, octets.size() - at));
            std::string hex, text, layers;
            for (std::size_t i = 0; i < row.size(); ++i) {
                hex += fmt::format("{:02x}{}", row[i], i == 7 ? "  " : " ");
                text += row[i] >= 0x20 && row[i] < 0x7F ? static_cast<char>(row[i]) : '.';
            }
            for (const Layer& layer : dissection.layers)
                if (layer.offset >= at && layer.offset < at + row.size())
                    layers += (layers.empty() ? "" : ", ") + std::string{layer.protocol};
            page_.row({{label_column, fmt::format("{:04x}", at), Style::dim},
                       {hex_column, hex},
                       {text_column, text},
                       {layer_column, layers, Style::dim}});
        }
    }

    const run::Log& log_;
    const Telling& telling_;
    const narration::Catalogue& catalogue_;
    FrameReader reader_;
    Page page_;
};

} // namespace

std::string packet_detail_text(const run::Log& log, const run::Journeys& journeys, const Telling& telling,
                               run::FrameRef first, run::FrameRef last)
{
    return Details{log, journeys, telling}.tell(first, last);
}

} // namespace tegami::exporting
