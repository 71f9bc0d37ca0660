#pragma once
/// A recursive resolver, without input or output: it is told of questions, responses and time, and says what to ask whom
/// and what to answer. RFC 1034 §5.3.3, RFC 1035 §7; RFC 2181 §5.4.1, RFC 2308, RFC 4697, RFC 5452, RFC 6891, RFC 9520.
///
/// It walks: from the zone nearest to the name of which it knows the servers, at first the root's by its hints, down one
/// referral after the other; along aliases; and where a server's name comes without an address, on a walk of its own for
/// that. A walk waits for one thing at a time: a response, or another walk. Each server sees the whole question: names are
/// not minimised (RFC 9156), so that one can see what the root is asked. Two askers of the same share one walk.
///
/// Who calls draws the ID and the port of each query (RFC 5452 §9.2), and gives in only responses that match it
/// (`mismatch`).
///
/// Left out: validation (RFC 4035); asking the root for its own servers first (RFC 8109), so the hints serve until a
/// response says better; random case (0x20).

#include "protocols/dns/cache.hpp"
#include "protocols/dns/response.hpp"
#include "protocols/dns/server_book.hpp"

#include <map>
#include <memory>
#include <tuple>

namespace tegami::dns {

// What one question may cost. RFC 1034 §5.3.3: "bound the amount of work"; RFC 1123 §6.1.3.3 (1). -----------------------

inline constexpr unsigned most_queries = 50; // sent, those for servers' addresses included
inline constexpr unsigned deepest_walk = 7;  // walks for a server's address within one another
inline constexpr Duration longest_question = wire::seconds(10);
inline constexpr unsigned tries_a_server = 3;    // without response, in one walk
inline constexpr std::size_t most_walks = 1'000; // at once

enum class QueryId : std::uint32_t {};
/// Whoever asks a resolver numbers its questions.
enum class ClientId : std::uint64_t {};

/// Why a question ended as it did.
enum class End : std::uint8_t {
    found,           ///< with its records, or with the word of a server that there are none
    no_servers,      ///< no server of some zone was of any use
    failed_before,   ///< it failed some seconds ago, and is not tried again yet
    alias_loop,      ///< aliases that lead back
    limit_aliases,   ///< more than `most_aliases`
    limit_queries,   ///< `most_queries`
    limit_time,      ///< `longest_question`
    limit_questions, ///< `most_walks`
};
std::string_view key(End end); ///< stable: "limit.queries"

class Resolver {
  public:
    struct Settings {
        Delegation hints;                 ///< the root's servers; RFC 1034 §5.3.2, SBELT
        bool ipv4 = true, ipv6 = true;    ///< what this host can send
        std::vector<wire::Address> own{}; ///< its addresses: never asked
        std::size_t cache_octets = dns::cache_octets;
        wire::SpanAlgebra* algebra = nullptr; ///< to unite the spans of two askers
    };
    Resolver(Settings settings, Notes& notes);

    /// To be sent, and awaited until `until`; or never mind: the resolver has its own timers.
    struct Ask {
        QueryId id{};
        wire::Address server;
        Transport transport{};
        Question question;
        bool edns = true;
        Time until;
        Spans spans;
    };
    struct Answer {
        ClientId client{};
        Question question;
        Rcode rcode = Rcode::noerror;
        std::vector<Record> answers, authority;
        End end{};
        bool cached = false; ///< nobody had to be asked
        Spans spans;         ///< those of the question
    };

    // ---- what happens ------------------------------------------------------------------------------------------------

    /// A client asks, in class IN, for a type that is not about messages (`is_meta`, apart from ANY).
    void on_question(Time now, ClientId client, const Question& question, Spans spans);
    /// Nothing where nobody waits for it any more.
    std::optional<Meaning> on_response(Time now, QueryId query, const Message& response);
    /// There will be no response: unreachable, refused, malformed. `why` is a stable key.
    void on_failure(Time now, QueryId query, std::string_view why);
    /// Some wait is over.
    void on_timer(Time now);

    // ---- what is to be done then -------------------------------------------------------------------------------------

    std::vector<Ask> take_asks() { return std::exchange(asks_, {}); }
    std::vector<Answer> take_answers() { return std::exchange(answers_, {}); }
    /// When `on_timer` wants to be called; Time::never() where nothing is under way.
    Time next_timer() const;

    Cache& cache() { return cache_; }
    std::size_t walks() const { return walks_.size(); }

  private:
    enum class WalkId : std::uint64_t {};
    /// What a client's question may cost; shared by the walks begun for it.
    struct Effort {
        unsigned queries = 0;
        Time until;
    };
    /// An address of a server of the zone that a walk is at.
    struct Choice {
        wire::Address address;
        unsigned failures = 0;
        bool useless = false;
    };
    /// Where a walk is: the nearest zone whose servers it knows.
    struct Cut {
        Name zone;
        std::vector<Choice> choices;
        struct Unknown {
            Name server;
            std::vector<Type> left; ///< types of address not sought yet
        };
        std::vector<Unknown> unknown; ///< servers whose addresses are not known
        bool from_cache = true;
        bool asked = false;
        bool in_circles = false; ///< a server's address would be needed to find it

        void add(const wire::Address& address); ///< unless it is there
    };
    struct Sent {
        QueryId id{};
        wire::Address server;
        Transport transport{};
        bool edns = true;
        Time at, until;
    };
    struct Asker {
        ClientId client{};
        Spans spans;
    };
    struct Walk {
        WalkId id{};
        Question question;
        bool for_server = false; ///< for a server's address: glue will do
        unsigned depth = 0;
        std::shared_ptr<Effort> effort;
        Spans spans;

        Name name;                   ///< what is sought now
        std::vector<Record> aliases; ///< that led there
        std::optional<Cut> cut;
        std::optional<Sent> sent;
        std::optional<WalkId> waits_for;
        std::optional<Reading> second_best; ///< from a server that had asked others
        bool went_up = false;
        bool cached = true;

        std::vector<Asker> clients;
        std::vector<WalkId> walks; ///< that wait for this one
    };
    using Key = std::tuple<Name, Type, bool>;

    Walk& begin(Time now, const Question& question, bool for_server, std::shared_ptr<Effort> effort, unsigned depth,
                Spans spans);
    void join(Walk& walk, Spans spans);
    /// Carries all walks on that are ready.
    void run(Time now);
    void advance(Time now, Walk& walk);
    /// True where the walk ended, or went on along an alias.
    enum class Known : std::uint8_t { nothing, alias, ended };
    Known consult_cache(Time now, Walk& walk);
    /// Goes on at the alias's target; false where that ended the walk.
    bool follow_aliases(Time now, Walk& walk, const std::vector<Record>& aliases);
    void conclude(Time now, Walk& walk, Reading reading);
    void found(Time now, Walk& walk, Rcode rcode, std::vector<Record> records, std::vector<Record> authority);
    void give_up(Time now, Walk& walk, End end);
    void finish(Time now, Walk& walk, Answer answer);
    /// Nobody needs it any more.
    void drop(WalkId id);

    // resolver_servers.cpp
    Cut nearest_cut(Time now, const Name& name, bool strictly_above);
    Cut cut_of(Time now, const Delegation& delegation, bool from_cache);
    bool may_ask(const wire::Address& server) const;
    Choice* best_choice(Time now, Walk& walk);
    void ask(Time now, Walk& walk, const wire::Address& server, Transport transport, bool edns);
    /// Begins or joins a walk for the address of a server. False where there is none left to look for.
    bool seek_server(Time now, Walk& walk);
    bool leads_to(WalkId from, WalkId to) const;
    /// Not in this walk again.
    void useless(Walk& walk, const wire::Address& server, std::string_view why);

    Settings settings_;
    Notes& notes_;
    Cache cache_;
    ServerBook book_;
    std::map<WalkId, Walk> walks_;
    std::map<Key, WalkId> by_question_;
    std::map<QueryId, WalkId> by_query_;
    std::vector<WalkId> ready_;
    std::uint64_t walks_begun_ = 0;
    std::uint32_t queries_sent_ = 0;
    std::vector<Ask> asks_;
    std::vector<Answer> answers_;
};

} // namespace tegami::dns
