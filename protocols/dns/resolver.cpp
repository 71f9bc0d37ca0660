#include "protocols/dns/resolver.hpp"

#include <algorithm>

namespace tegami::dns {

std::string_view key(End end)
{
    switch (end) {
    case End::found: return "found";
    case End::no_servers: return "no.servers";
    case End::failed_before: return "failed.before";
    case End::alias_loop: return "alias.loop";
    case End::limit_aliases: return "limit.aliases";
    case End::limit_queries: return "limit.queries";
    case End::limit_time: return "limit.time";
    case End::limit_questions: return "limit.questions";
    }
    return {};
}

Resolver::Resolver(Settings settings, Notes& notes)
    : settings_(std::move(settings)), notes_(notes), cache_(notes, settings_.cache_octets)
{
}

// ---- what happens ----------------------------------------------------------------------------------------------------

void Resolver::on_question(Time now, ClientId client, const Question& question, Spans spans)
{
    notes_.serve(spans);
    const auto under_way = by_question_.find({question.name, question.type, false});
    if (under_way != by_question_.end()) {
        Walk& walk = walks_.at(under_way->second);
        walk.clients.push_back({client, spans});
        join(walk, spans);
        return;
    }
    if (walks_.size() >= most_walks) {
        notes_.add(Decision::gave_up, question.name, question.type, std::string{key(End::limit_questions)});
        answers_.push_back({.client = client,
                            .question = question,
                            .rcode = Rcode::servfail,
                            .answers = {},
                            .authority = {},
                            .end = End::limit_questions,
                            .cached = false,
                            .spans = spans});
        return;
    }
    Walk& walk = begin(now, question, false, std::make_shared<Effort>(0, now + longest_question), 0, spans);
    walk.clients.push_back({client, spans});
    run(now);
}

std::optional<Meaning> Resolver::on_response(Time now, QueryId query, const Message& response)
{
    const auto waiting = by_query_.find(query);
    if (waiting == by_query_.end()) return std::nullopt;
    Walk& walk = walks_.at(waiting->second);
    by_query_.erase(waiting);
    const Sent sent = *std::exchange(walk.sent, {});
    notes_.serve(walk.spans);
    if (sent.transport == Transport::udp) book_.answered(sent.server, now - sent.at);

    Reading reading = read_response(
        response,
        {.question = {walk.name, walk.question.type}, .zone = walk.cut->zone, .edns = sent.edns, .recursion = false});
    const Meaning meaning = reading.meaning;
    const std::string zone = format(walk.cut->zone);
    for (const Record& record : reading.refused) notes_.add(Decision::refused_record, record.owner, record.type, zone);
    switch (meaning) {
    case Meaning::truncated:
        if (sent.transport == Transport::udp)
            ask(now, walk, sent.server, Transport::tcp, sent.edns);
        else
            useless(walk, sent.server, "truncated.over.tcp");
        break;
    case Meaning::no_edns:
        book_.without_edns(sent.server);
        ask(now, walk, sent.server, sent.transport, false);
        break;
    case Meaning::lame:
        book_.is_lame_until(sent.server, walk.cut->zone, now + lame_for);
        useless(walk, sent.server, key(meaning));
        break;
    case Meaning::failed: useless(walk, sent.server, format(response.header.rcode)); break;
    case Meaning::looped: give_up(now, walk, End::alias_loop); break;
    case Meaning::answer:
    case Meaning::alias:
    case Meaning::referral:
    case Meaning::no_data:
    case Meaning::no_such_name:
        if (reading.recursive && meaning != Meaning::referral) { // RFC 1034 §4.3.1: not by the zone's own authority
            useless(walk, sent.server, "not.authoritative");
            walk.second_best = std::move(reading);
        } else {
            conclude(now, walk, std::move(reading));
        }
        break;
    }
    run(now);
    return meaning;
}

void Resolver::on_failure(Time now, QueryId query, std::string_view why)
{
    const auto waiting = by_query_.find(query);
    if (waiting == by_query_.end()) return;
    Walk& walk = walks_.at(waiting->second);
    by_query_.erase(waiting);
    notes_.serve(walk.spans);
    useless(walk, std::exchange(walk.sent, {})->server, why);
    run(now);
}

void Resolver::on_timer(Time now)
{
    std::vector<WalkId> late;
    for (const auto& [id, walk] : walks_)
        if (walk.effort->until <= now || (walk.sent && walk.sent->until <= now)) late.push_back(id);
    for (const WalkId id : late) {
        const auto found = walks_.find(id);
        if (found == walks_.end()) continue;
        Walk& walk = found->second;
        notes_.serve(walk.spans);
        if (walk.sent && walk.sent->until <= now) {
            by_query_.erase(walk.sent->id);
            book_.was_silent(walk.sent->server);
            const auto asked = std::ranges::find(walk.cut->choices, walk.sent->server, &Choice::address);
            if (asked != walk.cut->choices.end()) ++asked->failures;
            notes_.add(Decision::tries_next, walk.name, walk.question.type,
                       wire::format(walk.sent->server) + " timed.out");
            walk.sent.reset();
            ready_.push_back(id);
        }
        if (walk.effort->until <= now) give_up(now, walk, End::limit_time);
    }
    run(now);
}

Time Resolver::next_timer() const
{
    Time next = Time::never();
    for (const auto& [id, walk] : walks_) {
        next = std::min(next, walk.effort->until);
        if (walk.sent) next = std::min(next, walk.sent->until);
    }
    return next;
}

// ---- a walk ----------------------------------------------------------------------------------------------------------

Resolver::Walk& Resolver::begin(Time, const Question& question, bool for_server, std::shared_ptr<Effort> effort,
                                unsigned depth, Spans spans)
{
    const WalkId id{++walks_begun_};
    Walk& walk = walks_[id];
    walk.id = id;
    walk.question = question;
    walk.for_server = for_server;
    walk.depth = depth;
    walk.effort = std::move(effort);
    walk.spans = spans;
    walk.name = question.name;
    by_question_[{question.name, question.type, for_server}] = id;
    ready_.push_back(id);
    notes_.serve(spans);
    notes_.add(Decision::begun, question.name, question.type, for_server ? "server" : "");
    return walk;
}

void Resolver::join(Walk& walk, Spans spans)
{
    if (spans == walk.spans) return;
    notes_.add(Shared{spans, walk.spans});
    // What is asked from now on is asked for both.
    for (Walk* each = &walk; each; each = each->waits_for ? &walks_.at(*each->waits_for) : nullptr)
        each->spans = settings_.algebra ? settings_.algebra->unite(each->spans, spans) : each->spans;
}

void Resolver::run(Time now)
{
    while (!ready_.empty()) {
        const WalkId id = ready_.front();
        ready_.erase(ready_.begin());
        const auto found = walks_.find(id);
        if (found != walks_.end() && !found->second.sent && !found->second.waits_for) advance(now, found->second);
    }
}

void Resolver::advance(Time now, Walk& walk)
{
    notes_.serve(walk.spans);
    for (;;) {
        // RFC 1034 §5.3.3 step 1: is the answer known?
        const Known known = consult_cache(now, walk);
        if (known == Known::ended) return;
        if (known == Known::alias) continue;
        // Step 2: the best servers to ask. A DS record lies above the cut (RFC 4035 §3.1.4.1).
        if (!walk.cut) walk.cut = nearest_cut(now, walk.name, walk.question.type == Type::ds);
        // Step 3: ask them until one responds; those not tried yet first.
        Choice* const choice = best_choice(now, walk);
        if (choice && (choice->failures == 0 || walk.cut->unknown.empty()))
            return ask(now, walk, choice->address, Transport::udp, book_.speaks_edns(choice->address));
        if (seek_server(now, walk)) return;
        if (choice) continue; // only those that were silent are left: once more
        if (walk.second_best) return conclude(now, walk, *std::exchange(walk.second_best, {}));
        // Addresses that came with a referral may have gone before the referral itself: its zone is asked for them again.
        // RFC 4697 §2.1.1 forbids that for a zone none of whose servers responds, and that is not known then.
        const bool not_all_asked = !walk.cut->asked || walk.cut->in_circles;
        if (walk.cut->from_cache && not_all_asked && !walk.went_up && !walk.cut->zone.is_root()) {
            walk.went_up = true;
            walk.cut = nearest_cut(now, walk.cut->zone, true);
            continue;
        }
        return give_up(now, walk, End::no_servers);
    }
}

Resolver::Known Resolver::consult_cache(Time now, Walk& walk)
{
    const Type type = walk.question.type;
    const Credibility at_least = walk.for_server ? Credibility::additional : Credibility::answer_not_authoritative;
    if (type == Type::any) return Known::nothing; // what is known need not be all
    if (auto known = cache_.find(now, walk.name, type, at_least)) {
        switch (known->what) {
        case Cache::What::records: found(now, walk, Rcode::noerror, std::move(known->records), {}); break;
        case Cache::What::no_data: found(now, walk, Rcode::noerror, {}, std::move(known->records)); break;
        case Cache::What::no_such_name: found(now, walk, Rcode::nxdomain, {}, std::move(known->records)); break;
        case Cache::What::failure: give_up(now, walk, End::failed_before); break;
        }
        return Known::ended;
    }
    if (type == Type::cname) return Known::nothing;
    const auto alias = cache_.find(now, walk.name, Type::cname, at_least);
    if (!alias || alias->what != Cache::What::records) return Known::nothing;
    return follow_aliases(now, walk, alias->records) ? Known::alias : Known::ended;
}

bool Resolver::follow_aliases(Time now, Walk& walk, const std::vector<Record>& aliases)
{
    for (const Record& alias : aliases) {
        const auto target = alias.as<Cname>();
        if (!target) continue;
        walk.aliases.push_back(alias);
        const auto leads_back = [&](const Record& before) { return before.owner == target->cname; };
        if (std::ranges::any_of(walk.aliases, leads_back)) {
            give_up(now, walk, End::alias_loop);
            return false;
        }
        if (std::ssize(walk.aliases) > most_aliases) {
            give_up(now, walk, End::limit_aliases);
            return false;
        }
        notes_.add(Decision::follows_alias, alias.owner, walk.question.type, format(target->cname));
        walk.name = target->cname;
    }
    walk.cut.reset();
    walk.went_up = false;
    walk.second_best.reset();
    return true;
}

void Resolver::conclude(Time now, Walk& walk, Reading reading)
{
    for (const Believed& set : reading.believed)
        if (!set.records.empty()) cache_.put(now, set.records, set.credibility);
    const Credibility negative = reading.authoritative ? Credibility::authority : Credibility::answer_not_authoritative;

    if (reading.meaning == Meaning::referral) {
        notes_.add(Decision::follows_referral, walk.name, walk.question.type, format(reading.delegation.zone));
        if (walk.for_server) // what was looked for may be among its glue
            for (Believed& set : reading.believed)
                if (!set.records.empty() && set.records.front().owner == walk.name &&
                    set.records.front().type == walk.question.type)
                    return found(now, walk, Rcode::noerror, std::move(set.records), {});
        walk.cut = cut_of(now, reading.delegation, false);
        walk.second_best.reset();
        ready_.push_back(walk.id);
        return;
    }
    if (!reading.aliases.empty() && !follow_aliases(now, walk, reading.aliases)) return;
    std::vector<Record> authority;
    if (reading.soa) authority.push_back(*reading.soa);
    switch (reading.meaning) {
    case Meaning::answer: return found(now, walk, Rcode::noerror, std::move(reading.answer), {});
    case Meaning::no_data:
        if (reading.soa) cache_.put_no_data(now, walk.name, walk.question.type, *reading.soa, negative);
        return found(now, walk, Rcode::noerror, {}, std::move(authority));
    case Meaning::no_such_name:
        if (reading.soa) cache_.put_no_such_name(now, walk.name, *reading.soa, negative);
        return found(now, walk, Rcode::nxdomain, {}, std::move(authority));
    default: ready_.push_back(walk.id); return; // an alias: on with its target
    }
}

void Resolver::found(Time now, Walk& walk, Rcode rcode, std::vector<Record> records, std::vector<Record> authority)
{
    notes_.add(Decision::done, walk.question.name, walk.question.type, format(rcode));
    Answer answer{.client = {},
                  .question = walk.question,
                  .rcode = rcode,
                  .answers = walk.aliases,
                  .authority = std::move(authority),
                  .end = End::found,
                  .cached = walk.cached,
                  .spans = {}};
    answer.answers.insert(answer.answers.end(), records.begin(), records.end());
    for (Record& record : answer.authority) // RFC 2308 §3, §5: the SOA's TTL is that of the negative answer
        if (const auto soa = record.as<Soa>()) record.ttl = std::min(record.ttl, soa->minimum);
    finish(now, walk, std::move(answer));
}

void Resolver::give_up(Time now, Walk& walk, End end)
{
    notes_.add(Decision::gave_up, walk.question.name, walk.question.type, std::string{key(end)});
    // A limit says nothing of the servers, except where it is the client's own question that was too much.
    const bool of_servers = end == End::no_servers || end == End::alias_loop;
    if (of_servers || (!walk.for_server && end != End::failed_before))
        cache_.put_failure(now, walk.question.name, walk.question.type);
    finish(now, walk,
           {.client = {},
            .question = walk.question,
            .rcode = Rcode::servfail,
            .answers = {},
            .authority = {},
            .end = end,
            .cached = walk.cached,
            .spans = {}});
}

void Resolver::finish(Time, Walk& walk, Answer answer)
{
    for (const Asker& asker : walk.clients) {
        answer.client = asker.client;
        answer.spans = asker.spans;
        answers_.push_back(answer);
    }
    for (const WalkId id : walk.walks) {
        Walk& waiting = walks_.at(id);
        waiting.waits_for.reset();
        waiting.cached = waiting.cached && walk.cached;
        ready_.push_back(id);
        if (!waiting.cut) continue;
        // Another question's limit is not this one's: it looks for itself.
        const bool others_limit = answer.end >= End::limit_queries && waiting.effort != walk.effort;
        if (others_limit)
            waiting.cut->unknown.insert(waiting.cut->unknown.begin(), {walk.question.name, {walk.question.type}});
        for (const Record& record : answer.answers) {
            const auto a = record.as<A>();
            const auto aaaa = record.as<Aaaa>();
            if (!a && !aaaa) continue;
            const wire::Address address = a ? a->address : aaaa->address;
            if (may_ask(address)) waiting.cut->add(address);
        }
    }
    walk.walks.clear();
    drop(walk.id);
}

void Resolver::drop(WalkId id)
{
    const Walk& walk = walks_.at(id);
    if (walk.sent) by_query_.erase(walk.sent->id);
    const auto waits_for = walk.waits_for;
    by_question_.erase({walk.question.name, walk.question.type, walk.for_server});
    walks_.erase(id);
    if (!waits_for) return;
    Walk& other = walks_.at(*waits_for);
    std::erase(other.walks, id);
    if (other.walks.empty() && other.clients.empty()) drop(*waits_for);
}

} // namespace tegami::dns
