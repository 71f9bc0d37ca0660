#pragma once
/// The mails of a run and their journeys: what every view numbers and draws the same way. One pass over the log.

#include "sim/run/log.hpp"

#include <map>
#include <string>

namespace tegami::run {

/// One step of one mail, one try of it.
struct StepRow {
    SpanId span{};
    Span what;
    FactRef begun{}, ended{}; ///< none where not recorded, or not yet
    Time from{}, to{};        ///< of these facts
    std::string recipients, peer;
    std::uint16_t port = 0;
    Outcome outcome{}; ///< once ended
    std::string reason, detail;
    std::vector<SpanId> joined; ///< sessions and steps that it went on in or waited for
    std::uint64_t frames = 0;   ///< that served it, where the level holds frames
};

/// One connection and its dialogue.
struct SessionRow {
    std::uint32_t number = 0; ///< from 1, in the order in which sessions began
    SpanId span{};
    Span what;
    Protocol protocol{};
    NodeId client{}, server{};
    ConnectionId client_connection{}, server_connection{}; ///< none where that end did not record it
    FactRef begun{}, accepted{};
    std::vector<SpanId> steps; ///< that joined it, in the order in which they did
    std::uint64_t frames = 0;

    /// Whether that end of a connection is the client's; both may be of one host.
    bool is_client(NodeId node, ConnectionId connection) const
    {
        return node == client && (client_connection == ConnectionId::none || connection == client_connection);
    }
};

struct MailRow {
    std::uint32_t number = 0; ///< that people see: from 1
    MailId id;
    FactRef made{};
    Time at{};
    std::uint32_t act = 0; ///< the scenario's `[[do]]` that sent it; 0 where it came about otherwise
    std::string from, to, subject, message_id;
    std::vector<SpanId> steps; ///< in the order in which they began
};

/// Mails are numbered: what the scenario sends in the order of its file (the MailMade whose cause is an Act), then all
/// others in the order of the log: composed ones, bounces, notices.
class Journeys {
  public:
    explicit Journeys(const Log& log);

    const std::vector<MailRow>& mails() const { return mails_; }
    const MailRow* find(MailId mail) const;
    /// Null for a session, or for what is no span of this run.
    const StepRow* step(SpanId span) const;
    const SessionRow* session(SpanId span) const;
    const std::map<SpanId, StepRow>& steps() const { return steps_; }
    const std::map<SpanId, SessionRow>& sessions() const { return sessions_; }
    /// Counted from 1 in the order in which sessions began.
    std::uint32_t number_of(SpanId session) const;

  private:
    std::vector<MailRow> mails_;
    std::map<MailId, std::size_t> by_id_;
    std::map<SpanId, StepRow> steps_;
    std::map<SpanId, SessionRow> sessions_;
};

/// The frames that served a span, in order.
std::vector<FrameRef> frames_serving(const Log& log, SpanId span);
/// The facts that served a span, in order.
std::vector<FactRef> facts_serving(const Log& log, SpanId span);

} // namespace tegami::run
