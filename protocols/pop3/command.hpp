#pragma once
/// POP3 commands and the first line of responses. RFC 1939 §3, RFC 2449 §3 and §4.

#include "protocols/wire/result.hpp"
#include "protocols/wire/stream.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tegami::pop3 {

constexpr std::size_t command_line_limit = 253;  ///< RFC 2449 §4: 255 octets with CRLF
constexpr std::size_t response_line_limit = 510; ///< RFC 2449 §4: 512 octets with CRLF

enum class Verb : std::uint8_t { user, pass, stat, list, retr, dele, noop, rset, top, uidl, quit, capa };

struct Command {
    Verb verb{};
    std::string text;         ///< USER: the name; PASS: the password, spaces and all
    bool numbered = false;    ///< LIST and UIDL: of one message only
    std::uint64_t number = 0; ///< of a message, from 1
    std::uint64_t lines = 0;  ///< TOP: lines of the body
};

/// One line without its CRLF; keywords in any case. The rule of what is wrong with it.
wire::Decoded<Command> parse_command(std::string_view line);

/// "+OK" or "-ERR", a response code of RFC 2449 §8 where there is one, and text.
struct Response {
    bool ok = false;
    std::string code; ///< without brackets: IN-USE, AUTH, SYS/TEMP; empty for none
    std::string text;

    bool operator==(const Response&) const = default;
};

/// With CRLF.
std::string format(const Response& response);
/// One line without its CRLF. What is neither +OK nor -ERR is malformed.
wire::Decoded<Response> parse_response(std::string_view line);

} // namespace tegami::pop3
