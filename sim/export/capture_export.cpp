#include "sim/export/capture_export.hpp"

#include "sim/run/choices.hpp"
#include "sim/run/pcapng_writer.hpp"

#include <algorithm>
#include <array>

namespace tegami::exporting {

namespace pcapng = run::pcapng;

namespace {

constexpr std::size_t buffered = 1u << 20;
/// A reader takes only so many options a block.
constexpr std::size_t most_comments = 64;

/// The octets of a frame where it was seen.
wire::OctetBuffer octets_of(const Log& log, const Sighting& seen) { return log.octets_on(seen.frame, seen.hop); }

struct Interface {
    pcapng::InterfaceRow row;
    std::uint16_t link_type = pcapng::link_type_ethernet;
};

Interface interface_of(const Log& log, NicId nic)
{
    const auto index = static_cast<std::size_t>(nic);
    if (log.is_run()) {
        const run::NicRow& row = log.header().nics[index];
        return {{row.name, row.mac, row.address, row.prefix_length}, pcapng::link_type_ethernet};
    }
    const run::CapturedInterface& row = log.capture().interfaces[index];
    return {{row.name, row.mac, row.address, 32}, row.link_type};
}

/// Says each fact, in order, once frames are seen at or after it.
class Comments {
  public:
    Comments(const Log& log, const CaptureChoice& choice) : log_(log), commentator_(choice.commentator)
    {
        if (commentator_ == nullptr || !log.is_run()) return;
        kinds_ = commentator_->kinds();
        // A sniffer's capture is told with what happened there, and nowhere else.
        if (choice.place) {
            here_.assign(log.header().nodes.size(), false);
            for (const NicId nic : choice.place->nics)
                here_[index_of(log.header().nics[static_cast<std::size_t>(nic)].host)] = true;
        }
        events_.emplace(log.events().begin());
    }

    /// What is to be said before the fact of a frame seen at `at`, that fact included.
    std::vector<std::string> until(Time at, FactRef fact)
    {
        return take([&](const run::Event& event) {
            return event.at < at || (event.at == at && (event.ref <= fact || fact == FactRef::none));
        });
    }
    std::vector<std::string> rest()
    {
        return take([](const run::Event&) { return true; });
    }

  private:
    template <class Condition>
    std::vector<std::string> take(Condition due)
    {
        std::vector<std::string> texts;
        if (!events_) return texts;
        for (auto& event = *events_; event != std::default_sentinel && due(*event); ++event) {
            const auto kind = std::visit(
                []<class Fact>(const Fact&) -> std::size_t {
                    if constexpr (std::same_as<Fact, std::monostate>)
                        return 0;
                    else
                        return static_cast<std::size_t>(Fact::kind);
                },
                (*event).what);
            if (!kinds_[kind] || (!here_.empty() && !here_[index_of((*event).node)])) continue;
            run::Event as_recorded = *event;
            as_recorded.number = 0;
            std::string text = commentator_->comment(as_recorded, log_.spans());
            if (text.empty()) continue;
            if (texts.size() < most_comments)
                texts.push_back(std::move(text));
            else
                texts.back().append("\n").append(text);
        }
        return texts;
    }

    const Log& log_;
    run::Commentator* commentator_;
    run::FactKinds kinds_;
    std::vector<bool> here_; // by node; empty for everywhere
    std::optional<run::Log::Events::Iterator> events_;
};

std::uint64_t epoch_seconds(Time at) { return static_cast<std::uint64_t>(at.ns / 1'000'000'000); }

} // namespace

std::string_view ExportProblem::key() const
{
    constexpr std::array<std::string_view, 4> keys = {"export.no_frames", "export.not_a_run",
                                                      "export.several_link_types", "export.time_out_of_range"};
    return keys[static_cast<std::size_t>(kind)];
}

std::string ExportProblem::text() const
{
    switch (kind) {
    case Kind::no_frames_recorded:
        return "the run was recorded at level " + about + ", without frames: record it again with --record full";
    case Kind::not_a_run: return "a capture that tegami did not record knows no places: leave --sniff out";
    case Kind::several_link_types: return "frames of several link types do not fit into a .pcap: write a .pcapng";
    case Kind::time_out_of_range: return "a .pcap holds times from 1970 to 2106: write a .pcapng";
    }
    return {};
}

std::expected<std::vector<Sighting>, ExportProblem> chosen_frames(const Log& log, const CaptureChoice& choice)
{
    using Kind = ExportProblem::Kind;
    if (log.is_run() && log.header().level < run::Level::headers)
        return std::unexpected(
            ExportProblem{Kind::no_frames_recorded, std::string(run::choice_name(log.header().level))});
    if (choice.place && !log.is_run()) return std::unexpected(ExportProblem{Kind::not_a_run, {}});

    std::vector<Sighting> seen;
    if (choice.place) {
        seen = sniff(log, *choice.place);
    } else {
        seen.reserve(log.frames());
        for (std::uint64_t number = 1; number <= log.frames(); ++number) {
            const run::Frame& frame = log.frame(static_cast<FrameRef>(number));
            seen.push_back({static_cast<FrameRef>(number), 0, false, frame.nic, frame.at});
        }
    }
    std::erase_if(seen, [&](const Sighting& sighting) {
        if ((choice.from && sighting.at < *choice.from) || (choice.to && sighting.at > *choice.to)) return true;
        if (choice.filter == nullptr) return false;
        return !choice.filter->matches(octets_of(log, sighting), log.frame(sighting.frame).original_length);
    });
    return seen;
}

std::expected<void, ExportProblem> write_pcapng(const Log& log, const CaptureChoice& choice, const Output& output)
{
    const auto seen = chosen_frames(log, choice);
    if (!seen) return std::unexpected(seen.error());

    wire::OctetBuffer out;
    pcapng::BlockWriter block(out);
    block.begin(pcapng::BlockType::section_header);
    block.u32(pcapng::byte_order_magic);
    block.u16(pcapng::major_version);
    block.u16(0);
    block.u32(0xFFFFFFFF); // a section of unknown length: 64 bits of ones
    block.u32(0xFFFFFFFF);
    if (!log.header().title.empty())
        block.option(pcapng::Option::comment, pcapng::fitting(log.header().title, pcapng::option_octets));
    block.option(pcapng::Option::shb_user_application, std::string_view("tegami"));
    block.end();

    // A sniffer's capture has the interfaces of its place, any other all of them.
    const std::size_t interfaces = log.is_run() ? log.header().nics.size() : log.capture().interfaces.size();
    std::vector<std::uint32_t> number_of(interfaces);
    std::uint32_t described = 0;
    const auto describe = [&](std::size_t nic) {
        const Interface interface = interface_of(log, static_cast<NicId>(nic));
        pcapng::write_interface(out, interface.row, interface.link_type);
        number_of[nic] = described++;
    };
    if (choice.place)
        for (const NicId nic : choice.place->nics) describe(static_cast<std::size_t>(nic));
    else
        for (std::size_t nic = 0; nic < interfaces; ++nic) describe(nic);
    std::vector<std::pair<wire::Address, std::string>> names;
    for (const auto& [address, name] : log.capture().names) names.emplace_back(address, name);
    if (!names.empty()) pcapng::write_names(out, names);

    Comments comments(log, choice);
    for (std::size_t i = 0; i < seen->size(); ++i) {
        const Sighting& sighting = (*seen)[i];
        const run::Frame& frame = log.frame(sighting.frame);
        const auto octets = octets_of(log, sighting);
        const auto ns = static_cast<std::uint64_t>(sighting.at.ns);
        block.begin(pcapng::BlockType::enhanced_packet);
        block.u32(number_of[static_cast<std::size_t>(sighting.nic)]);
        block.u32(static_cast<std::uint32_t>(ns >> 32));
        block.u32(static_cast<std::uint32_t>(ns));
        block.u32(static_cast<std::uint32_t>(octets.size()));
        block.u32(frame.original_length);
        block.octets(octets);
        auto texts = comments.until(sighting.at, sighting.hop == 0 && !sighting.inbound ? frame.fact : FactRef::none);
        if (i + 1 == seen->size())
            for (std::string& text : comments.rest()) texts.push_back(std::move(text));
        for (const std::string& text : texts)
            block.option(pcapng::Option::comment, pcapng::fitting(text, pcapng::option_octets));
        if (choice.place) {
            std::array<std::uint8_t, 4> flags;
            pcapng::store_u32(flags.data(), sighting.inbound ? pcapng::flag_inbound : pcapng::flag_outbound);
            block.option(pcapng::Option::epb_flags, flags);
        }
        block.end();
        if (out.size() >= buffered) {
            output(out);
            out.clear();
        }
    }
    output(out);
    return {};
}

std::expected<void, ExportProblem> write_pcap(const Log& log, const CaptureChoice& choice, const Output& output)
{
    using Kind = ExportProblem::Kind;
    constexpr std::uint32_t magic_nanoseconds = 0xA1B23C4D;
    const auto seen = chosen_frames(log, choice);
    if (!seen) return std::unexpected(seen.error());
    std::uint16_t link_type = pcapng::link_type_ethernet;
    if (!seen->empty()) link_type = interface_of(log, seen->front().nic).link_type;
    for (const Sighting& sighting : *seen) {
        if (interface_of(log, sighting.nic).link_type != link_type)
            return std::unexpected(ExportProblem{Kind::several_link_types, {}});
        if (sighting.at.ns < 0 || epoch_seconds(sighting.at) > 0xFFFFFFFF)
            return std::unexpected(ExportProblem{Kind::time_out_of_range, {}});
    }

    wire::OctetBuffer out;
    const auto u32 = [&](std::uint32_t value) {
        std::array<std::uint8_t, 4> octets;
        pcapng::store_u32(octets.data(), value);
        out.insert(out.end(), octets.begin(), octets.end());
    };
    u32(magic_nanoseconds);
    u32(2 | 4 << 16); // version 2.4
    u32(0);
    u32(0);
    u32(pcapng::snapshot_length);
    u32(link_type);
    for (const Sighting& sighting : *seen) {
        const auto octets = octets_of(log, sighting);
        u32(static_cast<std::uint32_t>(epoch_seconds(sighting.at)));
        u32(static_cast<std::uint32_t>(sighting.at.ns % 1'000'000'000));
        u32(static_cast<std::uint32_t>(octets.size()));
        u32(log.frame(sighting.frame).original_length);
        out.insert(out.end(), octets.begin(), octets.end());
        if (out.size() >= buffered) {
            output(out);
            out.clear();
        }
    }
    output(out);
    return {};
}

} // namespace tegami::exporting
