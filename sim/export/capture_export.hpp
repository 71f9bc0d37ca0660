#pragma once
/// A run as a plain capture, for any program that reads one: pcapng with names and comments, or classic pcap.

#include "sim/export/filter.hpp"
#include "sim/export/sniff.hpp"
#include "sim/run/recorder.hpp"

#include <functional>
#include <optional>

namespace tegami::exporting {

/// Takes octets of a file, in order.
using Output = std::function<void(Octets)>;

/// What of a run goes into a capture.
struct CaptureChoice {
    std::optional<Place> place;              ///< nothing: each frame once, where it was first sent
    const Filter* filter = nullptr;          ///< null for all frames
    run::Commentator* commentator = nullptr; ///< null for no comments; for pcapng only
    std::optional<Time> from, to;            ///< frames seen from, and up to and including
};

/// Why a run cannot become a capture: a stable key for the catalogue, and what it is about.
struct ExportProblem {
    enum class Kind : std::uint8_t {
        no_frames_recorded, ///< of level none or story; `about` is the level
        not_a_run,          ///< a place asks for more than a stranger's capture can tell
        several_link_types, ///< classic pcap has one
        time_out_of_range,  ///< classic pcap has times from 1970 to 2106
    };
    Kind kind{};
    std::string about;

    std::string_view key() const; ///< "export.no_frames" and the like
    std::string text() const;     ///< in English, with the remedy
};

std::expected<void, ExportProblem> write_pcapng(const Log& log, const CaptureChoice& choice, const Output& output);
/// With times in nanoseconds, as libpcap since 1.5 reads them.
std::expected<void, ExportProblem> write_pcap(const Log& log, const CaptureChoice& choice, const Output& output);

/// The frames that a choice takes, for those who count them.
std::expected<std::vector<Sighting>, ExportProblem> chosen_frames(const Log& log, const CaptureChoice& choice);

} // namespace tegami::exporting
