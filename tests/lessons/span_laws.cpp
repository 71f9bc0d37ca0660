// Whom every frame of a run serves: the sets of spans, through buffers, segments, repeats and restarts.

#include "protocols/inet/ipv4.hpp"
#include "protocols/inet/ipv6.hpp"
#include "protocols/tcp/segment.hpp"
#include "tests/lessons/playing.hpp"

#include <functional>
#include <optional>
#include <set>

using namespace tegami;
using namespace tegami::lessons;

namespace {

/// A frame of a run with what a reader of spans looks at.
struct Looked {
    std::uint64_t number = 0;
    std::string from; ///< host
    Time at;
    std::string
        kind; ///< "arp" (and what IPv6 has for it), "nud" (to one neighbour), "udp", "syn", "fin", "ack" (bare), "data", "rst"
    std::string payload;
    std::uint32_t seq = 0;
    bool arrived = true;
    std::set<std::string> serves; ///< "session alice-pc", "1.S1#1"
};

std::vector<Looked> look(const run::Log& log)
{
    const run::Journeys story{log};
    std::vector<Looked> all;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto number = static_cast<run::FrameRef>(f);
        const run::Frame& frame = log.frame(number);
        if (log.header().nics[static_cast<std::size_t>(frame.nic)].name.ends_with(":lo")) continue; // within a host
        Looked one{.number = f,
                   .from = log.header().nodes[engine::index_of(frame.node)],
                   .at = frame.at,
                   .kind = "arp",
                   .payload = {},
                   .serves = {}};
        for (const run::Hop& hop : log.hops(number)) one.arrived &= hop.arrived();
        for (const run::SpanId span : log.spans().members(frame.spans)) {
            const run::Span& s = log.spans()[span];
            if (s.kind == run::SpanKind::session)
                one.serves.insert("session of " + log.header().nodes[engine::index_of(s.node)]);
            else
                one.serves.insert(std::to_string(story.find(s.mail)->number) + '.' +
                                  std::string{run::step_name(s.step)} + '#' + std::to_string(s.tries));
        }
        const wire::Octets packet = frame.octets.subspan(14);
        std::optional<inet::Protocol> protocol; // none: ARP
        wire::Octets payload;
        if (const auto v4 = inet::decode_ipv4(packet); frame.octets[12] == 0x08 && frame.octets[13] == 0x00) {
            REQUIRE(v4);
            protocol = v4->header.protocol;
            payload = v4->payload;
        } else if (frame.octets[12] == 0x86 && frame.octets[13] == 0xDD) {
            const auto v6 = inet::decode_ipv6(packet);
            REQUIRE(v6);
            protocol = v6->header.next_header;
            payload = v6->payload;
        }
        if (protocol == inet::Protocol::icmpv6) one.kind = frame.octets[0] & 1 ? "arp" : "nud"; // RFC 4861 §7.2, §7.3
        if (protocol == inet::Protocol::udp) one.kind = "udp";                                  // a question to DNS
        if (protocol == inet::Protocol::tcp) {
            const auto segment = tcp::decode(payload);
            REQUIRE(segment);
            one.payload = wire::as_text(segment->payload);
            one.seq = segment->seq;
            using tcp::Flag;
            one.kind = segment->flags.has(Flag::syn)   ? "syn"
                       : segment->flags.has(Flag::rst) ? "rst"
                       : !one.payload.empty()          ? "data"
                       : segment->flags.has(Flag::fin) ? "fin"
                                                       : "ack";
        }
        all.push_back(std::move(one));
    }
    return all;
}

const Looked* first(const std::vector<Looked>& frames, const std::function<bool(const Looked&)>& is)
{
    const auto at = std::ranges::find_if(frames, is);
    return at == frames.end() ? nullptr : &*at;
}

using Serves = std::set<std::string>;
const std::string alices = "session of alice-pc", bobs = "session of bob-pc";

/// Two short letters, ready at once: the end of the first shares a segment with the beginning of the second.
std::string two_letters(const std::string& more = {})
{
    return letters({.mails = 2,
                    .spacing_ms = 0,
                    .octets = 200,
                    .until = "30min",
                    .more = "[[do]]\nat = \"10s\"\nbob.reads = {}\n" + more});
}

} // namespace

TEST_CASE("a segment with the end of one letter and the beginning of the next serves both, and so does its repeat",
          "[span]")
{
    const auto shared_segment = [](const Looked& f) {
        return f.from == "alice-pc" && f.payload.find("\r\n.\r\nMAIL FROM:") != f.payload.npos;
    };
    const auto clean_world = world_of(two_letters());
    const auto clean = look(log_of(*clean_world));
    const Looked* shared = first(clean, shared_segment);
    REQUIRE(shared);
    CHECK(shared->serves == Serves{alices, "1.S1#1", "2.S1#1"});

    // The same, with that very frame lost: the one sent again serves the same.
    const auto ms = std::to_string((shared->at - clean_world->start()).ns / 1'000'000 - 1);
    const auto world =
        world_of(two_letters("[[do]]\nat = \"" + ms + "ms\"\nhome-alice.loses = { next = 1, from = \"alice-pc\" }\n"));
    const auto frames = look(log_of(*world));
    std::vector<const Looked*> sent;
    for (const Looked& f : frames)
        if (shared_segment(f)) sent.push_back(&f);
    REQUIRE(sent.size() == 2);
    CHECK_FALSE(sent[0]->arrived);
    CHECK(sent[1]->arrived);
    CHECK(sent[0]->seq == sent[1]->seq);
    CHECK(sent[1]->at >= sent[0]->at + wire::seconds(1)); // RFC 6298 §2: the first RTO
    CHECK(sent[0]->serves == Serves{alices, "1.S1#1", "2.S1#1"});
    CHECK(sent[1]->serves == sent[0]->serves);
}

TEST_CASE("each line of a dialogue serves its letter, and what serves none the session", "[span]")
{
    const auto world = world_of(two_letters());
    const auto frames = look(log_of(*world));
    const auto said = [&](const char* host, const char* text) {
        const Looked* f = first(frames, [&](const Looked& x) { return x.from == host && x.payload.starts_with(text); });
        INFO(text);
        REQUIRE(f);
        return f->serves;
    };
    CHECK(said("example-mail", "220 ") == Serves{alices});
    CHECK(said("alice-pc", "EHLO ") == Serves{alices});
    CHECK(said("alice-pc", "MAIL FROM:") == Serves{alices, "1.S1#1"});
    CHECK(said("example-mail", "250 2.1.0") == Serves{alices, "1.S1#1"}); // the replies to MAIL, RCPT and DATA
    // The reply to the first dot goes with those to the second letter's commands.
    CHECK(said("example-mail", "250 2.0.0") == Serves{alices, "1.S1#1", "2.S1#1"});
    CHECK(said("alice-pc", "QUIT") == Serves{alices});
    CHECK(said("example-mail", "221 ") == Serves{alices});
    CHECK(said("example-mail", "+OK POP3") == Serves{bobs});
    CHECK(said("bob-pc", "USER ") == Serves{bobs, "1.R3#1", "2.R3#1"}); // what he may find there
    // What is fetched serves R4 of that letter; the question for it is of the session.
    const Looked* first_letter = first(frames, [](const Looked& f) {
        return f.from == "example-mail" && f.payload.find("Subject: Letter 1\r\n") != f.payload.npos;
    });
    const Looked* second_letter = first(frames, [](const Looked& f) {
        return f.from == "example-mail" && f.payload.find("Subject: Letter 2\r\n") != f.payload.npos;
    });
    REQUIRE(first_letter);
    REQUIRE(second_letter);
    CHECK(first_letter->serves == Serves{bobs, "1.R4#1"});
    CHECK(second_letter->serves == Serves{bobs, "2.R4#1"});
}

TEST_CASE("SYN and FIN serve the session, and a bare ACK what it acknowledges", "[span]")
{
    const auto world = world_of(two_letters());
    const run::Log log = log_of(*world);
    const auto frames = look(log);
    std::size_t arps = 0, syns = 0, fins = 0, acks = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const Looked& f = frames[i];
        const std::string session = f.at < world->start() + wire::seconds(5) ? alices : bobs;
        INFO("frame " << f.number << ", " << f.kind);
        arps += f.kind == "arp";
        if (f.kind == "nud") continue;            // whether a neighbour is still there may be nobody's question
        if (f.kind == "arp" || f.kind == "udp") { // both serve a session, or the look-up before it
            CHECK_FALSE(f.serves.empty());
            continue;
        }
        CHECK(f.serves.contains(session)); // each has one session, and here every segment belongs to it
        if (f.kind == "syn" || f.kind == "fin") CHECK(f.serves == Serves{session});
        syns += f.kind == "syn", fins += f.kind == "fin";
        if (f.kind != "ack") continue;
        ++acks;
        // What the peer said last before: its spans, or a part of them and the session.
        const Looked* said = nullptr;
        for (std::size_t k = 0; k < i; ++k)
            if (frames[k].from != f.from && frames[k].kind != "arp" && frames[k].kind != "ack" &&
                frames[k].kind != "udp" && frames[k].kind != "nud")
                said = &frames[k];
        REQUIRE(said);
        CHECK(std::ranges::includes(said->serves, f.serves));
    }
    CHECK(arps >= 6);
    CHECK(syns == 4);
    CHECK(fins >= 2);
    CHECK(acks >= 2);
    // The steps that opened the connection are joined to it.
    const run::Journeys story{log};
    for (const run::MailRow& mail : story.mails()) {
        const run::StepRow* submit = story.step(mail.steps.front());
        REQUIRE(submit);
        CHECK(submit->what.step == run::Step::s1_submit);
        // And to its look-up.
        CHECK(std::ranges::count_if(submit->joined, [&](run::SpanId span) { return story.session(span) != nullptr; }) ==
              1);
    }
}

TEST_CASE("a bare ACK of a letter's octets serves that letter", "[span]")
{
    // A letter of many segments: every second one is acknowledged (RFC 9293 §3.8.6.3), by an ACK with nothing in it.
    const auto world = world_of(letters({.mails = 1, .octets = 20'000, .until = "10min"}));
    std::size_t acks = 0;
    for (const Looked& f : look(log_of(*world)))
        if (f.kind == "ack" && f.from == "example-mail" && f.serves.contains("1.S1#1")) {
            CHECK(f.serves == Serves{alices, "1.S1#1"});
            ++acks;
        }
    CHECK(acks >= 5);
}

TEST_CASE("a letter in an outbox is the same letter after a restart, and its next try another try", "[span]")
{
    for (const char* how : {"alice-pc.crashes = {}", "alice-pc.crashes = { power = \"cut\" }"}) {
        INFO(how);
        // The server is off when she sends; her computer crashes while the letters wait; then both come back.
        const std::string text =
            letters({.mails = 2, .spacing_ms = 0, .octets = 200, .until = "4h"}) +
            "[[do]]\nat = \"500ms\"\nexample-mail.stops = {}\n[[do]]\nat = \"30s\"\n" + how +
            "\n[[do]]\nat = \"10min\"\nexample-mail.starts = {}\n[[do]]\nat = \"11min\"\nalice-pc.starts = {}\n"
            "[[do]]\nat = \"1h\"\nbob.reads = {}\n";
        const auto world = world_of(text);
        const run::Log log = log_of(*world);
        const run::Journeys story{log};
        REQUIRE(story.mails().size() == 2); // no new mail came of the restart
        std::size_t tries = 0;
        for (const run::MailRow& mail : story.mails()) {
            std::string journey;
            std::vector<const run::StepRow*> steps;
            for (const run::SpanId span : mail.steps) {
                const run::StepRow& step = *story.step(span);
                if (run::step_name(step.what.step).ends_with(".dns")) continue;
                steps.push_back(&step);
                journey += std::string{run::step_name(step.what.step)} + '#' + std::to_string(step.what.tries) + ' ';
            }
            // After a power cut the first try may come before the host is sure of its addresses.
            const bool early = journey == "S1#1 S1#2 S1#3 R1#1 R2#1 R3#1 R4#1 ";
            if (!early) CHECK(journey == "S1#1 S1#2 R1#1 R2#1 R3#1 R4#1 ");
            const std::size_t last = early ? 2 : 1;
            for (std::size_t i = 0; i < last; ++i) CHECK(steps.at(i)->outcome == run::Outcome::deferred);
            CHECK(steps.at(last)->outcome == run::Outcome::done);
            tries = last + 1;
        }
        bool seen = false;
        for (const Looked& f : look(log))
            if (f.from == "alice-pc" && f.payload.find("Subject: Letter 2\r\n") != f.payload.npos) {
                CHECK(f.serves.contains("2.S1#" + std::to_string(tries)));
                CHECK_FALSE(f.serves.contains("2.S1#1"));
                seen = true;
            }
        CHECK(seen);
    }
}

TEST_CASE("a message in a mailbox keeps its letter through a server's power cut", "[span]")
{
    const auto world = world_of(letters({.mails = 2, .octets = 200, .until = "2h"}) +
                                "[[do]]\nat = \"10s\"\nexample-mail.crashes = { power = \"cut\" }\n[[do]]\nat = "
                                "\"10min\"\nexample-mail.starts = {}\n"
                                "[[do]]\nat = \"20min\"\nbob.reads = {}\n");
    const run::Log log = log_of(*world);
    const run::Journeys story{log};
    REQUIRE(story.mails().size() == 2);
    for (const run::MailRow& mail : story.mails()) {
        const run::StepRow& last = *story.step(mail.steps.back());
        CHECK(last.what.step == run::Step::r4_fetch);
        CHECK(last.outcome == run::Outcome::done);
        CHECK(last.frames > 0);
    }
    for (const Looked& f : look(log))
        if (f.from == "example-mail" && f.payload.find("Subject: Letter 1\r\n") != f.payload.npos)
            CHECK(f.serves == Serves{bobs, "1.R4#1"});
}
