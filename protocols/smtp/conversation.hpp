#pragma once
/// How a server of SMTP's kind talks: commands and replies, in groups where they come so (RFC 2920 §3.2). SMTP and LMTP
/// differ in what their sessions answer and in what becomes of a message, not in this.

#include "protocols/mail/ascii.hpp"
#include "protocols/mail/said_lines.hpp"
#include "protocols/mail/unstuffing.hpp"
#include "protocols/sasl/line.hpp"
#include "protocols/smtp/session.hpp"
#include "protocols/wire/pause.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"

namespace tegami::smtp {

/// RFC 2920 §3.2: replies to these only may wait for those that follow.
inline bool may_be_held_back(const std::expected<Command, CommandError>& command)
{
    return command && (command->verb == Verb::rset || command->verb == Verb::mail || command->verb == Verb::rcpt);
}

/// Only AUTH's lines may be longer than others (RFC 4954 §4).
inline bool is_too_long(const wire::Line& line)
{
    return line.truncated || (line.text.size() > command_line_limit && !mail::starts_ignoring_case(line.text, "AUTH "));
}

/// From the 354 to the reply to the final dot. False where the client is gone.
template <class Session, class Delivery>
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
    if (refusal) {
        said.add(session.say_to_message(std::move(*refusal)), end_spans);
    } else {
        wire::SpanAlgebra* const algebra = session.policy().algebra;
        const wire::Spans spans = mail::unite(algebra, session.envelope().spans, text->message.spans(algebra));
        auto verdict = co_await delivery.accept(session.envelope(), text->message, spans);
        said.add(session.say_to_message(std::move(verdict)), end_spans);
    }
    session.on_verdict();
    co_return true;
}

/// Talks from the greeting until the session has ended or the client is gone, then ends our side of the stream.
template <class Session, class Delivery>
wire::Task<void> converse(wire::Stream& peer, Session& session, Delivery& delivery, wire::Pause* pause)
{
    mail::SaidLines said;
    peer.allow(session.policy().command_timeout);
    said.add(session.say(session.greeting()), session.spans());
    bool hold_back = false;
    bool in_exchange = false; // of AUTH

    for (;;) {
        const wire::Duration delay = session.take_delay();
        if (pause && delay.ns > 0) co_await pause->pause(delay);
        // "MUST send all pending responses immediately whenever the input buffer is emptied", RFC 2920 §3.2.
        if (!said.empty() && (!hold_back || session.ended() || !peer.line_is_ahead())) {
            const bool sent = co_await said.send(peer);
            if (!sent) break;
        }
        if (session.ended()) break;

        const auto line = co_await peer.read_line(sasl::exchange_line_limit);
        if (!line) {
            if (line.error() != wire::Hangup::timed_out) break;
            said.add(session.say(session.on_timeout()), session.spans());
            continue;
        }
        const wire::Spans spans = line->spans;
        typename Session::Answer answer;
        if (in_exchange) {
            hold_back = false;
            answer = session.on_response(line->text, line->truncated);
        } else if (is_too_long(*line)) {
            hold_back = false;
            answer.reply = session.on_long_line(line->text);
        } else {
            const auto command = Session::parse(line->text);
            hold_back = may_be_held_back(command);
            answer = session.on_command(command, spans);
        }
        if (const auto authentication = session.take_authentication()) delivery.authenticated(*authentication, spans);
        in_exchange = answer.next == Session::Next::read_response;
        switch (answer.next) {
        case Session::Next::answer:
        case Session::Next::read_response: said.add(session.say(std::move(answer.reply)), spans); break;
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
