#pragma once
/// The narration that rides in a run's packets as comments, for whoever opens it in Wireshark.

#include "sim/narration/narration.hpp"
#include "sim/run/recorder.hpp"

#include <map>
#include <string>

namespace tegami::narration {

class Commentator final : public run::Commentator {
  public:
    /// `narrator` must outlive it.
    explicit Commentator(const Narrator& narrator, Depth depth = Depth::plain) : narrator_{narrator}, depth_{depth} {}

    /// What turns the story: mails made, steps begun, steps that did not get through, losses and repairs, letters kept,
    /// hosts and cables that come and go, names asked for and found, routes chosen, what a filter stopped. With it the letter's subject: several may be under way.
    run::FactKinds kinds() const override;
    std::string comment(const run::Event& event, const run::SpanTable& spans) override;

  private:
    /// The subject of the letter that an event is about, in quotation marks; empty where it has none.
    std::string subject_of(const run::Event& event, const run::SpanTable& spans) const;

    std::map<run::MailId, std::string> subjects_;
    const Narrator& narrator_;
    Depth depth_;
};

} // namespace tegami::narration
