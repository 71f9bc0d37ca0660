#pragma once
/// The words for each choice that a fact can hold, as JSON, docs/run-format.md and the reader's checks use them.

#include "sim/run/facts.hpp"

#include <array>
#include <span>

namespace tegami::run {

/// How many values an enum has, and the name of each.
template <class Choice>
struct Choices;

#define TEGAMI_CHOICES(Choice, last, ...)                                                                              \
    template <>                                                                                                        \
    struct Choices<Choice> {                                                                                           \
        static constexpr auto names = std::to_array<std::string_view>({__VA_ARGS__});                                  \
        static constexpr std::size_t count = names.size();                                                             \
        static_assert(count == static_cast<std::size_t>(Choice::last) + 1, "each value has a name");                   \
        static constexpr std::string_view name(std::size_t value) { return names[value]; }                             \
    };

TEGAMI_CHOICES(Level, full, "none", "story", "headers", "full")
TEGAMI_CHOICES(Fate, copied, "arrives", "lost", "down", "copied")
TEGAMI_CHOICES(DropReason, incomplete, "queue_full", "link_down", "host_off", "not_for_us", "malformed", "bad_checksum",
               "no_route", "ttl_exceeded", "no_neighbour", "arp_queue_full", "no_listener", "no_protocol", "too_big",
               "filtered", "incomplete")
TEGAMI_CHOICES(ArpChange, unanswered, "asked", "learnt", "expired", "unanswered")
TEGAMI_CHOICES(NeighbourChange, confirmed, "asked", "learnt", "expired", "unanswered", "probed", "confirmed")
TEGAMI_CHOICES(AddressChange, removed, "checking", "assigned", "duplicate", "disputed", "removed")
TEGAMI_CHOICES(SwitchChange, moved, "learnt", "moved")
TEGAMI_CHOICES(Reassembly, too_large, "done", "timed_out", "overlapping", "crowded_out", "too_large")
TEGAMI_CHOICES(MailboxChange, deleted, "delivered", "seen", "deleted")
TEGAMI_CHOICES(QueueChange, failed, "put", "taken", "deferred", "failed")
TEGAMI_CHOICES(DiskChange, power_cut, "written", "synced", "renamed", "removed", "folder_synced", "power_cut")
TEGAMI_CHOICES(ProcessChange, restarted, "started", "stopped", "crashed", "power_cut", "restarted")
TEGAMI_CHOICES(LinkChange, mtu, "up", "down", "loss", "duplicate", "reorder", "jitter", "delay", "rate", "queue", "mtu")
TEGAMI_CHOICES(Direction, received, "sent", "received")
TEGAMI_CHOICES(Protocol, dns, "none", "smtp", "pop3", "lmtp", "dns")
TEGAMI_CHOICES(MailChange, bcc_removed, "date_added", "message_id_added", "sender_added", "sender_removed",
               "bcc_removed")
TEGAMI_CHOICES(AuthVerdict, cancelled, "accepted", "refused", "malformed", "cancelled")
TEGAMI_CHOICES(RouteChoice, tries_address, "listed", "implicit", "literal", "null_mx", "left_out", "tries_host",
               "tries_address")
TEGAMI_CHOICES(DnsTransport, tcp, "udp", "tcp")
TEGAMI_CHOICES(DnsOutcome, forged, "answer", "alias", "referral", "no_such_name", "no_data", "refused", "failed",
               "truncated", "timed_out", "lame", "forged")
TEGAMI_CHOICES(CacheChange, evicted, "put", "hit", "expired", "evicted")
TEGAMI_CHOICES(DnsDecision, done, "begun", "follows_alias", "follows_referral", "refused_record", "tries_next",
               "gave_up", "done")
TEGAMI_CHOICES(FilterAction, prohibit, "pass", "drop", "reset", "prohibit")
TEGAMI_CHOICES(Outcome, bounced, "done", "deferred", "refused", "failed", "blocked", "bounced")
TEGAMI_CHOICES(SpanKind, step, "session", "step")
TEGAMI_CHOICES(Step, d1_report, "", "S1", "S1.dns", "S2", "S2.dns", "S3.1", "S3.2", "S3.3", "A1", "A2", "A3", "R1",
               "R2", "R3", "R3.dns", "R4", "D1")

#undef TEGAMI_CHOICES

template <>
struct Choices<tcp::State> {
    static constexpr std::size_t count = static_cast<std::size_t>(tcp::State::time_wait) + 1;
    static std::string_view name(std::size_t value) { return tcp::name(static_cast<tcp::State>(value)); }
};
template <>
struct Choices<tcp::Rule> {
    static constexpr std::size_t count = static_cast<std::size_t>(tcp::Rule::count);
    static std::string_view name(std::size_t value) { return tcp::describe(static_cast<tcp::Rule>(value)).key; }
};

template <class Choice>
constexpr std::string_view choice_name(Choice value)
{
    return Choices<Choice>::name(static_cast<std::size_t>(value));
}

} // namespace tegami::run
