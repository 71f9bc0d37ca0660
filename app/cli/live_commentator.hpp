#pragma once
/// Comments on a run while it is recorded, for whoever opens its file in Wireshark.

#include "app/cli/common.hpp"
#include "sim/narration/commentator.hpp"

namespace tegami::cli {

class LiveCommentator final : public run::Commentator {
  public:
    /// In the context's language, at its depth. All must outlive it.
    LiveCommentator(const narration::Catalogue& catalogue, const scenario::Loaded& loaded, const Context& context)
        : loaded_{loaded}, context_{context}, narrator_{catalogue, names_}
    {
    }

    /// The names of a run are known once it begins.
    void begin(const run::RunHeader& header) override
    {
        names_ = narration::Names{header, people_of(header, loaded_, context_.language)};
    }
    run::FactKinds kinds() const override { return commentator_.kinds(); }
    std::string comment(const run::Event& event, const run::SpanTable& spans) override
    {
        return commentator_.comment(event, spans);
    }

  private:
    const scenario::Loaded& loaded_;
    const Context& context_;
    narration::Names names_;
    narration::Narrator narrator_;
    narration::Commentator commentator_{narrator_, context_.depth};
};

} // namespace tegami::cli
