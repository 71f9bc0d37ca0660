#include "sim/run/recorder.hpp"

#include "sim/run/capture.hpp"
#include "sim/run/pcapng_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <unordered_map>

namespace tegami::run {

using pcapng::store_u16;
using pcapng::store_u32;

namespace {

constexpr std::size_t option_head = 4 + pcapng::signature_length;
constexpr std::size_t statistics_head = 20;
constexpr std::size_t packet_head = 28;
/// Room that a frame's block has for facts at least, so that few blocks are opened for a handful of facts.
constexpr std::size_t room_behind_frame = 1024;
constexpr std::size_t most_comments = 64;
/// Of the log in one block. Of a long header, what the section header does not hold follows the interfaces.
constexpr std::size_t block_octets = 4u << 20;

void store_time(std::uint8_t* at, Time time)
{
    const auto ns = static_cast<std::uint64_t>(time.ns);
    store_u32(at, static_cast<std::uint32_t>(ns >> 32));
    store_u32(at + 4, static_cast<std::uint32_t>(ns));
}

/// Where a message's header ends, its empty line included. RFC 5322 §2.1.
std::size_t header_octets(Octets message)
{
    const std::string_view text = wire::as_text(message);
    if (text.starts_with("\r\n")) return 2;
    const std::size_t end = text.find("\r\n\r\n");
    return end == text.npos ? text.size() : end + 4;
}

/// Good enough to find equal contents with: those found are compared octet by octet.
std::uint64_t hash_of(Octets octets)
{
    std::uint64_t hash = octets.size();
    const auto mix = [&](std::uint64_t word) { hash = std::rotl((hash ^ word) * 0x9E3779B97F4A7C15, 29); };
    std::size_t at = 0;
    std::uint64_t word = 0;
    for (; at + 8 <= octets.size(); at += 8) {
        std::memcpy(&word, octets.data() + at, 8);
        mix(word);
    }
    word = 0;
    if (at != octets.size()) std::memcpy(&word, octets.data() + at, octets.size() - at);
    mix(word);
    return hash;
}

template <class... Facts>
constexpr auto levels_of(std::type_identity<std::variant<std::monostate, Facts...>>)
{
    return std::array{std::pair{Facts::kind, Facts::level}...};
}

} // namespace

/// Message contents seen, to recognise them.
struct Recorder::Remembered {
    struct Content {
        std::uint64_t hash;
        ContentId id;
        wire::OctetBuffer octets;
    };
    std::deque<Content> contents; // the oldest first
    std::unordered_multimap<std::uint64_t, const Content*> by_hash;
    std::size_t octets = 0;
    std::uint32_t count = 0;

    ContentId find(std::uint64_t hash, Octets message) const
    {
        const auto [from, to] = by_hash.equal_range(hash);
        for (auto i = from; i != to; ++i)
            if (std::ranges::equal(i->second->octets, message)) return i->second->id;
        return ContentId::none;
    }
    ContentId add(std::uint64_t hash, Octets message)
    {
        const auto id = static_cast<ContentId>(++count);
        if (message.size() > remembered_content) return id;
        while (octets + message.size() > remembered_content) forget_oldest();
        octets += message.size();
        contents.push_back({hash, id, {message.begin(), message.end()}});
        by_hash.emplace(hash, &contents.back());
        return id;
    }
    void forget_oldest()
    {
        const Content& oldest = contents.front();
        const auto [from, to] = by_hash.equal_range(oldest.hash);
        by_hash.erase(std::find_if(from, to, [&](const auto& entry) { return entry.second == &oldest; }));
        octets -= oldest.octets.size();
        contents.pop_front();
    }
};

Recorder::Recorder(const RunHeader& header, const SpanTable& spans, std::unique_ptr<Sink> sink,
                   Commentator* commentator)
    : sink_(std::move(sink)),
      spans_(spans),
      commentator_(commentator),
      level_(header.level),
      last_at_(header.start),
      numbers_(spans),
      remembered_(std::make_unique<Remembered>())
{
    if (commentator_ != nullptr) commentator_->begin(header);
    const FactKinds commented = commentator_ != nullptr ? commentator_->kinds() : FactKinds{};
    for (const auto& [kind, level] : levels_of(std::type_identity<AnyFact>{})) {
        const auto index = static_cast<std::size_t>(kind);
        if (level <= level_) treatment_[index] = commented[index] ? Treatment::comment_on : Treatment::record;
    }
    if (header.nics.size() > limits::capture_interfaces) {
        refused_ = {header.scenario_file, E2BIG, "record more than 65,536 interfaces of"};
        treatment_.fill(Treatment::leave_out);
    }
    write_head(refused_ ? RunHeader{} : header);
}

Recorder::~Recorder() = default;

// ---- the head ------------------------------------------------------------------------------------------------------

void Recorder::write_head(const RunHeader& header)
{
    wire::OctetBuffer log;
    run::encode(header, log);
    const std::size_t here = std::min(log.size(), block_octets);

    wire::OctetBuffer head;
    pcapng::BlockWriter section(head);
    section.begin(pcapng::BlockType::section_header);
    section.u32(pcapng::byte_order_magic);
    section.u16(pcapng::major_version);
    section.u16(0);
    section.u32(0xFFFFFFFF); // a section of unknown length: 64 bits of ones
    section.u32(0xFFFFFFFF);
    if (!header.title.empty())
        section.option(pcapng::Option::comment, pcapng::fitting(header.title, pcapng::option_octets));
    section.option(pcapng::Option::shb_user_application, std::string_view("tegami"));
    wire::OctetBuffer option;
    for (std::size_t from = 0; from < here; from += pcapng::option_octets) {
        option.resize(4);
        store_u32(option.data(), pcapng::enterprise_number);
        option.insert(option.end(), pcapng::signature.begin(), pcapng::signature.end());
        const Octets part = Octets(log).subspan(from, std::min(pcapng::option_octets, here - from));
        option.insert(option.end(), part.begin(), part.end());
        section.option(pcapng::Option::custom_octets, option);
    }
    section.end();

    for (const NicRow& nic : header.nics)
        pcapng::write_interface(head, {nic.name, nic.mac, nic.address, nic.prefix_length});
    // A statistics block belongs to an interface: a world without any gets one for its facts.
    if (header.nics.empty()) pcapng::write_interface(head, {"tegami", {}, {}, 0});
    pcapng::write_names(head, header.names);

    open_chunk(head.size());
    std::memcpy(chunk_.memory.get(), head.data(), head.size());
    chunk_.size = head.size();
    if (here < log.size()) append(Octets(log).subspan(here));
}

// ---- blocks --------------------------------------------------------------------------------------------------------

/// A chunk with room for so many octets; no block is open.
void Recorder::open_chunk(std::size_t octets)
{
    if (chunk_.capacity - chunk_.size >= octets) return;
    if (chunk_.size != 0) sink_->take(std::move(chunk_));
    chunk_ = sink_->fresh(std::max(octets, chunk_octets));
}

/// Opens our option at the cursor and sets how far facts may go.
void Recorder::open_option()
{
    // Octets may be anybody's to the compiler: members are read once before octets are written, and written after.
    std::uint8_t* const option = cursor_;
    std::uint8_t* const first = option + option_head;
    std::uint8_t* const end = chunk_.memory.get() + chunk_.capacity - trailer;
    option_ = option;
    cursor_ = first;
    limit_ = first + std::min(pcapng::option_octets, static_cast<std::size_t>(end - first));
    store_u16(option, static_cast<std::uint16_t>(pcapng::Option::custom_octets));
    store_u32(option + 4, pcapng::enterprise_number);
    std::memcpy(option + 8, pcapng::signature.data(), pcapng::signature.size());
}

void Recorder::close_option()
{
    std::uint8_t* const cursor = cursor_;
    std::uint8_t* const option = option_;
    const auto length = static_cast<std::size_t>(cursor - option - 4);
    cursor_ = option + 4 + pcapng::padded(length);
    store_u16(option + 2, static_cast<std::uint16_t>(length));
    store_u32(cursor, 0); // the padding: there is room behind the cursor
}

void Recorder::close_block()
{
    if (block_ == nullptr) return;
    close_option();
    std::uint8_t* const cursor = cursor_;
    std::uint8_t* const block = block_;
    const auto length = static_cast<std::uint32_t>(cursor + 8 - block);
    chunk_.size = static_cast<std::size_t>(cursor + 8 - chunk_.memory.get());
    block_ = cursor_ = limit_ = nullptr;
    store_u32(cursor, 0); // the end of options
    store_u32(cursor + 4, length);
    store_u32(block + 4, length);
}

/// A block for facts alone, with room for so many octets in all its options.
void Recorder::open_statistics(std::size_t octets)
{
    close_block();
    open_chunk(statistics_head + octets + trailer);
    block_ = chunk_.memory.get() + chunk_.size;
    store_u32(block_, static_cast<std::uint32_t>(pcapng::BlockType::interface_statistics));
    store_u32(block_ + 8, 0); // the first interface
    store_time(block_ + 12, last_at_);
    cursor_ = block_ + statistics_head;
}

void Recorder::make_room(std::size_t octets)
{
    open_statistics(option_head + std::max(octets, room_behind_frame));
    open_option();
}

/// Octets of the log that do not fit into one option: as many options and blocks as they need.
void Recorder::append(Octets log)
{
    while (!log.empty()) {
        Octets here = log.first(std::min(log.size(), block_octets));
        log = log.subspan(here.size());
        const std::size_t options = here.size() / pcapng::option_octets + 1;
        open_statistics(here.size() + options * (option_head + 3) + room_behind_frame);
        open_option();
        while (!here.empty()) {
            if (cursor_ == limit_) {
                close_option();
                open_option();
            }
            const std::size_t part = std::min(here.size(), static_cast<std::size_t>(limit_ - cursor_));
            std::memcpy(cursor_, here.data(), part);
            cursor_ += part;
            here = here.subspan(part);
        }
    }
}

FrameRef Recorder::frame(Time at, NodeId node, Spans spans, FactRef cause, const FrameSent& sent, Octets octets,
                         std::size_t header_length)
{
    const Treatment treatment = treatment_[static_cast<std::size_t>(FactKind::frame_sent)];
    if (treatment == Treatment::leave_out) return FrameRef::none;
    const std::size_t captured = level_ == Level::full ? octets.size() : std::min(octets.size(), header_length);
    assert(captured <= pcapng::snapshot_length);

    const auto number = static_cast<FrameRef>(frames_ + 1);
    if (treatment == Treatment::comment_on) [[unlikely]]
        comment({static_cast<FactRef>(facts_ + 1), at, node, 0, spans, cause, number, sent});

    close_block();
    const std::size_t body = pcapng::padded(captured);
    std::size_t room = packet_head + body + option_head + room_behind_frame + trailer;
    for (const std::string& text : comments_) room += 4 + pcapng::padded(text.size());
    open_chunk(room);

    std::uint8_t* const block = chunk_.memory.get() + chunk_.size;
    block_ = block;
    cursor_ = block + packet_head + body;
    store_u32(block, static_cast<std::uint32_t>(pcapng::BlockType::enhanced_packet));
    store_u32(block + 8, static_cast<std::uint32_t>(sent.nic));
    store_time(block + 12, at);
    store_u32(block + 20, static_cast<std::uint32_t>(captured));
    store_u32(block + 24, static_cast<std::uint32_t>(octets.size()));
    if (captured != 0) {
        store_u32(block + packet_head + body - 4, 0); // the padding
        std::memcpy(block + packet_head, octets.data(), captured);
    }
    if (!comments_.empty()) [[unlikely]]
        write_comments();
    open_option();
    ++frames_;
    put(at, node, spans, cause, sent);
    return number;
}

// ---- comments ------------------------------------------------------------------------------------------------------

void Recorder::comment(const Event& event)
{
    const std::string whole = commentator_->comment(event, spans_);
    const std::string_view text = pcapng::fitting(whole, pcapng::option_octets);
    if (text.empty()) return;
    // A reader takes only so many options a block: a long silence on the wire ends in one long comment.
    if (comments_.size() < most_comments)
        comments_.emplace_back(text);
    else if (comments_.back().size() + 1 + text.size() <= pcapng::option_octets)
        comments_.back().append("\n").append(text);
}

void Recorder::write_comments()
{
    for (const std::string& text : comments_) {
        store_u16(cursor_, static_cast<std::uint16_t>(pcapng::Option::comment));
        store_u16(cursor_ + 2, static_cast<std::uint16_t>(text.size()));
        store_u32(cursor_ + pcapng::padded(text.size()), 0); // the padding
        std::memcpy(cursor_ + 4, text.data(), text.size());
        cursor_ += 4 + pcapng::padded(text.size());
    }
    comments_.clear();
}

// ---- contents ------------------------------------------------------------------------------------------------------

ContentId Recorder::content(Time at, NodeId node, Spans spans, FactRef cause, Octets message)
{
    if (!wants(FactKind::content)) return ContentId::none;
    const std::uint64_t hash = hash_of(message);
    if (const ContentId known = remembered_->find(hash, message); known != ContentId::none) return known;

    const ContentId id = remembered_->add(hash, message);
    const std::size_t size = level_ == Level::headers ? header_octets(message) : message.size();
    std::size_t from = 0;
    do {
        const std::size_t part = std::min(content_part, size - from);
        record(at, node, spans, cause, Content{id, from, message.size(), message.subspan(from, part)});
        from += part;
    } while (from < size);
    return id;
}

// ---- the end -------------------------------------------------------------------------------------------------------

std::expected<void, FileError> Recorder::finish(Time end)
{
    assert(!finished_ && end >= last_at_);
    finished_ = true;
    treatment_.fill(Treatment::leave_out);

    // What is still to be said about the run's last moments goes where it is seen, if there was a frame at all.
    std::size_t room = 1 + longest_varint;
    for (const std::string& text : comments_) room += 4 + pcapng::padded(text.size());
    if (!comments_.empty() && block_ != nullptr &&
        static_cast<std::size_t>(limit_ - cursor_) > room + 3 + option_head) {
        close_option();
        write_comments();
        open_option();
    }
    if (static_cast<std::size_t>(limit_ - cursor_) < 1 + longest_varint) make_room(1 + longest_varint);
    *cursor_++ = 0; // the end of the log, and when
    cursor_ = put_varint(cursor_, static_cast<std::uint64_t>((end - last_at_).ns));
    close_block();
    sink_->take(std::move(chunk_));
    chunk_ = {};
    if (refused_) return std::unexpected(*refused_);
    return sink_->finish();
}

std::vector<Chunk> Recorder::kept()
{
    std::vector<Chunk> chunks = sink_->kept();
    if (finished_ || !sink_->keeps()) return chunks;
    if (block_ == nullptr) {
        if (chunk_.size != 0) chunks.push_back(chunk_);
        return chunks;
    }
    // The open block's end is written behind the cursor, where the next fact will overwrite it.
    std::uint8_t* const cursor = cursor_;
    std::uint8_t* const limit = limit_;
    std::uint8_t* const block = block_;
    const std::size_t closed = chunk_.size;
    close_block();
    chunks.push_back(chunk_);
    chunk_.size = closed;
    cursor_ = cursor;
    limit_ = limit;
    block_ = block;
    return chunks;
}

} // namespace tegami::run
