#include "protocols/mail/encoded_word.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/mail/transfer_encoding.hpp"
#include "protocols/mail/utf8.hpp"
#include "protocols/wire/base64.hpp"

#include <algorithm>
#include <optional>

namespace tegami::mail {

namespace {

constexpr std::string_view word_opening = "=?UTF-8?B?";
constexpr std::string_view word_end = "?=";

/// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="; RFC 2047 §2.
struct EncodedWord {
    std::string_view charset;
    char encoding = 0; ///< 'B' or 'Q'
    std::string_view text;
    std::size_t length = 0; ///< of the whole word
};

bool is_word_token(char c)
{
    return is_visible(c) && std::string_view{"()<>@,;:\"/[]?.="}.find(c) == std::string_view::npos;
}

std::optional<EncodedWord> read_encoded_word(std::string_view text)
{
    if (!text.starts_with("=?")) return std::nullopt;
    EncodedWord word;
    std::size_t at = 2;
    while (at < text.size() && is_word_token(text[at])) ++at;
    word.charset = text.substr(2, at - 2);
    word.charset = word.charset.substr(0, word.charset.find('*')); // RFC 2231 §5 hangs a language behind it
    if (word.charset.empty() || at + 3 >= text.size() || text[at] != '?' || text[at + 2] != '?') return std::nullopt;
    word.encoding = to_upper(text[at + 1]);
    const std::size_t from = at += 3;
    while (at < text.size() && is_visible(text[at]) && text[at] != '?') ++at;
    word.text = text.substr(from, at - from);
    if (!text.substr(at).starts_with(word_end)) return std::nullopt;
    word.length = at + word_end.size();
    return word;
}

/// The octets of a word in its own character set; nothing where its encoding makes no sense.
std::optional<std::string> word_octets(const EncodedWord& word)
{
    if (word.encoding == 'B') {
        // Some writers leave the padding out.
        std::string text{word.text};
        while (text.size() % 4 != 0 && text.size() % 4 != 1) text += '=';
        const auto octets = wire::decode_base64(text);
        if (!octets) return std::nullopt;
        return std::string{wire::as_text(*octets)};
    }
    if (word.encoding != 'Q') return std::nullopt;
    std::string octets;
    for (std::size_t at = 0; at < word.text.size(); ++at) {
        const char c = word.text[at];
        if (c == '=') {
            const auto octet = read_hex_octet(word.text.substr(at + 1));
            if (!octet) return std::nullopt;
            octets += static_cast<char>(*octet);
            at += 2;
        } else {
            octets += c == '_' ? ' ' : c;
        }
    }
    return octets;
}

bool is_readable_charset(std::string_view charset)
{
    return equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "us-ascii") ||
           equal_ignoring_case(charset, "iso-8859-1");
}

std::string from_charset(std::string_view octets, std::string_view charset)
{
    if (!equal_ignoring_case(charset, "iso-8859-1")) return repair_utf8(octets);
    std::string text;
    for (const char c : octets) append_utf8(text, static_cast<std::uint8_t>(c));
    return text;
}

} // namespace

std::string encode_words(std::string_view text, std::size_t column)
{
    const std::string repaired = repair_utf8(text);
    std::string_view left = repaired;
    std::string words;
    do {
        // Whole groups of three octets fill a word without padding in its middle.
        const std::size_t overhead = word_opening.size() + word_end.size();
        const std::size_t line_left = encoded_word_line_limit - std::min(column, encoded_word_line_limit);
        const std::size_t word_room = std::min(line_left, encoded_word_limit);
        const std::size_t room = word_room <= overhead ? 0 : (word_room - overhead) / 4 * 3;
        std::size_t count = 0;
        while (count < left.size()) {
            const std::size_t length = utf8_length(left.substr(count));
            if (count + length > room) break;
            count += length;
        }
        if (count > 0) {
            words += word_opening;
            words += wire::encode_base64(wire::as_octets(left.substr(0, count)));
            words += word_end;
            left.remove_prefix(count);
        }
        if (!left.empty()) words += "\r\n ";
        column = 1;
    } while (!left.empty());
    return words;
}

std::string decode_words(std::string_view text)
{
    std::string decoded;
    std::string octets; // of words side by side in one character set, for some writers split characters
    std::string_view charset;
    const auto flush = [&] {
        if (!octets.empty()) decoded += from_charset(octets, charset);
        octets.clear();
    };

    bool after_word = false;
    std::string plain; // since the last word
    while (!text.empty()) {
        // A word stands at the beginning or behind white space or a delimiter of structured fields (§5).
        const auto word = text.front() == '=' ? read_encoded_word(text) : std::nullopt;
        std::optional<std::string> content;
        if (word && is_readable_charset(word->charset)) content = word_octets(*word);
        if (!content) {
            plain += text.front();
            text.remove_prefix(1);
            continue;
        }
        const bool only_space = std::ranges::all_of(plain, is_wsp);
        if (!after_word || !only_space) {
            flush();
            decoded += repair_utf8(plain);
        }
        plain.clear();
        if (!equal_ignoring_case(charset, word->charset)) flush();
        charset = word->charset;
        octets += *content;
        text.remove_prefix(word->length);
        after_word = true;
    }
    flush();
    return decoded += repair_utf8(plain);
}

} // namespace tegami::mail
