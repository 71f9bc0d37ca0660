#pragma once
/// What a resolver did and why, for whoever watches: values that its host makes into facts. Nothing here decides anything.

#include "protocols/dns/record.hpp"
#include "protocols/wire/stream.hpp"

#include <string>
#include <variant>
#include <vector>

namespace tegami::dns {

using wire::Spans;

/// How far records are believed, least first: RFC 2181 §5.4.1, without the zone's own copies, which no resolver has.
enum class Credibility : std::uint8_t {
    /// Additional records, and the authority section of what is no authoritative answer: referrals and their glue. Good
    /// for finding servers, and never given as an answer.
    additional = 1,
    /// Answer section of an answer that is not authoritative, and what an authoritative one says beyond an alias.
    answer_not_authoritative,
    authority, ///< authority section of an authoritative answer
    answer,    ///< answer section of an authoritative answer
};

enum class Decision : std::uint8_t {
    begun,            ///< a question to find an answer to; `detail`: empty, or "server" for the address of a server
    follows_alias,    ///< `detail`: the name it leads to
    follows_referral, ///< `detail`: the zone that its servers are responsible for
    refused_record,   ///< `name`, `type` are the record's; `detail`: the zone whose server had no say in it
    tries_next,       ///< `detail`: the server that was of no use, and a stable key that says why
    gave_up,          ///< `detail`: the stable key of the reason: "limit.queries"
    done,             ///< `detail`: the RCODE
};

struct Decided {
    Decision decision{};
    Name name;
    Type type{};
    std::string detail;
    Spans spans;
};

enum class CacheChange : std::uint8_t { put, hit, expired, evicted };

struct Cached {
    CacheChange change{};
    Name name;
    Type type{}; ///< Type{0}: that there is no such name
    bool negative = false;
    std::uint32_t ttl = 0;       ///< seconds left
    std::vector<Record> records; ///< of a negative entry its SOA
    Credibility credibility{};
    Spans spans;
};

/// `joining` waits for an answer that is already being sought for `under_way`.
struct Shared {
    Spans joining;
    Spans under_way;
};

using Note = std::variant<Decided, Cached, Shared>;

/// Where a resolver and its cache leave their notes, in order; the owner reads and clears them after every call.
class Notes {
  public:
    /// Whom what is noted from now on serves.
    void serve(Spans spans) { spans_ = spans; }
    void add(Decision decision, const Name& name, Type type, std::string detail = {})
    {
        notes_.push_back(Decided{decision, name, type, std::move(detail), spans_});
    }
    void add(Cached cached)
    {
        cached.spans = spans_;
        notes_.push_back(std::move(cached));
    }
    void add(const Shared& shared) { notes_.push_back(shared); }

    const std::vector<Note>& all() const { return notes_; }
    void clear() { notes_.clear(); }

  private:
    Spans spans_;
    std::vector<Note> notes_;
};

} // namespace tegami::dns
