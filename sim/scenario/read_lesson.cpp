/// What a lesson says and asks, where it stands in the gallery, and its variants.
#include "sim/scenario/readers.hpp"
#include "sim/scenario/variant.hpp"

namespace tegami::scenario {

namespace {

void read_step(Problems& problems, const Node& node, Step& into)
{
    if (const auto step = read_word(problems, node, step_words)) into = steps[*step];
}

constexpr Key<Say> say_keys[] = {
    {{"step", "step", required, "\"S3.1\"", "The step that it is about."},
     [](Problems& problems, const Node& node, Say& say) { read_step(problems, node, say.step); }},
    {{"mail", "integer", "every mail", "1", "Only of this mail."},
     [](Problems& problems, const Node& node, Say& say) { read_mail_number(problems, node, say.mail.emplace()); }},
    {{"head", "people's text", "the step's usual one", "{ en = \"Which server?\", ja = \"どのサーバ？\" }",
      "Its headline."},
     [](Problems& problems, const Node& node, Say& say) { read_text(problems, node, say.head.emplace()); }},
    {{"text", "people's text", "the step's usual one", "{ en = \"DNS knows.\", ja = \"DNS が知っています。\" }",
      "What is said of it."},
     [](Problems& problems, const Node& node, Say& say) { read_text(problems, node, say.text.emplace()); }},
};

struct AskKeys {
    Ask ask;
    std::optional<Position> before, after;
};

void read_choices(Problems& problems, const Node& node, AskKeys& keys)
{
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        Placed<Text> choice;
        choice.at = node.items[i].at;
        read_text(problems, node.items[i], choice.value);
        for (const Placed<Text>& other : keys.ask.choices)
            if (other.value == choice.value) problems.report(choice.at, "scenario.ask.choice_twice");
        keys.ask.choices.push_back(std::move(choice));
    }
    if (keys.ask.choices.size() < 2) problems.report(node.at, "scenario.ask.choices");
}

constexpr Key<AskKeys> ask_keys[] = {
    {{"before", "step", "none", "\"S3.3\"", "Asked before this step is shown. Either `before` or `after`."},
     [](Problems& problems, const Node& node, AskKeys& keys) {
         keys.before = node.at;
         read_step(problems, node, keys.ask.step);
     }},
    {{"after", "step", "none", "\"S3.1\"", "Asked when this step has been shown."},
     [](Problems& problems, const Node& node, AskKeys& keys) {
         keys.after = node.at;
         keys.ask.before = false;
         read_step(problems, node, keys.ask.step);
     }},
    {{"mail", "integer", "1", "1", "Of which mail."},
     [](Problems& problems, const Node& node, AskKeys& keys) { read_mail_number(problems, node, keys.ask.mail); }},
    {{"text", "people's text", required, "{ en = \"On which port?\", ja = \"何番ポートで？\" }", "The question."},
     [](Problems& problems, const Node& node, AskKeys& keys) { read_text(problems, node, keys.ask.text); }},
    {{"answer", "field of a fact", required, "\"port\"",
      "Where the right answer stands: a field of the step's facts, as `--json` shows them. The first fact that has it "
      "counts, of the last try that has one; `KIND.FIELD`, such as \"step.ended.detail\", names the kind of fact too."},
     [](Problems& problems, const Node& node, AskKeys& keys) { read_line(problems, node, keys.ask.answer); }},
    {{"choices", "list of people's texts", required, "[\"25\", \"110\", \"143\", \"587\"]",
      "What to choose from: at least two, the right one among them. That it is there is checked with the run."},
     read_choices},
};

constexpr Key<Variant> variant_keys[] = {
    {{"title", "people's text", "NAME", "{ en = \"By port 25\", ja = \"25 番で\" }", "What is different."},
     [](Problems& problems, const Node& node, Variant& variant) { read_text(problems, node, variant.title); }},
    {{"set", "table: \"key.of.the.file\" = value", required, "{ \"user.alice.submits.port\" = 25 }",
      "What is written instead. A key may lead to a check by its name, \"check.home-25.frames.count\", and to the n-th "
      "`do`, `check`, `say` or `ask` by its number, \"do.2.at\"."},
     [](Problems&, const Node& node, Variant& variant) { // apply_variant carries it out, and says what is wrong
         for (const Entry& entry : node.entries) variant.settings.emplace_back(entry.key, toml_of(entry.value));
     }},
};

} // namespace

void read_says(Problems& problems, const Node& node, std::vector<Say>& says)
{
    if (!is_blocks(problems, node, "say")) return;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        Say say;
        say.at = node.items[i].at;
        read_table(problems, node.items[i], say.at, "[[say]]", all(say_keys), say);
        if (!say.head && !say.text) problems.report(say.at, "scenario.say.nothing");
        says.push_back(std::move(say));
    }
}

void read_asks(Problems& problems, const Node& node, std::vector<Ask>& asks)
{
    if (!is_blocks(problems, node, "ask")) return;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        AskKeys keys;
        keys.ask.at = node.items[i].at;
        keys.ask.number = static_cast<std::uint32_t>(i + 1);
        read_table(problems, node.items[i], keys.ask.at, "[[ask]]", all(ask_keys), keys);
        if (keys.before.has_value() == keys.after.has_value()) problems.report(keys.ask.at, "scenario.ask.when");
        asks.push_back(std::move(keys.ask));
    }
}

void read_variant(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario)
{
    Variant variant;
    variant.title = {name.value, name.value};
    variant.name = std::move(name);
    read_table(problems, node, variant.name.at, "[variant.port-25]", all(variant_keys), variant);
    scenario.variants.push_back(std::move(variant));
}

std::vector<Section> lesson_sections()
{
    return {section("[[say]]", all(say_keys)), section("[[ask]]", all(ask_keys)),
            section("[variant.NAME]", all(variant_keys))};
}

} // namespace tegami::scenario
