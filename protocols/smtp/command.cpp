#include "protocols/smtp/command.hpp"

#include "protocols/mail/ascii.hpp"

#include <algorithm>

namespace tegami::smtp {

namespace {

using mail::equal_ignoring_case;
using Parsed = std::expected<Command, CommandError>;

/// What a verb takes behind it.
enum class Argument : std::uint8_t { none, domain, path, optional_words, words, any };

struct VerbRow {
    std::string_view name;
    Verb verb;
    Argument argument;
};
constexpr VerbRow verb_rows[] = {
    {"EHLO", Verb::ehlo, Argument::domain},
    {"HELO", Verb::helo, Argument::domain},
    {"MAIL", Verb::mail, Argument::path},
    {"RCPT", Verb::rcpt, Argument::path},
    {"DATA", Verb::data, Argument::none},
    {"RSET", Verb::rset, Argument::none},
    {"NOOP", Verb::noop, Argument::optional_words},
    {"QUIT", Verb::quit, Argument::none},
    {"VRFY", Verb::vrfy, Argument::words},
    {"EXPN", Verb::expn, Argument::words},
    {"HELP", Verb::help, Argument::optional_words},
    {"AUTH", Verb::auth, Argument::any},
    {"STARTTLS", Verb::not_implemented, Argument::any},
    {"BDAT", Verb::not_implemented, Argument::any},
    {"ETRN", Verb::not_implemented, Argument::any},
    {"TURN", Verb::not_implemented, Argument::any},
    {"SEND", Verb::not_implemented, Argument::any},
    {"SOML", Verb::not_implemented, Argument::any},
    {"SAML", Verb::not_implemented, Argument::any},
    {"GET", Verb::other_protocol, Argument::any},
    {"HEAD", Verb::other_protocol, Argument::any},
    {"POST", Verb::other_protocol, Argument::any},
    {"PUT", Verb::other_protocol, Argument::any},
    {"OPTIONS", Verb::other_protocol, Argument::any},
    {"CONNECT", Verb::other_protocol, Argument::any},
};

std::unexpected<CommandError> wrong(Reply reply, std::size_t offset, std::string_view rule)
{
    return std::unexpected(CommandError{std::move(reply), {offset, rule}});
}

/// esmtp-keyword ["=" esmtp-value]; RFC 5321 §4.1.2.
struct Parameter {
    std::string_view keyword;
    std::string_view value;
};

bool is_keyword(std::string_view text)
{
    return !text.empty() && mail::is_alphanumeric(text.front()) &&
           std::ranges::all_of(text, [](char c) { return mail::is_alphanumeric(c) || c == '-'; });
}

/// xtext = *( xchar / hexchar ), where "+" and two digits stand for an octet; RFC 3461 §4.
wire::Decoded<std::string> decode_xtext(std::string_view text)
{
    const auto digit = [](char c) { return mail::is_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '+') {
            decoded += text[at];
            continue;
        }
        const int high = at + 2 < text.size() ? digit(text[at + 1]) : -1;
        const int low = at + 2 < text.size() ? digit(text[at + 2]) : -1;
        if (high < 0 || low < 0)
            return std::unexpected(wire::Malformed{at, "RFC 3461 §4: two hexadecimal digits behind +"});
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return decoded;
}

Reply unknown_parameter(std::string_view keyword)
{
    return {555, {5, 5, 4}, "Parameter " + std::string{keyword} + " is not known here"};
}

/// The parameters of MAIL and RCPT. `offset` is where `text` stands in the line.
std::optional<CommandError> read_parameters(std::string_view text, std::size_t offset, Command& command)
{
    while (!text.empty()) {
        const auto wrong_here = [&](Reply reply, std::string_view rule) {
            return CommandError{std::move(reply), {offset, rule}};
        };
        if (text.front() != ' ')
            return wrong_here({501, {5, 5, 4}, "A space stands before each parameter"},
                              "RFC 5321 §4.1.1.2: SP before parameters");
        while (text.starts_with(' ')) {
            text.remove_prefix(1);
            ++offset;
        }
        const std::string_view word = text.substr(0, text.find(' '));
        const std::size_t equals = word.find('=');
        const Parameter parameter{word.substr(0, equals), equals == word.npos ? "" : word.substr(equals + 1)};
        const bool valued = equals != word.npos;
        // esmtp-value = 1*(%d33-60 / %d62-126)
        const bool sound = std::ranges::all_of(parameter.value, [](char c) { return mail::is_visible(c) && c != '='; });
        if (!is_keyword(parameter.keyword) || (valued && (parameter.value.empty() || !sound)))
            return wrong_here({501, {5, 5, 4}, "Syntax error in parameters"}, "RFC 5321 §4.1.2: esmtp-param");

        if (command.verb == Verb::mail && equal_ignoring_case(parameter.keyword, "SIZE")) {
            if (!mail::parse_number(parameter.value, command.size))
                return wrong_here({501, {5, 5, 4}, "SIZE takes a number of octets"},
                                  "RFC 1870 §5: size-value = 1*20DIGIT");
        } else if (command.verb == Verb::mail && equal_ignoring_case(parameter.keyword, "BODY")) {
            if (equal_ignoring_case(parameter.value, "8BITMIME"))
                command.body = Body::eight_bit_mime;
            else if (equal_ignoring_case(parameter.value, "7BIT"))
                command.body = Body::seven_bit;
            else
                return wrong_here({501, {5, 5, 4}, "BODY takes 7BIT or 8BITMIME"}, "RFC 6152 §3: body-value");
        } else if (command.verb == Verb::mail && equal_ignoring_case(parameter.keyword, "AUTH") && valued) {
            const auto mailbox = decode_xtext(parameter.value);
            const auto submitter = mailbox ? mail::parse_mailbox(*mailbox) : std::unexpected(mailbox.error());
            if (parameter.value != "<>" && !submitter)
                return wrong_here({501, {5, 5, 4}, "AUTH takes <> or a mailbox"},
                                  "RFC 4954 §5: a mailbox in xtext, or <>");
            command.submitter = submitter ? mail::Path{*submitter} : mail::Path{};
        } else {
            return wrong_here(unknown_parameter(parameter.keyword), "RFC 5321 §4.1.1.11: a parameter not known here");
        }
        text.remove_prefix(word.size());
        offset += word.size();
    }
    return std::nullopt;
}

/// "MAIL FROM:" Reverse-path [SP Mail-parameters] and "RCPT TO:" Forward-path [SP Rcpt-parameters].
Parsed parse_path_command(std::string_view line, std::string_view rest, Command command)
{
    const bool is_mail = command.verb == Verb::mail;
    const std::string_view opening = is_mail ? "FROM:" : "TO:";
    const auto offset = [&] { return line.size() - rest.size(); };
    if (!mail::starts_ignoring_case(rest, opening))
        return wrong({501, {5, 5, 4}, is_mail ? "Syntax: MAIL FROM:<address>" : "Syntax: RCPT TO:<address>"}, offset(),
                     is_mail ? "RFC 5321 §4.1.1.2: FROM: follows MAIL" : "RFC 5321 §4.1.1.3: TO: follows RCPT");
    rest.remove_prefix(opening.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);

    auto read = mail::read_path(rest);
    const EnhancedCode bad_address = is_mail ? EnhancedCode{5, 1, 7} : EnhancedCode{5, 1, 3};
    const char* const whose = is_mail ? "Bad sender address syntax" : "Bad recipient address syntax";
    if (!read) return wrong({501, bad_address, whose}, offset() + read.error().offset, read.error().rule);
    command.path = std::move(read->path);
    if (!is_mail && !command.path.mailbox)
        return wrong({501, bad_address, whose}, offset(), "RFC 5321 §4.1.1.3: a forward-path names a mailbox");
    if (is_mail && command.path.mailbox && command.path.mailbox->domain.empty())
        return wrong({501, bad_address, whose}, offset(), "RFC 5321 §4.1.1.2: a reverse-path has a domain");
    rest.remove_prefix(read->length);

    if (auto error = read_parameters(rest, offset(), command)) return std::unexpected(std::move(*error));
    return command;
}

} // namespace

Parsed parse_command(std::string_view line)
{
    const std::string_view whole = line;
    while (!line.empty() && mail::is_wsp(line.back())) line.remove_suffix(1);
    const std::string_view name = line.substr(0, line.find(' '));
    const auto row =
        std::ranges::find_if(verb_rows, [&](const VerbRow& r) { return equal_ignoring_case(r.name, name); });
    if (row == std::end(verb_rows))
        return wrong({500, {5, 5, 1}, "Command not known"}, 0, "RFC 5321 §4.1.1: a command that nobody knows");

    std::string_view rest = line.substr(name.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const std::size_t offset = static_cast<std::size_t>(rest.data() - whole.data());
    Command command;
    command.verb = row->verb;
    switch (row->argument) {
    case Argument::path: return parse_path_command(line, rest, std::move(command));
    case Argument::none:
        if (!rest.empty())
            return wrong({501, {5, 5, 4}, std::string{row->name} + " takes no argument"}, offset,
                         "RFC 5321 §4.1.1: nothing follows DATA, RSET and QUIT");
        return command;
    case Argument::domain:
        // A name that does not resolve, or is no name at all, is no reason to refuse mail (§4.1.4), only what could not
        // be written down again is.
        if (rest.empty() || rest.size() > mail::domain_limit || !std::ranges::all_of(rest, mail::is_visible))
            return wrong({501, {5, 5, 4}, "Syntax: " + std::string{row->name} + " your.host.name"}, offset,
                         "RFC 5321 §4.1.1.1: a domain follows EHLO and HELO");
        break;
    case Argument::words:
        if (rest.empty())
            return wrong({501, {5, 5, 4}, "Syntax: " + std::string{row->name} + " name"}, offset,
                         "RFC 5321 §4.1.1.6: a string follows VRFY and EXPN");
        break;
    case Argument::optional_words:
    case Argument::any: break;
    }
    command.argument = rest;
    return command;
}

} // namespace tegami::smtp
