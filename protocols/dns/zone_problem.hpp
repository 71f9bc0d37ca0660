#pragma once
/// What is wrong with the text of a zone: where, under which key, with which arguments. A sentence in a person's language
/// is made of them by whoever shows it. Each problem is an error, and the zone is not to be served, or a warning: what a
/// name server loads, and an administrator hardly wants (named-checkzone draws the same line).

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tegami::dns {

/// Both from 1. A column counts characters of UTF-8, a tab as one.
struct ZonePlace {
    std::uint32_t line = 1;
    std::uint32_t column = 1;

    constexpr auto operator<=>(const ZonePlace&) const = default;
};

enum class Severity : std::uint8_t { error, warning };

/// Words of the zone's text come as printable ASCII, shortened.
using ZoneArguments = std::vector<std::pair<std::string_view, std::string>>;

struct ZoneProblem {
    ZonePlace at;
    std::string_view key; ///< "zone.unknown_type"
    Severity severity = Severity::error;
    ZoneArguments arguments;
};

/// A key, and the names of the arguments that go with it.
struct ZoneProblemKind {
    std::string_view key;
    Severity severity = Severity::error;
    std::array<std::string_view, 3> arguments{}; ///< empty names are unused
};

/// Every problem there is.
std::span<const ZoneProblemKind> zone_problem_kinds();

/// Problems beyond these are only counted.
inline constexpr std::size_t most_zone_problems = 100;

class ZoneProblems {
  public:
    /// `key` is one of `zone_problem_kinds()`, `arguments` are the values of its own, in their order.
    void report(ZonePlace at, std::string_view key, std::vector<std::string> arguments = {});
    bool has_errors() const { return errors_ != 0; }
    /// In the order of the text; where some were left out, a last one says how many.
    std::vector<ZoneProblem> take();

  private:
    std::vector<ZoneProblem> listed_;
    std::size_t errors_ = 0;
    std::size_t left_out_ = 0;
};

/// A word of the text as it may stand in a message: printable ASCII, at most 60 octets and an ellipsis.
std::string quotable_word(std::string_view word);

} // namespace tegami::dns
