#include "sim/scenario/mail_address.hpp"

#include "sim/scenario/values.hpp"

namespace tegami::scenario {

namespace {

/// RFC 5322 §3.2.3.
bool is_atext(char c)
{
    constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
}

} // namespace

bool is_mail_address(std::string_view text)
{
    const std::size_t at = text.find('@');
    if (at == text.npos || at == 0 || at > 64 || text.size() > 254) return false; // RFC 5321 §4.5.3.1
    char before = '.';
    for (const char c : text.substr(0, at)) {
        if (c == '.' ? before == '.' : !is_atext(c)) return false;
        before = c;
    }
    return before != '.' && is_domain(text.substr(at + 1));
}

} // namespace tegami::scenario
