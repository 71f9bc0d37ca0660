#include "sim/export/json_export.hpp"

#include "sim/run/choices.hpp"
#include "sim/run/json.hpp"

#include <fmt/format.h>

#include <iterator>

namespace tegami::exporting {

namespace {

using run::append_json;

std::string head_of(const run::Log& log)
{
    const run::RunHeader& header = log.header();
    std::string out = "{\"run\":";
    append_json(out, header.title);
    out += ",\"scenario_file\":";
    append_json(out, header.scenario_file);
    fmt::format_to(std::back_inserter(out), ",\"seed\":{},\"level\":", header.seed);
    append_json(out, run::choice_name(header.level));
    fmt::format_to(std::back_inserter(out), ",\"t\":{},\"time\":\"{}\",\"nodes\":[", header.start.ns,
                   run::iso_time(header.start, header.zone_minutes));
    for (std::size_t i = 0; i < header.nodes.size(); ++i) {
        if (i != 0) out += ',';
        append_json(out, header.nodes[i]);
    }
    out += "],\"interfaces\":[";
    for (std::size_t i = 0; i < header.nics.size(); ++i) {
        const run::NicRow& nic = header.nics[i];
        out += i == 0 ? "{\"name\":" : ",{\"name\":";
        append_json(out, nic.name);
        out += ",\"link\":";
        append_json(out, nic.link);
        out += ",\"mac\":";
        append_json(out, format(nic.mac));
        out += ",\"address\":";
        append_json(out, nic.address == wire::Address{} ? std::string{} : format(nic.address));
        out += '}';
    }
    out += "],\"scenario\":";
    append_json(out, header.scenario);
    return out += '}';
}

} // namespace

void write_json(const run::Log& log, const std::function<void(std::string_view)>& output)
{
    if (!log.is_run()) {
        for (std::uint64_t number = 1; number <= log.frames(); ++number) {
            const run::Frame& frame = log.frame(static_cast<run::FrameRef>(number));
            std::string out = fmt::format("{{\"frame\":{},\"t\":{},\"time\":\"{}\",\"interface\":", number, frame.at.ns,
                                          run::iso_time(frame.at, 0));
            append_json(out, log.capture().interfaces[static_cast<std::size_t>(frame.nic)].name);
            fmt::format_to(std::back_inserter(out), ",\"length\":{},\"captured\":{}}}", frame.original_length,
                           frame.octets.size());
            output(out);
        }
        return;
    }
    output(head_of(log));
    for (const run::Event& event : log.events()) output(run::to_json(event, log.header(), log.spans()));
    output(fmt::format("{{\"end\":{},\"t\":{},\"time\":\"{}\"}}", log.complete(), log.end().ns,
                       run::iso_time(log.end(), log.header().zone_minutes)));
}

} // namespace tegami::exporting
