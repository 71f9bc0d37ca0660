#include "protocols/dns/message.hpp"
#include "protocols/dns/rdata_layout.hpp"
#include "protocols/wire/endian.hpp"

#include <algorithm>
#include <array>
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

    /// The node of the name that is `label` (its length octet first) below `parent`.
    std::uint16_t find(std::uint16_t parent, const std::uint8_t* label, const std::uint8_t* message) const
    {
        for (std::uint16_t i = heads_[bucket(parent, label)]; i != none; i = node(i).next)
            if (node(i).parent == parent && message[node(i).offset] == *label &&
                std::memcmp(message + node(i).offset, label, 1u + *label) == 0)
                return i;
        return none;
    }
    std::uint16_t add(std::uint16_t parent, const std::uint8_t* label, std::size_t offset)
    {
        std::uint16_t& head = heads_[bucket(parent, label)];
        const Node added{static_cast<std::uint16_t>(offset), parent, head};
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
    void shrink(std::uint16_t count, const std::uint8_t* message)
    {
        for (; count_ > count; --count_) {
            const Node& last = node(count_);
            heads_[bucket(last.parent, message + last.offset)] = last.next;
            if (!more_.empty()) more_.pop_back();
        }
    }

  private:
    struct Node {
        std::uint16_t offset, parent, next;
    };
    static std::size_t bucket(std::uint16_t parent, const std::uint8_t* label)
    {
        return (parent * 17u + label[0] * 5u + label[1] * 31u + label[*label] * 131u + label[(*label + 1) / 2] * 7u) %
               64;
    }
    const Node& node(std::uint16_t i) const
    {
        return i <= first_.size() ? first_[i - 1u] : more_[i - 1u - first_.size()];
    }

    std::array<std::uint16_t, 64> heads_;
    std::uint16_t count_ = 0; // a node's number is from 1; there are fewer than furthest_pointer
    std::array<Node, 40> first_;
    std::vector<Node> more_;
};

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

    /// A name, its longest part that stands in the message already as a pointer. `octets` are whole labels and the root's.
    void name(const std::uint8_t* octets)
    {
        std::array<std::uint8_t, 127> starts; // of the labels, from the left
        std::size_t count = 0, size = 0;
        for (; octets[size] != 0; size += 1u + octets[size]) starts[count++] = static_cast<std::uint8_t>(size);

        std::uint16_t known = WrittenNames::root;
        std::size_t labels = count; // that have to be written
        while (labels != 0) {
            const std::uint16_t next = names_.find(known, octets + starts[labels - 1], begin_);
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
            parent = names_.add(parent, octets + starts[labels - 1], at);
        }
    }

    void record(const Record& record)
    {
        name(record.owner.wire().data());
        u16(static_cast<std::uint16_t>(record.type));
        u16(static_cast<std::uint16_t>(record.rr_class));
        u32(record.ttl);
        const RdataLayout layout = layout_of(record.type, record.rr_class);
        const Octets data = record.data.octets();
        // What was made by hand may be of any form; then nothing in it is taken for a name.
        if (!layout.compressed || !is_well_formed(record.type, record.rr_class, data)) {
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
                name(from);
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
        names_.shrink(mark.names, begin_);
        at_ = mark.at;
    }

  private:
    std::uint8_t* begin_;
    std::uint8_t* at_;
    WrittenNames names_;
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
        const auto ns = each.as<Ns>();
        return ns && ns->nsdname == record.owner && record.owner.is_at_or_below(each.owner);
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
        out.name(question.name.wire().data());
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
