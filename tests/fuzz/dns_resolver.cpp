/// A resolver among strangers: whatever servers say, each question ends within its limits, and nobody is believed about
/// what lies outside the zone that he was asked about. Input: messages, each behind its length in two octets; a length of
/// zero is silence.
#include "protocols/dns/stub.hpp"
#include "tests/fuzz/feeding.hpp"

using namespace tegami;
using namespace tegami::dns;

namespace {

Name name_of(std::string_view text) { return *parse_name(text); }

void read_as(const Message& message, const Question& asked, const Name& zone)
{
    for (const bool recursion : {false, true}) {
        const Reading reading =
            read_response(message, {.question = asked, .zone = zone, .edns = true, .recursion = recursion});
        fuzz::require(std::ssize(reading.aliases) <= most_aliases + 1);
        fuzz::require(reading.delegation.servers.size() <= most_servers);
        fuzz::require(reading.meaning != Meaning::referral || reading.delegation.zone.is_below(zone));
        for (const Believed& set : reading.believed)
            for (const Record& record : set.records) {
                fuzz::require(record.owner.is_at_or_below(zone));
                fuzz::require(record.owner == set.records[0].owner && record.type == set.records[0].type);
            }
        for (const Record& record : reading.refused)
            fuzz::require(!record.owner.is_at_or_below(zone) || record.rr_class != Class::in);
    }
}

class Script {
  public:
    explicit Script(wire::Octets octets) : octets_(octets) {}
    /// The next message; nothing for silence.
    std::optional<Message> next()
    {
        const auto message = next_tcp_message(octets_);
        if (!message || message->empty()) return std::nullopt;
        const auto decoded = decode_message(*message);
        return decoded ? std::optional{*decoded} : std::nullopt;
    }

  private:
    wire::Octets octets_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const wire::Octets octets{data, size};
    const Question asked{name_of("www.sub.example."), size > 0 && data[size - 1] % 2 ? Type::a : Type::mx};
    for (Script script{octets}; const auto message = script.next();)
        for (const std::string_view zone : {".", "example.", "sub.example.", "www.sub.example."})
            read_as(*message, asked, name_of(zone));

    Notes notes;
    Resolver resolver{
        {.hints = {{}, {{name_of("a.root."), {wire::Address::v4(0xC612'0001)}}}}, .cache_octets = 64 << 10}, notes};
    Time now{1'775'433'600'000'000'000};
    const Time began = now;
    Script script{octets};
    std::size_t queries = 0, answers = 0;
    resolver.on_question(now, ClientId{1}, asked, {});
    resolver.on_question(now, ClientId{2}, asked, {});
    StubQuestion stub{{{wire::Address::v4(0xC000'0201), wire::Port{53}}}, asked};
    while (answers < 2) {
        answers += resolver.take_answers().size();
        const auto asks = resolver.take_asks();
        queries += asks.size();
        fuzz::require(queries <= most_queries);
        for (const Resolver::Ask& ask : asks) {
            fuzz::require(ask.until > now && ask.until <= began + longest_question);
            auto message = script.next();
            if (!message) continue;
            if (stub.next()) stub.on_response(*message);
            message->header.response = true;
            if (message->questions.size() == 1) message->questions[0] = ask.question;
            now = now + wire::milliseconds(1);
            resolver.on_response(now, ask.id, *message);
            fuzz::require(!resolver.on_response(now, ask.id, *message));
        }
        answers += resolver.take_answers().size();
        if (!asks.empty() || answers >= 2) continue;
        now = std::max(now, resolver.next_timer());
        fuzz::require(now <= began + longest_question);
        resolver.on_timer(now);
    }
    fuzz::require(answers == 2);
    fuzz::require(resolver.walks() == 0);
    fuzz::require(resolver.next_timer() == Time::never());
    fuzz::require(resolver.cache().octets() <= 64 << 10);
    return 0;
}
