#pragma once
/// Whom a piece of work serves. Two kinds of span: a session (one connection and its dialogue), and one step in the
/// journey of one mail. What serves several at once carries a set of spans, interned here; the number of a set
/// (`wire::Spans`) is all that travels beside octets.

#include "protocols/wire/stream.hpp"
#include "sim/engine/big_memory.hpp"
#include "sim/engine/ids.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tegami::run {

using engine::NodeId;
using wire::Spans;

/// A span of this run: an index in the order in which spans began.
enum class SpanId : std::uint32_t { none = 0 };

/// A mail's identity: the node that made it and the how-manieth of that node it is, from 1. Never in any octet sent.
struct MailId {
    NodeId maker{};
    std::uint32_t number = 0;

    constexpr auto operator<=>(const MailId&) const = default;
};

/// The steps of a mail's journey, as every view numbers them.
enum class Step : std::uint8_t {
    none,
    s1_submit,
    s1_dns,
    s2_relay,
    s2_dns,
    s3_1_mx,
    s3_2_addr,
    s3_3_transfer,
    a1_spf,
    a2_dkim,
    a3_dmarc,
    r1_hand_over,
    r2_store,
    r3_request,
    r3_dns,
    r4_fetch,
    d1_report,
};

/// "S3.1" and the like; empty for none.
std::string_view step_name(Step step);

enum class SpanKind : std::uint8_t { session, step };

/// What a span is. A session's fields beyond kind and node are zero.
struct Span {
    SpanKind kind{};
    NodeId node{};            ///< where it began
    std::uint32_t number = 0; ///< the how-manieth span of that node, from 1
    MailId mail;
    Step step{};
    std::uint32_t tries = 0; ///< 1 for the first try
};

/// Every span of a run and every set of them that was needed. A set holds at most one session.
class SpanTable final : public wire::SpanAlgebra {
  public:
    SpanTable();

    /// `number` of the span is filled in; spans are numbered from 1 in the order in which they begin.
    SpanId begin(Span span);
    /// A span as a log defines it, with its number.
    SpanId add(const Span& span);
    const Span& operator[](SpanId span) const { return spans_[static_cast<std::size_t>(span)]; }
    std::size_t size() const { return spans_.size(); }

    Spans only(SpanId span);
    /// The set of these, in any order.
    Spans of(std::span<const SpanId> spans);
    Spans with(Spans set, SpanId span);
    /// Where both hold a session and they differ, the first set's stays.
    Spans unite(Spans one, Spans other) override;
    /// The set without its session: what a piece of work takes along into another connection.
    Spans steps_of(Spans set);
    /// The session of a set, or none.
    SpanId session_of(Spans set) const;
    /// Members in ascending order: a view that ends when the next set is made.
    std::span<const SpanId> members(Spans set) const;
    std::size_t set_count() const { return sets_.size(); }

  private:
    struct Set {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    Spans intern(std::span<const SpanId> sorted);

    template <class T>
    using Grows = std::vector<T, engine::BigMemory<T>>;

    Grows<Span> spans_;
    std::vector<std::uint32_t> numbers_; // spans begun, by node
    Grows<SpanId> members_;              // the sets, one behind the other
    Grows<Set> sets_;
    Grows<std::uint32_t> alone_; // by span: the set of it alone; 0: not made yet

    // Tables with open addressing, at most half full: a world makes several sets for each mail.
    struct Hashed {
        std::uint32_t hash = 0;
        std::uint32_t set = 0; // 0: free
    };
    struct United {
        Spans one, other;
        std::uint32_t set = 0; // 0: free
    };
    static std::uint32_t hash_of(Spans one, Spans other);
    Spans add_set(std::span<const SpanId> sorted);
    Grows<Hashed> by_members_ = Grows<Hashed>(64); // sets of several
    std::size_t hashed_ = 0;
    Grows<United> united_ = Grows<United>(64);
    std::size_t unions_ = 0;
};

} // namespace tegami::run
