#include "protocols/smtp/reply.hpp"

#include "protocols/mail/ascii.hpp"

#include <utility>

namespace tegami::smtp {

namespace {

/// The digits that `text` begins with, at most three of them, as §2 of RFC 3463 has it; 0 where there are none.
std::size_t digits_length(std::string_view text)
{
    std::size_t length = 0;
    while (length < text.size() && length < 3 && mail::is_digit(text[length])) ++length;
    return length;
}

std::uint16_t number(std::string_view digits)
{
    unsigned value = 0;
    for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
    return static_cast<std::uint16_t>(value);
}

/// Takes an enhanced code of the reply's own class off the text's beginning.
EnhancedCode take_enhanced_code(std::string_view& text, unsigned reply_class)
{
    std::string_view rest = text;
    EnhancedCode code;
    std::uint16_t* const parts[] = {&code.status_class, &code.subject, &code.detail};
    for (std::size_t i = 0; i < 3; ++i) {
        if (i > 0) {
            if (!rest.starts_with('.')) return {};
            rest.remove_prefix(1);
        }
        const std::size_t length = digits_length(rest);
        if (length == 0) return {};
        *parts[i] = number(rest.substr(0, length));
        rest.remove_prefix(length);
    }
    if (code.status_class != reply_class || (!rest.empty() && rest.front() != ' ')) return {};
    if (!rest.empty()) rest.remove_prefix(1);
    text = rest;
    return code;
}

} // namespace

std::string format(const Reply& reply)
{
    std::string prefix;
    if (reply.enhanced != EnhancedCode{}) {
        for (const std::uint16_t part : {reply.enhanced.status_class, reply.enhanced.subject, reply.enhanced.detail}) {
            if (!prefix.empty()) prefix += '.';
            prefix += std::to_string(part);
        }
        prefix += ' ';
    }
    const std::string code = std::to_string(reply.code);
    std::string lines;
    std::string_view text = reply.text;
    for (;;) {
        const std::size_t end = text.find('\n');
        lines += code;
        lines += end == text.npos ? ' ' : '-';
        lines += prefix;
        lines += text.substr(0, end);
        lines += "\r\n";
        if (end == text.npos) return lines;
        text.remove_prefix(end + 1);
    }
}

ReplyReader::Progress ReplyReader::fail(std::string_view rule)
{
    failure_ = {lines_, rule};
    return Progress::malformed;
}

/// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF; RFC 5321 §4.2.
ReplyReader::Progress ReplyReader::feed(const wire::Line& line)
{
    std::string_view text = line.text;
    if (line.truncated) return fail("RFC 5321 §4.5.3.1.5: a reply line is too long");
    // Reply-code = %x32-35 %x30-35 %x30-39
    if (digits_length(text) != 3 || text[0] < '2' || text[0] > '5' || text[1] > '5')
        return fail("RFC 5321 §4.2: a reply begins with a code from 200 to 559");
    const std::uint16_t code = number(text.substr(0, 3));
    if (lines_ > 0 && code != reply_.code) return fail("RFC 5321 §4.2.1: the lines of a reply bear one code");
    if (text.size() > 3 && text[3] != ' ' && text[3] != '-')
        return fail("RFC 5321 §4.2: a space or hyphen follows the code");
    if (lines_ == reply_lines_limit) return fail("RFC 5321 §4.2.1: a reply of too many lines");
    const bool last = text.size() == 3 || text[3] == ' ';
    text.remove_prefix(text.size() == 3 ? 3 : 4);

    reply_.code = code;
    const EnhancedCode enhanced = take_enhanced_code(text, code / 100);
    if (lines_ == 0)
        reply_.enhanced = enhanced;
    else
        reply_.text += '\n';
    reply_.text += text;
    ++lines_;
    return last ? Progress::done : Progress::more;
}

Reply ReplyReader::take()
{
    lines_ = 0;
    return std::exchange(reply_, {});
}

} // namespace tegami::smtp
