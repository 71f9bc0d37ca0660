#include "protocols/dns/zone_scan.hpp"

namespace tegami::dns {

void ZoneScanner::step()
{
    const auto octet = static_cast<std::uint8_t>(text_[offset_++]);
    if (octet == '\n') {
        ++place_.line;
        place_.column = 1;
    } else if ((octet & 0xC0) != 0x80) { // no continuation of a character of UTF-8
        ++place_.column;
    }
}

void ZoneScanner::skip_line()
{
    while (!at_end() && peek() != '\n') step();
}

bool ZoneScanner::read_entry(ZoneEntry& entry)
{
    entry.words.clear();
    entry.begins_blank = !at_end() && (peek() == ' ' || peek() == '\t');
    std::size_t depth = 0;
    ZonePlace opened;
    while (!at_end()) {
        const ZonePlace at = place_;
        switch (const char character = peek()) {
        case '\n':
            step();
            if (depth == 0) return true;
            continue;
        case ' ':
        case '\t':
        case '\r': step(); continue;
        case ';': skip_line(); continue;
        case '(':
            step();
            if (depth++ == 0) opened = at;
            continue;
        case ')':
            step();
            if (depth == 0) {
                problems_.report(at, "zone.unopened_parenthesis");
                skip_line();
                return false;
            }
            --depth;
            continue;
        default: {
            const bool quoted = character == '"';
            if (quoted) step();
            const std::size_t begin = offset_;
            constexpr std::string_view ends = " \t\r\n;()\"";
            while (!at_end() && peek() != '\n' && (quoted ? peek() != '"' : !ends.contains(peek()))) {
                const bool escapes = peek() == '\\';
                step();
                if (escapes && !at_end() && peek() != '\n') step();
            }
            entry.words.push_back({text_.substr(begin, offset_ - begin), quoted, at});
            if (!quoted) continue;
            if (at_end() || peek() == '\n') {
                problems_.report(at, "zone.unclosed_quote");
                return false;
            }
            step();
        }
        }
    }
    if (depth == 0) return true;
    problems_.report(opened, "zone.unclosed_parenthesis");
    return false;
}

bool ZoneScanner::next(ZoneEntry& entry)
{
    while (!at_end()) {
        if (!read_entry(entry) || entry.words.empty()) continue;
        entry.at = entry.words.front().at;
        return true;
    }
    return false;
}

bool resolve_escapes(std::string_view text, std::string& octets)
{
    octets.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            octets += text[i];
            continue;
        }
        if (++i == text.size()) return false;
        if (text[i] < '0' || text[i] > '9') {
            octets += text[i];
            continue;
        }
        if (text.size() - i < 3) return false;
        unsigned value = 0;
        for (const char digit : text.substr(i, 3)) {
            if (digit < '0' || digit > '9') return false;
            value = value * 10 + static_cast<unsigned>(digit - '0');
        }
        if (value > 255) return false;
        octets += static_cast<char>(value);
        i += 2;
    }
    return true;
}

} // namespace tegami::dns
