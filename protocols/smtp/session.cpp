#include "protocols/smtp/session.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/mail/trace.hpp"
#include "protocols/sasl/line.hpp"

namespace tegami::smtp {

std::string_view transfer_name(const Envelope& envelope)
{
    if (!envelope.extended) return "SMTP";
    return envelope.user.empty() ? "ESMTP" : "ESMTPA";
}

Session::Session(Policy policy, wire::Spans spans) : policy_(std::move(policy)), spans_(spans) {}

/// RFC 5321 §3.1; without an enhanced code (RFC 2034 §4).
Reply Session::greeting() const { return {220, {}, policy_.host_name + " " + policy_.greeting}; }

Session::Answer Session::on_command(const std::expected<Command, CommandError>& parsed, wire::Spans spans)
{
    if (!parsed) return {Next::answer, bad(parsed.error().reply)};
    const Command& command = *parsed;
    // RFC 4954 §6: 530 to all but AUTH, EHLO, HELO, NOOP, RSET and QUIT; HELP tells nobody's secret either.
    if (must_authenticate() && (command.verb == Verb::mail || command.verb == Verb::rcpt ||
                                command.verb == Verb::data || command.verb == Verb::vrfy || command.verb == Verb::expn))
        return {Next::answer, bad({530, {5, 7, 0}, "Authentication required"})};
    switch (command.verb) {
    case Verb::ehlo:
    case Verb::helo: return {Next::answer, hello(command)};
    case Verb::mail: return {Next::answer, mail_from(command, spans)};
    case Verb::rcpt: return rcpt_to(command, spans);
    case Verb::data: return data(spans);
    case Verb::rset: reset(); return {Next::answer, {250, {2, 0, 0}, "Reset"}};
    case Verb::noop: return {Next::answer, {250, {2, 0, 0}, "Nothing done"}};
    case Verb::quit: ended_ = true; return {Next::answer, {221, {2, 0, 0}, policy_.host_name + " closing"}};
    case Verb::vrfy:
        // §3.5.3: who is here is not told, but mail is tried.
        return {Next::answer, {252, {2, 1, 5}, "Cannot verify, but will take mail and try to deliver it"}};
    case Verb::help:
        return {Next::answer, {214, {2, 0, 0}, "EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP\nSee RFC 5321"}};
    case Verb::auth:
        if (policy_.accounts) return auth(command.argument);
        [[fallthrough]];
    case Verb::expn:
    case Verb::not_implemented: return {Next::answer, bad({502, {5, 5, 1}, "Command not implemented"})};
    case Verb::other_protocol: return {Next::answer, {421, {4, 7, 0}, policy_.host_name + " speaks SMTP, closing"}};
    }
    return {Next::answer, bad({500, {5, 5, 1}, "Command not known"})};
}

Reply Session::on_long_line(std::string_view beginning)
{
    const bool is_auth = policy_.accounts && mail::starts_ignoring_case(beginning, "AUTH ");
    return bad({500, {5, 5, static_cast<std::uint16_t>(is_auth ? 6 : 2)}, "Line too long"});
}

/// RFC 5321 §4.1.1.1 and §4.1.4: it begins anew, so an open transaction is dropped.
Reply Session::hello(const Command& command)
{
    reset();
    greeted_ = true;
    envelope_.hello = command.argument;
    envelope_.extended = command.verb == Verb::ehlo;
    Reply reply{250, {}, policy_.host_name};
    if (!envelope_.extended) return reply;
    if (policy_.pipelining) reply.text += "\nPIPELINING";
    if (policy_.size) reply.text += "\nSIZE " + std::to_string(policy_.message_limit);
    if (policy_.eight_bit_mime) reply.text += "\n8BITMIME";
    if (policy_.enhanced_status_codes) reply.text += "\nENHANCEDSTATUSCODES";
    if (policy_.accounts) // RFC 4954 §3; a list of none would be no list
        if (const std::string names = sasl::list_mechanisms(policy_.secrecy); !names.empty())
            reply.text += "\nAUTH " + names;
    return reply;
}

// ---- AUTH, RFC 4954 §4 ---------------------------------------------------------------------------------------------

/// "AUTH" SP sasl-mech [SP initial-response]
Session::Answer Session::auth(std::string_view argument)
{
    const auto no = [&](Reply reply) { return Answer{Next::answer, bad(std::move(reply))}; };
    if (!envelope_.extended) return no({503, {5, 5, 1}, "Say EHLO first"});
    if (!envelope_.user.empty()) return no({503, {5, 5, 1}, "Authenticated already"});
    if (mail_given_) return no({503, {5, 5, 1}, "No AUTH within a mail transaction"});

    const std::size_t space = argument.find(' ');
    const std::string_view name = argument.substr(0, space);
    if (!sasl::is_mechanism_name(name)) return no({501, {5, 5, 4}, "Syntax: AUTH mechanism [initial-response]"});
    mechanism_ = sasl::find_mechanism(name);
    if (!mechanism_) return no({504, {5, 5, 4}, "Mechanism not known here"});
    if (policy_.secrecy == sasl::Secrecy::password_must_not_show && mechanism_->shows_password)
        return no({538, {5, 7, 11}, "This mechanism needs encryption"});

    exchange_ = mechanism_->make_server(*policy_.accounts);
    const auto begun = exchange_->begin();
    if (space == argument.npos) return after(begun);
    if (!mechanism_->client_first)
        return end_exchange(Authentication::Verdict::malformed, {},
                            {501, {5, 7, 0}, "In this mechanism the server speaks first"});
    const auto response = sasl::parse_initial_response(mail::trim(argument.substr(space)));
    if (!response)
        return end_exchange(Authentication::Verdict::malformed, {}, {501, {5, 5, 2}, "The response is not base64"});
    return after(exchange_->on_response(*response));
}

Session::Answer Session::on_response(std::string_view line, bool too_long)
{
    using enum Authentication::Verdict;
    if (too_long) return end_exchange(malformed, {}, {500, {5, 5, 6}, "Authentication exchange line is too long"});
    if (line == sasl::cancel_line) return end_exchange(cancelled, {}, {501, {5, 7, 0}, "Authentication cancelled"});
    const auto response = sasl::parse_line(line);
    if (!response) return end_exchange(malformed, {}, {501, {5, 5, 2}, "The response is not base64"});
    return after(exchange_->on_response(*response));
}

Session::Answer Session::after(sasl::ServerMechanism::Step step)
{
    using Progress = sasl::ServerMechanism::Progress;
    using enum Authentication::Verdict;
    switch (step.progress) {
    case Progress::challenge: return {Next::read_response, {334, {}, sasl::format_line(step.octets)}};
    case Progress::success:
        envelope_.user = step.identity.authorization;
        return end_exchange(accepted, std::move(step.identity), {235, {2, 7, 0}, "Authentication succeeded"});
    case Progress::malformed:
        return end_exchange(malformed, {}, {535, {5, 7, 8}, "Authentication credentials invalid"});
    case Progress::refused: break;
    }
    return end_exchange(refused, std::move(step.identity), {535, {5, 7, 8}, "Authentication credentials invalid"});
}

Session::Answer Session::end_exchange(Authentication::Verdict verdict, sasl::Identity identity, Reply reply)
{
    judged_ = Authentication{std::string{mechanism_->name}, std::move(identity), verdict};
    exchange_.reset();
    if (verdict != Authentication::Verdict::accepted) reply = bad(std::move(reply));
    return {Next::answer, std::move(reply)};
}

// ---- the transaction -----------------------------------------------------------------------------------------------

/// RFC 5321 §4.1.1.2.
Reply Session::mail_from(const Command& command, wire::Spans spans)
{
    if (!greeted_) return bad({503, {5, 5, 1}, "Say EHLO or HELO first"});
    if (mail_given_) return bad({503, {5, 5, 1}, "A sender was given already"});
    if (command.size > policy_.message_limit) // RFC 1870 §6.1
        return {552, {5, 3, 4}, "Message of more than " + std::to_string(policy_.message_limit) + " octets"};
    mail_given_ = true;
    envelope_.reverse_path = command.path;
    envelope_.declared_size = command.size;
    envelope_.body = command.body;
    if (command.submitter) envelope_.submitter = envelope_.user.empty() ? mail::Path{} : command.submitter;
    envelope_.spans = spans;
    return {250, {2, 1, 0}, "Sender " + mail::format(command.path) + " ok"};
}

/// RFC 5321 §4.1.1.3.
Session::Answer Session::rcpt_to(const Command& command, wire::Spans spans)
{
    if (!mail_given_) return {Next::answer, bad({503, {5, 5, 1}, "Say MAIL first"})};
    if (envelope_.forward_paths.size() >= policy_.recipient_limit) // §4.5.3.1.10
        return {Next::answer, {452, {4, 5, 3}, "Too many recipients"}};
    candidate_ = *command.path.mailbox;
    envelope_.spans = mail::unite(policy_.algebra, envelope_.spans, spans);
    return {Next::judge_recipient, {}};
}

Reply Session::on_recipient(Reply verdict)
{
    if (verdict.positive()) envelope_.forward_paths.push_back(std::move(candidate_));
    return verdict;
}

/// RFC 5321 §4.1.1.4.
Session::Answer Session::data(wire::Spans spans)
{
    if (!mail_given_) return {Next::answer, bad({503, {5, 5, 1}, "Say MAIL first"})};
    // No bad command: a client that pipelines cannot know yet that all its recipients were refused (RFC 2920 §3.1).
    if (envelope_.forward_paths.empty()) return {Next::answer, {554, {5, 5, 1}, "No valid recipients"}};
    envelope_.spans = mail::unite(policy_.algebra, envelope_.spans, spans);
    return {Next::read_message, {354, {}, "Send the message, and end it with a dot alone on a line"}};
}

std::optional<Reply> Session::on_message(const mail::ReadText& text)
{
    // RFC 5321 §2.3.8. What one server takes for a line's end and another does not can hide a second message in this one.
    if (text.met.bare_lf() || text.met.bare_cr())
        return Reply{550, {5, 5, 2}, "The message holds a CR or LF that stands alone"};
    if (text.met.over_limit()) // RFC 1870 §6.3
        return Reply{552, {5, 3, 4}, "Message of more than " + std::to_string(policy_.message_limit) + " octets"};
    if (text.met.longest_line() > mail::text_line_limit)
        return Reply{554, {5, 6, 0}, "A line of more than " + std::to_string(mail::text_line_limit) + " octets"};
    if (mail::looks_looped(mail::read_header(wire::as_text(text.message.octets)))) // RFC 5321 §6.3
        return Reply{554, {5, 4, 6}, "Too many hops: the message is going in circles"};
    return std::nullopt;
}

void Session::on_verdict() { reset(); }

/// RFC 5321 §4.5.3.2.7.
Reply Session::on_timeout() { return {421, {4, 4, 2}, policy_.host_name + " has waited too long, closing"}; }

std::string Session::say(Reply reply)
{
    if (reply.code == 421) ended_ = true; // §3.8
    if (!policy_.enhanced_status_codes) reply.enhanced = {};
    return format(reply);
}

Reply Session::bad(Reply reply)
{
    if (++bad_commands_ > bad_command_patience) delay_ = bad_command_delay;
    if (bad_commands_ > bad_command_limit) return {421, {4, 7, 0}, policy_.host_name + " met too many errors, closing"};
    return reply;
}

/// RFC 5321 §4.1.1.5: all of the transaction goes; who the client is stays.
void Session::reset()
{
    Envelope fresh;
    fresh.hello = std::move(envelope_.hello);
    fresh.extended = envelope_.extended;
    fresh.user = std::move(envelope_.user);
    envelope_ = std::move(fresh);
    mail_given_ = false;
}

} // namespace tegami::smtp
