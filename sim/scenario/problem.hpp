#pragma once
/// What is wrong with a scenario: where, under which message, with which arguments. The sentence itself is made from the
/// message catalogue (`assets/locale/parts/scenario.*.po`), so a problem has no language.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tegami::scenario {

/// A place in the file, both from 1. A column counts characters (code points), a tab as one.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;

    constexpr auto operator<=>(const Position&) const = default;
};

/// A value and where the author wrote it. Two are equal when their values are.
template <class T>
struct Placed {
    T value{};
    Position at;

    bool operator==(const Placed& other) const { return value == other.value; }
};

/// Named arguments of a message. Values come from the file: shortened, and without control characters.
using Arguments = std::vector<std::pair<std::string_view, std::string>>;

struct Problem {
    Position at;
    std::string path;     ///< "user.alice.submits.port"; empty for the file as a whole
    std::string_view key; ///< of the message: "scenario.unknown_key"
    Arguments arguments;
};

/// A message and the names of its arguments; `{path}` may stand in any of them.
struct ProblemKind {
    std::string_view key;
    std::array<std::string_view, 4> arguments{}; ///< empty names are unused
};

/// Every problem there is, in the order of the catalogue.
std::span<const ProblemKind> problem_kinds();

/// Problems beyond these are only counted.
constexpr std::size_t problem_limit = 100;

/// Collects problems, and knows in which key the reader stands.
class Problems {
  public:
    /// `key` is one of `problem_kinds()` and `arguments` are exactly its own.
    void report(Position at, std::string_view key, Arguments arguments = {});
    /// Nothing more will be listed: a reader need not look for suggestions.
    bool full() const { return listed_.size() >= problem_limit; }
    bool empty() const { return listed_.empty(); }
    /// In the order of the file; where some were left out, a last one says how many.
    std::vector<Problem> take();

    /// While it lives, problems lie inside `key` (or inside element `index`, from 1).
    class Inside {
      public:
        Inside(Problems& problems, std::string_view key);
        Inside(Problems& problems, std::size_t index);
        ~Inside() { problems_.path_.resize(before_); }
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;

      private:
        Problems& problems_;
        std::size_t before_;
    };

  private:
    std::vector<Problem> listed_;
    std::size_t left_out_ = 0;
    std::string path_;
};

/// Text of the file as it may stand in a message: at most `limit` characters, controls written as `\u001B`.
std::string quotable(std::string_view text, std::size_t limit = 60);

/// The candidate that was probably meant, or nothing.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

/// "a, b, c".
std::string listed(std::span<const std::string_view> words);

} // namespace tegami::scenario
