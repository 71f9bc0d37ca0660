#include "sim/export/story.hpp"
#include "sim/run/recorder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>

using namespace tegami;
using namespace tegami::exporting;

namespace {

namespace tale_test {

constexpr NodeId alice{2}, server{3};
constexpr MailId mail{alice, 1};

/// A run of one letter, whose facts a test gives one by one.
class Told {
  public:
    Told()
    {
        header_.start = now_;
        header_.level = run::Level::full;
        header_.nodes = {"scenario", "outside", "alice-pc", "server"};
        run::Recorder recorder{header_, spans_, std::make_unique<run::MemorySink>()};
        recorder.record(now_, alice, {}, run::FactRef::none,
                        run::MailMade{1, "a@example.jp", "b@example.com", "Hi", "1@x"});
        REQUIRE(recorder.finish(now_ + wire::seconds(9)));
        log_ = std::make_unique<run::Log>(run::Log::of(recorder.kept()));
    }

    template <class Fact>
    void fact(NodeId node, run::Spans spans, const Fact& what)
    {
        run::Event event;
        event.at = now_ = now_ + wire::milliseconds(1);
        event.node = node;
        event.spans = spans;
        event.what = what;
        fold_.take(event);
    }
    SpanId begin(NodeId node, Step step, std::string_view peer, std::uint16_t port = 0)
    {
        const SpanId span = spans_.begin({run::SpanKind::step, node, 0, mail, step, 1});
        fact(node, spans_.only(span), run::StepBegun{span, mail, step, 1, {}, peer, port});
        return span;
    }
    void end(NodeId node, SpanId span)
    {
        const Step step = spans_[span].step;
        fact(node, spans_.only(span), run::StepEnded{span, mail, step, 1, run::Outcome::done, {}, {}});
    }
    run::Spans only(SpanId span) { return spans_.only(span); }
    run::SpanTable& spans() { return spans_; }
    Tale finish() { return fold_.finish(now_, run::Journeys{*log_}); }
    const run::RunHeader& header() const { return header_; }

  private:
    run::RunHeader header_;
    run::SpanTable spans_;
    engine::Time now_{1'775'433'600'000'000'000};
    std::unique_ptr<run::Log> log_;
    TaleFold fold_{spans_};
};

std::vector<Step> steps_of(const Tale& tale)
{
    std::vector<Step> steps;
    for (const std::size_t index : tale.letters.at(0).passages) steps.push_back(tale.passages[index].step);
    return steps;
}

template <class Kind>
std::size_t count(const Passage& passage)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        passage.evidence, [](const Evidence& evidence) { return std::holds_alternative<Kind>(evidence.what); }));
}

std::vector<std::string> lines_of(const Passage& passage)
{
    std::vector<std::string> lines;
    for (const Evidence& evidence : passage.evidence)
        if (const auto* said = std::get_if<Said>(&evidence.what)) lines.push_back(said->text);
    return lines;
}

} // namespace tale_test

} // namespace

TEST_CASE("a look-up stands before the step that it is part of", "[tale]")
{
    using enum Step;
    tale_test::Told told;
    const SpanId submit = told.begin(tale_test::alice, s1_submit, "msa.example.jp", 587);
    const SpanId found = told.begin(tale_test::alice, s1_dns, "msa.example.jp");
    told.end(tale_test::alice, found);
    told.end(tale_test::alice, submit);
    // Of another host, and of a step that is over, a look-up is none of the step's.
    const SpanId stray = told.begin(tale_test::server, s1_dns, "msa.example.jp");
    told.end(tale_test::server, stray);
    const SpanId late = told.begin(tale_test::alice, s1_dns, "msa.example.jp");
    told.end(tale_test::alice, late);
    const Tale tale = told.finish();
    CHECK(tale_test::steps_of(tale) == std::vector{s1_dns, s1_submit, s1_dns, s1_dns});
}

TEST_CASE("a second copy of a frame is no loss", "[tale]")
{
    tale_test::Told told;
    const SpanId submit = told.begin(tale_test::alice, Step::s1_submit, "msa.example.jp", 587);
    const auto crosses = [&](run::Fate fate) {
        told.fact(tale_test::server, told.only(submit), run::FrameCrossed{FrameRef{1}, {}, {}, {}, fate, {}});
    };
    crosses(run::Fate::copied);
    crosses(run::Fate::arrives);
    CHECK(tale_test::count<Stopped>(told.finish().passages.at(0)) == 0);

    tale_test::Told other;
    const SpanId lost = other.begin(tale_test::alice, Step::s1_submit, "msa.example.jp", 587);
    other.fact(tale_test::server, other.only(lost), run::FrameCrossed{FrameRef{1}, {}, {}, {}, run::Fate::lost, {}});
    CHECK(tale_test::count<Stopped>(other.finish().passages.at(0)) == 1);
}

TEST_CASE("what a filter's row stops is told once", "[tale]")
{
    tale_test::Told told;
    const SpanId submit = told.begin(tale_test::alice, Step::s1_submit, "mx.example.com", 25);
    const run::Spans spans = told.only(submit);
    const auto drop = [&](NodeId node, FrameRef frame) {
        run::FrameDropped dropped;
        dropped.frame = frame;
        dropped.reason = run::DropReason::filtered;
        told.fact(node, spans, dropped);
    };
    told.fact(tale_test::server, spans,
              run::FilterMatched{"op25b", 2, run::FilterAction::drop, FrameRef{3}, run::NicId{1}, 1});
    drop(tale_test::server, FrameRef{3});
    drop(tale_test::server, FrameRef{4}); // that no row tells of
    const Tale tale = told.finish();
    CHECK(tale_test::count<Matched>(tale.passages.at(0)) == 1);
    CHECK(tale_test::count<Stopped>(tale.passages.at(0)) == 1);
}

TEST_CASE("RETR and what is said after the request belong to the fetching", "[tale]")
{
    tale_test::Told told;
    const SpanId request = told.begin(tale_test::alice, Step::r3_request, "mail.example.com", 110);
    const SpanId session = told.spans().begin({run::SpanKind::session, tale_test::alice, 0, {}, {}, 0});
    const run::Spans talk = told.spans().with(told.only(session), request);
    told.fact(tale_test::alice, talk, run::SessionBegun{session, run::Protocol::pop3, run::ConnectionId{1}, true});
    told.fact(tale_test::alice, talk, run::Joined{request, session});
    std::uint64_t offset = 0;
    const auto say = [&](std::string_view line) {
        told.fact(tale_test::alice, talk, run::LineSaid{run::ConnectionId{1}, offset, line});
        offset += line.size() + 2;
    };
    say("STAT");
    say("RETR 1");
    told.end(tale_test::alice, request);
    const SpanId fetch = told.begin(tale_test::server, Step::r4_fetch, "bob", 110);
    told.fact(tale_test::server, talk, run::Joined{fetch, session});
    told.end(tale_test::server, fetch);
    say("QUIT");
    const Tale tale = told.finish();
    CHECK(tale_test::lines_of(tale.passages.at(0)) == std::vector<std::string>{"STAT"});
    CHECK(tale_test::lines_of(tale.passages.at(1)) == std::vector<std::string>{"RETR 1", "QUIT"});
}

TEST_CASE("a lesson's own words stand with their step, its questions at the end", "[tale]")
{
    tale_test::Told told;
    const SpanId submit = told.begin(tale_test::alice, Step::s1_submit, "msa.example.jp", 587);
    told.end(tale_test::alice, submit);
    const Tale tale = told.finish();
    const auto catalogue = narration::Catalogue::load(narration::Language::en);
    const narration::Names names{told.header(), {"", "", "Alice"}};
    const narration::Narrator narrator{catalogue, names};
    Telling telling{told.header(), narrator};
    const std::string plain = story_text(tale, telling);
    telling.words = {{.step = Step::s1_submit, .mail = 2, .head = "Not this letter", .text = {}},
                     {.step = Step::s1_submit, .mail = {}, .head = "Who are you?", .text = "She says who she is."}};
    telling.questions = {"Which port?   [25 / 587]"};
    const std::string lesson = story_text(tale, telling);
    CHECK(plain.find("logs in") != std::string::npos);
    CHECK(lesson.find("logs in") == std::string::npos); // said in the lesson's words
    CHECK(lesson.find("Who are you?") < lesson.find("She says who she is."));
    CHECK(lesson.find("Not this letter") == std::string::npos);
    CHECK(lesson.find("   1     Which port?") != std::string::npos);
    telling.depth = narration::Depth::exam;
    const std::string exam = story_text(tale, telling);
    CHECK(exam.find("She says who she is.") != std::string::npos);
    CHECK(exam.find("MUA → MSA") != std::string::npos);
    telling.selection.step = "S1";
    CHECK(story_text(tale, telling).find("Which port?") == std::string::npos);
}
