#pragma once
/// What a frame is in one line: from whom to whom, which protocol, what it says. For every view that names frames.

#include "sim/export/address_book.hpp"
#include "sim/export/dissection.hpp"
#include "sim/export/view.hpp"
#include "sim/run/journey.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace tegami::exporting {

/// A frame in words. Text from the wire in it is raw.
struct Reading {
    std::string from, to;
    std::string protocol;
    std::string info;
    std::string behind = {}; ///< of the info: what no cut may take away
    bool again = false;      ///< it carries what was sent before
    bool from_client = true; ///< of a connection: sent by the end that opened it, as far as can be told
};

class FrameReader {
  public:
    /// All must outlive it.
    FrameReader(const run::Log& log, const run::Journeys& journeys, const Telling& telling);

    /// Frames are to be read in their order, each once: sequence numbers are told from the first on.
    Reading read(run::FrameRef ref);
    /// The frame that was read last, taken apart.
    const Dissection& dissection() const { return dissection_; }

    /// "1·S1 2·S1": the mails and steps that a frame serves.
    std::string serves(const run::Frame& frame) const;
    /// Whether the selection's time, mail and step let the frame through.
    bool admits(const run::Frame& frame) const;
    /// Where a frame went no further: a sentence each.
    std::vector<std::string> stops_of(run::FrameRef ref) const;

    const AddressBook& book() const { return book_; }

  private:
    void find_repeats();
    void read_ends(const run::Frame& frame, run::FrameRef ref, Reading& reading) const;
    void read_arp(const run::Frame& frame, Reading& reading) const;
    void read_tcp(const run::Frame& frame, Reading& reading);
    std::string dns_text(const DnsSummary& dns) const;
    std::string payload_text(const run::Frame& frame) const;
    std::string_view application_of(const run::Frame& frame) const;
    bool is_authenticating(const run::Frame& frame);
    std::string malformed(const Layer& layer) const;

    const run::Log& log_;
    const run::Journeys& journeys_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    Dissection dissection_;
    AddressBook book_;
    std::set<run::FrameRef> repeats_;
    using Ends = std::tuple<wire::Address, std::uint16_t, wire::Address, std::uint16_t>;
    std::map<Ends, std::uint32_t> initial_; // sequence number of each direction's SYN
    std::set<run::SpanId> authenticating_;  // sessions in which AUTH has no outcome yet
};

} // namespace tegami::exporting
