#include "sim/scenario/scan.hpp"

#include <vector>

namespace tegami::scenario {

namespace {

/// One well-formed UTF-8 sequence (RFC 3629 §4), or length 0.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0;
};

CodePoint code_point_at(std::string_view text, std::size_t at)
{
    const auto octet = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
    };
    const auto tail = [&](std::size_t i) { return (octet(i) & 0xC0) == 0x80; };
    const unsigned first = octet(0);
    if (first < 0x80) return {first, 1};
    if (first >= 0xC2 && first <= 0xDF && tail(1)) return {(first & 0x1F) << 6 | (octet(1) & 0x3F), 2};
    if (first >= 0xE0 && first <= 0xEF && tail(1) && tail(2)) {
        const char32_t value = (first & 0xF) << 12 | (octet(1) & 0x3F) << 6 | (octet(2) & 0x3F);
        if (value >= 0x800 && (value < 0xD800 || value > 0xDFFF)) return {value, 3};
    }
    if (first >= 0xF0 && first <= 0xF4 && tail(1) && tail(2) && tail(3)) {
        const char32_t value = (first & 7) << 18 | (octet(1) & 0x3F) << 12 | (octet(2) & 0x3F) << 6 | (octet(3) & 0x3F);
        if (value >= 0x10000 && value <= 0x10FFFF) return {value, 4};
    }
    return {};
}

/// What a Japanese keyboard or a word processor makes of a character of TOML, or 0.
char narrow_form(char32_t wide)
{
    if (wide >= 0xFF01 && wide <= 0xFF5E) return static_cast<char>(wide - 0xFF01 + '!');
    switch (wide) {
    case 0x3000:
    case 0x00A0: return ' ';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x300C:
    case 0x300D: return '"';
    case 0x2018:
    case 0x2019: return '\'';
    case 0x3001: return ',';
    case 0x3002: return '.';
    case 0x2013:
    case 0x2014:
    case 0x2212: return '-';
    default: return 0;
    }
}

bool key_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Walks over the text once. Inside strings and comments only the characters themselves are looked at. Outside, every
/// open bracket and every part of a dotted key counts as one level, wherever it stands: at least as deep as TOML.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_{text} {}

    std::optional<Stop> run()
    {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        while (at_ < text_.size() && !stop_) token();
        return std::move(stop_);
    }

  private:
    void token()
    {
        const char c = text_[at_];
        if (c == '"' || c == '\'') return string(c);
        if (c == '#') {
            while (at_ < text_.size() && text_[at_] != '\n' && !stop_) character();
            return;
        }
        if (static_cast<unsigned char>(c) >= 0x80) return foreign();

        if (c == '[' && (in_header_ || (line_is_empty_ && open_.empty()))) {
            if (!in_header_) header_levels_ = 0;
            in_header_ = true;
            ++header_levels_;
        } else if (c == '[' || c == '{') {
            open_.push_back(1 + key_dots_ + dots_);
            open_levels_ += open_.back();
            key_dots_ = dots_ = 0;
        } else if (c == '.') {
            ++(in_header_ ? header_levels_ : dots_);
        } else if (c == '=') {
            key_dots_ = dots_; // an array or table behind it lies deeper by them
            dots_ = 0;
        } else if (c != ' ' && c != '\t' && !key_character(c)) {
            key_dots_ = dots_ = 0;
            if (c == ']' || c == '\n') in_header_ = false;
            if ((c == ']' || c == '}') && !open_.empty()) {
                open_levels_ -= open_.back();
                open_.pop_back();
            }
        }
        if (c == '\n')
            line_is_empty_ = true;
        else if (c != ' ' && c != '\t')
            line_is_empty_ = false;

        if (header_levels_ + open_levels_ + key_dots_ + dots_ > depth_limit)
            return stop("scenario.too_deep", {{"limit", std::to_string(depth_limit)}});
        character();
    }

    void string(char quote)
    {
        line_is_empty_ = false;
        const std::string_view rest = text_.substr(at_);
        const char three[] = {quote, quote, quote, 0};
        const bool block = rest.starts_with(three);
        for (std::size_t i = 0; i < (block ? 3u : 1u); ++i) character();
        while (at_ < text_.size() && !stop_) {
            const char c = text_[at_];
            if (!block && c == '\n') return; // never closed: the parser says so
            if (c == '\\' && quote == '"') {
                character();
                if (at_ < text_.size() && text_[at_] != '\n' && !stop_) character();
                continue;
            }
            if (block && text_.substr(at_).starts_with(three)) {
                // Up to two more quotes may belong to the text (TOML 1.0, "String").
                for (std::size_t i = 0; i < 5 && at_ < text_.size() && text_[at_] == quote; ++i) character();
                return;
            }
            character();
            if (!block && c == quote) return;
        }
    }

    void foreign()
    {
        const CodePoint found = code_point_at(text_, at_);
        if (found.length == 0) return character();
        const std::string shown{text_.substr(at_, found.length)};
        if (const char narrow = narrow_form(found.value))
            stop("scenario.wide", {{"found", shown}, {"wanted", std::string(1, narrow)}});
        else
            stop("scenario.not_ascii", {{"found", shown}});
    }

    /// Steps over one character of any kind.
    void character()
    {
        const CodePoint found = code_point_at(text_, at_);
        if (found.length == 0) return stop("scenario.not_utf8", {});
        if (found.value == 0) return stop("scenario.nul", {});
        const bool break_in_line = found.value == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
        if ((found.value < 0x20 && found.value != '\n' && found.value != '\t' && !break_in_line) || found.value == 0x7F)
            return stop("scenario.control", {{"found", std::string{text_.substr(at_, 1)}}});
        at_ += found.length;
        if (found.value == '\n') {
            ++place_.line;
            place_.column = 1;
            line_begin_ = at_;
        } else {
            ++place_.column;
        }
    }

    void stop(std::string_view key, Arguments arguments)
    {
        if (!stop_) stop_ = Stop{place_, line_begin_, key, std::move(arguments)};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Position place_;
    std::size_t line_begin_ = 0;
    std::optional<Stop> stop_;

    std::size_t header_levels_ = 0; // brackets and dots of the [header] in force
    bool in_header_ = false;
    std::vector<std::size_t> open_; // levels that each open bracket stands for: itself and its key's dots
    std::size_t open_levels_ = 0;   // their sum
    std::size_t dots_ = 0;          // of the key under way
    std::size_t key_dots_ = 0;      // of the key before '='
    bool line_is_empty_ = true;
};

} // namespace

std::optional<Stop> scan(std::string_view text)
{
    if (text.size() > size_limit) return Stop{{1, 1}, 0, "scenario.too_large", {{"limit", std::to_string(size_limit)}}};
    return Scanner{text}.run();
}

} // namespace tegami::scenario
