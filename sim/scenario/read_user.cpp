#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

constexpr std::string_view reads_words[] = {"pop3"};

constexpr Key<Device> device_keys[] = {
    {{"reads", "\"pop3\"", "\"pop3\"", "\"pop3\"", "How it fetches mail."},
     [](Problems& problems, const Node& node, Device& device) {
         read_choice(problems, node, reads_words, device.reads);
     }},
};

constexpr Key<Submits> submits_keys[] = {
    {{"server", "host", "the first mta of the site in `mail_at`", "\"example-mail\"",
      "The server that takes the user's mail: a host's name or domain name."},
     [](Problems& problems, const Node& node, Submits& submits) {
         read_line(problems, node, submits.server.emplace());
     }},
    {{"port", "integer, 1 to 65535", "25", "25", "The port it is asked on."},
     [](Problems& problems, const Node& node, Submits& submits) {
         read_number(problems, node, 1, 65'535, submits.port);
     }},
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
    {{"submits", "table", "{ port = 25 }", "{ server = \"example-mail\", port = 25 }",
      "Where the user's mail program hands mail over."},
     [](Problems& problems, const Node& node, User& user) {
         read_table(problems, node, node.at, "{ server = \"example-mail\", port = 25 }", all(submits_keys),
                    user.submits);
     }},
    {{"password", "text", "NAME-secret", "\"alice-secret\"", "For POP3."},
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
