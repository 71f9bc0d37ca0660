#pragma once
/// The steps of each mail's journey with the evidence for each: lines said, losses and repairs, what was stored. A fold of
/// a run's facts that every view of the story reads (text, handout, window). No language and no layout here.
/// run/journey.hpp has the journeys themselves.

#include "sim/export/transcript.hpp"
#include "sim/run/journey.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace tegami::exporting {

using engine::Duration;
using engine::Time;
using run::FrameRef;
using run::MailId;
using run::NodeId;
using run::SpanId;
using run::Step;

/// A host found out which card an address is.
struct Found {
    NodeId node{};
    wire::Address address;
    link::MacAddress mac;
};

/// Something in the world went wrong, or right again: a host stopped, a cable was cut.
struct Happening {
    Time at{};
    NodeId node{};
    run::NicId nic{}; ///< of a link: this end's
    std::variant<run::ProcessChange, run::LinkChange> change;
    std::uint64_t amount = 0;                  ///< of a link: what it changed to, in the unit of its change
    bool next = false;                         ///< of a link: the frames that come next are to be lost, and no others
    std::uint32_t act = 0;                     ///< of the scenario that did it; 0 where none did
    std::optional<Time> mended = std::nullopt; ///< when it was over
};

/// A link lost a frame (`reason` none), or somebody threw it away.
struct Stopped {
    FrameRef frame{};
    NodeId from{}; ///< who sent it, or threw it away
    NodeId to{};   ///< who should have had it
    std::optional<run::DropReason> reason = std::nullopt;
    run::NicId nic{};
    std::string rule = {};
    std::optional<std::size_t> because = std::nullopt; ///< index of the happening behind it
};

/// A segment sent once more.
struct Again {
    NodeId node{};
    FrameRef frame{};  ///< that carries it; none where frames are not recorded
    FrameRef missed{}; ///< the frame that was lost, where that is known
    Duration after{};  ///< since that one was lost
    tcp::Rule rule{};
};

/// A frame that serves another mail too.
struct Shared {
    FrameRef frame{};
    MailId with;
    bool together = false; ///< all of the step is done for both at once; else the frame carries a piece of each
};

/// The connection came to something else than its ordinary end.
struct Connection {
    NodeId node{};
    tcp::Rule rule{};
    std::optional<run::IcmpNoted> told = std::nullopt; ///< the message that brought it about
};

/// A question to the name system, and what became of it.
struct Asked {
    NodeId node{};
    wire::Address server;
    std::string name; ///< as asked, with the dot at its end
    std::uint16_t type = 0;
    bool recursive = false; ///< the server is to find the answer, not to say where it is
    bool by_tcp = false;
    std::uint16_t id = 0;
    std::optional<Time> answered = std::nullopt;
    run::DnsOutcome outcome{};
    std::uint16_t rcode = 0;
    std::string records = {};
};

/// A resolver knew already.
struct Remembered {
    NodeId node{};
    std::string name;
    std::uint16_t type = 0;
    bool negative = false;
    std::uint32_t ttl = 0; ///< seconds that it is still good for
    std::string records;
};

/// What a resolver made of what it heard.
struct Reasoned {
    NodeId node{};
    run::DnsDecision decision{};
    std::string name;
    std::uint16_t type = 0;
    std::string detail;

    /// Something went another way than it should.
    bool is_trouble() const
    {
        using enum run::DnsDecision;
        return decision == refused_record || decision == tries_next || decision == gave_up;
    }
    /// The fact that it came from, for whoever makes a sentence of it. Its texts are views of this.
    run::Event event() const
    {
        run::Event event;
        event.node = node;
        event.what = run::DnsDecided{.decision = decision, .name = name, .type = type, .detail = detail};
        return event;
    }
};

/// A row of a packet filter decided about a packet.
struct Matched {
    NodeId node{};
    std::string filter;
    std::uint32_t row = 0; ///< 0 where none matched
    run::FilterAction action{};
    FrameRef frame{};
    std::uint64_t count = 0; ///< of its matches so far
};

/// A choice on the way to a domain. RFC 5321 §5.1.
struct Routed {
    NodeId node{};
    run::RouteChoice choice{};
    std::string domain, host;
    wire::Address address;
    std::uint16_t preference = 0;
    std::string detail;
};

/// A client has shown who it is, or failed to.
struct Judged {
    NodeId node{};
    run::AuthVerdict verdict{};
    std::string mechanism, identity;
};

/// What a server of submission changed in the letter. RFC 6409 §8.
struct Completed {
    NodeId node{};
    run::MailChange change{};
    std::string line;
};

struct Written {
    NodeId node{};
    run::DiskChange change{};
    std::string path;
    std::string to;
    std::uint64_t size = 0;
};

struct Kept {
    run::MailboxChange change{};
    std::string mailbox;
    std::uint64_t size = 0;
};

struct Evidence {
    Time at{};
    std::variant<Said, Found, Stopped, Again, Shared, Connection, Asked, Remembered, Reasoned, Matched, Routed, Judged,
                 Completed, Written, Kept>
        what;
};

/// Frames `first` to `last`.
struct FrameRange {
    FrameRef first{};
    FrameRef last{};
};

/// One try of one step.
struct Passage {
    SpanId span{};
    MailId mail;
    Step step{};
    std::uint32_t tries = 1;
    NodeId node{};
    std::string peer;
    std::uint16_t port = 0;
    std::string recipients;
    bool known = true; ///< false where only its end was recorded: then it has neither peer nor beginning
    Time begun{};
    std::optional<Time> ended; ///< none where the run ended first
    run::Outcome outcome{};
    std::string reason;
    std::string detail;

    /// That served it, each counted where it was first sent. To a fetch belong the RETR and what its session carries
    /// from then on up to the next RETR, to the last one of a session the goodbye.
    std::uint64_t frames = 0;
    std::vector<FrameRange> frame_numbers; ///< ascending
    std::vector<SpanId> sessions;          ///< in which it was done
    NodeId client{};                       ///< who opened the first of them; scenario where there is none
    std::optional<std::size_t> opened_by;  ///< index of the passage that had opened its first session, where another
    std::vector<Evidence> evidence;        ///< by time

    void count(FrameRef frame);
};

struct Letter {
    MailId id;
    std::uint32_t number = 0; ///< as people count, from 1
    std::string from;
    std::string to;
    std::string subject;
    std::vector<std::size_t> passages; ///< indices, in the order of the journey
};

/// A question to the name system that an act of the scenario asked, for no letter; and how its resolver found the answer.
struct Inquiry {
    Time at{};
    NodeId node{};
    std::optional<Time> answered = std::nullopt;
    bool bad = false;               ///< nothing of use was answered
    std::vector<Evidence> evidence; ///< by time
};

struct Tale {
    std::vector<Letter> letters;       ///< by number
    std::vector<Inquiry> inquiries;    ///< by time
    std::vector<Passage> passages;     ///< by their beginning
    std::vector<Happening> happenings; ///< by time
    Time end{};
    bool goes_on = false; ///< more of the run follows `end`

    /// The letter's number; 0 for a mail that is none of the run's.
    std::uint32_t number_of(MailId id) const;
    /// What stopped the host that had begun a step, before it ended; null where nothing did.
    const Happening* end_of(const Passage& passage) const;
};

/// The tale of a whole run, or of what had happened up to and including `at`.
Tale tale_of(const run::Log& log, const run::Journeys& journeys, std::optional<Time> at = std::nullopt);

/// Folds facts in the order of the log.
class TaleFold {
  public:
    /// `spans` must hold, by the time an event comes, the sets that it names; it must outlive the fold.
    /// `nics` are the run's interfaces, in the order of their numbers.
    explicit TaleFold(const run::SpanTable& spans, std::vector<run::NicRow> nics = {})
        : spans_{spans}, nics_{std::move(nics)}
    {
    }

    void take(const run::Event& event);
    /// The run ends at `end`; its letters are those of `journeys`.
    Tale finish(Time end, const run::Journeys& journeys);

  private:
    struct Session {
        NodeId client{};
        run::ConnectionId client_connection{}; // none where it is not known
        std::vector<std::size_t> passages;     // that joined it, in order: the first opened it
        mutable std::size_t ended = 0;         // so many of the first have ended
        std::vector<Evidence> waiting;         // served none of them, for all had ended: it is the next one's
        std::vector<FrameRef> waiting_frames;
        Transcript transcript;
    };
    struct Lost {
        FrameRef frame{};
        Time at{};
        NodeId sender{};
    };

    void take_frame(const run::Event& event);
    void take_line(const run::Event& event, const run::LineSaid& fact);
    void take_answer(const run::Event& event, const run::DnsAnswered& fact);
    void take_disk(const run::Event& event, const run::DiskChanged& fact);
    void take_stop(const run::Event& event, Stopped stopped);
    /// What went wrong at this host, or at the cable of this interface, and is behind a frame that was stopped there.
    std::optional<std::size_t> reason_behind(const Stopped& stopped);
    /// The newest happening at a link's end that is of this kind.
    template <class Kind>
    std::optional<std::size_t> newest(run::NicId nic, Kind is_kind) const;
    void take_happening(Happening happening);
    /// An act that lets frames be lost by their number changes no figure of its link: it stands for itself.
    void take_act(const run::Event& event, const run::Act& act);
    void forget_act_of_figures(const run::Event& event, const run::LinkChanged& fact);
    void take_again(const run::Event& event, tcp::Rule rule);
    void begin_step(const run::Event& event, const run::StepBegun& fact);
    void end_step(const run::Event& event, const run::StepEnded& fact);
    void join(SpanId session, std::size_t passage);
    /// The step that a session is at: the first that has not ended. None between two.
    std::optional<std::size_t> current(const Session& session) const;
    void tell_filtered_once();
    void give_fetching_its_own();
    void put_lookups_first(Letter& letter) const;
    void give_what_waited(Session& session, std::size_t passage);
    void add(run::Spans spans, Time at, decltype(Evidence::what) what);
    /// For what happens to a letter's file: where its step has ended long since, the step that its mail has come to.
    void add_to_file(run::Spans spans, Time at, decltype(Evidence::what) what);
    /// The passages that a set of spans serves: its steps, or the step that its session is at. None between two steps.
    std::vector<std::size_t> served(run::Spans spans);
    NodeId host_of(run::NicId nic) const;

    const run::SpanTable& spans_;
    std::vector<run::NicRow> nics_;
    Tale tale_;
    std::map<SpanId, std::size_t> passage_of_;
    std::map<MailId, std::size_t> last_of_; // by mail: the passage that began last
    std::map<SpanId, Session> sessions_;
    std::map<std::pair<NodeId, run::ConnectionId>, SpanId> session_of_; // by the connection of one host
    // Retransmissions whose frame has not come yet: by node, the passages and places in their evidence.
    std::map<NodeId, std::vector<std::pair<std::size_t, std::size_t>>> pending_;
    // Questions without an answer: by who asked, id, name and type, the passages and places in their evidence.
    using Question = std::tuple<NodeId, std::uint16_t, std::string, std::uint16_t>;
    std::map<Question, std::vector<std::pair<std::size_t, std::size_t>>> open_;
    std::map<std::size_t, std::vector<std::pair<Time, FrameRef>>> request_frames_; // by passage
    std::map<std::size_t, std::vector<Lost>> lost_;         // by passage: lost and not yet sent again
    std::map<NodeId, std::pair<Time, std::uint32_t>> acts_; // by node: when the scenario last did something, and what
    std::vector<std::size_t> unspent_;                      // happenings that are to lose a frame, and have lost none
    std::map<run::FactRef, run::IcmpNoted> told_;           // ICMP messages that came for somebody's step
    std::map<std::pair<NodeId, std::string>, std::vector<std::size_t>>
        renamed_;                           // by folder: whose names are not synced
    std::vector<NodeId> senders_{NodeId{}}; // by frame: who first sent it
};

} // namespace tegami::exporting
