#pragma once
/// One step of all the mails that take it together: usually of one. It begins and ends for each.

#include "sim/nodes/host.hpp"

namespace tegami::nodes {

class Steps {
  public:
    explicit Steps(Host& host) : host_(&host) {}

    /// `what.mail` is filled in.
    void begin(const std::vector<MailId>& mails, Journal::Beginning what)
    {
        for (const MailId mail : mails) {
            what.mail = mail;
            begun_.push_back(host_->journal().begin(host_->node(), what));
            spans_ = host_->spans().with(spans_, begun_.back());
        }
    }
    void wait_for(const Steps& other) const
    {
        for (std::size_t i = 0; i < begun_.size() && i < other.begun_.size(); ++i)
            host_->journal().wait_for(host_->node(), begun_[i], other.begun_[i]);
    }
    void end(Outcome outcome, std::string_view reason = {}, std::string_view detail = {})
    {
        for (const SpanId step : begun_)
            if (host_->journal().is_open(step)) host_->journal().end(host_->node(), step, outcome, reason, detail);
    }
    Spans spans() const { return spans_; }
    const std::vector<SpanId>& each() const { return begun_; }

  private:
    Host* host_;
    std::vector<SpanId> begun_;
    Spans spans_;
};

} // namespace tegami::nodes
