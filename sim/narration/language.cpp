#include "sim/narration/language.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace tegami::narration {
namespace {

constexpr std::array<std::string_view, 2> language_names{"en", "ja"};
constexpr std::array<std::string_view, 3> depth_names{"plain", "exam", "rfc"};

template <class Enum, std::size_t size>
std::optional<Enum> find_name(const std::array<std::string_view, size>& names, std::string_view wanted)
{
    const auto found = std::ranges::find(names, wanted);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

/// A variable that is set but empty counts as not set.
std::string_view first_set(std::initializer_list<std::string_view> values)
{
    for (const std::string_view value : values)
        if (!value.empty()) return value;
    return {};
}

} // namespace

std::string_view name(Language language) { return language_names[static_cast<std::size_t>(language)]; }
std::optional<Language> parse_language(std::string_view name) { return find_name<Language>(language_names, name); }

std::string_view name(Depth depth) { return depth_names[static_cast<std::size_t>(depth)]; }
std::optional<Depth> parse_depth(std::string_view name) { return find_name<Depth>(depth_names, name); }

Language language_of(const LocaleVariables& variables)
{
    const std::string_view locale = first_set({variables.lc_all, variables.lc_messages, variables.lang});
    const std::string_view language = locale.substr(0, locale.find_first_of("_.@"));
    return parse_language(language).value_or(Language::en);
}

bool expects_utf8(const LocaleVariables& variables)
{
    std::string_view locale = first_set({variables.lc_all, variables.lc_ctype, variables.lang});
    const std::size_t dot = locale.find('.');
    if (dot == std::string_view::npos) return false;
    locale = locale.substr(dot + 1);
    locale = locale.substr(0, locale.find('@'));
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; };
    return std::ranges::equal(locale, std::string_view{"utf-8"}, same) ||
           std::ranges::equal(locale, std::string_view{"utf8"}, same);
}

} // namespace tegami::narration
