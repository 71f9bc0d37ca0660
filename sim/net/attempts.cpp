#include "sim/net/attempts.hpp"

#include <algorithm>

namespace tegami::net {

namespace {

/// Waits until one of some connections is decided, or the time is over.
class Decision final : public engine::Sleeper {
  public:
    Decision(engine::Engine& engine, NodeId node, std::vector<TcpStream*> streams, Duration at_most)
        : engine_(engine), node_(node), streams_(std::move(streams)), at_most_(at_most)
    {
    }
    Decision(const Decision&) = delete;
    Decision& operator=(const Decision&) = delete;
    ~Decision()
    {
        if (waiting_ && at_most_.ns > 0) engine_.close_slot(slot_);
    }

    bool await_ready() const
    {
        return std::ranges::any_of(streams_, [](const TcpStream* stream) { return stream->decided(); });
    }
    void await_suspend(std::coroutine_handle<> handle)
    {
        waiting_ = handle;
        for (TcpStream* stream : streams_) stream->wait_for_decision(handle);
        if (at_most_.ns <= 0) return;
        slot_ = engine_.open_slot(node_, *this);
        engine_.wake_at(slot_, engine_.now() + at_most_);
    }
    void await_resume()
    {
        if (!waiting_) return;
        waiting_ = {};
        for (TcpStream* stream : streams_) stream->wait_no_longer();
        if (at_most_.ns > 0) engine_.close_slot(slot_);
    }
    void on_time() override { waiting_.resume(); }

  private:
    engine::Engine& engine_;
    NodeId node_;
    std::vector<TcpStream*> streams_;
    Duration at_most_;
    engine::SlotRef slot_{};
    std::coroutine_handle<> waiting_{};
};

struct Attempt {
    std::unique_ptr<TcpStream> stream;
    std::size_t which = 0;
};

std::vector<TcpStream*> streams_of(const std::vector<Attempt>& attempts)
{
    std::vector<TcpStream*> streams;
    for (const Attempt& attempt : attempts) streams.push_back(attempt.stream.get());
    return streams;
}

/// Whether a filter stood in the way of each attempt so far.
class Filtered {
  public:
    explicit Filtered(Tcp& tcp) : tcp_(tcp) {}

    void failed(const TcpStream& stream)
    {
        const Context& context = tcp_.context();
        const bool told = tcp_.failure(stream) == wire::ConnectError::prohibited; // by whom the run need not know
        ++(told || context.filtered.contains(context.spans.session_of(stream.session())) ? filtered_ : others_);
    }
    void failed_at_once() { ++others_; } // nothing left the host
    bool each() const { return filtered_ > 0 && others_ == 0; }

  private:
    Tcp& tcp_;
    std::size_t filtered_ = 0, others_ = 0;
};

/// Takes the connection that stands out of the attempts, and those that have failed away.
std::unique_ptr<TcpStream> harvest(Tcp& tcp, std::vector<Attempt>& attempts, Attempted& result, Filtered& filtered)
{
    for (Attempt& attempt : attempts) {
        if (!attempt.stream->decided()) continue;
        if (const auto failed = tcp.failure(*attempt.stream)) {
            result.stream = std::unexpected(*failed);
            result.which = attempt.which;
            filtered.failed(*attempt.stream);
            continue;
        }
        result.which = attempt.which;
        return std::move(attempt.stream);
    }
    std::erase_if(attempts, [](const Attempt& attempt) { return attempt.stream->decided(); });
    return nullptr;
}

} // namespace

wire::Task<Attempted> connect_soonest(Tcp& tcp, NodeId node, std::vector<wire::Endpoint> to, run::Protocol protocol,
                                      Spans spans)
{
    Attempted result{std::unexpected(wire::ConnectError::unreachable), 0};
    Filtered filtered{tcp};
    std::vector<Attempt> attempts;
    std::size_t next = 0;
    while (next < to.size() || !attempts.empty()) {
        if (next < to.size()) {
            const std::size_t which = next++;
            co_await tcp.addresses_checked(node, to[which].address);
            auto opened = tcp.open(node, to[which], protocol, spans);
            if (!opened) {
                result.stream = std::unexpected(opened.error());
                result.which = which;
                filtered.failed_at_once();
                continue;
            }
            attempts.push_back({std::move(*opened), which});
        }
        // Until the next is tried, or where there is none, until one is decided.
        co_await Decision(tcp.context().engine, node, streams_of(attempts),
                          next < to.size() ? attempt_delay : Duration{});
        if (auto stands = harvest(tcp, attempts, result, filtered)) {
            result.stream = std::move(stands);
            break;
        }
    }
    result.filtered = !result.stream && filtered.each();
    co_return result;
}

wire::Task<Attempted> connect_in_turn(Tcp& tcp, NodeId node, std::vector<wire::Endpoint> to, run::Protocol protocol,
                                      Spans spans, Duration patience)
{
    Attempted result{std::unexpected(wire::ConnectError::unreachable), 0};
    Filtered filtered{tcp};
    for (std::size_t which = 0; which < to.size(); ++which) {
        result.which = which;
        co_await tcp.addresses_checked(node, to[which].address);
        auto opened = tcp.open(node, to[which], protocol, spans);
        if (!opened) {
            result.stream = std::unexpected(opened.error());
            filtered.failed_at_once();
            continue;
        }
        std::vector<Attempt> attempts;
        attempts.push_back({std::move(*opened), which});
        co_await Decision(tcp.context().engine, node, streams_of(attempts), patience);
        if (auto stands = harvest(tcp, attempts, result, filtered)) {
            result.stream = std::move(stands);
            break;
        }
        if (attempts.empty()) continue;
        result.stream = std::unexpected(wire::ConnectError::timed_out);
        filtered.failed(*attempts.front().stream);
    }
    result.filtered = !result.stream && filtered.each();
    co_return result;
}

} // namespace tegami::net
