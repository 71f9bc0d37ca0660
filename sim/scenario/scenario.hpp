#pragma once
/// A scenario as its author wrote it: plain data, defaults not yet worked out (plan.hpp does that).

#include "protocols/inet/prefix.hpp"
#include "protocols/wire/time.hpp"
#include "sim/run/choices.hpp"
#include "sim/scenario/problem.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
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
    msa,      ///< takes mail of its own users, who say who they are
    mta,      ///< takes mail from other servers, and finds the way for what leaves
    mda,      ///< keeps it in mailboxes
    mra,      ///< gives it out by POP3
    ns,       ///< answers for the site's zones
    resolver, ///< asks name servers for the site's hosts
    echo,     ///< sends back what comes, for trying a network
};

inline constexpr std::string_view role_words[] = {"msa", "mta", "mda", "mra", "ns", "resolver", "echo"};

/// Addresses of either family that begin alike.
using Net = inet::Prefix;

/// Which families of addresses there are.
struct Families {
    bool v4 = true;
    bool v6 = true;
    bool operator==(const Families&) const = default;
};

/// A server of a site; the world calls it SITE-NAME.
struct Server {
    Placed<std::string> name;
    std::vector<Role> roles;
    Position roles_at;
    std::vector<Placed<wire::Address>> addresses; ///< of families not named: by the rule
};

enum class SiteKind : std::uint8_t {
    isp,     ///< people's computers hang on home lines
    company, ///< people's computers stand in the office
};

/// How a home gets its addresses; what providers treat differently.
enum class LineKind : std::uint8_t { dynamic, fixed };
inline constexpr std::string_view line_words[] = {"dynamic", "static"};

struct Site {
    SiteKind kind{};
    Placed<std::string> name;
    Text title;
    Placed<std::string> domain;
    std::vector<Placed<Net>> nets; ///< of a family that has none: the default one
    std::optional<Families> families;
    std::optional<std::vector<Server>> servers;    ///< none: the kind's default
    std::array<std::vector<Placed<Net>>, 2> lines; ///< of an isp, by LineKind
    std::optional<Placed<bool>> op25b;             ///< of an isp
};

enum class Reads : std::uint8_t { pop3 };

/// A computer of a user.
struct Device {
    Placed<std::string> name;
    Reads reads = Reads::pop3;
    std::vector<Placed<wire::Address>> addresses; ///< of families not named: by the rule
};

/// How a user proves who she is when handing mail over.
enum class Auth : std::uint8_t { none, plain, login };
inline constexpr std::string_view auth_words[] = {"none", "PLAIN", "LOGIN"};

/// How a user hands mail over.
struct Submits {
    std::optional<Placed<std::string>> server; ///< none: the first MSA, else MTA of her mail's site
    std::optional<std::uint16_t> port;         ///< none: 587 to an MSA, else 25
    std::optional<Auth> auth;                  ///< none: PLAIN on port 587, else nothing
};

struct User {
    Placed<std::string> name;
    Text title;
    Placed<std::string> at;                     ///< site
    std::optional<Placed<std::string>> mail_at; ///< site; none: the same
    std::optional<std::vector<Device>> devices; ///< none: one "pc"
    std::optional<Placed<LineKind>> line;       ///< none: dynamic
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

/// Figures of a link; what is not said stays as it is.
struct LinkFigures {
    std::optional<std::uint64_t> rate; ///< bit/s
    std::optional<Duration> delay;
    std::optional<Duration> jitter;
    std::optional<std::uint32_t> loss; ///< millionths of the frames, like the next two
    std::optional<std::uint32_t> reorder;
    std::optional<std::uint32_t> duplicate;
    std::optional<std::uint32_t> mtu; ///< octets of a packet
    std::optional<QueueLimit> queue;

    bool operator==(const LinkFigures&) const = default;
};

/// Changes a link that the world has anyway, or lays one between two routers.
struct Link {
    Placed<std::string> name;
    std::optional<std::array<Placed<std::string>, 2>> between;
    LinkFigures figures;
};

// ---- filters and zones ---------------------------------------------------------------------------------------------

enum class Way : std::uint8_t { out, in, both };
enum class RowProtocol : std::uint8_t { any, tcp, udp, icmp };
enum class RowState : std::uint8_t { any, fresh, established };
enum class RowAction : std::uint8_t { pass, drop, reset, prohibit };
inline constexpr std::string_view way_of_filter_words[] = {"out", "in", "both"};
inline constexpr std::string_view row_protocol_words[] = {"any", "tcp", "udp", "icmp"};
inline constexpr std::string_view row_state_words[] = {"any", "new", "established"};
inline constexpr std::string_view row_action_words[] = {"pass", "drop", "reset", "prohibit"};

struct FilterRow {
    Position at;
    std::vector<Placed<std::string>> from, to; ///< host, HOST:NEIGHBOUR, site, site.dynamic, prefix; empty: any
    RowProtocol protocol{};
    std::vector<std::uint16_t> ports; ///< of the destination; empty: any
    RowState state{};
    std::optional<RowAction> action;
};

/// Rows at a router, held against what crosses the border of its site. The first that fits decides.
struct Filter {
    Placed<std::string> name;
    Placed<std::string> at;
    Way way{};
    std::vector<FilterRow> rows;
};

/// What a zone's file says beyond the default, or instead of it.
struct Zone {
    Placed<std::string> origin; ///< "example.com"
    Placed<std::string> text;   ///< at: where its first line begins in the file
};

// ---- what happens --------------------------------------------------------------------------------------------------

using run::Step;
/// How a step can end.
using Ending = run::Outcome;
enum class HostState : std::uint8_t { started, stopped, crashed, restarted };

/// Steps that a scenario may name, and their words.
inline constexpr Step steps[] = {Step::s1_submit, Step::s1_dns,     Step::s2_relay,      Step::s2_dns,
                                 Step::s3_1_mx,   Step::s3_2_addr,  Step::s3_3_transfer, Step::r1_hand_over,
                                 Step::r2_store,  Step::r3_request, Step::r3_dns,        Step::r4_fetch};
inline constexpr std::string_view step_words[] = {"S1",   "S1.dns", "S2", "S2.dns", "S3.1",   "S3.2",
                                                  "S3.3", "R1",     "R2", "R3",     "R3.dns", "R4"};
inline constexpr std::string_view host_state_words[] = {"started", "stopped", "crashed", "restarted"};

constexpr std::span<const std::string_view> ending_words{run::Choices<Ending>::names};

constexpr std::string_view name_of(Role role) { return role_words[static_cast<std::size_t>(role)]; }
constexpr std::string_view name_of(Step step) { return run::choice_name(step); }
constexpr std::string_view name_of(Ending ending) { return run::choice_name(ending); }
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
    std::vector<Placed<std::string>> cc, bcc;
    std::string subject;
    std::string text; ///< lines end with LF
    std::optional<Placed<std::string>> server;
    std::optional<std::uint16_t> port;
    bool operator==(const Sends&) const = default;
};
/// A letter that did not go is handed over once more, as the user's account says by then.
struct Resends {
    Placed<std::uint32_t> mail;
    bool operator==(const Resends&) const = default;
};
struct Reading {
    std::optional<Placed<std::string>> with;   ///< none: the first device
    std::optional<Placed<std::uint32_t>> mail; ///< that the user looks for
    bool keep = false;                         ///< leaves what it fetched on the server
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
struct DuplicatesShare {
    std::uint32_t millionths = 0;
    bool operator==(const DuplicatesShare&) const = default;
};
struct ReordersShare {
    std::uint32_t millionths = 0;
    bool operator==(const ReordersShare&) const = default;
};
struct Goes {
    bool up = false;
    bool operator==(const Goes&) const = default;
};
/// A link gets other figures.
struct Changes {
    LinkFigures figures;
    bool operator==(const Changes&) const = default;
};
/// A row of a filter is put out of force, or in force again.
struct Switches {
    Placed<std::uint32_t> row; ///< from 1
    bool on = false;
    bool operator==(const Switches&) const = default;
};
enum class DiskState : std::uint8_t { well, full, broken };
inline constexpr std::string_view disk_words[] = {"well", "full", "broken"};
struct DiskBecomes {
    DiskState state{};
    bool operator==(const DiskBecomes&) const = default;
};
/// A user asks the name system by hand.
struct Asks {
    std::string name;
    std::string type;
    std::optional<Placed<std::string>> with; ///< none: the first device
    bool operator==(const Asks&) const = default;
};

using Deed = std::variant<Sends, Resends, Reading, Asks, Stops, Starts, Crashes, Restarts, DiskBecomes, LosesShare,
                          LosesNext, DuplicatesShare, ReordersShare, Goes, Changes, Switches>;

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
/// About questions that a host asked the name system, and what the last of them brought.
struct DnsCheck {
    Placed<std::string> by; ///< host
    std::string name;       ///< without the dot at the end
    std::string type;
    std::optional<Count> count;                     ///< of such questions
    std::optional<std::vector<std::string>> answer; ///< data of the records, in any order
    std::optional<std::string> outcome;             ///< "no_such_name"
    std::optional<bool> cached;                     ///< whether its resolver knew without asking
};
struct FilterCheck {
    Placed<std::string> name;
    Placed<std::uint32_t> row; ///< from 1
    Count hits{1};
};
/// About facts of one kind, whose fields have these values.
struct FactCheck {
    Placed<std::string> kind; ///< "tcp.refused"
    std::optional<Placed<std::string>> by;
    std::vector<std::pair<Placed<std::string>, std::string>> with; ///< field and value, as JSON shows it
    Count count{1};
};

/// One `[[check]]`.
struct Check {
    Position at;
    std::uint32_t number = 0; ///< the how-manieth of the file, from 1
    std::string id;           ///< its name, or "check-3" for the third
    std::optional<Placed<std::string>> name;
    std::optional<Text> why;
    std::variant<MailCheck, FrameCheck, TcpCheck, DnsCheck, FilterCheck, FactCheck> what;
};

// ---- what a lesson says and asks -----------------------------------------------------------------------------------

/// A lesson's own words for a step.
struct Say {
    Position at;
    Step step{};
    std::optional<Placed<std::uint32_t>> mail; ///< none: every mail's
    std::optional<Text> head, text;
};

/// A question whose answer is a field of a step's facts, so that it cannot be wrong.
struct Ask {
    Position at;
    std::uint32_t number = 0; ///< the how-manieth of the file, from 1
    bool before = true;       ///< shown before the step happens; otherwise after it
    Step step{};
    Placed<std::uint32_t> mail{1, {}};
    Text text;
    Placed<std::string> answer; ///< "port", or "dns.asked.port" where several kinds of fact have one
    std::vector<Placed<Text>> choices;
};

/// The same lesson with something else in it.
struct Variant {
    Placed<std::string> name;
    Text title;
    std::vector<std::pair<std::string, std::string>> settings; ///< key of the file and value, as TOML
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
    Families families;
    std::vector<Site> sites; ///< everything in the order of the file
    std::vector<Zone> zones;
    std::vector<User> users;
    std::vector<Link> links;
    std::vector<Filter> filters;
    std::vector<Act> acts;
    std::vector<Say> says;
    std::vector<Ask> asks;
    std::vector<Check> checks;
    std::vector<Variant> variants;

    /// The `sends` among the acts: mail 1 is the first. Each is an index into `acts`.
    std::vector<std::size_t> mails() const;
};

} // namespace tegami::scenario
