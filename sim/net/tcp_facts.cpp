// What TCP tells the run: connections opened, segments taken in, and what the machine noted by which rule.

#include "sim/net/tcp.hpp"

namespace tegami::net {

void Tcp::record_opened(Socket& socket, bool passive)
{
    if (!context_.recorder.wants(run::FactKind::tcp_opened)) return;
    socket.recorded = true;
    socket.cause = context_.record(socket.name.node, socket.connection.session(), socket.cause,
                                   run::TcpOpened{.connection = socket.number,
                                                  .local = socket.name.local,
                                                  .local_port = static_cast<std::uint16_t>(socket.connection.local()),
                                                  .remote = socket.name.remote,
                                                  .remote_port = static_cast<std::uint16_t>(socket.connection.remote()),
                                                  .passive = passive,
                                                  .initial_send = socket.initial_send});
}

void Tcp::record_received(Socket& socket, tcp::Sequence una, tcp::Sequence receive_next, Spans serves)
{
    const tcp::Connection& c = socket.connection;
    socket.cause = context_.record(socket.name.node, serves, socket.cause,
                                   run::TcpReceived{.connection = socket.number,
                                                    .acknowledged = c.send_unacknowledged() - una,
                                                    .advance = c.receive_next() - receive_next,
                                                    .window = c.send_window(),
                                                    .cwnd = c.cwnd(),
                                                    .ssthresh = c.ssthresh(),
                                                    .srtt = static_cast<std::uint32_t>(c.srtt().ns / 1000),
                                                    .rto = static_cast<std::uint32_t>(c.rto().ns / 1000)});
}

void Tcp::record_notes(Socket& socket, Spans serves)
{
    const auto keep = [&](const auto& fact) {
        const FactRef recorded = context_.record(socket.name.node, serves, socket.cause, fact);
        if (recorded != FactRef::none) socket.cause = recorded;
    };
    for (const tcp::Note& note : notes_.all()) {
        switch (note.kind) {
        case tcp::NoteKind::state_entered:
            keep(run::TcpState{.connection = socket.number, .from = note.from, .to = note.to, .rule = note.rule});
            break;
        case tcp::NoteKind::retransmission:
            keep(run::TcpRetransmission{
                .connection = socket.number, .sequence = note.seq - socket.initial_send, .rule = note.rule});
            break;
        case tcp::NoteKind::timer_expired:
        case tcp::NoteKind::probe_sent: keep(run::TcpTimer{.connection = socket.number, .rule = note.rule}); break;
        case tcp::NoteKind::remarked: keep(run::TcpRemarked{.connection = socket.number, .rule = note.rule}); break;
        case tcp::NoteKind::reset_sent:
            keep(run::TcpRefused{.connection = socket.number, .direction = run::Direction::sent, .rule = note.rule});
            break;
        case tcp::NoteKind::reset_received:
        case tcp::NoteKind::segment_dropped:
            keep(
                run::TcpRefused{.connection = socket.number, .direction = run::Direction::received, .rule = note.rule});
            break;
        }
    }
    notes_.clear();
}

} // namespace tegami::net
