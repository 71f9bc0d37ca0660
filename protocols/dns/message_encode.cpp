#include "protocols/dns/message.hpp"
#include "protocols/dns/rdata_layout.hpp"
#include "protocols/wire/endian.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace tegami::dns {

namespace {

using wire::Octets;

constexpr std::size_t record_fixed_part = 10; // octets: TYPE, CLASS, TTL, RDLENGTH
constexpr std::size_t furthest_pointer = 0x3FFF;

/// The names written so far, as a tree of labels from the root down: each node is a label at its place in the message, and
/// the name that begins there. Case is compared, so that a name comes out as it went in.
class WrittenNames {
  public:
    static constexpr std::uint16_t root = 0;
    static constexpr std::uint16_t none = 0xFFFF;

    WrittenNames() { heads_.fill(none); }

    /// A label with its length octet before it, and its first eight octets as a number, by which it is mostly known.
    struct Label {
        const std::uint8_t* at;
        std::uint64_t key;

        /// `end` is how far memory may be read.
        Label(const std::uint8_t* label, const std::uint8_t* end) : at(label), key(0)
        {
            const std::size_t size = std::min<std::size_t>(1u + *label, 8);
            if (end - label >= 8) {
                std::memcpy(&key, label, 8);
                if constexpr (std::endian::native == std::endian::big) key = std::byteswap(key);
                key &= ~std::uint64_t{0} >> (64 - 8 * size);
            } else {
                for (std::size_t i = 0; i < size; ++i) key |= std::uint64_t{label[i]} << 8 * i;
            }
        }
    };

    /// The node of the name that is `label` below `parent`.
    std::uint16_t find(std::uint16_t parent, const Label& label, const std::uint8_t* message) const
    {
        for (std::uint16_t i = heads_[bucket(parent, label.key)]; i != none; i = node(i).next) {
            const Node& at = node(i);
            if (at.key != label.key || at.parent != parent) continue;
            if (*label.at < 8 || std::memcmp(message + at.offset, label.at, 1u + *label.at) == 0) return i;
        }
        return none;
    }
    std::uint16_t add(std::uint16_t parent, const Label& label, std::size_t offset)
    {
        std::uint16_t& head = heads_[bucket(parent, label.key)];
        const Node added{label.key, static_cast<std::uint16_t>(offset), parent, head};
        head = static_cast<std::uint16_t>(count_ + 1);
        if (count_ < first_.size())
            first_[count_] = added;
        else
            more_.push_back(added);
        return ++count_;
    }
    std::size_t offset(std::uint16_t i) const { return node(i).offset; }
    std::uint16_t count() const { return count_; }
    /// Forgets all but the first `count`.
    void shrink(std::uint16_t count)
    {
        for (; count_ > count; --count_) {
            const Node& last = node(count_);
            heads_[bucket(last.parent, last.key)] = last.next;
            if (!more_.empty()) more_.pop_back();
        }
    }

  private:
    struct Node {
        std::uint64_t key;
        std::uint16_t offset, parent, next;
    };
    static std::size_t bucket(std::uint16_t parent, std::uint64_t key)
    {
        return (key ^ parent * 0x9E37'79B9'7F4A'7C15u) * 0xD6E8'FEB8'6659'FD93u >> 58;
    }
    const Node& node(std::uint16_t i) const
    {
        return i <= first_.size() ? first_[i - 1u] : more_[i - 1u - first_.size()];
    }

    std::array<std::uint16_t, 64> heads_;
    std::uint16_t count_ = 0; // a node's number is from 1; there are fewer than furthest_pointer
    std::array<Node, 24> first_;
    std::vector<Node> more_;
};

/// The octets of a name with its root; 0 where none begins there.
std::size_t name_size(Octets octets)
{
    std::size_t at = 0;
    while (at < octets.size() && octets[at] != 0 && octets[at] <= largest_label) at += 1u + octets[at];
    return at < octets.size() && octets[at] == 0 && at < largest_name ? at + 1 : 0;
}

/// Of the types whose names are compressed: names and numbers.
bool has_layout(const RdataLayout& layout, Octets data)
{
    for (const char part : layout.parts) {
        const std::size_t size = Part{part} == Part::name ? name_size(data) : Part{part} == Part::octets_2 ? 2 : 4;
        if (size == 0 || size > data.size()) return false;
        data = data.subspan(size);
    }
    return data.empty();
}

/// Writes into room that is large enough for the message without compression.
class MessageWriter {
  public:
    explicit MessageWriter(std::uint8_t* begin) : begin_(begin), at_(begin) {}

    std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
    void u16(std::uint16_t value)
    {
        wire::store_u16(at_, value);
        at_ += 2;
    }
    void u32(std::uint32_t value)
    {
        wire::store_u32(at_, value);
        at_ += 4;
    }
    void octets(Octets octets)
    {
        if (octets.empty()) return;
        std::memcpy(at_, octets.data(), octets.size());
        at_ += octets.size();
    }
    void patch_u16(std::size_t offset, std::uint16_t value) { wire::store_u16(begin_ + offset, value); }

    /// A name, its longest part that stands in the message already as a pointer. `octets` are whole labels and the root's,
    /// in memory that may be read up to `end`.
    void name(const std::uint8_t* octets, const std::uint8_t* end)
    {
        std::array<std::uint8_t, 127> starts; // of the labels, from the left
        std::size_t count = 0, size = 0;
        for (; octets[size] != 0; size += 1u + octets[size]) starts[count++] = static_cast<std::uint8_t>(size);

        std::uint16_t known = WrittenNames::root;
        std::size_t labels = count; // that have to be written
        while (labels != 0) {
            const std::uint16_t next = names_.find(known, {octets + starts[labels - 1], end}, begin_);
            if (next == WrittenNames::none) break;
            known = next;
            --labels;
        }
        const std::size_t begin = offset();
        this->octets({octets, labels == count ? size : starts[labels]});
        if (known == WrittenNames::root)
            *at_++ = 0;
        else
            u16(static_cast<std::uint16_t>(0xC000 | names_.offset(known)));

        // From the right, for a name's node lies below that of its domain.
        for (std::uint16_t parent = known; labels != 0; --labels) {
            const std::size_t at = begin + starts[labels - 1];
            if (at > furthest_pointer) break;
            parent = names_.add(parent, {octets + starts[labels - 1], end}, at);
        }
    }

    /// An owner, which mostly is that of the record before, or the question's.
    void owner(const Name& owner)
    {
        if (last_owner_ != nullptr && owner.is_identical(*last_owner_)) return u16(last_owner_pointer_);
        const std::size_t begin = offset();
        const std::uint8_t* const octets = owner.wire().data();
        name(octets, octets + owner.readable());
        if (owner.is_root() || begin > furthest_pointer) return;
        const bool is_pointer = offset() == begin + 2; // it stood there before as a whole
        last_owner_pointer_ = is_pointer ? wire::load_u16(begin_ + begin) : static_cast<std::uint16_t>(0xC000 | begin);
        last_owner_ = &owner;
    }

    void record(const Record& record)
    {
        owner(record.owner);
        u16(static_cast<std::uint16_t>(record.type));
        u16(static_cast<std::uint16_t>(record.rr_class));
        u32(record.ttl);
        const RdataLayout& layout = layout_of(record.type, record.rr_class);
        const Octets data = record.data.octets();
        // What was made by hand may be of any form; then nothing in it is taken for a name.
        if (layout.names != NamesInside::compressed || !has_layout(layout, data)) {
            u16(static_cast<std::uint16_t>(data.size()));
            octets(data);
            return;
        }
        const std::size_t length_at = offset();
        at_ += 2;
        const std::uint8_t* from = data.data();
        for (const char part : layout.parts) {
            std::size_t size = 0;
            switch (Part{part}) {
            case Part::name:
                name(from, data.data() + record.data.readable());
                while (from[size] != 0) size += 1u + from[size];
                from += size + 1;
                continue;
            case Part::octets_2: size = 2; break;
            case Part::octets_4: size = 4; break;
            default: assert(size != 0); // no other part stands beside names that are compressed
            }
            octets({from, size});
            from += size;
        }
        patch_u16(length_at, static_cast<std::uint16_t>(offset() - length_at - 2));
    }

    /// A place to come back to.
    struct Mark {
        std::uint8_t* at;
        std::uint16_t names;
    };
    Mark mark() const { return {at_, names_.count()}; }
    void back_to(Mark mark)
    {
        names_.shrink(mark.names);
        last_owner_ = nullptr;
        at_ = mark.at;
    }

  private:
    std::uint8_t* begin_;
    std::uint8_t* at_;
    WrittenNames names_;
    const Name* last_owner_ = nullptr;
    std::uint16_t last_owner_pointer_ = 0;
};

std::size_t uncompressed_size(const std::vector<Record>& records)
{
    std::size_t size = 0;
    for (const Record& record : records) size += record.owner.size() + record_fixed_part + record.data.size();
    return size;
}

std::size_t size_of(const Edns& edns)
{
    std::size_t size = 1 + record_fixed_part;
    for (const EdnsOption& option : edns.options) size += 4 + option.data.size();
    return size;
}

void write_edns(MessageWriter& out, const Edns& edns, Rcode rcode)
{
    out.octets(Name{}.wire());
    out.u16(static_cast<std::uint16_t>(Type::opt));
    out.u16(edns.payload_size);
    out.u16(static_cast<std::uint16_t>((static_cast<std::uint16_t>(rcode) >> 4) << 8 | edns.version));
    out.u16(edns.dnssec_ok ? 0x8000 : 0);
    out.u16(static_cast<std::uint16_t>(size_of(edns) - 1 - record_fixed_part));
    for (const EdnsOption& option : edns.options) {
        out.u16(option.code);
        out.u16(static_cast<std::uint16_t>(option.data.size()));
        out.octets(option.data);
    }
}

std::uint16_t header_bits(const Header& header, bool truncated)
{
    const auto bit = [](bool is_set, unsigned value) { return is_set ? value : 0; };
    return static_cast<std::uint16_t>(
        bit(header.response, 0x8000) | (static_cast<unsigned>(header.opcode) & 0xF) << 11 |
        bit(header.authoritative, 0x0400) | bit(truncated, 0x0200) | bit(header.recursion_desired, 0x0100) |
        bit(header.recursion_available, 0x0080) | bit(header.reserved, 0x0040) | bit(header.authentic_data, 0x0020) |
        bit(header.checking_disabled, 0x0010) | (static_cast<unsigned>(header.rcode) & 0xF));
}

bool same_set(const Record& a, const Record& b)
{
    return a.type == b.type && a.rr_class == b.rr_class && a.owner == b.owner;
}

/// RFC 9471 §3: in a referral, the addresses of name servers inside the domain that is referred to.
bool is_needed_glue(const Message& message, const Record& record)
{
    if (!message.header.response || message.header.authoritative || !message.answers.empty()) return false;
    if (record.type != Type::a && record.type != Type::aaaa) return false;
    return std::ranges::any_of(message.authority, [&](const Record& each) {
        if (!record.owner.is_at_or_below(each.owner)) return false;
        const auto ns = each.as<Ns>();
        return ns && ns->nsdname == record.owner;
    });
}

} // namespace

wire::OctetBuffer encode(const Message& message, std::size_t limit)
{
    assert(message.edns || static_cast<std::uint16_t>(message.header.rcode) < 16);
    limit = std::min(limit, largest_message);

    std::size_t room = message_header_size;
    for (const Question& question : message.questions) room += question.name.size() + 4;
    const std::size_t edns_size = message.edns ? size_of(*message.edns) : 0;
    room += edns_size;
    for (const auto* section : {&message.answers, &message.authority, &message.additional})
        room += uncompressed_size(*section);

    wire::OctetBuffer octets(room);
    MessageWriter out{octets.data()};
    out.u16(message.header.id);
    out.u16(0); // the bits and counts follow at the end
    out.u32(0), out.u32(0);
    for (const Question& question : message.questions) {
        out.owner(question.name);
        out.u16(static_cast<std::uint16_t>(question.type));
        out.u16(static_cast<std::uint16_t>(question.rr_class));
    }

    bool truncated = message.header.truncated;
    bool full = false; // an answer or authority record did not fit: nothing follows it
    std::array<std::uint16_t, 3> counts{};
    for (std::size_t i = 0; const auto* section : {&message.answers, &message.authority, &message.additional}) {
        std::uint16_t& count = counts[i++];
        for (auto record = section->begin(); record != section->end() && !full;) {
            auto set_end = std::next(record);
            while (set_end != section->end() && same_set(*record, *set_end)) ++set_end;
            const auto before = out.mark();
            std::uint16_t written = 0;
            for (auto each = record; each != set_end; ++each, ++written) {
                out.record(*each);
                if (room > limit && out.offset() + edns_size > limit) break;
            }
            if (room > limit && out.offset() + edns_size > limit) {
                out.back_to(before);
                full = section != &message.additional;
                truncated = truncated || full || is_needed_glue(message, *record);
            } else {
                count = static_cast<std::uint16_t>(count + written);
            }
            record = set_end;
        }
    }
    if (message.edns) write_edns(out, *message.edns, message.header.rcode);

    out.patch_u16(2, header_bits(message.header, truncated));
    out.patch_u16(4, static_cast<std::uint16_t>(message.questions.size()));
    out.patch_u16(6, counts[0]);
    out.patch_u16(8, counts[1]);
    out.patch_u16(10, static_cast<std::uint16_t>(counts[2] + (message.edns ? 1 : 0)));
    octets.resize(out.offset());
    return octets;
}

} // namespace tegami::dns
