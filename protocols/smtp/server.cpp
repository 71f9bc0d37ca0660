#include "protocols/smtp/server.hpp"

#include "protocols/mail/said_lines.hpp"
#include "protocols/mail/unstuffing.hpp"

namespace tegami::smtp {

namespace {

/// RFC 2920 §3.2: replies to these only may wait for those that follow.
bool may_be_held_back(const std::expected<Command, CommandError>& command)
{
    return command && (command->verb == Verb::rset || command->verb == Verb::mail || command->verb == Verb::rcpt);
}

/// From the 354 to the reply to the final dot. False where the client is gone.
wire::Task<bool> take_message(wire::Stream& peer, Session& session, Delivery& delivery, mail::SaidLines& said)
{
    auto text = co_await mail::read_text(peer, session.policy().message_limit);
    if (!text) {
        if (text.error() == wire::Hangup::timed_out)
            said.add(session.say(session.on_timeout()), session.envelope().spans);
        co_return text.error() == wire::Hangup::timed_out;
    }
    const wire::Spans end_spans = text->end_spans;
    auto refusal = session.on_message(*text);
    if (!refusal) {
        wire::SpanAlgebra* const algebra = session.policy().algebra;
        const wire::Spans spans = mail::unite(algebra, session.envelope().spans, text->message.spans(algebra));
        refusal = co_await delivery.accept(session.envelope(), text->message, spans);
    }
    said.add(session.say(std::move(*refusal)), end_spans);
    session.on_verdict();
    co_return true;
}

} // namespace

wire::Task<void> serve(wire::Stream& peer, Session& session, Delivery& delivery)
{
    mail::SaidLines said;
    peer.allow(session.policy().command_timeout);
    said.add(session.say(session.greeting()), session.spans());
    bool hold_back = false;

    for (;;) {
        // "MUST send all pending responses immediately whenever the input buffer is emptied", RFC 2920 §3.2.
        if (!said.empty() && (!hold_back || session.ended() || !peer.line_is_ahead())) {
            const bool sent = co_await said.send(peer);
            if (!sent) break;
        }
        if (session.ended()) break;

        const auto line = co_await peer.read_line(command_line_limit);
        if (!line) {
            if (line.error() != wire::Hangup::timed_out) break;
            said.add(session.say(session.on_timeout()), session.spans());
            continue;
        }
        const wire::Spans spans = line->spans;
        if (line->truncated) {
            said.add(session.say(session.on_long_line()), spans);
            hold_back = false;
            continue;
        }

        const auto command = parse_command(line->text);
        hold_back = may_be_held_back(command);
        Session::Answer answer = session.on_command(command, spans);
        switch (answer.next) {
        case Session::Next::answer: said.add(session.say(std::move(answer.reply)), spans); break;
        case Session::Next::judge_recipient: {
            if (!said.empty() && !peer.line_is_ahead()) { // the judgement may take its time
                const bool sent = co_await said.send(peer);
                if (!sent) co_return peer.close();
            }
            Reply verdict = co_await delivery.recipient(session.envelope(), session.candidate(), spans);
            said.add(session.say(session.on_recipient(std::move(verdict))), spans);
            break;
        }
        case Session::Next::read_message: {
            said.add(session.say(std::move(answer.reply)), spans);
            const bool sent = co_await said.send(peer);
            if (!sent) co_return peer.close();
            const bool taken = co_await take_message(peer, session, delivery, said);
            if (!taken) co_return peer.close();
            hold_back = true; // the next transaction may have come in the same group as the dot (RFC 2920 §3.1)
            break;
        }
        }
    }
    peer.close();
}

} // namespace tegami::smtp
