#pragma once
/// The story of every mail, kept where its steps happen: who made it, which step began and how it ended. What is written
/// here becomes facts, and whoever waits for a step (a scenario's `after`) is told.

#include "protocols/mail/address.hpp"
#include "sim/net/context.hpp"

#include <map>
#include <string>
#include <tuple>

namespace tegami::nodes {

using engine::Duration;
using engine::NodeId;
using engine::Time;
using run::MailId;
using run::Outcome;
using run::SpanId;
using run::Step;
using wire::Octets;
using wire::Spans;

/// Is told what a scenario may wait for, at the moment it happens.
class Watcher {
  public:
    virtual void on_step_ended(MailId mail, Step step, Outcome outcome) = 0;
    virtual void on_process_changed(NodeId node, run::ProcessChange change) = 0;

  protected:
    ~Watcher() = default;
};

class Journal {
  public:
    explicit Journal(net::Context& context) : context_(context), mails_made_(context.engine.node_count()) {}

    void set_watcher(Watcher* watcher) { watcher_ = watcher; }
    /// What the next mails are made because of: the act of a scenario.
    void set_cause(run::FactRef cause) { cause_ = cause; }

    struct NewMail {
        std::string from;
        std::string to; ///< forward-paths with ", " between
        std::string subject;
        std::string message_id;
    };
    /// A mail comes into being at `node`.
    MailId make_mail(NodeId node, const NewMail& mail, Spans serves = {});
    /// The mails whose steps are in a set, each once, in the order in which their spans began.
    std::vector<MailId> mails_of(Spans spans) const;

    struct Beginning {
        MailId mail;
        Step step{};
        std::string recipients; ///< empty where it serves all of the mail's
        std::string peer;       ///< host, mailbox or name it is done with
        std::uint16_t port = 0;
        std::string part{}; ///< which of several ways of the mail: the domain it goes to, the mailbox
    };
    /// Beginning a step of a mail again, at the same node and on the same way, is a further try of it.
    SpanId begin(NodeId node, const Beginning& beginning);
    /// It has begun and not ended.
    bool is_open(SpanId span) const
    {
        return static_cast<std::size_t>(span) < open_.size() && open_[static_cast<std::size_t>(span)];
    }
    /// `reason`: a stable key; `detail`: the reply, file name or the like that decided.
    void end(NodeId node, SpanId span, Outcome outcome, std::string_view reason = {}, std::string_view detail = {});
    /// No connection came about for these steps; `filtered`: a filter on the way stopped each attempt. A step that comes
    /// to nothing for that reason alone ends `blocked`: whoever took it goes on as if nobody had answered.
    void not_connected(Spans steps, bool filtered);
    /// A step goes on in a session that was there already.
    void join(NodeId node, SpanId step, Spans session);
    /// A step waits for what another one finds out.
    void wait_for(NodeId node, SpanId step, SpanId other);

    // Which mails lie in a mailbox and were not fetched: what their readers' steps serve, before a server has told them.
    void filed(const mail::Mailbox& mailbox, MailId mail);
    void fetched(const mail::Mailbox& mailbox, MailId mail);
    std::vector<MailId> waiting(const mail::Mailbox& mailbox) const;

    void process_changed(NodeId node, run::ProcessChange change);

    Spans only(SpanId span) { return context_.spans.only(span); }
    net::Context& context() { return context_; }

  private:
    net::Context& context_;
    Watcher* watcher_ = nullptr;
    run::FactRef cause_{};
    std::vector<std::uint32_t> mails_made_; // by node
    std::map<std::tuple<MailId, Step, NodeId, std::string>, std::uint32_t> tries_;
    std::vector<bool> open_;                             // by span
    std::map<SpanId, bool> not_connected_;               // open steps: whether filters alone were the reason
    std::map<std::string, std::vector<MailId>> waiting_; // by mailbox, in lower case
};

} // namespace tegami::nodes
