/// What may be done: the verbs of a `[[do]]`.
#include "sim/scenario/readers.hpp"

#include "sim/scenario/mail_address.hpp"

namespace tegami::scenario {

namespace {

void read_recipients(Problems& problems, const Node& node, const Sends& sends, std::vector<Placed<std::string>>& into)
{
    const auto one = [&](const Node& item) {
        Placed<std::string> address;
        read_line(problems, item, address);
        if (item.kind != Node::Kind::text) return;
        if (!is_mail_address(item.text))
            return problems.report(item.at, "scenario.mail_address", {{"address", item.text}});
        into.push_back({item.text, item.at});
    };
    const std::size_t others = sends.to.size() + sends.cc.size() + sends.bcc.size();
    if (others + (node.kind == Node::Kind::list ? node.items.size() : 1) > recipients_limit)
        return problems.report(node.at, "scenario.sends.recipients", {{"limit", std::to_string(recipients_limit)}});
    if (node.kind == Node::Kind::text) return one(node);
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    if (node.items.empty()) return problems.report(node.at, "scenario.sends.nobody");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        one(node.items[i]);
    }
}

constexpr Key<Sends> sends_keys[] = {
    {{"to", "mail address, or a list of them", required, "[\"bob@example.com\"]", "To whom."},
     [](Problems& problems, const Node& node, Sends& sends) { read_recipients(problems, node, sends, sends.to); }},
    {{"cc", "mail address, or a list of them", "nobody", "[\"carol@example.com\"]",
      "To whom it goes as well, for everybody to see (Cc:)."},
     [](Problems& problems, const Node& node, Sends& sends) { read_recipients(problems, node, sends, sends.cc); }},
    {{"bcc", "mail address, or a list of them", "nobody", "[\"dave@example.com\"]",
      "To whom it goes without the others' learning of it: the msa takes Bcc: away (RFC 5322 §3.6.3), and on port 25 "
      "the mail program itself does."},
     [](Problems& problems, const Node& node, Sends& sends) { read_recipients(problems, node, sends, sends.bcc); }},
    {{"subject", "text", required, "\"こんにちは\"", "Its Subject:. One line."},
     [](Problems& problems, const Node& node, Sends& sends) { read_line(problems, node, sends.subject); }},
    {{"text", "text", required, "\"My first letter.\"",
      "What it says. Lines may also be written between three quotes."},
     [](Problems& problems, const Node& node, Sends& sends) { read_lines(problems, node, sends.text); }},
    {{"server", "host", "as the user's `submits` says", "\"example-mx1\"", "For this mail only."},
     [](Problems& problems, const Node& node, Sends& sends) { read_line(problems, node, sends.server.emplace()); }},
    {{"port", "integer, 1 to 65535", "as the user's `submits` says", "25", "For this mail only."},
     [](Problems& problems, const Node& node, Sends& sends) {
         read_number(problems, node, 1, 65'535, sends.port.emplace());
     }},
};

constexpr Key<Resends> resends_keys[] = {
    {{"mail", "integer", required, "1", "Which: the how-manieth `sends` of the file."},
     [](Problems& problems, const Node& node, Resends& resends) { read_mail_number(problems, node, resends.mail); }},
};

constexpr Key<Reading> reads_keys[] = {
    {{"with", "device", "the user's first", "\"pc\"", "On which computer."},
     [](Problems& problems, const Node& node, Reading& reading) { read_name(problems, node, reading.with.emplace()); }},
    {{"mail", "integer", "none", "1",
      "The mail that the user looks for, one that is sent to her. Everything that lies there is fetched all the same; "
      "but the request (R3) counts as a step of this mail too, also where the mail has not come yet, or no server "
      "answers."},
     [](Problems& problems, const Node& node, Reading& reading) {
         read_mail_number(problems, node, reading.mail.emplace());
     }},
    {{"keep", "true or false", "false", "true", "Leaves on the server what was fetched."},
     [](Problems& problems, const Node& node, Reading& reading) { read_truth(problems, node, reading.keep); }},
};

void read_question_name(Problems& problems, const Node& node, Asks& asks)
{
    if (node.kind != Node::Kind::text) return problems.report(node.at, "scenario.expects.text");
    std::string name = node.text;
    if (name.ends_with('.')) name.pop_back();
    if (!is_question_name(name)) return problems.report(node.at, "scenario.dns.name", {{"name", node.text}});
    asks.name = std::move(name);
}

constexpr Key<Asks> asks_keys[] = {
    {{"name", "domain name", required, "\"example.com\"", "About which name."}, read_question_name},
    {{"type", "A, AAAA, CNAME, MX, TXT, NS, SOA, PTR, SRV or ANY", required, "\"MX\"", "Which records."},
     [](Problems& problems, const Node& node, Asks& asks) {
         if (const auto type = read_word(problems, node, dns_type_words)) asks.type = dns_type_words[*type];
     }},
    {{"with", "device", "the user's first", "\"pc\"", "On which computer."},
     [](Problems& problems, const Node& node, Asks& asks) { read_name(problems, node, asks.with.emplace()); }},
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

constexpr Key<Switches> switches_keys[] = {
    {{"row", "integer", required, "2", "Which row, from 1."},
     [](Problems& problems, const Node& node, Switches& switches) {
         std::int64_t row = 0;
         read_integer(problems, node, 1, static_cast<std::int64_t>(rows_limit), row);
         switches.row = {static_cast<std::uint32_t>(row), node.at};
     }},
    {{"on", "true or false", required, "false", "Whether it is in force."},
     [](Problems& problems, const Node& node, Switches& switches) { read_truth(problems, node, switches.on); }},
};

constexpr std::string_view way_words[] = {"down", "up"};

/// A share of a link's frames.
template <class D>
Deed read_share_deed(Problems& problems, const Entry& entry)
{
    D deed;
    read_share(problems, entry.value, deed.millionths);
    return deed;
}

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
    {{"resends", "table", "", "alice.resends = { mail = 1 }",
      "A user presses Send once more for a mail that did not go: as the account says, not as the `sends` did."},
     SubjectKind::user,
     [](Problems& problems, const Entry& entry) -> Deed {
         return read_deed(problems, entry, "{ mail = 1 }", all(resends_keys));
     }},
    {{"reads", "table", "", "bob.reads = { with = \"pc\", keep = true }", "A user fetches mail from the mailbox."},
     SubjectKind::user,
     [](Problems& problems, const Entry& entry) -> Deed {
         if (entry.value.kind == Node::Kind::truth && entry.value.truth) return Reading{};
         return read_deed(problems, entry, "{ with = \"pc\" }", all(reads_keys));
     }},
    {{"asks", "table", "", "alice.asks = { name = \"example.com\", type = \"MX\" }",
      "A user asks the name system by hand, as with dig or nslookup."},
     SubjectKind::user,
     [](Problems& problems, const Entry& entry) -> Deed {
         return read_deed(problems, entry, "{ name = \"example.com\", type = \"MX\" }", all(asks_keys));
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
    {{"disk", "\"full\", \"broken\" or \"well\"", "", "example-mail.disk = \"full\"",
      "From now on its disk takes nothing more, or answers with errors, or works again."},
     SubjectKind::host,
     [](Problems& problems, const Entry& entry) -> Deed {
         DiskBecomes becomes;
         read_choice(problems, entry.value, disk_words, becomes.state);
         return becomes;
     }},
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
    {{"duplicates", "share", "", "home-alice.duplicates = \"5%\"",
      "From now on that share of the link's frames arrives twice."},
     SubjectKind::link,
     read_share_deed<DuplicatesShare>},
    {{"reorders", "share", "", "home-alice.reorders = \"5%\"",
      "From now on that share of the link's frames arrives late, behind later ones."},
     SubjectKind::link,
     read_share_deed<ReordersShare>},
    {{"changes", "table", "", "home-alice.changes = { delay = \"200ms\", loss = \"1%\" }",
      "From now on the link has these figures; see [link.NAME]."},
     SubjectKind::link,
     [](Problems& problems, const Entry& entry) -> Deed {
         Changes changes;
         read_figures(problems, entry.value, entry.at, changes.figures);
         return changes;
     }},
    {{"switches", "table", "", "sakura-op25b.switches = { row = 2, on = false }",
      "A row of the filter is out of force from now on, or in force again."},
     SubjectKind::filter,
     [](Problems& problems, const Entry& entry) -> Deed {
         return read_deed(problems, entry, "{ row = 2, on = false }", all(switches_keys));
     }},
    {{"goes", "\"down\" or \"up\"", "", "home-alice.goes = \"down\"", "The link is cut, or mended."},
     SubjectKind::link,
     [](Problems& problems, const Entry& entry) -> Deed {
         return Goes{read_word(problems, entry.value, way_words) == 1};
     }},
};

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

std::vector<Section> deed_sections()
{
    Section all_verbs{"verbs", {}};
    for (const Verb& verb : verb_table) all_verbs.keys.push_back(verb.text);
    return {std::move(all_verbs),
            section("[[do]] USER.sends", all(sends_keys)),
            section("[[do]] USER.resends", all(resends_keys)),
            section("[[do]] USER.reads", all(reads_keys)),
            section("[[do]] USER.asks", all(asks_keys)),
            section("[[do]] HOST.crashes", all(crashes_keys)),
            section("[[do]] LINK.loses", all(loses_keys)),
            section("[[do]] FILTER.switches", all(switches_keys))};
}

} // namespace tegami::scenario
