#pragma once
/// How facts become octets and back: variable-length integers, and one visitor over each fact's field list for either
/// direction. docs/run-format.md says the same in words.

#include "protocols/wire/varint.hpp"
#include "sim/run/facts.hpp"

#include <bit>
#include <concepts>
#include <cstring>
#include <type_traits>

namespace tegami::run {

using wire::put_varint;
inline constexpr std::size_t longest_varint = wire::varint_largest_size;

/// The kinds of field, as docs/run-format.md names them.
enum class FieldType : std::uint8_t {
    number,
    boolean,
    time,
    duration,
    text,
    octets,
    address,
    mac,
    mail,
    frame_ref,
    fact_ref,
    span,
    node,
    nic,
    choice,
};

template <class T>
constexpr FieldType field_type()
{
    // clang-format off
    if constexpr (std::same_as<T, bool>) return FieldType::boolean;
    else if constexpr (std::same_as<T, Time>) return FieldType::time;
    else if constexpr (std::same_as<T, Duration>) return FieldType::duration;
    else if constexpr (std::same_as<T, std::string_view>) return FieldType::text;
    else if constexpr (std::same_as<T, Octets>) return FieldType::octets;
    else if constexpr (std::same_as<T, wire::Address>) return FieldType::address;
    else if constexpr (std::same_as<T, link::MacAddress>) return FieldType::mac;
    else if constexpr (std::same_as<T, MailId>) return FieldType::mail;
    else if constexpr (std::same_as<T, FrameRef>) return FieldType::frame_ref;
    else if constexpr (std::same_as<T, FactRef>) return FieldType::fact_ref;
    else if constexpr (std::same_as<T, SpanId>) return FieldType::span;
    else if constexpr (std::same_as<T, NodeId>) return FieldType::node;
    else if constexpr (std::same_as<T, NicId>) return FieldType::nic;
    else if constexpr (std::same_as<T, ContentId> || std::same_as<T, ConnectionId>) return FieldType::number;
    else if constexpr (std::is_enum_v<T>) return FieldType::choice;
    else {
        static_assert(std::unsigned_integral<T>, "a field of a fact has one of the types above");
        return FieldType::number;
    }
    // clang-format on
}

/// Calls `visit(name, value)` for each field of a fact, in order.
template <class Fact, class Visit>
constexpr void for_each_field(Fact& fact, Visit&& visit)
{
    std::apply([&](const auto&... fields) { (visit(fields.name, fact.*(fields.member)), ...); },
               std::remove_const_t<Fact>::fields());
}

/// Numbers spans and their sets in the order in which this log first uses them, and writes each one's definition then.
class SpanNumbers {
  public:
    explicit SpanNumbers(const SpanTable& table) : table_(table) {}

    /// Octets that `put` may need for a span.
    static constexpr std::size_t longest_span = 9 * longest_varint;

    bool knows(Spans set) const { return set.id < sets_.size() && (sets_[set.id] != 0 || set.id == 0); }
    std::size_t longest(Spans set) const
    {
        return knows(set) ? longest_varint : 2 * longest_varint + table_.members(set).size() * longest_span;
    }
    std::uint8_t* put(std::uint8_t* at, Spans set)
    {
        if (knows(set)) return put_varint(at, sets_[set.id]);
        return define(at, set);
    }
    std::uint8_t* put(std::uint8_t* at, SpanId span)
    {
        const auto index = static_cast<std::size_t>(span);
        if (index == 0) return put_varint(at, 0);
        if (index < spans_.size() && spans_[index] != 0) return put_varint(at, spans_[index]);
        return define(at, span);
    }

  private:
    std::uint8_t* define(std::uint8_t* at, Spans set);
    std::uint8_t* define(std::uint8_t* at, SpanId span);

    const SpanTable& table_;
    std::vector<std::uint32_t> sets_ = {0}; // by number in the table: number in the log
    std::vector<std::uint32_t> spans_ = {0};
    std::uint32_t set_count_ = 0;
    std::uint32_t span_count_ = 0;
};

// ---- encoding ------------------------------------------------------------------------------------------------------

/// At most so many octets has a field of this value.
template <class T>
constexpr std::size_t longest_field(const T& value)
{
    constexpr FieldType type = field_type<T>();
    if constexpr (type == FieldType::text || type == FieldType::octets)
        return longest_varint + value.size();
    else if constexpr (type == FieldType::address)
        return 17;
    else if constexpr (type == FieldType::mac)
        return 6;
    else if constexpr (type == FieldType::mail)
        return 2 * longest_varint;
    else if constexpr (type == FieldType::span)
        return SpanNumbers::longest_span;
    else
        return longest_varint;
}
template <class Fact>
constexpr std::size_t longest_fields(const Fact& fact)
{
    std::size_t octets = 0;
    for_each_field(fact, [&](std::string_view, const auto& value) { octets += longest_field(value); });
    return octets;
}

/// Writes fields at a place that is known to have room for them.
struct FieldEncoder {
    std::uint8_t* at;
    std::uint64_t fact;   ///< the number of the fact that is being written
    std::uint64_t frames; ///< how many frames there are, this fact's own included
    SpanNumbers& spans;

    template <class T>
    void operator()(std::string_view, const T& value)
    {
        constexpr FieldType type = field_type<T>();
        if constexpr (type == FieldType::text || type == FieldType::octets) {
            at = put_varint(at, value.size());
            if (!value.empty()) std::memcpy(at, value.data(), value.size());
            at += value.size();
        } else if constexpr (type == FieldType::time || type == FieldType::duration) {
            at = put_varint(at, wire::zigzag(value.ns));
        } else if constexpr (type == FieldType::address) {
            put_address(value);
        } else if constexpr (type == FieldType::mac) {
            std::memcpy(at, value.octets.data(), value.octets.size());
            at += value.octets.size();
        } else if constexpr (type == FieldType::mail) {
            at = put_varint(at, static_cast<std::uint64_t>(value.maker));
            at = put_varint(at, value.number);
        } else if constexpr (type == FieldType::span) {
            at = spans.put(at, value);
        } else if constexpr (type == FieldType::frame_ref) {
            at = put_varint(at, value == FrameRef::none ? 0 : frames + 1 - static_cast<std::uint64_t>(value));
        } else if constexpr (type == FieldType::fact_ref) {
            at = put_varint(at, value == FactRef::none ? 0 : fact - static_cast<std::uint64_t>(value));
        } else {
            at = put_varint(at, static_cast<std::uint64_t>(value));
        }
    }

  private:
    void put_address(const wire::Address& address)
    {
        if (address.is_v4()) {
            *at++ = 4;
            std::memcpy(at, &address.octets[12], 4);
            at += 4;
        } else if (address == wire::Address{}) {
            *at++ = 0;
        } else {
            *at++ = 6;
            std::memcpy(at, address.octets.data(), 16);
            at += 16;
        }
    }
};

// ---- decoding ------------------------------------------------------------------------------------------------------

/// Reads the log's fields. Like wire::Reader it fails once and reads zeros from then on.
class LogReader {
  public:
    explicit LogReader(Octets log, std::size_t offset = 0)
        : begin_(log.data()), at_(log.data() + offset), end_(log.data() + log.size())
    {
    }

    std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    bool failed() const { return !rule_.empty(); }
    wire::Malformed failure() const { return {failed_at_, rule_}; }

    std::uint8_t u8()
    {
        if (at_ == end_) return cut();
        return *at_++;
    }
    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        if (const std::uint8_t* const behind = wire::get_varint(at_, end_, value)) [[likely]] {
            at_ = behind;
            return value;
        }
        return bad_varint();
    }
    Octets octets(std::uint64_t count)
    {
        if (count > left()) return cut(), Octets{};
        const Octets result{at_, static_cast<std::size_t>(count)};
        at_ += count;
        return result;
    }
    /// `limit`: the first number that is too great.
    std::uint64_t below(std::uint64_t limit, std::string_view rule)
    {
        const std::uint64_t value = varint();
        if (value < limit) return value;
        fail(rule);
        return 0;
    }
    wire::Address address();
    link::MacAddress mac();

    void fail(std::string_view rule)
    {
        if (failed()) return;
        rule_ = rule;
        failed_at_ = offset();
        at_ = end_;
    }

  private:
    std::uint8_t cut()
    {
        fail("a fact ends too early");
        return 0;
    }
    std::uint64_t bad_varint();

    const std::uint8_t* begin_;
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    std::string_view rule_;
    std::size_t failed_at_ = 0;
};

} // namespace tegami::run
