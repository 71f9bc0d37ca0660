#pragma once
/// A resolver and an Internet made of a function, in a time that jumps: what each server says, what was asked, how it ended.

#include "protocols/dns/stub.hpp"
#include "protocols/dns/zone_text.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace tegami::dns::lab {

inline constexpr Time lab_start{1'775'433'600'000'000'000};

inline Name n(std::string_view text) { return *parse_name(text); }
inline wire::Address ip(std::string_view text) { return *wire::parse_address(text); }

/// Records as lines of a zone file, absolute names, with a TTL of an hour where none stands.
inline std::vector<Record> rr(std::string_view text)
{
    ZoneProblems problems;
    std::vector<Record> records;
    for (const PlacedRecord& placed : parse_zone_text(text, Name{}, problems, {.default_ttl = 3600}))
        records.push_back(placed.record);
    INFO(text);
    CHECK(!problems.has_errors());
    return records;
}

inline std::vector<std::string> text(const std::vector<Record>& records)
{
    std::vector<std::string> lines;
    for (const Record& record : records) lines.push_back(format(record));
    return lines;
}

/// Hints: one root server.
inline Delegation root_at(std::vector<wire::Address> addresses)
{
    return {Name{}, {{n("a.root-servers.example."), std::move(addresses)}}};
}

struct Asking {
    wire::Address server;
    Transport transport;
    Question question;
    bool edns;
    Time at;
};

class ResolverLab {
  public:
    /// Nothing: the server is silent.
    using Internet = std::function<std::optional<Message>(const Asking& asking, const Message& query)>;

    explicit ResolverLab(Internet internet, Resolver::Settings settings = {.hints = root_at({ip("198.18.0.1")})})
        : internet_(std::move(internet)), resolver(std::move(settings), notes)
    {
    }

    ClientId begin(const Question& question, Spans spans = {})
    {
        const ClientId client{++clients_};
        resolver.on_question(now, client, question, spans);
        collect();
        return client;
    }
    /// Lets time pass until nothing more is under way, or `limit`.
    void run(Time limit = Time::never())
    {
        for (;;) {
            const Time next =
                std::min(under_way_.empty() ? Time::never() : under_way_.begin()->first.first, resolver.next_timer());
            if (next > limit) break;
            if (next == Time::never()) return;
            now = next;
            if (!under_way_.empty() && under_way_.begin()->first.first == now) {
                const auto [when, arrival] = *under_way_.begin();
                under_way_.erase(under_way_.begin());
                if (const auto* message = std::get_if<Message>(&arrival))
                    meanings.push_back(resolver.on_response(now, when.second, *message));
                else
                    resolver.on_failure(now, when.second, std::get<std::string>(arrival));
            } else {
                resolver.on_timer(now);
            }
            collect();
        }
        now = limit;
    }
    /// Asks, and runs until everything has ended.
    Resolver::Answer ask(const Question& question)
    {
        const ClientId client = begin(question);
        run();
        const auto found = answers.find(client);
        REQUIRE(found != answers.end());
        return found->second;
    }
    Resolver::Answer ask(std::string_view name, Type type) { return ask(Question{n(name), type}); }

    std::vector<std::string> decisions(Decision decision) const
    {
        std::vector<std::string> all;
        for (const Note& note : notes.all())
            if (const auto* decided = std::get_if<Decided>(&note); decided && decided->decision == decision)
                all.push_back(format(decided->name) + ' ' + format(decided->type) +
                              (decided->detail.empty() ? "" : ' ' + decided->detail));
        return all;
    }
    /// "198.18.0.1 www.example.com. A" for each query since the last call.
    std::vector<std::string> asked()
    {
        std::vector<std::string> all;
        for (; told_ < sent.size(); ++told_)
            all.push_back(wire::format(sent[told_].server) + ' ' + format(sent[told_].question.name) + ' ' +
                          format(sent[told_].question.type) + (sent[told_].transport == Transport::tcp ? " tcp" : ""));
        return all;
    }

    Time now = lab_start;
    Duration rtt = wire::milliseconds(20);
    std::vector<Asking> sent;
    std::vector<std::optional<Meaning>> meanings;
    std::vector<Spans> sent_spans;
    std::map<ClientId, Resolver::Answer> answers;
    Notes notes;

  private:
    void collect()
    {
        for (const Resolver::Ask& ask : resolver.take_asks()) {
            const Asking asking{ask.server, ask.transport, ask.question, ask.edns, now};
            sent.push_back(asking);
            sent_spans.push_back(ask.spans);
            const auto id = static_cast<std::uint16_t>(0x1234 + 7 * sent.size());
            const Message query = make_question(id, ask.question, false, ask.edns);
            const std::optional<Message> response = internet_(asking, query);
            if (!response) continue;
            const wire::Endpoint server{ask.server, wire::Port{53}};
            const auto decoded = decode_message(encode(*response));
            if (!decoded)
                under_way_.emplace(std::pair{now + rtt, ask.id}, std::string{"malformed"});
            else if (!mismatch(*decoded, server, server, id, ask.question))
                under_way_.emplace(std::pair{now + rtt, ask.id}, *decoded);
        }
        for (Resolver::Answer& answer : resolver.take_answers()) {
            CHECK(!answers.contains(answer.client));
            answers[answer.client] = std::move(answer);
        }
    }

    Internet internet_;
    std::multimap<std::pair<Time, QueryId>, std::variant<Message, std::string>> under_way_;
    std::uint64_t clients_ = 0;
    std::size_t told_ = 0;

  public:
    Resolver resolver;
};

/// A response with records by section, NOERROR.
struct Says {
    std::string answer, authority, additional;
    bool authoritative = false;
    Rcode rcode = Rcode::noerror;
    bool truncated = false;
    bool recursive = false;
};
inline Message respond(const Message& query, const Says& says)
{
    Message response = make_response(query, says.rcode);
    response.header.authoritative = says.authoritative;
    response.header.truncated = says.truncated;
    response.header.recursion_available = says.recursive;
    response.answers = rr(says.answer);
    response.authority = rr(says.authority);
    response.additional = rr(says.additional);
    if (query.edns) response.edns.emplace();
    return response;
}

/// What servers say, by address, name and type; anything below a delegation is referred to it. Others are silent.
class Servers {
  public:
    /// Behind `zone`'s delegation, from `server`: "com. NS a.gtld.example." and glue.
    Servers& refers(std::string_view server, std::string_view zone, std::string ns, std::string glue = {})
    {
        rows_.push_back({ip(server),
                         n(zone),
                         std::nullopt,
                         {.answer = {}, .authority = std::move(ns), .additional = std::move(glue)}});
        return *this;
    }
    Servers& says(std::string_view server, std::string_view name, Type type, Says says)
    {
        rows_.push_back({ip(server), n(name), type, std::move(says)});
        return *this;
    }
    Servers& answers(std::string_view server, std::string_view name, Type type, std::string records)
    {
        return says(server, name, type,
                    {.answer = std::move(records), .authority = {}, .additional = {}, .authoritative = true});
    }

    std::optional<Message> operator()(const Asking& asking, const Message& query) const
    {
        for (const Row& row : rows_) {
            if (row.server != asking.server) continue;
            if (row.type ? *row.type == asking.question.type && row.name == asking.question.name
                         : asking.question.name.is_at_or_below(row.name))
                return respond(query, row.says);
        }
        return std::nullopt;
    }

  private:
    struct Row {
        wire::Address server;
        Name name;
        std::optional<Type> type; ///< nothing: all at or below
        Says says;
    };
    std::vector<Row> rows_;
};

} // namespace tegami::dns::lab
