#include "protocols/lmtp/session.hpp"

#include "protocols/mail/ascii.hpp"

namespace tegami::lmtp {

namespace {

smtp::Policy as_lmtp(smtp::Policy policy)
{
    policy.pipelining = policy.enhanced_status_codes = true;
    policy.accounts = nullptr;
    policy.require_authentication = false;
    return policy;
}

bool is_verb(std::string_view line, std::string_view verb)
{
    return mail::starts_ignoring_case(line, verb) && (line.size() == verb.size() || mail::is_wsp(line[verb.size()]));
}

} // namespace

Session::Session(smtp::Policy policy, wire::Spans spans) : smtp_(as_lmtp(std::move(policy)), spans) {}

std::expected<smtp::Command, smtp::CommandError> Session::parse(std::string_view line)
{
    if (is_verb(line, "EHLO") || is_verb(line, "HELO"))
        return std::unexpected(smtp::CommandError{{500, {5, 5, 1}, "This is LMTP: say LHLO"},
                                                  {0, "RFC 2033 §4.1: LHLO, not EHLO or HELO"}});
    if (!is_verb(line, "LHLO")) return smtp::parse_command(line);
    auto command = smtp::parse_command("EHLO" + std::string{line.substr(4)});
    if (!command) command.error().reply.text = "Syntax: LHLO your.host.name";
    return command;
}

Session::Answer Session::on_command(const std::expected<smtp::Command, smtp::CommandError>& command, wire::Spans spans)
{
    Answer answer = smtp_.on_command(command, spans);
    // RFC 2033 §4.2: 503, where SMTP leaves the code to the server.
    if (command && command->verb == smtp::Verb::data && answer.next == Next::answer && answer.reply.code == 554)
        answer.reply = {503, {5, 5, 1}, "No valid recipients"};
    return answer;
}

std::string Session::say_to_message(const smtp::Reply& reply)
{
    return say_to_message(std::vector(envelope().forward_paths.size(), reply));
}

std::string Session::say_to_message(std::vector<smtp::Reply> replies)
{
    std::string lines;
    for (smtp::Reply& reply : replies) lines += say(std::move(reply));
    return lines;
}

} // namespace tegami::lmtp
