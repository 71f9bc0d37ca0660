#include "sim/net/tcp_stream.hpp"

namespace tegami::net {

TcpStream::TcpStream(Tcp& tcp, Socket& socket)
    : tcp_(tcp),
      socket_(&socket),
      last_in_session_(socket.connection.session()) // octets that serve nobody serve the session
{
    slot_ = tcp.context().engine.open_slot(socket.name.node, *this);
    socket.stream = this;
}

TcpStream::~TcpStream()
{
    if (usable()) {
        tcp_.context().engine.close_slot(slot_);
        tcp_.detach(*socket_);
    } else if (socket_->stream == this) // its node crashed, and nobody has told the host's TCP
        socket_->stream = nullptr;
}

bool TcpStream::opened() const
{
    if (!usable()) return false;
    const tcp::State state = socket_->connection.state();
    return state != tcp::State::syn_sent && state != tcp::State::syn_received;
}

Spans TcpStream::in_session(Spans spans)
{
    if (spans == last_given_) return last_in_session_;
    run::SpanTable& table = tcp_.context().spans;
    last_given_ = spans;
    last_in_session_ = table.unite(socket_->connection.session(), table.steps_of(spans));
    return last_in_session_;
}

Spans TcpStream::arrived_spans(std::size_t count) const
{
    return usable() ? socket_->connection.arrived_spans(count) : Spans{};
}

void TcpStream::consume(std::size_t count)
{
    line_at_ = consumed_;
    consumed_ += count;
    if (!usable()) return;
    socket_->connection.consume(count);
    tcp_.push(*socket_); // a window that had closed may open
}

bool TcpStream::ended(wire::Hangup& why) const
{
    if (!usable()) return false;
    const tcp::Connection& connection = socket_->connection;
    if (connection.ending() == tcp::Ending::none || connection.ending() == tcp::Ending::closed) {
        why = wire::Hangup::closed;
        return connection.fin_received() || connection.ending() == tcp::Ending::closed;
    }
    why = wire::Hangup::reset;
    return true;
}

std::size_t TcpStream::offer(Octets octets, Spans spans)
{
    if (!usable()) return octets.size();
    const std::size_t taken = socket_->connection.offer(octets, in_session(spans));
    offered_ += taken;
    noted_ = std::max(noted_, offered_);
    tcp_.push(*socket_);
    return taken;
}

bool TcpStream::broken() const { return usable() && (closed_ || socket_->connection.ending() != tcp::Ending::none); }

void TcpStream::wait(std::coroutine_handle<> waiting)
{
    waiting_ = waiting;
    until_ = 0;
    if (allowed_.ns <= 0) return;
    const Time until = tcp_.context().engine.now() + allowed_;
    until_ = until.ns;
    tcp_.context().engine.wake_at(slot_, until);
}

void TcpStream::look()
{
    if (!waiting_) return;
    if (opening_ ? !opened() : !wait_is_over()) return;
    opening_ = false;
    std::exchange(waiting_, {}).resume();
}

void TcpStream::on_time()
{
    if (!waiting_ || until_ == 0) return;
    if (const Time until{until_}; tcp_.context().engine.now() < until)
        return tcp_.context().engine.wake_at(slot_, until);
    opening_ = false;
    time_is_over();
    std::exchange(waiting_, {}).resume();
}

void TcpStream::cork(bool corked)
{
    if (!usable()) return;
    socket_->corked = corked;
    if (!corked) tcp_.push(*socket_);
}

void TcpStream::set_nagle(bool on)
{
    if (!usable()) return;
    socket_->connection.set_nagle(on);
    if (!on) tcp_.push(*socket_);
}

void TcpStream::close()
{
    if (!usable() || std::exchange(closed_, true)) return;
    socket_->corked = false;
    socket_->connection.close();
    tcp_.push(*socket_);
}

void TcpStream::abort()
{
    if (!usable()) return;
    closed_ = true;
    socket_->connection.abort();
    tcp_.push(*socket_);
}

void TcpStream::note_said(std::string_view line, Spans spans)
{
    const std::uint64_t at = noted_;
    noted_ += line.size() + 2;
    if (!usable() || closed_) return;
    socket_->cause = tcp_.context().record(socket_->name.node, in_session(spans), socket_->cause,
                                           run::LineSaid{.connection = socket_->number, .offset = at, .text = line});
}

void TcpStream::note_heard(const wire::Line& line)
{
    if (!usable()) return;
    socket_->cause = tcp_.context().record(socket_->name.node, line.spans, socket_->cause,
                                           run::LineHeard{.connection = socket_->number, .offset = line_at_});
}

} // namespace tegami::net
