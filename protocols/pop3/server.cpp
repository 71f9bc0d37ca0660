#include "protocols/pop3/server.hpp"

#include "protocols/mail/dot_stuffing.hpp"
#include "protocols/mail/said_lines.hpp"

namespace tegami::pop3 {

namespace {

/// A message, from its response to its dot: all of it serves the mail. False once the stream broke.
wire::Task<bool> send_message(wire::Stream& peer, const Session::Answer& answer, const Retrieved& message)
{
    const wire::Octets part = answer.whole ? wire::Octets{message.octets} : top_of(message.octets, answer.lines);
    const wire::OctetBuffer text = mail::stuff(part);
    const Response response{true, {}, answer.whole ? std::to_string(message.octets.size()) + " octets" : ""};
    const std::string opening = format(response);
    peer.cork(true);
    bool sent = co_await peer.write_lines(opening, message.spans);
    if (sent) sent = co_await peer.write(wire::Octets{text}, message.spans);
    if (sent) sent = co_await peer.write_lines(".\r\n", message.spans);
    peer.cork(false);
    co_return sent;
}

void say(mail::SaidLines& said, const Session::Answer& answer, wire::Spans spans)
{
    said.add(format(answer.response), spans);
    if (!answer.multi_line) return;
    said.add(answer.listing, spans); // no line of it begins with a dot
    said.add(".\r\n", spans);
}

} // namespace

wire::Octets top_of(wire::Octets message, std::uint64_t lines)
{
    const std::string_view text = wire::as_text(message);
    std::size_t at = 0;
    bool in_header = true;
    while (at < text.size() && (in_header || lines > 0)) {
        const std::size_t end = text.find('\n', at);
        const std::string_view line = text.substr(at, end == text.npos ? text.npos : end + 1 - at);
        at += line.size();
        if (!in_header)
            --lines;
        else
            in_header = line != "\r\n" && line != "\n";
    }
    return message.first(at);
}

wire::Task<void> serve(wire::Stream& peer, Session& session, Maildrop& maildrop, wire::Spans connection_spans)
{
    mail::SaidLines said;
    peer.allow(session.policy().auto_logout);
    said.add(format(session.greeting()), connection_spans);
    bool ended = false;
    bool locked = false;

    for (;;) {
        if (!said.empty() && (ended || !peer.line_is_ahead())) {
            if (ended) peer.cork(true); // the farewell and the end of our side share a segment
            const bool sent = co_await said.send(peer);
            if (!sent) break;
        }
        if (ended) break;

        // Silence ends the session without a word, and without UPDATE (RFC 1939 §3).
        const auto line = co_await peer.read_line(command_line_limit);
        if (!line) break;
        const wire::Spans spans = line->spans;
        Session::Answer answer =
            line->truncated ? session.on_long_line() : session.on_command(parse_command(line->text));

        // What is asked for below may take its time.
        const bool waits = answer.next != Session::Next::answer && answer.next != Session::Next::end;
        if (waits && !said.empty()) {
            const bool sent = co_await said.send(peer);
            if (!sent && answer.next != Session::Next::commit) break; // QUIT was heard, so UPDATE it is
        }
        switch (answer.next) {
        case Session::Next::end: ended = true; [[fallthrough]];
        case Session::Next::answer: say(said, answer, spans); break;
        case Session::Next::open: {
            auto messages = co_await maildrop.open(session.user(), answer.password, spans);
            if (messages) {
                locked = true;
                said.add(format(session.on_open(std::move(*messages))), spans);
            } else {
                const Session::Answer failure = session.on_open_failure(messages.error());
                ended = failure.next == Session::Next::end;
                said.add(format(failure.response), spans);
            }
            break;
        }
        case Session::Next::retrieve: {
            const auto message = co_await maildrop.retrieve(answer.number, spans);
            if (!message) {
                said.add(format(Response{false, "SYS/TEMP", "The message cannot be read now"}), spans);
                break;
            }
            const bool sent = co_await send_message(peer, answer, *message);
            ended = !sent;
            break;
        }
        case Session::Next::commit: {
            const std::vector<std::size_t> marked = session.marked();
            const bool deleted = co_await maildrop.commit(marked, spans);
            said.add(format(session.on_commit(deleted)), spans);
            locked = false;
            ended = true;
            break;
        }
        }
    }
    if (locked) maildrop.release();
    peer.close();
}

} // namespace tegami::pop3
