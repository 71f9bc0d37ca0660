#include "sim/narration/narration.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"
#include "sim/run/header.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace tegami;
using namespace tegami::narration;

namespace {

namespace samples {

constexpr std::string_view hostile = "a\x1b]52;c;eA==\x07\u202e{b}\xff";

run::RunHeader header()
{
    run::RunHeader header;
    header.nodes = {"scenario", "outside", "alice-pc", "mx1"};
    header.nics.resize(2);
    header.nics[0].host = run::NodeId{2};
    header.nics[0].name = "alice-pc:mx1";
    header.nics[0].peer = run::NicId{1};
    header.nics[1].host = run::NodeId{3};
    header.nics[1].name = "mx1:alice-pc";
    header.nics[1].peer = run::NicId{0};
    return header;
}

/// How many values an enumeration has; 0 for what is none.
template <class T>
constexpr unsigned value_count()
{
    if constexpr (run::field_type<T>() == run::FieldType::choice)
        return static_cast<unsigned>(run::Choices<T>::count);
    else
        return 0;
}

/// Calls `use` with a fact for every value of each of its enumerations, and for numbers of nothing and of something.
template <class Fact, class Use>
void for_each_sample(Use&& use)
{
    Fact fact{};
    const auto fill = [&](std::string_view, auto& value) {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(value)>, std::string_view>) value = hostile;
    };
    run::for_each_field(fact, fill);
    use(fact);
    run::for_each_field(fact, [&](std::string_view, auto& value) {
        using T = std::remove_cvref_t<decltype(value)>;
        const T before = value;
        if constexpr (value_count<T>() > 0) {
            for (unsigned i = 0; i < value_count<T>(); ++i) {
                value = static_cast<T>(i);
                use(fact);
            }
        } else if constexpr (std::same_as<T, bool>) {
            value = true;
            use(fact);
        } else if constexpr (std::unsigned_integral<T>) {
            value = static_cast<T>(7);
            use(fact);
        } else {
            return;
        }
        value = before;
    });
}

template <std::size_t index = 1, class Use>
void for_each_fact(Use&& use)
{
    if constexpr (index < std::variant_size_v<run::AnyFact>) {
        for_each_sample<std::variant_alternative_t<index, run::AnyFact>>(use);
        for_each_fact<index + 1>(use);
    }
}

} // namespace samples

} // namespace

TEST_CASE("every fact has a sentence in both languages, at every depth", "[narration]")
{
    const run::RunHeader header = samples::header();
    for (const Language language : {Language::en, Language::ja}) {
        const Catalogue catalogue = Catalogue::load(language);
        const Names names{header, {"", "", language == Language::ja ? "アリス" : "Alice", ""}};
        const Narrator narrator{catalogue, names};
        std::set<std::size_t> kinds;
        samples::for_each_fact([&](const auto& fact) {
            run::Event event;
            event.node = run::NodeId{2};
            event.what = fact;
            kinds.insert(event.what.index());
            for (const Depth depth : {Depth::plain, Depth::exam, Depth::rfc}) {
                const std::string told = narrator.tell(event, depth);
                INFO(name(language) << ' ' << name(depth) << ' ' << fact.key << ": " << told);
                CHECK_FALSE(told.empty());
                CHECK(told.find("⟦") == std::string::npos);
                CHECK(terminal_safe(told) == told); // nothing of a stranger's text is left raw
                CHECK_FALSE(told.ends_with(' '));
            }
        });
        CHECK(kinds.size() == std::variant_size_v<run::AnyFact> - 1);
    }
}

TEST_CASE("steps and verdicts have texts of their own at each depth", "[narration]")
{
    for (const Language language : {Language::en, Language::ja}) {
        const Catalogue catalogue = Catalogue::load(language);
        for (unsigned i = 1; i < samples::value_count<run::Step>(); ++i)
            for (const std::string_view depth : {"plain", "exam", "rfc"})
                CHECK(catalogue.has("step.begun." + std::string{word(static_cast<run::Step>(i))} + "." +
                                    std::string{depth}));
        for (unsigned i = 0; i < samples::value_count<run::Outcome>(); ++i)
            for (const std::string_view depth : {"plain", "exam", "rfc"})
                CHECK(catalogue.has("step.ended." + std::string{word(static_cast<run::Outcome>(i))} + "." +
                                    std::string{depth}));
    }
}

TEST_CASE("a step is told with the person it is done for", "[narration]")
{
    const run::RunHeader header = samples::header();
    run::StepBegun fact;
    fact.step = run::Step::s1_submit;
    fact.peer = "mx1";
    fact.port = 25;
    run::Event event;
    event.node = run::NodeId{2};
    event.what = fact;

    const Catalogue english = Catalogue::load(Language::en);
    const Names alice{header, {"", "", "Alice"}};
    CHECK(Narrator{english, alice}.tell(event) ==
          "Alice’s program takes the letter straight to the mail server mx1, without logging in.");
    const Names nobody{header};
    CHECK(Narrator{english, nobody}.tell(event) ==
          "alice-pc takes the letter straight to the mail server mx1, without logging in.");

    const Catalogue japanese = Catalogue::load(Language::ja);
    const Names arisu{header, {"", "", "アリス"}};
    CHECK(Narrator{japanese, arisu}.tell(event) ==
          "アリスのメールソフトが、認証なしで、メールサーバ mx1 へ手紙を直接渡しに行きます。");
    CHECK(Narrator{japanese, nobody}.tell(event) ==
          "alice-pc が、認証なしで、メールサーバ mx1 へ手紙を直接渡しに行きます。");

    // Who asks tells of it in person; a server tells of who does not.
    fact.step = run::Step::r3_request;
    fact.peer = "mail.example.com";
    fact.port = 110;
    event.what = fact;
    CHECK(Narrator{english, alice}.tell(event) ==
          "Alice’s program logs in at mail.example.com and asks what has come.");
    CHECK(Narrator{english, nobody}.tell(event) == "alice-pc is asked what has come into mail.example.com.");
    CHECK(Narrator{japanese, arisu}.tell(event) ==
          "アリスのメールソフトが mail.example.com の認証を受け、何が届いているか尋ねます。");
}

TEST_CASE("a verdict says why", "[narration]")
{
    const run::RunHeader header = samples::header();
    const Names names{header};
    const Catalogue english = Catalogue::load(Language::en);
    run::StepEnded fact;
    fact.step = run::Step::s1_submit;
    fact.outcome = run::Outcome::refused;
    fact.reason = "reply";
    fact.detail = "550 5.1.1 No such mailbox";
    run::Event event;
    event.node = run::NodeId{2};
    event.what = fact;
    CHECK(Narrator{english, names}.tell(event) ==
          "The other side said no, for good. The server’s answer: 550 5.1.1 No such mailbox");
    // A reason that a newer program recorded still shows.
    fact.reason = "moon.full";
    event.what = fact;
    CHECK(Narrator{english, names}.tell(event) ==
          "The other side said no, for good. Reason: moon.full 550 5.1.1 No such mailbox");
}

TEST_CASE("a run that knows more than we do is told without harm", "[narration]")
{
    const Catalogue english = Catalogue::load(Language::en);
    const Names names;
    const Narrator narrator{english, names};
    run::TcpState fact;
    fact.rule = static_cast<tcp::Rule>(200);
    fact.to = static_cast<tcp::State>(77);
    run::Event event;
    event.node = run::NodeId{4711};
    event.what = fact;
    CHECK(narrator.tell(event) ==
          "node 4711: the connection goes from CLOSED to ?: by a rule that this version does not know.");
}
