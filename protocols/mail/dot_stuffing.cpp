#include "protocols/mail/dot_stuffing.hpp"

#include <algorithm>
#include <cstring>

namespace tegami::mail {

void DotStuffer::feed(wire::Octets octets, wire::OctetBuffer& out)
{
    for (std::size_t at = 0; at < octets.size();) {
        const std::uint8_t octet = octets[at];
        if (after_cr_) {
            after_cr_ = false;
            if (octet == '\n') { // its CRLF was written with the CR
                ++at;
                continue;
            }
        }
        if (octet == '\r' || octet == '\n') {
            out.push_back('\r');
            out.push_back('\n');
            line_start_ = true;
            after_cr_ = octet == '\r';
            ++at;
            continue;
        }
        if (line_start_ && octet == '.') out.push_back('.');
        line_start_ = false;
        std::size_t end = at + 1;
        while (end < octets.size() && octets[end] != '\r' && octets[end] != '\n') ++end;
        out.insert(out.end(), octets.begin() + static_cast<std::ptrdiff_t>(at),
                   octets.begin() + static_cast<std::ptrdiff_t>(end));
        at = end;
    }
}

void DotStuffer::finish(wire::OctetBuffer& out)
{
    if (line_start_) return;
    out.push_back('\r');
    out.push_back('\n');
    line_start_ = true;
}

wire::OctetBuffer stuff(wire::Octets octets)
{
    wire::OctetBuffer out;
    out.reserve(octets.size() + octets.size() / 64 + 2);
    DotStuffer stuffer;
    stuffer.feed(octets, out);
    stuffer.finish(out);
    return out;
}

std::size_t DotUnstuffer::feed(wire::Octets octets, wire::OctetBuffer& out, std::size_t limit)
{
    const auto keep = [&](const std::uint8_t* from, std::size_t count) {
        const std::size_t room = limit - std::min(limit, out.size());
        if (count > room) over_limit_ = true;
        out.insert(out.end(), from, from + std::min(count, room));
    };
    const auto keep_octet = [&](std::uint8_t octet) { keep(&octet, 1); };

    std::size_t at = 0;
    while (at < octets.size() && state_ != State::ended) {
        const std::uint8_t octet = octets[at];
        switch (state_) {
        case State::line_start:
            line_ = 0;
            if (octet == '.') {
                state_ = State::dot;
                ++at;
                break;
            }
            state_ = State::text;
            [[fallthrough]];
        case State::text: {
            std::size_t end = at;
            while (end < octets.size() && octets[end] != '\r' && octets[end] != '\n') ++end;
            keep(&octets[at], end - at);
            line_ += end - at;
            longest_line_ = std::max(longest_line_, line_);
            at = end;
            if (at == octets.size()) break;
            if (octets[at] == '\r') {
                state_ = State::cr;
            } else {
                bare_lf_ = true; // no line ends here, so no dot is looked for behind it
                keep_octet('\n');
                ++line_;
            }
            ++at;
            break;
        }
        case State::cr:
            if (octet == '\n') {
                constexpr std::uint8_t crlf[] = {'\r', '\n'};
                keep(crlf, 2);
                state_ = State::line_start;
                ++at;
            } else {
                bare_cr_ = true;
                keep_octet('\r');
                ++line_;
                state_ = State::text; // which looks at this octet
                if (octet == '\r') {
                    state_ = State::cr;
                    ++at;
                }
            }
            break;
        case State::dot: // "." at a line's beginning: the end, or a dot too many
            if (octet == '\r') {
                state_ = State::dot_cr;
                ++at;
            } else {
                state_ = State::text;
            }
            break;
        case State::dot_cr:
            if (octet == '\n') {
                state_ = State::ended;
                ++at;
            } else {
                state_ = State::cr; // the dot falls away, and a bare CR follows it
            }
            break;
        case State::ended: break;
        }
    }
    return at;
}

} // namespace tegami::mail
