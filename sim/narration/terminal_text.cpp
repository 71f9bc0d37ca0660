#include "sim/narration/terminal_text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tegami::narration {
namespace {

/// One character of a text, or one octet that belongs to none.
struct Character {
    std::string_view octets;
    char32_t code = 0;
    bool valid = false;
};

/// The first character of a text that is not empty.
Character first_character(std::string_view text)
{
    utf8proc_int32_t code = 0;
    const auto* octets = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t length = utf8proc_iterate(octets, static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (length <= 0) return {text.substr(0, 1), 0, false};
    return {text.substr(0, static_cast<std::size_t>(length)), static_cast<char32_t>(code), true};
}

template <class Function>
void for_each_character(std::string_view text, Function&& function)
{
    while (!text.empty()) {
        const Character character = first_character(text);
        function(character);
        text.remove_prefix(character.octets.size());
    }
}

utf8proc_category_t category_of(char32_t code) { return utf8proc_category(static_cast<utf8proc_int32_t>(code)); }

bool is_harmless(char32_t code)
{
    switch (category_of(code)) {
    case UTF8PROC_CATEGORY_CC: // C0, DEL, C1
    case UTF8PROC_CATEGORY_CF: // bidirectional controls, zero-width characters, tags
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return true;
    }
}

bool is_combining(char32_t code)
{
    const utf8proc_category_t category = category_of(code);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

std::string escape(const Character& character)
{
    if (!character.valid) return fmt::format("\\x{:02x}", static_cast<std::uint8_t>(character.octets.front()));
    switch (character.code) {
    case '\t': return "\\t";
    case '\r': return "\\r";
    case '\n': return "\\n";
    default: break;
    }
    const auto code = static_cast<std::uint32_t>(character.code);
    if (code < 0x80) return fmt::format("\\x{:02x}", code);
    if (code < 0x10000) return fmt::format("\\u{:04x}", code);
    return fmt::format("\\u{{{:x}}}", code);
}

int width_of(const Character& character)
{
    return character.valid ? utf8proc_charwidth(static_cast<utf8proc_int32_t>(character.code)) : 1;
}

constexpr std::u32string_view never_first =
    U"、。，．・：；？！）」』】〉》〕］｝”’ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…,.:;?!)]}%";
constexpr std::u32string_view never_last = U"（「『【〈《〔［｛“‘([{";

bool holds(std::u32string_view set, char32_t code) { return set.find(code) != std::u32string_view::npos; }

/// Whether a line may end between two characters that stand side by side.
bool may_break(const Character& left, const Character& right)
{
    if (right.code == ' ') return true;
    if (left.code == ' ') return true;
    if (width_of(left) < 2 && width_of(right) < 2) return false;
    return !holds(never_last, left.code) && !holds(never_first, right.code) && !is_combining(right.code);
}

constexpr std::array<std::pair<char32_t, std::string_view>, 32> ascii_forms{{
    {U'✓', "+"},  {U'▶', ">"},  {U'⏸', "~"},  {U'⛔', "#"},     {U'✗', "x"},      {U'↩', "<"}, {U'→', "->"},
    {U'←', "<-"}, {U'·', "-"},  {U'–', "-"},  {U'—', "-"},      {U'…', "..."},    {U'’', "'"}, {U'‘', "'"},
    {U'“', "\""}, {U'”', "\""}, {U'×', "x"},  {U'≠', "!="},     {U'≡', "=="},     {U'−', "-"}, {U'│', "|"},
    {U'─', "-"},  {U'⟦', "[["}, {U'⟧', "]]"}, {U'\u00A0', " "}, {U'\u3000', " "}, {U'◀', "<"}, {U'●', "*"},
    {U'⋮', ":"},  {U'═', "="},  {U'╌', "."},  {U'┄', "~"},
}};

} // namespace

std::string terminal_safe(std::string_view text)
{
    std::string safe;
    safe.reserve(text.size());
    int combining = 0;
    for_each_character(text, [&](const Character& character) {
        combining = character.valid && is_combining(character.code) ? combining + 1 : 0;
        if (character.valid && is_harmless(character.code) && combining <= combining_limit)
            safe += character.octets;
        else
            safe += escape(character);
    });
    return safe;
}

int width(std::string_view text)
{
    int columns = 0;
    for_each_character(text, [&](const Character& character) { columns += width_of(character); });
    return columns;
}

std::vector<std::string> characters(std::string_view text)
{
    std::vector<std::string> all;
    for_each_character(text, [&](const Character& character) { all.emplace_back(character.octets); });
    return all;
}

std::string fit(std::string_view text, int columns)
{
    if (width(text) <= columns) return std::string{text};
    std::string kept;
    int used = 1; // the ellipsis
    while (!text.empty()) {
        const Character character = first_character(text);
        if (used + width_of(character) > columns) break;
        used += width_of(character);
        kept += character.octets;
        text.remove_prefix(character.octets.size());
    }
    while (!kept.empty() && kept.back() == ' ') kept.pop_back();
    return columns > 0 ? kept + "…" : kept;
}

std::string pad(std::string_view text, int columns)
{
    std::string padded{text};
    padded.append(static_cast<std::size_t>(std::max(0, columns - width(text))), ' ');
    return padded;
}

std::vector<std::string> wrap(std::string_view text, int columns)
{
    columns = std::max(columns, 2);
    std::vector<Character> characters;
    for_each_character(text, [&](const Character& character) { characters.push_back(character); });

    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < characters.size()) {
        std::size_t end = begin; // what fits
        int used = 0;
        while (end < characters.size() && used + width_of(characters[end]) <= columns)
            used += width_of(characters[end++]);

        std::size_t cut = end;
        if (end < characters.size()) {
            while (cut > begin && !may_break(characters[cut - 1], characters[cut])) --cut;
            if (cut == begin) cut = end;
        }
        std::string line;
        for (std::size_t i = begin; i < cut; ++i) line += characters[i].octets;
        while (!line.empty() && line.back() == ' ') line.pop_back();
        lines.push_back(std::move(line));
        begin = cut;
        while (begin < characters.size() && characters[begin].code == ' ') ++begin;
    }
    if (lines.empty()) lines.emplace_back();
    return lines;
}

std::string ascii_only(std::string_view text)
{
    std::string ascii;
    for_each_character(text, [&](const Character& character) {
        if (character.valid && character.code < 0x80) {
            ascii += character.octets;
            return;
        }
        const auto* form =
            std::ranges::find(ascii_forms, character.code, &std::pair<char32_t, std::string_view>::first);
        if (form != ascii_forms.end())
            ascii += form->second;
        else if (width_of(character) > 0)
            ascii += '?';
    });
    return ascii;
}

} // namespace tegami::narration
