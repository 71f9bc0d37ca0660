#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

constexpr std::string_view reads_words[] = {"pop3"};

constexpr Key<Device> device_keys[] = {
    {{"reads", "\"pop3\"", "\"pop3\"", "\"pop3\"", "How it fetches mail."},
     [](Problems& problems, const Node& node, Device& device) {
         if (node.kind == Node::Kind::text && node.text == "imap")
             return problems.report(node.at, "scenario.not_yet", {{"word", "imap"}, {"known", "pop3"}});
         read_choice(problems, node, reads_words, device.reads);
     }},
    {{"address", "address, or one of each family", "the next free one from .65", "[\"192.0.2.70\", \"2001:db8:1::70\"]",
      "Where it is reached. Of a family not named it has the default address."},
     [](Problems& problems, const Node& node, Device& device) { read_addresses(problems, node, device.addresses); }},
};

void read_auth(Problems& problems, const Node& node, Submits& submits)
{
    constexpr std::string_view later[] = {"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "XOAUTH2"};
    if (node.kind == Node::Kind::text && std::ranges::find(later, node.text) != std::end(later))
        return problems.report(node.at, "scenario.not_yet", {{"word", node.text}, {"known", "PLAIN, LOGIN, none"}});
    read_choice(problems, node, auth_words, submits.auth.emplace());
}

constexpr Key<Submits> submits_keys[] = {
    {{"server", "host", "the first msa of the site in `mail_at`, else its first mta", "\"example-mx1\"",
      "The server that takes the user's mail: a host's name, its domain name or another name of the zone. It is looked "
      "up "
      "in DNS. An address is taken as it is."},
     [](Problems& problems, const Node& node, Submits& submits) {
         read_line(problems, node, submits.server.emplace());
     }},
    {{"port", "integer, 1 to 65535", "587 to an msa, else 25", "587", "The port it is asked on."},
     [](Problems& problems, const Node& node, Submits& submits) {
         read_number(problems, node, 1, 65'535, submits.port.emplace());
     }},
    {{"auth", "PLAIN, LOGIN or none", "\"PLAIN\" on port 587, else \"none\"", "\"LOGIN\"",
      "How the user proves who she is (SMTP AUTH)."},
     read_auth},
};

void read_devices(Problems& problems, const Node& node, User& user)
{
    constexpr std::string_view example = "{ pc = { reads = \"pop3\" } }";
    user.devices.emplace();
    if (node.kind != Node::Kind::table)
        return problems.report(node.at, "scenario.expects.table", {{"example", std::string{example}}});
    if (node.entries.empty()) problems.report(node.at, "scenario.user.no_device", {{"user", user.name.value}});
    for (const Entry& entry : node.entries) {
        const Problems::Inside inside{problems, entry.key};
        if (!is_name(entry.key)) problems.report(entry.at, "scenario.name.form", {{"name", entry.key}});
        Device device;
        device.name = {entry.key, entry.at};
        read_table(problems, entry.value, entry.at, "{ reads = \"pop3\" }", all(device_keys), device);
        user.devices->push_back(std::move(device));
    }
}

constexpr Key<User> user_keys[] = {
    {{"name", "people's text", "NAME with a capital letter", "{ en = \"Alice\", ja = \"アリス\" }",
      "What people call the user."},
     [](Problems& problems, const Node& node, User& user) { read_text(problems, node, user.title); }},
    {{"at", "site", required, "\"sakura\"", "Where the user's computers are plugged in."},
     [](Problems& problems, const Node& node, User& user) { read_name(problems, node, user.at); }},
    {{"mail_at", "site", "the same as `at`", "\"sakura\"",
      "Whose mail address the user has: NAME@DOMAIN of that site. A mailbox is there if one of its hosts is an mda."},
     [](Problems& problems, const Node& node, User& user) { read_name(problems, node, user.mail_at.emplace()); }},
    {{"devices", "table: device = table", "{ pc = { reads = \"pop3\" } }", "{ pc = { reads = \"pop3\" } }",
      "The user's computers, each with a mail program. The world calls each USER-DEVICE. The first one sends."},
     read_devices},
    {{"line", "\"dynamic\" or \"static\"", "\"dynamic\"", "\"static\"",
      "Of a user at an isp: where the home's address comes from."},
     [](Problems& problems, const Node& node, User& user) {
         user.line.emplace().at = node.at;
         read_choice(problems, node, line_words, user.line->value);
     }},
    {{"submits", "table", "see there", "{ server = \"example-mx1\", port = 25 }",
      "Where the user's mail program hands mail over."},
     [](Problems& problems, const Node& node, User& user) {
         read_table(problems, node, node.at, "{ server = \"example-mx1\", port = 25 }", all(submits_keys),
                    user.submits);
     }},
    {{"password", "text", "NAME-secret", "\"alice-secret\"", "For POP3 and SMTP AUTH."},
     [](Problems& problems, const Node& node, User& user) { read_line(problems, node, user.password.emplace()); }},
};

} // namespace

void read_user(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario)
{
    User user;
    user.name = std::move(name);
    read_table(problems, node, user.name.at, "[user.alice]", all(user_keys), user);
    scenario.users.push_back(std::move(user));
}

std::vector<Section> user_sections()
{
    return {section("[user.NAME]", all(user_keys)), section("[user.NAME] submits", all(submits_keys)),
            section("[user.NAME] devices.DEVICE", all(device_keys))};
}

} // namespace tegami::scenario
