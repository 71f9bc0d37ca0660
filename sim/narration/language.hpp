#pragma once
/// In which language, and how deep, things are told.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tegami::narration {

enum class Language : std::uint8_t { en, ja };

/// How much a reader is told. `plain` exists for everything; the others for steps and verdicts.
enum class Depth : std::uint8_t {
    plain, ///< a sentence for everybody
    exam,  ///< the words of the trade, as exams use them
    rfc,   ///< the clause of the standard
};

/// "en" and "ja".
std::string_view name(Language language);
std::optional<Language> parse_language(std::string_view name);

/// "plain", "exam" and "rfc".
std::string_view name(Depth depth);
std::optional<Depth> parse_depth(std::string_view name);

/// What a process was told about the locale; empty where a variable is not set.
struct LocaleVariables {
    std::string_view lc_all = {};
    std::string_view lc_messages = {};
    std::string_view lc_ctype = {};
    std::string_view lang = {};
};

/// The language of messages: that of the first variable set among LC_ALL, LC_MESSAGES and LANG (POSIX.1-2017 §8.2).
/// English where it is neither of ours.
Language language_of(const LocaleVariables& variables);

/// Whether text is expected in UTF-8: by the codeset of the first variable set among LC_ALL, LC_CTYPE and LANG.
bool expects_utf8(const LocaleVariables& variables);

} // namespace tegami::narration
