#include "sim/narration/commentator.hpp"

#include <fmt/format.h>

namespace tegami::narration {

run::FactKinds Commentator::kinds() const
{
    using enum run::FactKind;
    return run::fact_kinds({mail_made, step_begun, step_ended, tcp_retransmission, frame_dropped, mailbox_changed,
                            process_changed, link_changed});
}

std::string Commentator::comment(const run::Event& event, const run::SpanTable&)
{
    // An interface hears what is meant for others all the time.
    if (const auto* dropped = std::get_if<run::FrameDropped>(&event.what))
        if (dropped->reason == run::DropReason::not_for_us) return {};
    const std::string told = narrator_.tell(event, depth_);
    if (const auto* begun = std::get_if<run::StepBegun>(&event.what))
        return fmt::format("{}: {}", narrator_.numbered(begun->step), told);
    return told;
}

} // namespace tegami::narration
