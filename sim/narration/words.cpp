#include "sim/narration/words.hpp"

#include <array>

namespace tegami::narration {
namespace {

/// The words of an enumeration whose values count from 0.
template <class Enum, std::size_t size>
std::string_view pick(const std::array<std::string_view, size>& words, Enum value)
{
    const auto index = static_cast<std::size_t>(value);
    return index < size ? words[index] : std::string_view{};
}

} // namespace

std::string_view word(run::Fate fate)
{
    static constexpr std::array<std::string_view, 3> words{"arrives", "lost", "down"};
    return pick(words, fate);
}

std::string_view word(run::DropReason reason)
{
    static constexpr std::array<std::string_view, 13> words{
        "queue_full",   "link_down",      "host_off",    "not_for_us",  "malformed",    "bad_checksum", "no_route",
        "ttl_exceeded", "no_neighbour",   "arp_queue_full", "no_listener", "no_protocol", "backlog_full"};
    return pick(words, reason);
}

std::string_view word(run::ArpChange change)
{
    static constexpr std::array<std::string_view, 4> words{"asked", "learnt", "expired", "unanswered"};
    return pick(words, change);
}

std::string_view word(run::MailboxChange change)
{
    static constexpr std::array<std::string_view, 3> words{"delivered", "seen", "deleted"};
    return pick(words, change);
}

std::string_view word(run::QueueChange change)
{
    static constexpr std::array<std::string_view, 4> words{"put", "taken", "deferred", "failed"};
    return pick(words, change);
}

std::string_view word(run::DiskChange change)
{
    static constexpr std::array<std::string_view, 6> words{"written", "synced",        "renamed",
                                                           "removed", "folder_synced", "power_cut"};
    return pick(words, change);
}

std::string_view word(run::ProcessChange change)
{
    static constexpr std::array<std::string_view, 5> words{"started", "stopped", "crashed", "power_cut", "restarted"};
    return pick(words, change);
}

std::string_view word(run::LinkChange change)
{
    static constexpr std::array<std::string_view, 3> words{"up", "down", "loss"};
    return pick(words, change);
}

std::string_view word(run::Direction direction)
{
    static constexpr std::array<std::string_view, 2> words{"sent", "received"};
    return pick(words, direction);
}

std::string_view word(run::Outcome outcome)
{
    static constexpr std::array<std::string_view, 6> words{"done",   "deferred", "refused",
                                                           "failed", "blocked",  "bounced"};
    return pick(words, outcome);
}

std::string_view word(run::Step step)
{
    static constexpr std::array<std::string_view, 17> words{
        "none",   "s1_submit", "s1_dns",       "s2_relay", "s2_dns",     "s3_1_mx", "s3_2_addr", "s3_3_transfer", "a1_spf",
        "a2_dkim", "a3_dmarc", "r1_hand_over", "r2_store", "r3_request", "r3_dns",  "r4_fetch",  "d1_report"};
    return pick(words, step);
}

std::string_view word(run::Level level)
{
    static constexpr std::array<std::string_view, 4> words{"none", "story", "headers", "full"};
    return pick(words, level);
}

std::string_view protocol_name(run::Protocol protocol)
{
    static constexpr std::array<std::string_view, 3> words{"TCP", "SMTP", "POP3"};
    return pick(words, protocol);
}

} // namespace tegami::narration
