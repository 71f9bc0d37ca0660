#include "protocols/mail/header.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/mail/encoded_word.hpp"

#include <algorithm>

namespace tegami::mail {

namespace {

/// The line that begins at `at`, its end included; the rest where no LF is left.
std::string_view line_at(std::string_view message, std::size_t at)
{
    const std::size_t end = message.find('\n', at);
    return message.substr(at, end == message.npos ? message.npos : end + 1 - at);
}

std::string_view without_end(std::string_view line)
{
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// field-name = 1*ftext; ftext is visible ASCII but the colon. White space before the colon is obsolete (§4.5).
std::string_view field_name(std::string_view line)
{
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return {};
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && is_wsp(name.back())) name.remove_suffix(1);
    return std::ranges::all_of(name, is_visible) ? name : std::string_view{};
}

} // namespace

const HeaderField* Header::find(std::string_view name) const
{
    const auto found =
        std::ranges::find_if(fields, [&](const HeaderField& f) { return equal_ignoring_case(f.name, name); });
    return found == fields.end() ? nullptr : &*found;
}

std::size_t Header::count(std::string_view name) const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(fields, [&](const HeaderField& f) { return equal_ignoring_case(f.name, name); }));
}

Header read_header(std::string_view message)
{
    Header header;
    std::size_t at = 0;
    while (at < message.size()) {
        std::string_view line = line_at(message, at);
        if (without_end(line).empty()) {
            header.body_offset = at + line.size();
            return header;
        }
        const std::string_view name = field_name(line);
        if (name.empty()) break;
        const std::size_t body = at + line.find(':') + 1;
        do { // a line that begins with white space goes on (§2.2.3)
            at += line.size();
            line = line_at(message, at);
        } while (!line.empty() && is_wsp(line.front()) && at <= header_limit);
        if (at > header_limit || header.fields.size() == header_field_limit) {
            header.over_limit = true;
            break;
        }
        header.fields.push_back({name, without_end(message.substr(body, at - body))});
    }
    header.body_offset = at;
    return header;
}

std::string unfold(std::string_view body)
{
    std::string line;
    line.reserve(body.size());
    for (std::size_t at = 0; at < body.size(); ++at) {
        const std::string_view rest = body.substr(at);
        const std::size_t end = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
        if (end != 0 && rest.size() > end && is_wsp(rest[end]))
            at += end - 1;
        else
            line += rest.front();
    }
    return std::string{trim(line)};
}

std::string display_text(std::string_view body) { return decode_words(unfold(body)); }

} // namespace tegami::mail
