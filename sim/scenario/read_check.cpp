#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

constexpr Key<FrameCheck> frames_keys[] = {
    {{"sniff", "host, HOST:NEIGHBOUR or link", required, "\"alice-pc\"", "Where the sniffer sits."},
     [](Problems& problems, const Node& node, FrameCheck& check) { read_line(problems, node, check.sniff); }},
    {{"filter", "libpcap filter", required, "\"tcp port 25\"", "Which frames count."},
     [](Problems& problems, const Node& node, FrameCheck& check) { read_line(problems, node, check.filter); }},
    {{"count", "count", required, "{ min = 1 }", "How many there must be."},
     [](Problems& problems, const Node& node, FrameCheck& check) { read_count(problems, node, check.count); }},
};

constexpr Key<TcpCheck> tcp_keys[] = {
    {{"retransmissions", "count", required, "1", "How many segments are sent again."},
     [](Problems& problems, const Node& node, TcpCheck& check) { read_count(problems, node, check.retransmissions); }},
    {{"between", "two hosts", "all connections", "[\"alice-pc\", \"example-mail\"]",
      "Only on connections between these hosts."},
     [](Problems& problems, const Node& node, TcpCheck& check) {
         read_two_names(problems, node, check.between.emplace());
     }},
};

void read_data(Problems& problems, const Node& node, std::vector<std::string>& into)
{
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        read_line(problems, node.items[i], into.emplace_back());
    }
}

constexpr std::span<const std::string_view> dns_outcome_words{run::Choices<run::DnsOutcome>::names};

constexpr Key<DnsCheck> dns_keys[] = {
    {{"by", "host", required, "\"sakura-mta\"", "Who asked."},
     [](Problems& problems, const Node& node, DnsCheck& check) { read_line(problems, node, check.by); }},
    {{"name", "domain name", required, "\"example.com\"", "About which name."},
     [](Problems& problems, const Node& node, DnsCheck& check) {
         read_line(problems, node, check.name);
         if (check.name.ends_with('.')) check.name.pop_back();
         if (node.kind == Node::Kind::text && !is_question_name(check.name))
             problems.report(node.at, "scenario.dns.name", {{"name", node.text}});
     }},
    {{"type", "A, AAAA, CNAME, MX, TXT, NS, SOA, PTR, SRV or ANY", required, "\"MX\"", "Which records."},
     [](Problems& problems, const Node& node, DnsCheck& check) {
         if (const auto type = read_word(problems, node, dns_type_words)) check.type = dns_type_words[*type];
     }},
    {{"count", "count", "any", "1", "How many such questions it sent."},
     [](Problems& problems, const Node& node, DnsCheck& check) { read_count(problems, node, check.count.emplace()); }},
    {{"outcome", "word", "any", "\"no_such_name\"",
      "How the last such question ended: answer, no_such_name, no_data, refused, failed, timed_out, …"},
     [](Problems& problems, const Node& node, DnsCheck& check) {
         check.outcome.emplace();
         if (const auto word = read_word(problems, node, dns_outcome_words)) check.outcome = dns_outcome_words[*word];
     }},
    {{"cached", "true or false", "any", "true",
      "Whether the server that was asked knew it from its cache, at the last such question."},
     [](Problems& problems, const Node& node, DnsCheck& check) { read_truth(problems, node, check.cached.emplace()); }},
};

constexpr Key<FilterCheck> filter_check_keys[] = {
    {{"name", "filter", required, "\"sakura-op25b\"", "Which filter."},
     [](Problems& problems, const Node& node, FilterCheck& check) { read_line(problems, node, check.name); }},
    {{"row", "integer", required, "2", "Which of its rows, from 1."},
     [](Problems& problems, const Node& node, FilterCheck& check) {
         std::int64_t row = 0;
         read_integer(problems, node, 1, static_cast<std::int64_t>(rows_limit), row);
         check.row = {static_cast<std::uint32_t>(row), node.at};
     }},
    {{"hits", "count", required, "{ min = 1 }", "How many packets it decided."},
     [](Problems& problems, const Node& node, FilterCheck& check) { read_count(problems, node, check.hits); }},
};

constexpr Key<FactCheck> fact_keys[] = {
    {{"kind", "kind of fact", required, "\"tcp.refused\"",
      "Which facts of the run count; docs/run-format.md lists them."},
     [](Problems& problems, const Node& node, FactCheck& check) { read_line(problems, node, check.kind); }},
    {{"by", "host", "all", "\"alice-pc\"", "Only those that this host recorded."},
     [](Problems& problems, const Node& node, FactCheck& check) { read_line(problems, node, check.by.emplace()); }},
    {{"with", "table: field = text", "any", "{ direction = \"received\" }",
      "Only those whose fields are so, as `--json` shows them."},
     [](Problems& problems, const Node& node, FactCheck& check) {
         if (node.kind != Node::Kind::table)
             return problems.report(node.at, "scenario.expects.table", {{"example", "{ direction = \"received\" }"}});
         for (const Entry& entry : node.entries) {
             const Problems::Inside inside{problems, entry.key};
             std::string value;
             if (entry.value.kind == Node::Kind::integer)
                 value = std::to_string(entry.value.integer);
             else if (entry.value.kind == Node::Kind::truth)
                 value = entry.value.truth ? "true" : "false";
             else
                 read_line(problems, entry.value, value);
             check.with.push_back({{entry.key, entry.at}, std::move(value)});
         }
     }},
    {{"count", "count", required, "{ min = 1 }", "How many there must be."},
     [](Problems& problems, const Node& node, FactCheck& check) { read_count(problems, node, check.count); }},
};

/// A check as it is written; what it is about shows only when all its keys are read.
struct CheckKeys {
    std::optional<Placed<std::string>> name;
    std::optional<Text> why;
    std::optional<MailCheck> mail;
    std::optional<Placed<std::string>> is_in;
    std::optional<Count> copies;
    std::optional<std::vector<StepEnding>> steps;
    std::optional<FrameCheck> frames;
    std::optional<TcpCheck> tcp;
    std::optional<DnsCheck> dns;
    std::optional<std::vector<std::string>> answer;
    std::optional<FilterCheck> filter;
    std::optional<FactCheck> fact;
};

void read_steps(Problems& problems, const Node& node, CheckKeys& check)
{
    check.steps.emplace();
    if (node.kind != Node::Kind::list) return problems.report(node.at, "scenario.expects.text_list");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        const Node& item = node.items[i];
        if (item.kind != Node::Kind::text) {
            problems.report(item.at, "scenario.expects.text");
            continue;
        }
        const std::string_view words = item.text;
        const std::size_t space = words.find(' ');
        StepEnding ending;
        if (const auto step = find_word(problems, item.at, words.substr(0, space), step_words))
            ending.step = steps[*step];
        if (space != words.npos)
            if (const auto end = find_word(problems, item.at, words.substr(space + 1), ending_words))
                ending.ending = static_cast<Ending>(*end);
        check.steps->push_back(ending);
    }
}

constexpr Key<CheckKeys> check_keys[] = {
    {{"name", "name", "its place: check-3", "\"home-25\"", "What the check is called."},
     [](Problems& problems, const Node& node, CheckKeys& check) { read_name(problems, node, check.name.emplace()); }},
    {{"why", "people's text", "none", "{ en = \"Both arrive.\", ja = \"2通とも届きます。\" }",
      "Why that must be so, for whom it fails."},
     [](Problems& problems, const Node& node, CheckKeys& check) { read_text(problems, node, check.why.emplace()); }},
    {{"mail", "integer", "none", "1", "About this mail: the how-manieth `sends` of the file."},
     [](Problems& problems, const Node& node, CheckKeys& check) {
         read_mail_number(problems, node, check.mail.emplace().mail);
     }},
    {{"is_in", "USER/INBOX or USER-DEVICE", "anywhere", "\"bob/INBOX\"",
      "Where the mail is in the end: in a mailbox on the server, or fetched onto a computer."},
     [](Problems& problems, const Node& node, CheckKeys& check) { read_line(problems, node, check.is_in.emplace()); }},
    {{"copies", "count", "1", "1", "How many copies are there. Only with `is_in`."},
     [](Problems& problems, const Node& node, CheckKeys& check) {
         read_count(problems, node, check.copies.emplace());
     }},
    {{"steps", "list of STEP or STEP ENDING", "any", "[\"S1 refused\", \"S1\"]",
      "Exactly these steps of the mail, in the order of the journey, each with its further tries behind it. Without a "
      "word behind it a step is done; the other words are deferred, refused, failed, blocked and bounced. Look-ups "
      "(S1.dns, S2.dns, R3.dns) need not be written, unless one is."},
     read_steps},
    {{"frames", "table", "none", "{ sniff = \"alice-pc\", filter = \"tcp port 25\", count = { min = 1 } }",
      "About frames that a sniffer sees."},
     [](Problems& problems, const Node& node, CheckKeys& check) {
         read_table(problems, node, node.at, "{ sniff = \"alice-pc\", filter = \"tcp port 25\", count = 0 }",
                    all(frames_keys), check.frames.emplace());
     }},
    {{"tcp", "table", "none", "{ retransmissions = 1, between = [\"alice-pc\", \"example-mail\"] }",
      "About TCP connections."},
     [](Problems& problems, const Node& node, CheckKeys& check) {
         read_table(problems, node, node.at, "{ retransmissions = 1 }", all(tcp_keys), check.tcp.emplace());
     }},
    {{"dns", "table", "none", "{ by = \"sakura-mta\", name = \"example.com\", type = \"MX\", count = { min = 0 } }",
      "About questions that a host asked DNS."},
     [](Problems& problems, const Node& node, CheckKeys& check) {
         read_table(problems, node, node.at, "{ by = \"sakura-mta\", name = \"example.com\", type = \"MX\" }",
                    all(dns_keys), check.dns.emplace());
     }},
    {{"answer", "list of texts", "any", "[\"10 mx1.example.com.\"]",
      "With `dns`: exactly these records came, in any order; each is written as in a zone's file, behind the type."},
     [](Problems& problems, const Node& node, CheckKeys& check) { read_data(problems, node, check.answer.emplace()); }},
    {{"filter", "table", "none", "{ name = \"sakura-op25b\", row = 2, hits = { min = 1 } }",
      "About a row of a filter."},
     [](Problems& problems, const Node& node, CheckKeys& check) {
         read_table(problems, node, node.at, "{ name = \"op25b\", row = 2, hits = { min = 1 } }",
                    all(filter_check_keys), check.filter.emplace());
     }},
    {{"fact", "table", "none", "{ kind = \"tcp.refused\", by = \"alice-pc\", count = 0 }",
      "About facts of one kind: whatever has no check of its own."},
     [](Problems& problems, const Node& node, CheckKeys& check) {
         read_table(problems, node, node.at, "{ kind = \"tcp.refused\", count = 0 }", all(fact_keys),
                    check.fact.emplace());
     }},
};

Position key_place(const Node& table, std::string_view key)
{
    const auto entry = std::ranges::find(table.entries, key, &Entry::key);
    return entry == table.entries.end() ? table.at : entry->at;
}

void read_check(Problems& problems, const Node& node, std::uint32_t number, std::vector<Check>& checks)
{
    CheckKeys keys;
    read_table(problems, node, node.at, "[[check]]", all(check_keys), keys);
    std::vector<std::string_view> kinds;
    if (keys.mail) kinds.push_back("mail");
    if (keys.frames) kinds.push_back("frames");
    if (keys.tcp) kinds.push_back("tcp");
    if (keys.dns) kinds.push_back("dns");
    if (keys.filter) kinds.push_back("filter");
    if (keys.fact) kinds.push_back("fact");
    if (kinds.empty()) return problems.report(node.at, "scenario.check.kind");
    if (kinds.size() > 1)
        return problems.report(node.at, "scenario.check.kinds",
                               {{"first", std::string{kinds[0]}}, {"second", std::string{kinds[1]}}});
    if (!keys.mail)
        for (const std::string_view of_mail : {"is_in", "copies", "steps"})
            if (std::ranges::find(node.entries, of_mail, &Entry::key) != node.entries.end())
                problems.report(key_place(node, of_mail), "scenario.check.not_here",
                                {{"key", std::string{of_mail}}, {"of", "mail"}, {"kind", std::string{kinds[0]}}});
    if (keys.answer && !keys.dns)
        problems.report(key_place(node, "answer"), "scenario.check.not_here",
                        {{"key", "answer"}, {"of", "dns"}, {"kind", std::string{kinds[0]}}});
    Check check;
    check.at = node.at;
    check.number = number;
    check.name = std::move(keys.name);
    check.why = std::move(keys.why);
    check.id = check.name ? check.name->value : "check-" + std::to_string(number);
    if (keys.mail) {
        if (!keys.is_in && !keys.steps && !keys.copies) problems.report(node.at, "scenario.check.empty");
        if (keys.copies && !keys.is_in) problems.report(key_place(node, "copies"), "scenario.check.copies");
        keys.mail->is_in = std::move(keys.is_in);
        keys.mail->copies = keys.copies.value_or(Count{1, 1});
        keys.mail->steps = std::move(keys.steps);
        check.what = *std::move(keys.mail);
    } else if (keys.frames) {
        check.what = *std::move(keys.frames);
    } else if (keys.tcp) {
        check.what = *std::move(keys.tcp);
    } else if (keys.filter) {
        check.what = *std::move(keys.filter);
    } else if (keys.fact) {
        check.what = *std::move(keys.fact);
    } else {
        keys.dns->answer = std::move(keys.answer);
        if (!keys.dns->answer && !keys.dns->count && !keys.dns->outcome && !keys.dns->cached)
            problems.report(node.at, "scenario.check.dns_empty");
        check.what = *std::move(keys.dns);
    }
    checks.push_back(std::move(check));
}

} // namespace

void read_checks(Problems& problems, const Node& node, std::vector<Check>& checks)
{
    if (!is_blocks(problems, node, "check")) return;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Problems::Inside inside{problems, i + 1};
        read_check(problems, node.items[i], static_cast<std::uint32_t>(i + 1), checks);
    }
}

std::vector<Section> check_sections()
{
    return {section("[[check]]", all(check_keys)),
            section("[[check]] frames", all(frames_keys)),
            section("[[check]] tcp", all(tcp_keys)),
            section("[[check]] dns", all(dns_keys)),
            section("[[check]] filter", all(filter_check_keys)),
            section("[[check]] fact", all(fact_keys))};
}

} // namespace tegami::scenario
