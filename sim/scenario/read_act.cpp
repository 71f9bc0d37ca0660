#include "sim/scenario/readers.hpp"

#include "sim/scenario/mail_address.hpp"

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
    {{"ends", "S1, R1, R2, R3 or R4", "none", "\"R2\"", "When this step of the mail ends well."},
     [](Problems& problems, const Node& node, AfterKeys& after) {
         read_line(problems, node, after.ends.emplace(Placed<std::string>{"", node.at}));
     }},
    {{"host", "host", "none", "\"example-mail\"", "The host that it waits for; needs `is`."},
     [](Problems& problems, const Node& node, AfterKeys& after) {
         read_line(problems, node, after.host.emplace(Placed<std::string>{"", node.at}));
     }},
    {{"is", "mail: done, deferred, refused, failed; host: started, stopped, crashed, restarted", "none", "\"refused\"",
      "When a step of the mail ends so, or when the host becomes so."},
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
            after.what = MailStepEnds{*keys.mail, static_cast<Step>(*step)};
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

// ---- what ----------------------------------------------------------------------------------------------------------

void read_recipients(Problems& problems, const Node& node, Sends& sends)
{
    const auto one = [&](const Node& item) {
        Placed<std::string> address;
        read_line(problems, item, address);
        if (item.kind != Node::Kind::text) return;
        if (!is_mail_address(item.text))
            return problems.report(item.at, "scenario.mail_address", {{"address", item.text}});
        sends.to.push_back({item.text, item.at});
    };
    if (node.kind == Node::Kind::text) return one(node);
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    if (node.items.empty()) return problems.report(node.at, "scenario.sends.nobody");
    if (node.items.size() > recipients_limit)
        return problems.report(node.at, "scenario.sends.recipients", {{"limit", std::to_string(recipients_limit)}});
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        one(node.items[i]);
    }
}

constexpr Key<Sends> sends_keys[] = {
    {{"to", "mail address, or a list of them", required, "[\"bob@example.com\"]", "To whom."}, read_recipients},
    {{"subject", "text", required, "\"こんにちは\"", "Its Subject:. One line."},
     [](Problems& problems, const Node& node, Sends& sends) { read_line(problems, node, sends.subject); }},
    {{"text", "text", required, "\"My first letter.\"",
      "What it says. Lines may also be written between three quotes."},
     [](Problems& problems, const Node& node, Sends& sends) { read_lines(problems, node, sends.text); }},
    {{"server", "host", "as the user's `submits` says", "\"example-mail\"", "For this mail only."},
     [](Problems& problems, const Node& node, Sends& sends) { read_line(problems, node, sends.server.emplace()); }},
    {{"port", "integer, 1 to 65535", "as the user's `submits` says", "25", "For this mail only."},
     [](Problems& problems, const Node& node, Sends& sends) {
         read_number(problems, node, 1, 65'535, sends.port.emplace());
     }},
};

constexpr Key<Reading> reads_keys[] = {
    {{"with", "device", "the user's first", "\"pc\"", "On which computer."},
     [](Problems& problems, const Node& node, Reading& reading) { read_name(problems, node, reading.with.emplace()); }},
    {{"keep", "true or false", "false", "true", "Leaves on the server what was fetched."},
     [](Problems& problems, const Node& node, Reading& reading) { read_truth(problems, node, reading.keep); }},
};

constexpr std::string_view power_words[] = {"cut"};

constexpr Key<Crashes> crashes_keys[] = {
    {{"power", "\"cut\"", "only the programs die", "\"cut\"", "What was not yet synced to disk is gone too."},
     [](Problems& problems, const Node& node, Crashes& crashes) {
         if (read_word(problems, node, power_words)) crashes.power_cut = true;
     }},
};

constexpr Key<LosesNext> loses_keys[] = {
    {{"next", "integer, 1 to 1000000", required, "1", "How many frames."},
     [](Problems& problems, const Node& node, LosesNext& loses) {
         read_number(problems, node, 1, 1'000'000, loses.frames);
     }},
    {{"skip", "integer, 0 to 1000000", "0", "1", "So many frames still get through first."},
     [](Problems& problems, const Node& node, LosesNext& loses) {
         read_number(problems, node, 0, 1'000'000, loses.skip);
     }},
    {{"from", "host", required, "\"alice-pc\"", "Only frames that this end sends."},
     [](Problems& problems, const Node& node, LosesNext& loses) { read_line(problems, node, loses.from); }},
};

constexpr std::string_view way_words[] = {"down", "up"};

/// `true` or an empty table: a verb that needs no more words.
template <class D>
Deed read_bare(Problems& problems, const Entry& entry)
{
    const Node& node = entry.value;
    if (node.kind == Node::Kind::table) {
        for (const Entry& inner : node.entries) report_unknown_key(problems, inner, {});
    } else if (node.kind != Node::Kind::truth || !node.truth) {
        problems.report(node.at, "scenario.expects.truth");
    }
    return D{};
}

template <class D>
Deed read_deed(Problems& problems, const Entry& entry, std::string_view example, std::span<const Key<D>> keys)
{
    D deed;
    read_table(problems, entry.value, entry.at, example, keys, deed);
    return deed;
}

constexpr Verb verb_table[] = {
    {{"sends", "table", "", "alice.sends = { to = [\"bob@example.com\"], subject = \"Hello\", text = \"A letter.\" }",
      "A user writes a mail and hands it over. The file's first `sends` is mail 1, and so on."},
     SubjectKind::user,
     [](Problems& problems, const Entry& entry) {
         return read_deed(problems, entry, "{ to = [\"bob@example.com\"], subject = \"Hello\", text = \"A letter.\" }",
                          all(sends_keys));
     }},
    {{"reads", "table", "", "bob.reads = { with = \"pc\", keep = true }", "A user fetches mail from the mailbox."},
     SubjectKind::user,
     [](Problems& problems, const Entry& entry) -> Deed {
         if (entry.value.kind == Node::Kind::truth && entry.value.truth) return Reading{};
         return read_deed(problems, entry, "{ mail = 1, with = \"pc\" }", all(reads_keys));
     }},
    {{"stops", "true or {}", "", "example-mail.stops = true", "Its programs end in good order."},
     SubjectKind::host,
     read_bare<Stops>},
    {{"starts", "true or {}", "", "example-mail.starts = true", "After `stops` or `crashes`."},
     SubjectKind::host,
     read_bare<Starts>},
    {{"crashes", "true or table", "", "example-mail.crashes = { power = \"cut\" }",
      "Its programs die where they stand."},
     SubjectKind::host,
     [](Problems& problems, const Entry& entry) -> Deed {
         if (entry.value.kind == Node::Kind::truth && entry.value.truth) return Crashes{};
         return read_deed(problems, entry, "{ power = \"cut\" }", all(crashes_keys));
     }},
    {{"restarts", "true or {}", "", "example-mail.restarts = true", "Stops in good order, and starts again."},
     SubjectKind::host,
     read_bare<Restarts>},
    {{"loses", "share or table", "", "home-alice.loses = { next = 1, from = \"alice-pc\" }",
      "From now on the link loses that share of its frames, or it loses the next ones."},
     SubjectKind::link,
     [](Problems& problems, const Entry& entry) -> Deed {
         if (entry.value.kind == Node::Kind::table)
             return read_deed(problems, entry, "{ next = 1, from = \"alice-pc\" }", all(loses_keys));
         LosesShare loses;
         read_share(problems, entry.value, loses.millionths);
         return loses;
     }},
    {{"goes", "\"down\" or \"up\"", "", "home-alice.goes = \"down\"", "The link is cut, or mended."},
     SubjectKind::link,
     [](Problems& problems, const Entry& entry) -> Deed {
         return Goes{read_word(problems, entry.value, way_words) == 1};
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
    const auto verb =
        std::ranges::find(verb_table, std::string_view{entry.key}, [](const Verb& v) { return v.text.name; });
    if (verb != std::end(verb_table)) {
        into = verb->read(problems, entry);
        return;
    }
    const auto known = verb_names();
    const std::string_view meant = problems.full() ? std::string_view{} : closest(entry.key, known);
    if (meant.empty())
        return problems.report(entry.at, "scenario.verb", {{"verb", entry.key}, {"known", listed(known)}});
    problems.report(entry.at, "scenario.verb.meant", {{"verb", entry.key}, {"meant", std::string{meant}}});
    into = std::ranges::find(verb_table, meant, [](const Verb& v) { return v.text.name; })->read(problems, entry);
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

std::span<const Verb> verbs() { return verb_table; }

std::vector<std::string_view> verb_names(SubjectKind kind)
{
    std::vector<std::string_view> names;
    for (const Verb& verb : verb_table)
        if (verb.subject == kind) names.push_back(verb.text.name);
    return names;
}

std::vector<std::string_view> verb_names()
{
    std::vector<std::string_view> names;
    for (const Verb& verb : verb_table) names.push_back(verb.text.name);
    return names;
}

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
    Section all_verbs{"verbs", {}};
    for (const Verb& verb : verb_table) all_verbs.keys.push_back(verb.text);
    return {section("[[do]]", all(when_keys)),
            section("[[do]] after", all(after_keys)),
            std::move(all_verbs),
            section("[[do]] USER.sends", all(sends_keys)),
            section("[[do]] USER.reads", all(reads_keys)),
            section("[[do]] HOST.crashes", all(crashes_keys)),
            section("[[do]] LINK.loses", all(loses_keys))};
}

} // namespace tegami::scenario
