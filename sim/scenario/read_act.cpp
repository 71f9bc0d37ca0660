#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

// ---- when ----------------------------------------------------------------------------------------------------------

/// `after` as it is written; which facts it names shows only when all its keys are read.
struct AfterKeys {
    std::optional<Placed<std::uint32_t>> mail;
    std::optional<Placed<std::string>> host;
    std::optional<Placed<std::string>> ends, is;
    Duration plus;
};

constexpr Key<AfterKeys> after_keys[] = {
    {{"mail", "integer", "none", "1", "The mail that it waits for; needs `ends` or `is`."},
     [](Problems& problems, const Node& node, AfterKeys& after) {
         read_mail_number(problems, node, after.mail.emplace());
     }},
    {{"ends", "step", "none", "\"R2\"", "When this step of the mail ends well."},
     [](Problems& problems, const Node& node, AfterKeys& after) {
         read_line(problems, node, after.ends.emplace(Placed<std::string>{"", node.at}));
     }},
    {{"host", "host", "none", "\"example-mail\"", "The host that it waits for; needs `is`."},
     [](Problems& problems, const Node& node, AfterKeys& after) {
         read_line(problems, node, after.host.emplace(Placed<std::string>{"", node.at}));
     }},
    {{"is", "mail: done, deferred, refused, failed, blocked, bounced; host: started, stopped, crashed, restarted",
      "none", "\"refused\"",
      "When a step of the mail ends so, or when the host becomes so. `done`: when it is filed. `failed`: when it did "
      "not go, whatever the reason: the mail program gives up a try (S1 ends deferred, refused, blocked or failed), or "
      "a later step ends refused, blocked, failed or bounced."},
     [](Problems& problems, const Node& node, AfterKeys& after) {
         read_line(problems, node, after.is.emplace(Placed<std::string>{"", node.at}));
     }},
    {{"plus", "duration", "\"0s\": 1 ns after the fact", "\"2s\"", "So much later."},
     [](Problems& problems, const Node& node, AfterKeys& after) { read_duration(problems, node, {}, after.plus); }},
};

void read_after(Problems& problems, const Node& node, std::optional<After>& into)
{
    AfterKeys keys;
    read_table(problems, node, node.at, "{ mail = 1, ends = \"R2\", plus = \"2s\" }", all(after_keys), keys);
    if (node.kind != Node::Kind::table) return;
    After after;
    after.plus = keys.plus;
    if (keys.mail && !keys.host && keys.ends && !keys.is) {
        const Problems::Inside inside{problems, "ends"};
        if (const auto step = find_word(problems, keys.ends->at, keys.ends->value, step_words))
            after.what = MailStepEnds{*keys.mail, steps[*step]};
        else
            return;
    } else if (keys.mail && !keys.host && !keys.ends && keys.is) {
        const Problems::Inside inside{problems, "is"};
        if (const auto ending = find_word(problems, keys.is->at, keys.is->value, ending_words))
            after.what = MailBecomes{*keys.mail, static_cast<Ending>(*ending)};
        else
            return;
    } else if (!keys.mail && keys.host && !keys.ends && keys.is) {
        const Problems::Inside inside{problems, "is"};
        if (const auto state = find_word(problems, keys.is->at, keys.is->value, host_state_words))
            after.what = HostBecomes{*keys.host, static_cast<HostState>(*state)};
        else
            return;
    } else {
        return problems.report(node.at, "scenario.after.form");
    }
    into = std::move(after);
}

struct When {
    bool has_at = false, has_after = false;
    Duration at;
    std::optional<After> after;
};

constexpr Key<When> when_keys[] = {
    {{"at", "duration", "none", "\"1s\"", "So long after the world's start."},
     [](Problems& problems, const Node& node, When& when) {
         when.has_at = true;
         read_duration(problems, node, {}, when.at);
     }},
    {{"after", "table", "none", "{ mail = 1, ends = \"R2\", plus = \"2s\" }",
      "Behind something that happens. Exactly one of `at` and `after`."},
     [](Problems& problems, const Node& node, When& when) {
         when.has_after = true;
         read_after(problems, node, when.after);
     }},
};

void read_deed_of(Problems& problems, const Entry& subject, std::optional<Deed>& into)
{
    const Problems::Inside inside{problems, subject.key};
    const Node& node = subject.value;
    if (node.kind != Node::Kind::table || node.entries.size() != 1)
        return problems.report(subject.at, "scenario.act.verb",
                               {{"subject", subject.key}, {"example", subject.key + ".reads = {}"}});
    const Entry& entry = node.entries.front();
    const Problems::Inside inside_verb{problems, entry.key};
    const auto named = [](std::string_view name) {
        return std::ranges::find(verbs(), name, [](const Verb& v) { return v.text.name; });
    };
    if (const auto verb = named(entry.key); verb != verbs().end()) {
        into = verb->read(problems, entry);
        return;
    }
    const auto known = verb_names();
    const std::string_view meant = problems.full() ? std::string_view{} : closest(entry.key, known);
    if (meant.empty())
        return problems.report(entry.at, "scenario.verb", {{"verb", entry.key}, {"known", listed(known)}});
    problems.report(entry.at, "scenario.verb.meant", {{"verb", entry.key}, {"meant", std::string{meant}}});
    into = named(meant)->read(problems, entry);
}

void read_act(Problems& problems, const Node& node, std::uint32_t number, std::vector<Act>& acts)
{
    if (node.kind != Node::Kind::table) return problems.report(node.at, "scenario.expects.blocks", {{"name", "do"}});
    When when;
    const Entry* subject = nullptr;
    std::optional<Deed> deed;
    bool several = false;
    for (const Entry& entry : node.entries) {
        if (read_entry(problems, entry, all(when_keys), when)) continue;
        if (subject) {
            if (!several)
                problems.report(entry.at, "scenario.act.several", {{"first", subject->key}, {"second", entry.key}});
            several = true;
            continue;
        }
        subject = &entry;
        read_deed_of(problems, entry, deed);
    }
    if (when.has_at && when.has_after) problems.report(node.at, "scenario.act.both");
    if (!when.has_at && !when.has_after) problems.report(node.at, "scenario.act.when");
    if (!subject) problems.report(node.at, "scenario.act.nothing");
    if (!subject || !deed) return;
    Act act;
    act.at = node.at;
    act.number = number;
    if (when.after)
        act.when = *std::move(when.after);
    else
        act.when = when.at;
    act.subject = {subject->key, subject->at};
    act.deed = *std::move(deed);
    acts.push_back(std::move(act));
}

} // namespace

bool is_blocks(Problems& problems, const Node& node, std::string_view name)
{
    const bool blocks = node.kind == Node::Kind::list && std::ranges::none_of(node.items, [](const Node& item) {
                            return item.kind != Node::Kind::table || item.is_inline;
                        });
    if (!blocks || node.items.empty())
        problems.report(node.at, "scenario.expects.blocks", {{"name", std::string{name}}});
    return blocks;
}

void read_acts(Problems& problems, const Node& node, std::vector<Act>& acts)
{
    if (!is_blocks(problems, node, "do")) return;
    if (node.items.size() > acts_limit) {
        problems.report(node.items[acts_limit].at, "scenario.acts", {{"limit", std::to_string(acts_limit)}});
        return;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        read_act(problems, node.items[i], static_cast<std::uint32_t>(i + 1), acts);
    }
}

std::vector<Section> act_sections()
{
    return {section("[[do]]", all(when_keys)), section("[[do]] after", all(after_keys))};
}

} // namespace tegami::scenario
