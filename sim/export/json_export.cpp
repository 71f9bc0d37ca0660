#include "sim/export/json_export.hpp"

#include "sim/run/json.hpp"

namespace tegami::exporting {

void write_json(const run::Log& log, const std::function<void(std::string_view)>& output)
{
    if (!log.is_run()) {
        for (std::uint64_t number = 1; number <= log.frames(); ++number) {
            const run::Frame& frame = log.frame(static_cast<run::FrameRef>(number));
            output(run::to_json({{"frame", number},
                                 {"t", frame.at.ns},
                                 {"time", run::iso_time(frame.at, 0)},
                                 {"interface", log.capture().interfaces[static_cast<std::size_t>(frame.nic)].name},
                                 {"length", std::uint64_t{frame.original_length}},
                                 {"captured", std::uint64_t{frame.octets.size()}}}));
        }
        return;
    }
    output(run::to_json(log.header()));
    for (const run::Event& event : log.events()) output(run::to_json(event, log.header(), log.spans()));
    output(run::to_json(
        {{"end", log.complete()}, {"t", log.end().ns}, {"time", run::iso_time(log.end(), log.header().zone_minutes)}}));
}

} // namespace tegami::exporting
