// The lines of SMTP (RFC 5321), LMTP (RFC 2033) and POP3 (RFC 1939), with what SASL hides in base64 beside them.
#include "protocols/wire/base64.hpp"
#include "sim/export/dissector.hpp"

#include <algorithm>

namespace tegami::exporting {
namespace {

constexpr std::size_t most_lines_shown = 200;

bool begins_with_auth(std::string_view line)
{
    constexpr std::string_view verb = "AUTH ";
    return line.size() > verb.size() && std::ranges::equal(line.substr(0, verb.size()), verb, [](char a, char b) {
               return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 32) : a) == b;
           });
}

} // namespace

std::optional<std::string> readable_base64(std::string_view text)
{
    if (text.size() < 4) return std::nullopt;
    const auto octets = wire::decode_base64(text);
    if (!octets) return std::nullopt;
    std::string readable;
    for (const std::uint8_t octet : *octets) {
        if (octet == 0)
            readable += "·";
        else
            readable += static_cast<char>(octet);
    }
    return readable;
}

std::optional<std::string> sasl_in_line(std::string_view line, bool authenticating)
{
    // RFC 4954 §4: AUTH mechanism [initial-response]; then "334 " with a challenge, and lines that are responses alone.
    std::string_view part;
    if (begins_with_auth(line)) {
        const std::size_t space = line.find(' ', 5);
        if (space != line.npos) part = line.substr(space + 1);
    } else if (line.starts_with("334 ") && authenticating) {
        part = line.substr(4);
    } else if (line.starts_with("+ ") && authenticating) {
        part = line.substr(2);
    } else if (authenticating && line.find(' ') == line.npos) {
        part = line;
    }
    return readable_base64(part);
}

bool still_authenticating(std::string_view line, bool by_client, bool before)
{
    if (by_client) return before || begins_with_auth(line);
    return before && (line.starts_with("334") || line.starts_with("+ ") || line == "+");
}

void Dissector::mail_lines(std::string_view protocol, std::size_t from)
{
    LayerReader in = layer(protocol, from);
    const std::size_t behind = std::min(end, frame.size());
    bool authenticating = context.authenticating;
    for (std::size_t lines = 0; in.at() < behind; ++lines) {
        if (lines == most_lines_shown) {
            in.octets("field.data", behind - in.at());
            break;
        }
        const std::size_t begin = in.at();
        const std::string_view rest = wire::as_text(frame.subspan(begin, behind - begin));
        const std::size_t feed = rest.find('\n');
        const std::size_t size = feed == rest.npos ? rest.size() : feed + 1;
        std::string_view line = rest.substr(0, size);
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        in.take(size);
        Field field{"field.line", std::string{line}, {}, begin, size};
        if (const auto readable = sasl_in_line(line, authenticating))
            field.parts.push_back({"field.base64", *readable, {}, begin, 0});
        if (begins_with_auth(line)) authenticating = true;
        in.note(std::move(field));
    }
    if (end > frame.size()) in.layer().cut = true;
    in.finish();
}

} // namespace tegami::exporting
