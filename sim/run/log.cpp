#include "sim/run/log.hpp"

#include "sim/run/forwarding.hpp"

#include <algorithm>
#include <cassert>

namespace tegami::run {

// ---- reading -------------------------------------------------------------------------------------------------------

Log::Log() : capture_(std::make_unique<Capture>()), spans_(std::make_unique<LogSpans>()) {}

std::expected<Log, FileError> Log::open(const std::string& path)
{
    auto file = read_file(path);
    if (!file) return std::unexpected(file.error());
    return of(std::move(*file));
}

Log Log::of(wire::OctetBuffer file)
{
    Log log;
    log.file_ = std::move(file);
    *log.capture_ = read_capture(log.file_);
    log.decode(false);
    return log;
}

Log Log::of(const std::vector<Chunk>& kept)
{
    Log log;
    log.extend(kept);
    return log;
}

void Log::extend(const std::vector<Chunk>& kept)
{
    std::size_t from = 0; // in the first chunk to be read
    std::size_t first = 0;
    if (!chunks_.empty()) {
        // The last block may have been open still: it is read again, as it is now.
        first = chunks_.size() - 1;
        from = pcapng_.last_block();
        pcapng_.forget_last_block(*capture_);
    }
    chunks_ = kept;
    std::size_t offset = 0;
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
        if (i >= first) {
            const std::size_t skip = i == first ? from : 0;
            pcapng_.read(chunks_[i].octets().subspan(skip), offset + skip, *capture_);
            if (skip != 0) pcapng_.shift_last_block(skip);
        }
        offset += chunks_[i].size;
    }
    decode(true);
}

void Log::break_at(std::size_t file_offset, std::string_view rule)
{
    if (!broken_) broken_ = wire::Malformed{file_offset, rule};
}

void Log::decode(bool growing)
{
    if (capture_->broken) broken_ = capture_->broken;
    const Octets log = capture_->log;
    if (!header_read_ && log.empty()) { // somebody else's
        for (const CapturedFrame& frame : capture_->frames) {
            frames_.push_back(
                {frame.octets, frame.original_length, static_cast<NicId>(frame.interface), frame.at, {}, {}, {}});
            end_ = std::max(end_, frame.at);
        }
        last_about_.resize(frames_.size());
        return;
    }

    LogReader in(log, state_.offset);
    if (!header_read_) {
        header_ = read_header(in);
        if (in.failed()) return break_at(capture_->file_offset(in.failure().offset), in.failure().rule);
        header_read_ = is_run_ = true;
        state_.offset = in.offset();
        state_.at = end_ = header_.start;
        facts_of_.resize(header_.nodes.size());
    }
    Event event;
    while (in.left() != 0 && !complete_) {
        DecodeState next = state_;
        read_event(in, next, *spans_, header_, event);
        if (next.frames > capture_->frames.size()) in.fail("a frame's fact without the frame");
        if (next.facts > UINT32_MAX) in.fail("more facts than 4,294,967,295, which is the most that is read");
        if (in.failed()) {
            break_at(capture_->file_offset(std::min(in.failure().offset, log.size() - 1)), in.failure().rule);
            break;
        }
        if (event.what.index() == 0)
            complete_ = true;
        else if (state_.facts % facts_a_mark == 0)
            marks_.push_back(state_);
        state_ = next;
        end_ = state_.at;
        if (!complete_) index(event);
    }
    if (complete_ && in.left() != 0)
        break_at(capture_->file_offset(in.offset()), "something follows the end of the run");
    if (!complete_ && !growing) break_at(file_.size(), "the run has no end: the file is cut, or its recording was");
}

void Log::index(const Event& event)
{
    const auto fact = static_cast<std::uint32_t>(event.ref);
    facts_of_[index_of(event.node)].push_back(fact);
    const auto note = [&](FrameRef frame) {
        if (frame == FrameRef::none) return;
        std::uint32_t& last = last_about_[static_cast<std::size_t>(frame) - 1];
        about_.push_back({fact, last});
        last = static_cast<std::uint32_t>(about_.size() - 1);
    };
    if (const auto* sent = std::get_if<FrameSent>(&event.what)) {
        const CapturedFrame& captured = capture_->frames[static_cast<std::size_t>(event.frame) - 1];
        frames_.push_back(
            {captured.octets, captured.original_length, sent->nic, event.at, event.ref, event.node, event.spans});
        last_about_.push_back(0);
    } else if (const auto* crossed = std::get_if<FrameCrossed>(&event.what)) {
        note(crossed->frame);
    } else if (const auto* dropped = std::get_if<FrameDropped>(&event.what)) {
        note(dropped->frame);
    } else if (const auto* cut = std::get_if<FrameCut>(&event.what)) {
        note(cut->frame);
    } else if (const auto* content = std::get_if<Content>(&event.what)) {
        const auto id = static_cast<std::size_t>(content->content);
        // Contents are numbered as they come: a number far ahead is no reason to make room for it.
        if (id < contents_.size() + 2) {
            if (id >= contents_.size()) contents_.resize(id + 1);
            contents_[id].push_back(fact);
        }
    }
}

// ---- facts ---------------------------------------------------------------------------------------------------------

void Log::read(DecodeState& state, Event& event) const
{
    LogReader in(capture_->log, state.offset);
    read_event(in, state, *spans_, header_, event);
    assert(!in.failed() && "the log was read before");
    const auto& facts = facts_of_[index_of(event.node)];
    event.number = static_cast<std::uint64_t>(std::ranges::lower_bound(facts, static_cast<std::uint32_t>(event.ref)) -
                                              facts.begin()) +
                   1;
}

DecodeState Log::state_before(std::uint64_t fact) const
{
    DecodeState state = marks_[(fact - 1) / facts_a_mark];
    Event skipped;
    LogReader in(capture_->log, state.offset);
    while (state.facts + 1 < fact) read_event(in, state, *spans_, header_, skipped);
    return state;
}

Event Log::event(FactRef fact) const
{
    assert(fact != FactRef::none && static_cast<std::uint64_t>(fact) <= facts());
    DecodeState state = state_before(static_cast<std::uint64_t>(fact));
    Event event;
    read(state, event);
    return event;
}

FactRef Log::first_at(Time at) const
{
    // A mark's time is that of the fact before it: the last mark below `at` is where to begin.
    auto mark = std::ranges::lower_bound(marks_, at, {}, &DecodeState::at);
    if (mark != marks_.begin()) --mark;
    if (mark == marks_.end()) return FactRef::none;
    for (const Event& event : events(static_cast<FactRef>(mark->facts + 1)))
        if (event.at >= at) return event.ref;
    return FactRef::none;
}

std::span<const std::uint32_t> Log::facts_of(NodeId node) const
{
    if (index_of(node) >= facts_of_.size()) return {};
    return facts_of_[index_of(node)];
}

Time Log::start() const
{
    if (is_run_) return header_.start;
    Time first = end_;
    for (const Frame& frame : frames_) first = std::min(first, frame.at);
    return first;
}

Log::Events Log::events(FactRef from, FactRef to) const
{
    const std::uint64_t first = std::max<std::uint64_t>(static_cast<std::uint64_t>(from), 1);
    const std::uint64_t behind =
        to == FactRef::none ? facts() + 1 : std::min(static_cast<std::uint64_t>(to), facts() + 1);
    return {*this, first, behind};
}

Log::Events::Iterator::Iterator(const Log& log, std::uint64_t first, std::uint64_t behind)
    : log_(&log), last_(behind - 1)
{
    state_.facts = last_;
    if (first >= behind) return;
    state_ = log.state_before(first);
    read();
}

void Log::Events::Iterator::read()
{
    next_ = state_;
    log_->read(next_, event_);
}

Log::Events::Iterator& Log::Events::Iterator::operator++()
{
    state_ = next_;
    if (state_.facts < last_) read();
    return *this;
}

// ---- frames --------------------------------------------------------------------------------------------------------

std::vector<FactRef> Log::about(FrameRef frame) const
{
    std::vector<FactRef> facts;
    for (std::uint32_t i = last_about_[static_cast<std::size_t>(frame) - 1]; i != 0; i = about_[i].before)
        facts.push_back(static_cast<FactRef>(about_[i].fact));
    std::ranges::reverse(facts);
    return facts;
}

std::vector<Hop> Log::hops(FrameRef number) const
{
    std::vector<Hop> hops;
    const Frame& frame = this->frame(number);
    if (frame.fact == FactRef::none) {
        hops.push_back({{}, {}, frame.at, frame.nic, frame.nic, {}, Fate::arrives});
        return hops;
    }
    const Event sending = event(frame.fact);
    const auto& sent = std::get<FrameSent>(sending.what);
    hops.push_back({sending.ref, sending.node, sending.at, sent.nic, sent.to, sent.transit, sent.fate});
    for (const FactRef fact : about(number)) {
        const Event event = this->event(fact);
        if (const auto* crossed = std::get_if<FrameCrossed>(&event.what)) {
            hops.push_back({fact, event.node, event.at, crossed->nic, crossed->to, crossed->transit, crossed->fate});
        } else if (const auto* cut = std::get_if<FrameCut>(&event.what)) {
            // It was on its way from that interface: of two copies, the one that would have arrived now.
            const auto lost_now = [&](const Hop& hop) {
                return hop.nic == cut->nic && hop.arrived() && hop.arrival() == event.at;
            };
            const auto lost = [&](const Hop& hop) {
                return hop.nic == cut->nic && hop.arrived() && hop.arrival() >= event.at;
            };
            auto hop = std::ranges::find_if(hops, lost_now);
            if (hop == hops.end()) hop = std::ranges::find_if(hops, lost);
            if (hop != hops.end()) hop->cut = true;
        }
    }
    return hops;
}

wire::OctetBuffer Log::octets_on(FrameRef number, std::size_t hop) const
{
    const Frame& frame = this->frame(number);
    wire::OctetBuffer octets(frame.octets.begin(), frame.octets.end());
    if (hop == 0) return octets;

    // The way to `hop`: each hop goes on from the last one before it that led to its own host; a copy that a link made,
    // from the last one over that link.
    const std::vector<Hop> hops = this->hops(number);
    const auto nic_at = [&](NicId nic) -> const NicRow& { return header_.nics[static_cast<std::size_t>(nic)]; };
    std::vector<std::size_t> way;
    for (std::size_t at = hop; at != 0;) {
        const Hop& here = hops[at];
        const bool copied = here.fate == Fate::copied;
        if (!copied && nic_at(here.nic).kind == NicKind::end) way.push_back(at);
        std::size_t before = at - 1;
        while (before != 0 && (copied ? hops[before].nic != here.nic || hops[before].fate == Fate::copied
                                      : nic_at(hops[before].to).host != nic_at(here.nic).host))
            --before;
        at = before;
    }
    for (auto at = way.rbegin(); at != way.rend(); ++at) {
        const Event event = this->event(hops[*at].fact);
        const Octets rewritten = std::get<FrameCrossed>(event.what).rewritten;
        forward(octets, nic_at(hops[*at].nic).mac, nic_at(hops[*at].to).mac);
        std::ranges::copy(rewritten.first(std::min(rewritten.size(), octets.size())), octets.begin());
    }
    return octets;
}

// ---- messages ------------------------------------------------------------------------------------------------------

Log::Message Log::message(ContentId content) const
{
    Message message;
    const auto id = static_cast<std::size_t>(content);
    if (id == 0 || id >= contents_.size()) return message;
    std::uint64_t size = 0;
    for (const std::uint32_t fact : contents_[id]) {
        const Event event = this->event(static_cast<FactRef>(fact));
        const auto& part = std::get<Content>(event.what);
        size = part.size;
        if (part.offset != message.octets.size()) break;
        message.octets.insert(message.octets.end(), part.octets.begin(), part.octets.end());
    }
    message.whole = !contents_[id].empty() && message.octets.size() == size;
    return message;
}

} // namespace tegami::run
