#include "protocols/dns/name.hpp"

#include "protocols/wire/endian.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace tegami::dns {

namespace {

constexpr std::size_t header_size = 12; // octets, RFC 1035 §4.1.1

using namespace name_rules;

/// RFC 4343 §3. Length octets, which are under 64, stay as they are.
constexpr std::uint8_t lower(std::uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
}

bool equal_but_for_case(const std::uint8_t* a, const std::uint8_t* b, std::size_t size)
{
    if (std::memcmp(a, b, size) == 0) return true;
    for (std::size_t i = 0; i < size; ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

/// A name while it is put together.
class NameBuilder {
  public:
    bool has_room_for(std::size_t more) const
    {
        return size_ + more + 1 <= largest_name;
    } // the root's zero is to follow
    void append(const std::uint8_t* octets, std::size_t count)
    {
        std::memcpy(octets_ + size_, octets, count);
        size_ += count;
    }
    /// Begins a label, whose length is filled in by `end_label`.
    void begin_label() { label_ = size_++; }
    void put(std::uint8_t octet) { octets_[size_++] = octet; }
    std::size_t label_size() const { return size_ - label_ - 1; }
    void end_label() { octets_[label_] = static_cast<std::uint8_t>(label_size()); }
    Name finish()
    {
        octets_[size_] = 0;
        return Name::from_checked_wire(octets_, size_ + 1);
    }

  private:
    std::uint8_t octets_[largest_name + 1];
    std::size_t size_ = 0;
    std::size_t label_ = 0;
};

/// Where the labels of a name begin, from the left.
struct LabelStarts {
    explicit LabelStarts(const Name& name)
    {
        const auto octets = name.wire();
        for (std::size_t at = 0; octets[at] != 0; at += 1u + octets[at])
            starts[count++] = static_cast<std::uint8_t>(at);
    }
    std::array<std::uint8_t, 127> starts;
    std::size_t count = 0;
};

/// The octet that the backslash at `i` stands for; moves `i` to the escape's last character.
wire::Decoded<std::uint8_t> read_escape(std::string_view text, std::size_t& i)
{
    const auto malformed = [escape = i](std::string_view rule) {
        return std::unexpected(wire::Malformed{escape, rule});
    };
    if (++i == text.size()) return malformed(nothing_escaped);
    if (text[i] < '0' || text[i] > '9') return static_cast<std::uint8_t>(text[i]);
    unsigned value = 0;
    for (std::size_t end = i + 3; i < end; ++i) {
        if (i == text.size() || text[i] < '0' || text[i] > '9') return malformed(escape_is_short);
        value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    --i;
    if (value > 255) return malformed(escape_too_large);
    return static_cast<std::uint8_t>(value);
}

std::weak_ordering compare_labels(const std::uint8_t* a, const std::uint8_t* b)
{
    const std::size_t common = std::min(*a, *b);
    for (std::size_t i = 1; i <= common; ++i)
        if (const auto order = lower(a[i]) <=> lower(b[i]); order != 0) return order;
    return *a <=> *b;
}

} // namespace

std::size_t Name::label_count() const
{
    std::size_t count = 0;
    for (const std::uint8_t* at = wire().data(); *at != 0; at += 1 + *at) ++count;
    return count;
}

std::string_view Name::first_label() const
{
    const auto octets = wire();
    return wire::as_text(octets.subspan(1, octets[0])); // the root's: none
}

bool Name::is_at_or_below(const Name& ancestor) const
{
    if (size() < ancestor.size()) return false;
    const std::uint8_t* at = wire().data();
    const std::uint8_t* const target = at + (size() - ancestor.size());
    while (at < target) at += 1 + *at;
    return at == target && equal_but_for_case(at, ancestor.wire().data(), ancestor.size());
}

Name Name::without_first(std::size_t count) const
{
    const std::uint8_t* at = wire().data();
    for (; count != 0 && *at != 0; --count) at += 1 + *at;
    return Name({at, wire().data() + size()});
}

std::optional<Name> Name::with_first(std::string_view label) const
{
    assert(!label.empty());
    if (label.size() > largest_label || 1 + label.size() + size() > largest_name) return std::nullopt;
    std::array<std::uint8_t, largest_name> octets;
    octets[0] = static_cast<std::uint8_t>(label.size());
    std::memcpy(&octets[1], label.data(), label.size());
    std::memcpy(&octets[1 + label.size()], wire().data(), size());
    return Name(wire::Octets{octets}.first(1 + label.size() + size()));
}

std::size_t Name::common_labels(const Name& other) const
{
    const LabelStarts ours{*this}, theirs{other};
    std::size_t common = 0;
    while (common < std::min(ours.count, theirs.count)) {
        const auto* const a = wire().data() + ours.starts[ours.count - 1 - common];
        const auto* const b = other.wire().data() + theirs.starts[theirs.count - 1 - common];
        if (*a != *b || !equal_but_for_case(a, b, 1u + *a)) break;
        ++common;
    }
    return common;
}

Name Name::lower_case() const
{
    std::array<std::uint8_t, largest_name> octets;
    std::ranges::transform(wire(), octets.begin(), lower);
    return Name(wire::Octets{octets}.first(size()));
}

bool Name::operator==(const Name& other) const
{
    return size() == other.size() && equal_but_for_case(wire().data(), other.wire().data(), size());
}

bool Name::is_identical(const Name& other) const
{
    return size() == other.size() && std::memcmp(wire().data(), other.wire().data(), size()) == 0;
}

std::weak_ordering Name::operator<=>(const Name& other) const
{
    const LabelStarts ours{*this}, theirs{other};
    for (std::size_t i = 1; i <= std::min(ours.count, theirs.count); ++i) {
        const auto order = compare_labels(wire().data() + ours.starts[ours.count - i],
                                          other.wire().data() + theirs.starts[theirs.count - i]);
        if (order != 0) return order;
    }
    return ours.count <=> theirs.count;
}

std::size_t Name::hash() const
{
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325; // FNV-1a
    for (const std::uint8_t octet : wire()) hash = (hash ^ lower(octet)) * 0x100'0000'01B3;
    return static_cast<std::size_t>(hash);
}

wire::Decoded<Name> parse_name(std::string_view text, const Name& origin)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{offset, rule});
    };
    if (text.empty()) return malformed(0, name_is_empty);
    if (text == ".") return Name{};

    NameBuilder name;
    std::size_t i = 0;
    while (i < text.size()) {
        const std::size_t label_offset = i;
        name.begin_label();
        while (i < text.size() && text[i] != '.') {
            std::size_t end = i; // of what stands for itself
            while (end < text.size() && text[end] != '.' && text[end] != '\\') ++end;
            std::uint8_t escaped = 0;
            wire::Octets octets = wire::as_octets(text.substr(i, end - i));
            if (octets.empty()) { // §5.1: \DDD is an octet, \X any other character without its meaning
                const auto read = read_escape(text, end);
                if (!read) return std::unexpected(read.error());
                escaped = *read;
                octets = {&escaped, 1};
                ++end;
            }
            if (name.label_size() + octets.size() > largest_label) return malformed(label_offset, label_too_long);
            if (!name.has_room_for(octets.size())) return malformed(label_offset, name_too_long);
            name.append(octets.data(), octets.size());
            i = end;
        }
        if (name.label_size() == 0) return malformed(label_offset, label_is_empty);
        name.end_label();
        if (i == text.size()) { // no dot at its end: relative
            if (!name.has_room_for(origin.size() - 1)) return malformed(0, name_too_long);
            name.append(origin.wire().data(), origin.size() - 1);
            break;
        }
        ++i;
        if (i < text.size() && !name.has_room_for(2)) return malformed(i, name_too_long);
    }
    return name.finish();
}

std::string format(const Name& name, FinalDot dot)
{
    if (name.is_root()) return ".";
    std::string text;
    text.reserve(name.size() + 8);
    for (const std::string_view label : name.labels()) {
        for (const char character : label) {
            const auto octet = static_cast<std::uint8_t>(character);
            if (octet <= ' ' || octet >= 0x7F) {
                text += '\\';
                text += static_cast<char>('0' + octet / 100);
                text += static_cast<char>('0' + octet / 10 % 10);
                text += static_cast<char>('0' + octet % 10);
                continue;
            }
            if (std::string_view{"\"().;\\@$"}.contains(character)) text += '\\';
            text += character;
        }
        text += '.';
    }
    if (dot == FinalDot::without) text.pop_back();
    return text;
}

void read_name(wire::Reader& in, Filler& to, FirstName first)
{
    if (in.failed()) return;
    const wire::Octets message = in.whole();
    std::size_t at = in.offset();
    std::size_t limit = at; // a pointer must land before this
    std::size_t resume = 0; // where the message goes on behind the first pointer
    std::size_t size = 0;   // of the name so far
    int pointers = 0;
    const auto fail = [&](std::string_view rule) {
        in.seek(std::min(at, message.size()));
        in.fail(rule);
    };

    while (true) {
        const std::size_t begin = at;
        const std::size_t farthest = begin + (largest_name - 1 - size); // for labels: the root's zero is to follow
        std::uint8_t octet = 0;
        while (true) { // the labels that stand in a row
            if (at >= message.size()) return fail("the octets end too early");
            octet = message[at];
            if (octet == 0 || octet > largest_label) break;
            at += 1u + octet;
            if (at > farthest) return fail(name_too_long);
        }
        if (octet == 0) {
            ++at;
            to.add(&message[begin], message.size() - begin, at - begin);
            break;
        }
        if (at != begin) to.add(&message[begin], message.size() - begin, at - begin);
        size += at - begin;
        if (octet < 0xC0) return fail("RFC 1035 §4.1.4: label types 01 and 10 are reserved");
        if (message.size() - at < 2) return fail("the octets end too early");
        const std::size_t target = (octet & 0x3Fu) << 8 | message[at + 1];
        // "A prior occurrence" (§4.1.4). Only ever going back also rules out loops.
        if (target >= limit) return fail("RFC 1035 §4.1.4: a pointer must point backwards");
        if (target < header_size) return fail("RFC 1035 §4.1.4: a pointer must point at a name, not into the header");
        if (++pointers > most_pointers_in_a_name) return fail("RFC 1035 §4.1.4: more pointers than a name has labels");
        if (resume == 0) resume = at + 2;
        if (target == first.offset && size + first.size <= largest_name) {
            to.add(&message[target], message.size() - target, first.size);
            break;
        }
        at = limit = target;
    }
    in.seek(resume != 0 ? resume : at);
}

void read_name(wire::Reader& in, Name& to, FirstName first)
{
    const wire::Octets message = in.whole();
    const std::size_t begin = in.offset();
    if (in.left() >= 2 && wire::load_u16(&message[begin]) == (0xC000 | first.offset)) { // most owners
        in.skip(2);
        return to.fill_checked([&](Filler& octets) {
            octets.add(&message[first.offset], message.size() - first.offset, first.size);
            return true;
        });
    }
    to.fill_checked([&](Filler& octets) {
        in.seek(begin);
        read_name(in, octets, first);
        return !in.failed();
    });
}

Name read_name(wire::Reader& in)
{
    Name name;
    read_name(in, name);
    return name;
}

Name read_uncompressed_name(wire::Reader& in)
{
    NameBuilder name;
    while (const std::uint8_t octet = in.u8()) {
        if (octet > largest_label) {
            in.fail(octet >= 0xC0 ? "RFC 3597 §4: no pointer may stand here"
                                  : "RFC 1035 §4.1.4: label types 01 and 10 are reserved");
            break;
        }
        const wire::Octets label = in.octets(octet);
        if (!name.has_room_for(1u + octet)) in.fail(name_too_long);
        if (in.failed()) break;
        name.put(octet);
        name.append(label.data(), octet);
    }
    if (in.failed()) return {};
    return name.finish();
}

} // namespace tegami::dns
