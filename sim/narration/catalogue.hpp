#pragma once
/// The texts that people read, by stable key. They stand in assets/locale/*.po, are checked and compiled by gettext's
/// msgfmt while building, and lie in the program; nothing is read from the machine it runs on.
///
/// A text is a format string of the fmt library with named arguments only, so that each language orders them as it
/// must. A key that is missing, or an argument a text asks for and does not get, shows as ⟦key: …⟧: a mistake of ours
/// that stays visible and takes nothing down. Tests hold both languages to the same keys and arguments, and to every
/// key that the program uses.

#include "sim/narration/language.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tegami::narration {

/// A named argument of a text. Views must outlive the call they are passed to.
struct Argument {
    std::string_view name;
    std::variant<std::string_view, std::int64_t> value;

    Argument(std::string_view argument, std::string_view text) : name{argument}, value{text} {}
    Argument(std::string_view argument, const std::string& text) : name{argument}, value{std::string_view{text}} {}
    Argument(std::string_view argument, const char* text) : name{argument}, value{std::string_view{text}} {}
    Argument(std::string_view argument, std::integral auto number)
        : name{argument}, value{static_cast<std::int64_t>(number)}
    {
    }
};
using Arguments = std::initializer_list<Argument>;
/// Arguments as problems and findings carry them.
using NamedTexts = std::vector<std::pair<std::string_view, std::string>>;

class Catalogue {
  public:
    /// The catalogue built into the program.
    static Catalogue load(Language language);
    /// One from the octets of a .mo file, as msgfmt writes it. Used by tests.
    static Catalogue from_mo(Language language, std::string_view mo);

    Language language() const { return language_; }
    bool has(std::string_view key) const;

    std::string text(std::string_view key, Arguments arguments = {}) const;
    std::string text(std::string_view key, const NamedTexts& arguments) const;
    /// The text for `count` things, in the language's own plural form. `count` is also the argument {n}.
    std::string count(std::string_view key, std::int64_t count, Arguments arguments = {}) const;

  private:
    class Table;
    Catalogue(Language language, std::shared_ptr<const Table> table);

    Language language_;
    std::shared_ptr<const Table> table_;
};

} // namespace tegami::narration
