#pragma once
/// A process's end of a connection: the wire::Stream that dialogues talk over. It belongs to the process; when that dies,
/// the stream is gone without a word, and the host closes the connection.

#include "sim/net/tcp.hpp"

namespace tegami::net {

class TcpStream final : public wire::Stream, public engine::Sleeper {
  public:
    TcpStream(Tcp& tcp, Socket& socket);
    ~TcpStream();

    void allow(Duration each_wait) override { allowed_ = each_wait; }
    void close() override;
    void abort() override;
    void cork(bool corked) override;
    /// Whether small segments wait for the ACK of another: RFC 9293 §3.7.4.
    void set_nagle(bool on);

    /// Awaits until the connection stands or has failed.
    auto established()
    {
        struct Awaiter {
            TcpStream& stream;
            bool await_ready() const { return stream.opened(); }
            void await_suspend(std::coroutine_handle<> handle)
            {
                stream.opening_ = true;
                stream.wait(handle);
            }
            void await_resume() const {}
        };
        return Awaiter{*this};
    }

    /// The connection stands, or has failed.
    bool decided() const { return opened(); }
    /// Resumes a coroutine once it is decided; several connections may be waited for by one.
    void wait_for_decision(std::coroutine_handle<> waiting)
    {
        opening_ = true;
        wait(waiting);
    }
    void wait_no_longer()
    {
        opening_ = false;
        waiting_ = {};
    }

    /// Whom the connection itself serves.
    Spans session() const { return usable() ? socket_->connection.session() : Spans{}; }

    /// Something happened to the connection: resumes whoever waited for it.
    void look();
    void on_time() override;

  protected:
    // A process that dies runs on to its next wait: it reads nothing, its writes go nowhere, and no wait of it ends.
    Octets arrived() const override { return usable() ? socket_->connection.arrived() : Octets{}; }
    Spans arrived_spans(std::size_t count) const override;
    void consume(std::size_t count) override;
    bool ended(wire::Hangup& why) const override;
    std::size_t offer(Octets octets, Spans spans) override;
    bool broken() const override;
    void wait(std::coroutine_handle<> waiting) override;
    void note_said(std::string_view line, Spans spans) override;
    void note_heard(const wire::Line& line) override;

  private:
    bool usable() const { return tcp_.context().engine.alive(slot_); }
    bool opened() const;
    Spans in_session(Spans spans);

    Tcp& tcp_;
    Socket* socket_;
    engine::SlotRef slot_;
    std::coroutine_handle<> waiting_{};
    Duration allowed_{};
    std::int64_t until_ = 0; // when the wait under way is over; 0: never
    bool opening_ = false;
    bool closed_ = false;
    std::uint64_t offered_ = 0;  // octets given to the connection
    std::uint64_t noted_ = 0;    // where the next line said begins
    std::uint64_t consumed_ = 0; // octets read
    std::uint64_t line_at_ = 0;  // where the last piece read began
    Spans last_given_, last_in_session_;

    friend class Tcp;
};

} // namespace tegami::net
