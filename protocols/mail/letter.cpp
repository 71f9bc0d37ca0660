#include "protocols/mail/letter.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/mail/date.hpp"
#include "protocols/mail/encoded_word.hpp"
#include "protocols/mail/header.hpp"

#include <algorithm>

namespace tegami::mail {

namespace {

/// The column that text of several lines ends in.
std::size_t end_column(std::string_view text, std::size_t column)
{
    const std::size_t line_end = text.rfind('\n');
    return line_end == text.npos ? column + text.size() : text.size() - line_end - 1;
}

/// Text that a reader would not give back as it stands: beyond printable ASCII, at its edges white space, or something
/// that looks like an encoded word.
bool needs_encoding(std::string_view text)
{
    if (text.empty()) return false;
    if (is_wsp(text.front()) || is_wsp(text.back()) || text.contains("=?")) return true;
    return !std::ranges::all_of(text, [](char c) { return c == ' ' || is_visible(c); });
}

/// Lines ended by CRLF, whatever ended them before; the last one too.
std::string with_crlf(std::string_view text)
{
    std::string lines;
    lines.reserve(text.size() + text.size() / 32 + 2);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r' || text[at] == '\n') {
            lines += "\r\n";
            if (text.substr(at).starts_with("\r\n")) ++at;
        } else {
            lines += text[at];
        }
    }
    if (!lines.empty() && !lines.ends_with("\r\n")) lines += "\r\n";
    return lines;
}

/// A field of addresses, one a line where they do not fit.
std::string format_addresses(std::string_view name, const std::vector<NamedMailbox>& mailboxes)
{
    std::string field{name};
    field += ':';
    for (std::size_t i = 0; i < mailboxes.size(); ++i) {
        const std::size_t column = end_column(field, 0);
        std::string address = format(mailboxes[i], column + 1);
        const std::size_t comma = i + 1 < mailboxes.size() ? 1 : 0;
        const std::size_t first_line = std::min(address.find('\r'), address.size());
        if (i > 0 && column + 1 + first_line + comma > preferred_line_limit) {
            field += "\r\n";
            address = format(mailboxes[i], 1);
        }
        field += ' ';
        field += address;
        if (comma != 0) field += ',';
    }
    return field += "\r\n";
}

/// A field of message identifiers, one a line.
std::string format_message_ids(std::string_view name, const std::vector<std::string>& ids)
{
    std::string field{name};
    field += ':';
    for (std::size_t i = 0; i < ids.size(); ++i) {
        field += i == 0 ? " <" : "\r\n <";
        field += ids[i];
        field += '>';
    }
    return field += "\r\n";
}

} // namespace

std::string format(const NamedMailbox& named, std::size_t column)
{
    const std::string address = format(named.mailbox);
    if (named.name.empty()) return address;

    // phrase = 1*word; word = atom / quoted-string (RFC 5322 §3.2.5), or encoded words in an atom's place (RFC 2047 §5).
    std::string text;
    if (needs_encoding(named.name) || named.name.size() > preferred_line_limit) {
        text = encode_words(named.name, column);
    } else if (std::ranges::all_of(named.name, [](char c) { return is_atext(c) || c == ' '; }) &&
               !named.name.contains("  ")) {
        text = named.name;
    } else {
        text = '"';
        for (const char c : named.name) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    const std::size_t room = encoded_word_line_limit; // a line with an encoded word is the shorter one
    text += end_column(text, column) + address.size() + 3 > room ? "\r\n <" : " <";
    text += address;
    return text += '>';
}

std::string format_unstructured(std::string_view name, std::string_view text)
{
    std::string field{name};
    field += ": ";
    // A token over the line's limit cannot be folded, but encoded words can be as short as they need to be.
    std::size_t token = 0;
    std::size_t longest_token = 0;
    for (const char c : text) longest_token = std::max(longest_token, token = c == ' ' ? 0 : token + 1);
    if (needs_encoding(text) || longest_token > preferred_line_limit) {
        field += encode_words(text, field.size());
        return field += "\r\n";
    }
    std::size_t column = field.size();
    while (!text.empty()) {
        // The next token with the spaces before it: those spaces begin the new line, so unfolding gives them back.
        const std::size_t from = std::min(text.find_first_not_of(' '), text.size());
        const std::size_t end = std::min(text.find(' ', from), text.size());
        if (column + end > preferred_line_limit && from > 0) {
            field += "\r\n";
            column = 0;
        }
        field += text.substr(0, end);
        column += end;
        text.remove_prefix(end);
    }
    return field += "\r\n";
}

TransferEncoding choose_encoding(std::string_view text, BodyOctets allowed)
{
    bool ascii = true;
    bool clean = true; // no NUL, which neither 7bit nor 8bit may hold (RFC 2045 §2.7, §2.8)
    std::size_t line = 0;
    std::size_t longest_line = 0;
    std::size_t literal = 0;
    for (const char c : text) {
        ascii = ascii && is_ascii(c);
        clean = clean && c != '\0';
        line = c == '\n' ? 0 : c == '\r' ? line : line + 1;
        longest_line = std::max(longest_line, line);
        literal += (is_visible(c) && c != '=') || is_wsp(c) || c == '\r' || c == '\n' ? 1 : 0;
    }
    if (clean && longest_line <= line_limit) {
        if (ascii) return TransferEncoding::seven_bit;
        if (allowed == BodyOctets::eight_bit) return TransferEncoding::eight_bit;
    }
    const std::size_t quoted = literal + 3 * (text.size() - literal);
    return quoted <= text.size() / 3 * 4 ? TransferEncoding::quoted_printable : TransferEncoding::base64;
}

namespace {

std::string encoded(std::string_view text, TransferEncoding encoding)
{
    switch (encoding) {
    case TransferEncoding::quoted_printable: return encode_quoted_printable(text);
    case TransferEncoding::base64: return encode_base64_lines(text);
    case TransferEncoding::seven_bit:
    case TransferEncoding::eight_bit: break;
    }
    return std::string{text};
}

} // namespace

std::string compose(const Letter& letter, BodyOctets allowed)
{
    const std::string text = with_crlf(letter.text);
    const TransferEncoding encoding = choose_encoding(text, allowed);

    std::string message;
    message.reserve(text.size() + 512);
    // The order that RFC 5322 §3.6 suggests is none; this one reads well.
    message += "Date: ";
    message += format_date(letter.date, letter.zone_minutes);
    message += "\r\n";
    message += format_addresses("From", {letter.from});
    if (!letter.to.empty()) message += format_addresses("To", letter.to);
    if (!letter.cc.empty()) message += format_addresses("Cc", letter.cc);
    if (!letter.bcc.empty()) message += format_addresses("Bcc", letter.bcc);
    if (!letter.message_id.empty()) message += format_message_ids("Message-ID", {letter.message_id});
    if (!letter.in_reply_to.empty()) message += format_message_ids("In-Reply-To", letter.in_reply_to);
    message += format_unstructured("Subject", letter.subject);
    message += "MIME-Version: 1.0\r\n"
               "Content-Type: text/plain; charset=UTF-8\r\n"
               "Content-Transfer-Encoding: ";
    message += format(encoding);
    message += "\r\n\r\n";
    return message + encoded(text, encoding);
}

std::string as_seven_bit(std::string_view message)
{
    const Header header = read_header(message);
    const HeaderField* const field = header.find("Content-Transfer-Encoding");
    if (!field || !equal_ignoring_case(unfold(field->body), "8bit")) return std::string{message};
    const std::string_view text = message.substr(header.body_offset);
    const TransferEncoding encoding = choose_encoding(text, BodyOctets::seven_bit);
    const auto value = static_cast<std::size_t>(field->body.data() - message.data());
    std::string result{message.substr(0, value)};
    result += ' ';
    result += format(encoding);
    result += message.substr(value + field->body.size(), header.body_offset - value - field->body.size());
    return result + encoded(text, encoding);
}

} // namespace tegami::mail
