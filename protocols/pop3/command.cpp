#include "protocols/pop3/command.hpp"

#include "protocols/mail/ascii.hpp"

#include <algorithm>

namespace tegami::pop3 {

namespace {

enum class Argument : std::uint8_t { none, text, number, optional_number, number_and_lines };

struct VerbRow {
    std::string_view name;
    Verb verb;
    Argument argument;
};
constexpr VerbRow verb_rows[] = {
    {"USER", Verb::user, Argument::text},           {"PASS", Verb::pass, Argument::text},
    {"STAT", Verb::stat, Argument::none},           {"LIST", Verb::list, Argument::optional_number},
    {"RETR", Verb::retr, Argument::number},         {"DELE", Verb::dele, Argument::number},
    {"NOOP", Verb::noop, Argument::none},           {"RSET", Verb::rset, Argument::none},
    {"TOP", Verb::top, Argument::number_and_lines}, {"UIDL", Verb::uidl, Argument::optional_number},
    {"QUIT", Verb::quit, Argument::none},           {"CAPA", Verb::capa, Argument::none},
};

std::unexpected<wire::Malformed> wrong(std::size_t offset, std::string_view rule)
{
    return std::unexpected(wire::Malformed{offset, rule});
}

} // namespace

wire::Decoded<Command> parse_command(std::string_view line)
{
    const std::string_view name = line.substr(0, line.find(' '));
    const auto row =
        std::ranges::find_if(verb_rows, [&](const VerbRow& r) { return mail::equal_ignoring_case(r.name, name); });
    if (row == std::end(verb_rows)) return wrong(0, "RFC 1939 §3: a keyword that is not known");
    // RFC 2449 §3: arguments are printable ASCII. That keeps NUL and escape sequences out of names, too.
    const auto odd = std::ranges::find_if_not(line, [](char c) { return c == ' ' || mail::is_visible(c); });
    if (odd != line.end())
        return wrong(static_cast<std::size_t>(odd - line.begin()), "RFC 2449 §3: arguments are printable ASCII");

    Command command;
    command.verb = row->verb;
    std::string_view rest = line.substr(std::min(line.size(), name.size() + 1));
    const std::size_t offset = line.size() - rest.size();
    if (row->argument == Argument::text) {
        if (rest.empty()) return wrong(offset, "RFC 1939 §7: USER and PASS take a string");
        command.text = rest; // a password may hold spaces, and end with them
        return command;
    }
    rest = mail::trim(rest);
    if (row->argument == Argument::none) {
        if (!rest.empty()) return wrong(offset, "RFC 1939 §5: this command takes no arguments");
        return command;
    }
    if (rest.empty() && row->argument == Argument::optional_number) return command;
    const std::string_view number = rest.substr(0, rest.find(' '));
    if (!mail::parse_number(number, command.number)) return wrong(offset, "RFC 1939 §5: a message-number is digits");
    command.numbered = true;
    rest = mail::trim(rest.substr(number.size()));
    if (row->argument != Argument::number_and_lines) {
        if (!rest.empty()) return wrong(line.size() - rest.size(), "RFC 1939 §5: one message-number only");
        return command;
    }
    if (!mail::parse_number(rest, command.lines))
        return wrong(line.size() - rest.size(), "RFC 1939 §7: TOP takes a non-negative number of lines");
    return command;
}

std::string format(const Response& response)
{
    std::string line = response.ok ? "+OK" : "-ERR";
    if (!response.code.empty()) {
        line += " [";
        line += response.code;
        line += ']';
    }
    if (!response.text.empty()) {
        line += ' ';
        line += response.text;
    }
    line.resize(std::min(line.size(), response_line_limit));
    return line += "\r\n";
}

wire::Decoded<Response> parse_response(std::string_view line)
{
    Response response;
    response.ok = line.starts_with("+OK");
    if (!response.ok && !line.starts_with("-ERR")) return wrong(0, "RFC 1939 §3: a response begins with +OK or -ERR");
    line.remove_prefix(response.ok ? 3 : 4);
    if (!line.empty() && line.front() != ' ')
        return wrong(response.ok ? 3 : 4, "RFC 1939 §3: a space follows +OK and -ERR");
    line = mail::trim(line);
    // resp-code = "[" resp-level *("/" resp-level) "]"; RFC 2449 §8
    const std::size_t end = line.find(']');
    if (line.starts_with('[') && end != line.npos) {
        response.code = line.substr(1, end - 1);
        line = mail::trim(line.substr(end + 1));
    }
    response.text = line;
    return response;
}

} // namespace tegami::pop3
