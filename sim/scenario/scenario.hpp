#pragma once
/// A scenario as its author wrote it: plain data, defaults not yet worked out (plan.hpp does that).

#include "protocols/wire/address.hpp"
#include "protocols/wire/time.hpp"
#include "sim/scenario/problem.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tegami::scenario {

using wire::Duration;
using wire::Time;

/// Text that people read, in both languages. What goes over a wire is a plain string.
struct Text {
    std::string en;
    std::string ja;

    bool operator==(const Text&) const = default;
};

/// A number that a check demands: exactly one, or a range.
struct Count {
    std::uint64_t min = 0;
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max();

    bool operator==(const Count&) const = default;
    bool admits(std::uint64_t number) const { return number >= min && number <= max; }
};

/// Where a lesson stands in the gallery.
struct Card {
    std::string group;
    std::uint32_t order = 0;
    std::string picture;
    std::uint32_t minutes = 0; ///< 0: not said
    std::uint32_t level = 1;
    std::vector<std::string> exams;
};

// ---- who and what there is -----------------------------------------------------------------------------------------

enum class Role : std::uint8_t {
    mta, ///< takes mail by SMTP
    mda, ///< keeps it in mailboxes
    mra, ///< gives it out by POP3
};

inline constexpr std::string_view role_words[] = {"mta", "mda", "mra"};

/// The IPv4 addresses that begin like `address`. Its other bits are zero.
struct Net {
    wire::Address address;
    std::uint8_t length = 24;

    bool operator==(const Net&) const = default;
    std::uint32_t mask() const { return length == 0 ? 0 : 0xFFFF'FFFFu << (32 - length); }
    bool contains(const wire::Address& other) const { return ((other.to_v4() ^ address.to_v4()) & mask()) == 0; }
};

/// "192.0.2.0/24".
std::string format(const Net& net);

/// A server of a site; the world calls it SITE-NAME.
struct Server {
    Placed<std::string> name;
    std::vector<Role> roles;
    Position roles_at;
};

enum class SiteKind : std::uint8_t {
    isp,     ///< people's computers hang on home lines
    company, ///< people's computers stand in the office
};

struct Site {
    SiteKind kind{};
    Placed<std::string> name;
    Text title;
    Placed<std::string> domain;
    std::optional<Placed<Net>> net;
    std::optional<std::vector<Server>> servers; ///< none: the kind's default
};

enum class Reads : std::uint8_t { pop3 };

struct Device {
    Placed<std::string> name;
    Reads reads = Reads::pop3;
};

/// How a user hands mail over.
struct Submits {
    std::optional<Placed<std::string>> server; ///< none: the first MTA of her mail's site
    std::uint16_t port = 25;
};

struct User {
    Placed<std::string> name;
    Text title;
    Placed<std::string> at;                     ///< site
    std::optional<Placed<std::string>> mail_at; ///< site; none: the same
    std::optional<std::vector<Device>> devices; ///< none: one "pc"
    Submits submits;
    std::optional<std::string> password;
};

/// How much a link's end keeps while it is busy sending.
struct QueueLimit {
    enum class Unit : std::uint8_t { frames, octets };
    std::uint64_t amount = 100;
    Unit unit = Unit::frames;

    bool operator==(const QueueLimit&) const = default;
};

/// Changes a link that the world has anyway, or lays one between two routers.
struct Link {
    Placed<std::string> name;
    std::optional<std::array<Placed<std::string>, 2>> between;
    std::optional<std::uint64_t> rate; ///< bit/s
    std::optional<Duration> delay;
    std::optional<std::uint32_t> loss;    ///< millionths of the frames
    std::optional<std::uint32_t> reorder; ///< millionths of the frames
    std::optional<QueueLimit> queue;
};

// ---- what happens --------------------------------------------------------------------------------------------------

/// Steps of a mail's journey that exist so far.
enum class Step : std::uint8_t { s1, r1, r2, r3, r4 };
/// How a step can end.
enum class Ending : std::uint8_t { done, deferred, refused, failed };
enum class HostState : std::uint8_t { started, stopped, crashed, restarted };

inline constexpr std::string_view step_words[] = {"S1", "R1", "R2", "R3", "R4"};
inline constexpr std::string_view ending_words[] = {"done", "deferred", "refused", "failed"};
inline constexpr std::string_view host_state_words[] = {"started", "stopped", "crashed", "restarted"};

constexpr std::string_view name_of(Role role) { return role_words[static_cast<std::size_t>(role)]; }
constexpr std::string_view name_of(Step step) { return step_words[static_cast<std::size_t>(step)]; }
constexpr std::string_view name_of(Ending ending) { return ending_words[static_cast<std::size_t>(ending)]; }
constexpr std::string_view name_of(HostState state) { return host_state_words[static_cast<std::size_t>(state)]; }

struct MailStepEnds {
    Placed<std::uint32_t> mail;
    Step step{};
    bool operator==(const MailStepEnds&) const = default;
};
struct MailBecomes {
    Placed<std::uint32_t> mail;
    Ending ending{};
    bool operator==(const MailBecomes&) const = default;
};
struct HostBecomes {
    Placed<std::string> host;
    HostState state{};
    bool operator==(const HostBecomes&) const = default;
};

/// An act waits for a fact, and follows it `plus` (and at least 1 ns) later.
struct After {
    std::variant<MailStepEnds, MailBecomes, HostBecomes> what;
    Duration plus;
    bool operator==(const After&) const = default;
};

struct Sends {
    std::vector<Placed<std::string>> to;
    std::string subject;
    std::string text; ///< lines end with LF
    std::optional<Placed<std::string>> server;
    std::optional<std::uint16_t> port;
    bool operator==(const Sends&) const = default;
};
struct Reading {
    std::optional<Placed<std::string>> with; ///< none: the first device
    bool keep = false;                       ///< leaves what it fetched on the server
    bool operator==(const Reading&) const = default;
};
struct Stops {
    bool operator==(const Stops&) const = default;
};
struct Starts {
    bool operator==(const Starts&) const = default;
};
struct Crashes {
    bool power_cut = false; ///< what was not synced to disk is gone too
    bool operator==(const Crashes&) const = default;
};
struct Restarts {
    bool operator==(const Restarts&) const = default;
};
/// From now on a link loses this share of its frames.
struct LosesShare {
    std::uint32_t millionths = 0;
    bool operator==(const LosesShare&) const = default;
};
/// The next frames that `from` hands to the link are lost, after `skip` that still get through.
struct LosesNext {
    std::uint32_t frames = 1;
    std::uint32_t skip = 0;
    Placed<std::string> from;
    bool operator==(const LosesNext&) const = default;
};
struct Goes {
    bool up = false;
    bool operator==(const Goes&) const = default;
};

using Deed = std::variant<Sends, Reading, Stops, Starts, Crashes, Restarts, LosesShare, LosesNext, Goes>;

/// One `[[do]]`: when, who, what.
struct Act {
    Position at;                        ///< of its `[[do]]`; not compared
    std::uint32_t number = 0;           ///< the how-manieth of the file, from 1; added ones behind; not compared
    std::variant<Duration, After> when; ///< a Duration counts from the world's start
    Placed<std::string> subject;
    Deed deed;

    bool operator==(const Act& other) const
    {
        return when == other.when && subject == other.subject && deed == other.deed;
    }
};

/// "sends", "reads", "stops", …
std::string_view verb_name(const Deed& deed);

// ---- what must be true in the end ----------------------------------------------------------------------------------

struct StepEnding {
    Step step{};
    Ending ending = Ending::done;
    bool operator==(const StepEnding&) const = default;
};

struct MailCheck {
    Placed<std::uint32_t> mail;
    std::optional<Placed<std::string>> is_in; ///< "bob/INBOX", "bob-pc"
    Count copies{1, 1};
    std::optional<std::vector<StepEnding>> steps; ///< exactly these, in the order of the journey
};
struct FrameCheck {
    Placed<std::string> sniff; ///< a host, HOST:NEIGHBOUR, or a link
    Placed<std::string> filter;
    Count count{1};
};
struct TcpCheck {
    Count retransmissions;
    std::optional<std::array<Placed<std::string>, 2>> between; ///< hosts; none: all connections
};

/// One `[[check]]`.
struct Check {
    Position at;
    std::uint32_t number = 0; ///< the how-manieth of the file, from 1
    std::string id;           ///< its name, or "check-3" for the third
    std::optional<Placed<std::string>> name;
    std::optional<Text> why;
    std::variant<MailCheck, FrameCheck, TcpCheck> what;
};

// ---- all of it -----------------------------------------------------------------------------------------------------

struct Scenario {
    Text title;
    std::optional<Text> goal;
    std::optional<Text> watch;
    std::optional<Card> card;
    Time start{1'775'433'600'000'000'000}; ///< 2026-04-06T00:00:00Z
    std::int32_t zone_minutes = 9 * 60;
    Duration until = wire::minutes(60);
    std::vector<Site> sites; ///< everything in the order of the file
    std::vector<User> users;
    std::vector<Link> links;
    std::vector<Act> acts;
    std::vector<Check> checks;

    /// The `sends` among the acts: mail 1 is the first. Each is an index into `acts`.
    std::vector<std::size_t> mails() const;
};

} // namespace tegami::scenario
