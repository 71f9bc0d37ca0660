#include "protocols/dns/stub.hpp"

#include <algorithm>

namespace tegami::dns {

StubQuestion::StubQuestion(std::vector<wire::Endpoint> resolvers, Question question)
    : resolvers_(std::move(resolvers)), question_(std::move(question)), ended_(resolvers_.empty())
{
    if (ended_) result_ = std::unexpected(Failure::server_failed);
}

std::optional<StubQuestion::Ask> StubQuestion::next() const
{
    if (ended_) return std::nullopt;
    return Ask{resolvers_[at_], transport_, edns_, stub_wait * (std::int64_t{1} << round_)};
}

Meaning StubQuestion::on_response(const Message& response)
{
    // All of a resolver's answer is believed: it is the one that this host was told to trust.
    const Reading reading =
        read_response(response, {.question = question_, .zone = {}, .edns = edns_, .recursion = true});
    switch (reading.meaning) {
    case Meaning::answer: end(Found{reading.answer, reading.name}); break;
    case Meaning::no_such_name: end(std::unexpected(Failure::no_such_name)); break;
    case Meaning::no_data:
    case Meaning::alias: // without what it leads to: a resolver that follows aliases would have added it
        end(std::unexpected(Failure::no_data));
        break;
    case Meaning::truncated:
        if (transport_ == Transport::udp)
            transport_ = Transport::tcp;
        else
            next_server();
        break;
    case Meaning::no_edns: edns_ = false; break;
    case Meaning::referral: // it does not recurse
    case Meaning::lame:
    case Meaning::failed:
    case Meaning::looped:
        result_ = std::unexpected(Failure::server_failed);
        next_server();
        break;
    }
    return reading.meaning;
}

void StubQuestion::on_silence() { next_server(); }

void StubQuestion::next_server()
{
    transport_ = Transport::udp;
    edns_ = true;
    if (++at_ < resolvers_.size()) return;
    at_ = 0;
    // Who said that it cannot will hardly be able to a moment later: asking again is for those that are silent.
    if (++round_ >= stub_rounds || result_.error() == Failure::server_failed) ended_ = true;
}

void StubQuestion::end(std::expected<Found, Failure> result)
{
    result_ = std::move(result);
    ended_ = true;
}

Message make_question(std::uint16_t id, const Question& question, bool recursion_desired, bool edns)
{
    Message query = make_query(id, question, recursion_desired);
    if (edns) query.edns.emplace();
    return query;
}

} // namespace tegami::dns
