#pragma once
/// A dialogue as its lines are said: which of them are a letter, which belong to one reply, what their base64 says. One
/// fold for every view that shows lines. SMTP (RFC 5321), LMTP (RFC 2033), POP3 (RFC 1939).

#include "sim/run/facts.hpp"
#include "sim/run/spans.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace tegami::exporting {

/// A line of a dialogue, by whoever said it. With `letter`, what it stands for is the letter and the line with only a dot
/// behind it; the letter is a fact of its own.
struct Said {
    run::SpanId session{};
    bool by_client = false;
    std::string text;
    std::uint32_t reply = 0; ///< lines of one reply of several lines share it; 0 for a line by itself
    bool letter = false;
    std::optional<std::uint64_t> octets = std::nullopt;    ///< of the letter as it was sent; none where that is unknown
    std::optional<std::uint64_t> announced = std::nullopt; ///< how many it was said to have
    bool secret = false;                                   ///< a password in clear
    std::string decoded = {};                              ///< what base64 in it says
};

class Transcript {
  public:
    run::Protocol protocol{}; ///< once it is known; lines before that are taken as they are

    /// The next line, `offset` octets behind the beginning of what its side has said. Nothing where it is part of a letter.
    std::optional<Said> hear(bool by_client, std::string_view text, std::uint64_t offset);

  private:
    bool speaks_pop3() const { return protocol == run::Protocol::pop3; }
    bool speaks_smtp() const { return protocol == run::Protocol::smtp || protocol == run::Protocol::lmtp; }
    void hear_client(std::string_view line, Said& said);
    std::uint32_t hear_server(std::string_view line);
    bool shows_password(std::string_view line, bool decoded);

    enum class Awaited : std::uint8_t { line, list, letter }; // what answers a command of POP3
    enum class Text : std::uint8_t { none, from_client, from_server } text_ = Text::none;
    std::deque<Awaited> awaited_;            // by the commands that have no answer yet
    bool data_asked_ = false;                // SMTP's DATA
    std::optional<std::uint64_t> announced_; // octets of the letter to come
    bool client_goes_on_ = false;            // with what a server's "+ " asked for: no command
    bool listing_ = false;                   // a reply of several lines is being said
    std::uint32_t replies_ = 0;              // of several lines, so far
    std::uint64_t behind_client_ = 0;        // octets said up to the end of its last line
    std::uint64_t behind_server_ = 0;
    bool authenticating_ = false;
    std::string mechanism_;       // of SASL, in capitals
    std::uint32_t responses_ = 0; // that the client has given in this authentication
};

} // namespace tegami::exporting
