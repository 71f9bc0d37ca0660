#include "protocols/mail/transfer_encoding.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/wire/base64.hpp"

namespace tegami::mail {

namespace {

int hex_value(char c)
{
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

std::string_view format(TransferEncoding encoding)
{
    switch (encoding) {
    case TransferEncoding::seven_bit: return "7bit";
    case TransferEncoding::eight_bit: return "8bit";
    case TransferEncoding::quoted_printable: return "quoted-printable";
    case TransferEncoding::base64: return "base64";
    }
    return "7bit";
}

std::string encode_quoted_printable(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size() + text.size() / 4);
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("\r\n")) {
            encoded += "\r\n";
            column = 0;
            ++at;
            continue;
        }
        const char c = text[at];
        const bool line_ends = rest.size() == 1 || rest.substr(1).starts_with("\r\n");
        // Rules 2 and 3: white space may not end a line.
        const bool literal = (is_visible(c) && c != '=') || (is_wsp(c) && !line_ends);
        const std::size_t width = literal ? 1 : 3;
        // Rule 5: one place in the line is the soft line break's own.
        if (column + width > (line_ends ? encoded_line_limit : encoded_line_limit - 1)) {
            encoded += "=\r\n";
            column = 0;
        }
        if (literal) {
            encoded += c;
        } else {
            const auto octet = static_cast<std::uint8_t>(c);
            encoded += '=';
            encoded += digits[octet >> 4];
            encoded += digits[octet & 15];
        }
        column += width;
    }
    return encoded;
}

std::string decode_quoted_printable(std::string_view text)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (is_wsp(c)) { // rule 3: white space at a line's end was added underway
            std::size_t end = at;
            while (end < text.size() && is_wsp(text[end])) ++end;
            const bool at_line_end = end == text.size() || text[end] == '\n' || text.substr(end).starts_with("\r\n");
            if (!at_line_end) decoded += text.substr(at, end - at);
            at = end - 1;
            continue;
        }
        if (c != '=') {
            decoded += c;
            continue;
        }
        std::size_t end = at + 1;
        if (const auto octet = read_hex_octet(text.substr(end))) {
            decoded += static_cast<char>(*octet);
            at += 2;
            continue;
        }
        while (end < text.size() && is_wsp(text[end])) ++end;
        if (end == text.size())
            at = end;
        else if (text.substr(end).starts_with("\r\n"))
            at = end + 1;
        else if (text[end] == '\n')
            at = end;
        else
            decoded += c;
    }
    return decoded;
}

std::string encode_base64_lines(std::string_view octets)
{
    constexpr std::size_t octets_a_line = encoded_line_limit / 4 * 3;
    std::string encoded;
    encoded.reserve(octets.size() / octets_a_line * (encoded_line_limit + 2) + encoded_line_limit + 2);
    for (; !octets.empty(); octets.remove_prefix(std::min(octets.size(), octets_a_line))) {
        encoded += wire::encode_base64(wire::as_octets(octets.substr(0, octets_a_line)));
        encoded += "\r\n";
    }
    return encoded;
}

std::optional<std::uint8_t> read_hex_octet(std::string_view text)
{
    if (text.size() < 2) return std::nullopt;
    const int high = hex_value(text[0]);
    const int low = hex_value(text[1]);
    if (high < 0 || low < 0) return std::nullopt;
    return static_cast<std::uint8_t>(high << 4 | low);
}

} // namespace tegami::mail
