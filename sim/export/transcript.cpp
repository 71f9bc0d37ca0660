#include "sim/export/transcript.hpp"

#include "sim/export/dissection.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tegami::exporting {
namespace {

std::string in_capitals(std::string_view word)
{
    std::string capitals{word};
    std::ranges::transform(capitals, capitals.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return capitals;
}

/// The first word of a line, in capitals: a command's verb, or POP3's status.
std::string verb_of(std::string_view line) { return in_capitals(line.substr(0, line.find(' '))); }

/// The number that follows `mark` in a line.
std::optional<std::uint64_t> number_behind(std::string_view line, std::string_view mark)
{
    const std::size_t at = line.find(mark);
    if (at == line.npos) return std::nullopt;
    std::uint64_t number = 0;
    const char* const begin = line.data() + at + mark.size();
    const auto [end, error] = std::from_chars(begin, line.data() + line.size(), number);
    return error == std::errc{} ? std::optional{number} : std::nullopt;
}

} // namespace

/// The letter's lines are those behind DATA's 354 in SMTP, and behind the +OK to RETR or TOP in POP3, up to the line with
/// only a dot: one line stands for them all.
std::optional<Said> Transcript::hear(bool by_client, std::string_view line, std::uint64_t offset)
{
    const auto speaker = by_client ? Text::from_client : Text::from_server;
    std::uint64_t& behind = by_client ? behind_client_ : behind_server_;
    Said said{.by_client = by_client, .text = std::string{line}};
    if (text_ == speaker) {
        if (line != ".") return std::nullopt;
        said.text.clear();
        said.letter = true;
        if (offset >= behind) said.octets = offset - behind;
        said.announced = std::exchange(announced_, std::nullopt);
        text_ = Text::none;
    } else {
        if (const auto readable = sasl_in_line(line, authenticating_)) said.decoded = *readable;
        if (by_client)
            hear_client(line, said);
        else
            said.reply = hear_server(line);
        authenticating_ = still_authenticating(line, by_client, authenticating_);
    }
    behind = offset + line.size() + 2; // CRLF
    return said;
}

void Transcript::hear_client(std::string_view line, Said& said)
{
    const std::string verb = verb_of(line);
    said.secret = shows_password(line, !said.decoded.empty()) ||
                  (speaks_pop3() && !authenticating_ && !client_goes_on_ && verb == "PASS");
    if (std::exchange(client_goes_on_, false)) return;
    if (speaks_smtp()) {
        data_asked_ = verb == "DATA";
        if (verb == "MAIL") announced_ = number_behind(line, " SIZE="); // RFC 1870 §3
    }
    if (!speaks_pop3()) return;
    const bool of_one = line.find(' ') != line.npos; // LIST and UIDL of one message have an answer of one line
    const bool lists = verb == "CAPA" || ((verb == "LIST" || verb == "UIDL") && !of_one);
    const bool sends_letter = verb == "RETR" || verb == "TOP";
    awaited_.push_back(sends_letter ? Awaited::letter : lists ? Awaited::list : Awaited::line);
}

/// PLAIN's one response holds the password (RFC 4616 §2), and the second one of LOGIN is it.
bool Transcript::shows_password(std::string_view line, bool decoded)
{
    if (!authenticating_) {
        mechanism_.clear();
        responses_ = 0;
        const std::size_t space = line.find(' ');
        if (verb_of(line) != "AUTH" || space == line.npos) return false;
        const std::string_view behind = line.substr(space + 1);
        mechanism_ = in_capitals(behind.substr(0, behind.find(' ')));
        if (behind.find(' ') == behind.npos) return false;
    }
    ++responses_;
    return decoded && ((mechanism_ == "PLAIN" && responses_ == 1) || (mechanism_ == "LOGIN" && responses_ == 2));
}

/// The number of the reply of several lines that a line is part of, or 0.
std::uint32_t Transcript::hear_server(std::string_view line)
{
    if (speaks_smtp()) { // RFC 5321 §4.2.1: a hyphen behind the code of all but the last line
        const bool goes_on = line.size() > 3 && line[3] == '-';
        if (goes_on && !listing_) ++replies_;
        const bool part = listing_ || goes_on;
        listing_ = goes_on;
        if (line.starts_with("354") && std::exchange(data_asked_, false)) text_ = Text::from_client;
        return part ? replies_ : 0;
    }
    if (!speaks_pop3()) return 0;
    if (listing_) { // RFC 1939 §3: up to a line with only a dot
        listing_ = line != ".";
        return replies_;
    }
    if (line.starts_with("+ ")) {
        client_goes_on_ = true;
        return 0;
    }
    if (awaited_.empty()) return 0; // the greeting
    const Awaited answers = awaited_.front();
    awaited_.pop_front();
    if (!line.starts_with("+OK") || answers == Awaited::line) return 0;
    if (answers == Awaited::letter) {
        text_ = Text::from_server;
        announced_ = number_behind(line, "+OK "); // "+OK 120 octets", as RFC 1939 §5 shows it
        return 0;
    }
    listing_ = true;
    return ++replies_;
}

} // namespace tegami::exporting
