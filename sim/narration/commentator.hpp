#pragma once
/// The narration that rides in a run's packets as comments, for whoever opens it in Wireshark.

#include "sim/narration/narration.hpp"
#include "sim/run/recorder.hpp"

namespace tegami::narration {

class Commentator final : public run::Commentator {
  public:
    /// `narrator` must outlive it.
    explicit Commentator(const Narrator& narrator, Depth depth = Depth::plain) : narrator_{narrator}, depth_{depth} {}

    /// What turns the story: mails made, steps begun and ended, losses and repairs, letters kept, hosts and cables that
    /// come and go.
    run::FactKinds kinds() const override;
    std::string comment(const run::Event& event, const run::SpanTable& spans) override;

  private:
    const Narrator& narrator_;
    Depth depth_;
};

} // namespace tegami::narration
