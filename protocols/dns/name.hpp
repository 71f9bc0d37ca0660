#pragma once
/// Domain names. RFC 1034 §3.1, RFC 1035 §2.3.4 and §3.1; RFC 4343 (case), RFC 4034 §6.1 (order).
///
/// A name is kept as it goes over a wire, uncompressed: labels with a length octet before each, and the root's zero at the
/// end. Any octet may stand in a label (RFC 2181 §11). Case is kept and never compared. Names of up to 38 octets need no
/// memory beside the object.

#include "protocols/dns/compact_octets.hpp"
#include "protocols/wire/octets.hpp"
#include "protocols/wire/reader.hpp"
#include "protocols/wire/result.hpp"

#include <compare>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace tegami::dns {

inline constexpr std::size_t largest_name = 255;    // octets with the root's zero, RFC 1035 §2.3.4
inline constexpr std::size_t largest_label = 63;    // octets, RFC 1035 §2.3.4
inline constexpr int most_pointers_in_a_name = 126; // each leads to a label at least, and 127 labels fill a name

class Name {
  public:
    /// The root.
    Name() : Name(roomy_root, 1) {}

    /// The labels from the left, without the root's empty one.
    class Labels;
    Labels labels() const;
    std::size_t label_count() const; ///< 0: the root
    /// The leftmost label; empty for the root.
    std::string_view first_label() const;

    /// As over a wire without compression: 1 to 255 octets.
    wire::Octets wire() const { return octets_.octets(); }
    std::size_t size() const { return octets_.size(); }
    /// How many octets may be read from the first on, whatever they are behind `size()`.
    std::size_t readable() const { return octets_.readable(); }

    bool is_root() const { return size() == 1; }
    /// "*" is the leftmost label. RFC 4592 §2.1.1.
    bool is_wildcard() const { return wire()[0] == 1 && wire()[1] == '*'; }
    /// This name is `ancestor`, or inside its domain. RFC 1034 §3.1.
    bool is_at_or_below(const Name& ancestor) const;
    bool is_below(const Name& ancestor) const { return size() != ancestor.size() && is_at_or_below(ancestor); }
    /// Without its leftmost label; of the root the root.
    Name parent() const { return without_first(1); }
    /// Without its `count` leftmost labels, of which there are as many.
    Name without_first(std::size_t count) const;
    /// The `count` rightmost labels, of which there are as many.
    Name last(std::size_t count) const { return without_first(label_count() - count); }
    /// This name with one more label at its left, of 1 to 63 octets; nothing where that is too long.
    std::optional<Name> with_first(std::string_view label) const;
    /// How many of the rightmost labels both have.
    std::size_t common_labels(const Name& other) const;
    /// With A to Z as a to z. RFC 4343 §3.
    Name lower_case() const;

    /// RFC 4343 §3: case does not matter.
    bool operator==(const Name& other) const;
    /// The canonical order of RFC 4034 §6.1: by label from the right, so that a domain comes before all inside it.
    std::weak_ordering operator<=>(const Name& other) const;
    /// Octet for octet, case included.
    bool is_identical(const Name& other) const;
    /// The same for equal names.
    std::size_t hash() const;

    /// `octets` are labels and the root's zero, checked by the caller.
    static Name from_checked_wire(wire::Octets octets) { return Name(octets); }
    /// The same of `size` octets at a place where `roomy` of them may be read.
    static constexpr std::size_t roomy = CompactOctets<38>::roomy;
    static Name from_checked_wire(const std::uint8_t* octets, std::size_t size) { return Name(octets, size); }

    /// Becomes what `write(Filler&)` writes, the same each time, which are such octets; the root where it returns false.
    template <class Write>
    void fill_checked(Write write)
    {
        octets_.fill(write);
        if (size() == 0) *this = {};
    }

  private:
    explicit Name(wire::Octets octets) : octets_(octets) {}
    Name(const std::uint8_t* roomy_octets, std::size_t size) : octets_(roomy_octets, size) {}
    static constexpr std::uint8_t roomy_root[roomy] = {};

    CompactOctets<38> octets_;
};

/// A range of std::string_view.
class Name::Labels {
  public:
    class Iterator {
      public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;

        Iterator() = default;
        explicit Iterator(const std::uint8_t* at) : at_(at) {}
        std::string_view operator*() const { return {reinterpret_cast<const char*>(at_ + 1), *at_}; }
        Iterator& operator++()
        {
            at_ += 1 + *at_;
            return *this;
        }
        Iterator operator++(int)
        {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator&) const = default;

      private:
        const std::uint8_t* at_ = nullptr;
    };

    explicit Labels(const Name& name) : begin_(name.wire().data()), end_(name.wire().data() + name.size() - 1) {}
    Iterator begin() const { return Iterator{begin_}; }
    Iterator end() const { return Iterator{end_}; }

  private:
    const std::uint8_t* begin_;
    const std::uint8_t* end_;
};

inline Name::Labels Name::labels() const { return Labels{*this}; }

/// For tables whose order nobody sees.
struct NameHash {
    std::size_t operator()(const Name& name) const { return name.hash(); }
};

/// What `parse_name` says of text that is no name.
namespace name_rules {
inline constexpr std::string_view name_is_empty = "RFC 1035 §5.1: a name is not empty";
inline constexpr std::string_view label_is_empty = "RFC 1035 §3.1: only the root's label is empty";
inline constexpr std::string_view label_too_long = "RFC 1035 §2.3.4: a label is at most 63 octets";
inline constexpr std::string_view name_too_long = "RFC 1035 §2.3.4: a name is at most 255 octets";
inline constexpr std::string_view nothing_escaped = "RFC 1035 §5.1: a backslash escapes what follows it";
inline constexpr std::string_view escape_is_short = "RFC 1035 §5.1: \\DDD has three decimal digits";
inline constexpr std::string_view escape_too_large = "RFC 1035 §5.1: \\DDD is an octet, at most 255";
} // namespace name_rules

/// <domain-name> as people write it: "mail.example.com." or, relative to `origin`, "mail". `\.` and `\046` are a dot inside
/// a label. RFC 1035 §5.1. The offset of a failure counts octets of `text`.
wire::Decoded<Name> parse_name(std::string_view text, const Name& origin = {});

enum class FinalDot : std::uint8_t { with, without };

/// The text that `parse_name` reads; the root is "." in any case. What is not printable or means something in a zone file
/// is escaped, so the result is printable ASCII.
std::string format(const Name& name, FinalDot dot = FinalDot::with);

/// <domain-name> inside a message, from which `in` reads: labels, ended by the root's or by a pointer. RFC 1035 §4.1.4.
Name read_name(wire::Reader& in);
/// The same where no pointers may stand.
Name read_uncompressed_name(wire::Reader& in);

/// A name of a message that has been read and stands there in one row, as the first one must: there is none before it for
/// a pointer to lead to. By default there is none.
struct FirstName {
    std::size_t offset = SIZE_MAX;
    std::size_t size = 0;
};

/// `read_name` that adds the name to others' octets. Pointers to `first` end there. Adds no whole name where `in` fails.
void read_name(wire::Reader& in, Filler& to, FirstName first = {});
/// `read_name` to where the name stays; it is the root where `in` fails.
void read_name(wire::Reader& in, Name& to, FirstName first = {});

} // namespace tegami::dns
