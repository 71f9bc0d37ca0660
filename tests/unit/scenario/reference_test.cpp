#include "sim/scenario/reference.hpp"

#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

using namespace tegami::scenario;

namespace {

/// A right file in which a key of a section has a given value.
std::string file_with(const std::string& heading, const std::string& key, const std::string& value)
{
    const std::string line = key + " = " + value + '\n';
    const auto without = [&](std::string block, const std::string& other) { // the block's own line makes room
        const std::size_t at = block.find(other + " = ");
        return at == block.npos ? block : block.erase(at, block.find('\n', at) + 1 - at);
    };
    const std::string example = heading == "[isp.NAME], [company.NAME]"
                                    ? "[company.example]\n" + without("domain = \"example.com\"\n", key) + line
                                    : "[company.example]\ndomain = \"example.com\"\n";
    const auto user_block = [&] {
        const std::string other = heading == "[user.NAME]" ? key : "";
        std::string block = "[user.alice]\n";
        block += other == "at" ? "" : "at = \"sakura\"\n";
        block += other == "submits"                                    ? ""
                 : heading == "[user.NAME] submits" && key == "server" ? ""
                                                                       : "submits.server = \"example-mail\"\n";
        if (heading == "[user.NAME]") block += line;
        if (heading == "[user.NAME] submits") block += "submits." + line;
        if (heading == "[user.NAME] devices.DEVICE") block += "devices.pc." + line;
        return block;
    };
    const std::string isp = heading != "[isp.NAME], [company.NAME]"
                                ? ""
                                : "net = \"203.0.113.0/24\"\n"; // leave 192.0.2.0/24 to the example
    std::string text =
        heading == "The file" && key == "title" ? line : "title = \"x\"\n" + (heading == "The file" ? line : "");
    if (heading == "card") text += "card." + line;
    text += "[isp.sakura]\ndomain = \"sakura.example.net\"\n" + isp + example + user_block() +
            "[user.bob]\nat = \"example\"\n[[do]]\nat = \"1s\"\n"
            "alice.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\" }\n";
    if (heading == "[link.NAME]") text += "[link." + std::string{key == "between" ? "x" : "home-alice"} + "]\n" + line;
    if (heading == "[[do]]") text += "[[do]]\n" + line + "bob.reads = {}\n";
    if (heading == "[[do]] after") {
        const bool host = key == "host";
        text += "[[do]]\nafter." + line;
        if (host) text += "after.is = \"stopped\"\n";
        if (key == "mail" || key == "plus") text += "after.ends = \"S1\"\n";
        if (key == "ends" || key == "is" || key == "plus") text += "after.mail = 1\n";
        text += "bob.reads = {}\n";
    }
    if (heading == "verbs") text += "[[do]]\nat = \"1s\"\n" + value + '\n';
    if (heading == "[[do]] USER.sends") {
        std::string block = "bob.sends.to = \"bob@example.com\"\nbob.sends.subject = \"x\"\nbob.sends.text = \"y\"\n";
        text += "[[do]]\nat = \"1s\"\n" + without(block, "bob.sends." + key) + "bob.sends." + line;
    }
    if (heading == "[[do]] USER.reads") text += "[[do]]\nat = \"1s\"\nbob.reads." + line;
    if (heading == "[[do]] HOST.crashes") text += "[[do]]\nat = \"1s\"\nexample-mail.crashes." + line;
    if (heading == "[[do]] LINK.loses") {
        const std::string block = "home-alice.loses.next = 2\nhome-alice.loses.from = \"alice-pc\"\n";
        text += "[[do]]\nat = \"1s\"\n" + without(block, "home-alice.loses." + key) + "home-alice.loses." + line;
    }
    if (heading == "[[check]]") {
        text += "[[check]]\n" + line;
        if (key != "mail" && key != "frames" && key != "tcp") text += "mail = 1\n";
        if (key == "mail" || key == "name" || key == "why" || key == "copies") text += "is_in = \"bob-pc\"\n";
    }
    if (heading == "[[check]] frames") {
        const std::string block = "frames.sniff = \"bob-pc\"\nframes.filter = \"tcp\"\nframes.count = 0\n";
        text += "[[check]]\n" + without(block, "frames." + key) + "frames." + line;
    }
    if (heading == "[[check]] tcp")
        text += "[[check]]\n" + without("tcp.retransmissions = 0\n", "tcp." + key) + "tcp." + line;
    return text;
}

} // namespace

TEST_CASE("docs/scenario.md shows the keys that are read", "[reference]")
{
    const std::string doc = scenario_tests::file_text("docs/scenario.md");
    const std::string begin = "<!-- keys: begin -->\n", end = "<!-- keys: end -->";
    REQUIRE(doc.find(begin) != doc.npos);
    const std::size_t from = doc.find(begin) + begin.size();
    REQUIRE(doc.find(end, from) != doc.npos);
    CHECK(doc.substr(from, doc.find(end, from) - from) == key_reference());
}

TEST_CASE("every example of the reference can be written so", "[reference]")
{
    std::size_t tried = 0;
    for (const Section& part : every_section())
        for (const KeyText& key : part.keys) {
            if (key.example == "see below") continue;
            const std::string text =
                file_with(std::string{part.heading}, std::string{key.name}, std::string{key.example});
            CAPTURE(text);
            REQUIRE(text.find(std::string{key.example}) != text.npos);
            const auto read = read_scenario(text);
            if (!read)
                for (const Problem& problem : read.error()) UNSCOPED_INFO(scenario_tests::in_words(problem, "en"));
            CHECK(read);
            ++tried;
        }
    CHECK(tried > 60);
}

TEST_CASE("a key's name alone is not enough", "[reference]")
{
    // Every key refuses a value that no key could want, so the example test above cannot pass by ignoring values.
    for (const Section& part : every_section())
        for (const KeyText& key : part.keys) {
            if (key.example == "see below" || part.heading == "verbs") continue;
            const auto read = read_scenario(file_with(std::string{part.heading}, std::string{key.name}, "[[1.5]]"));
            CAPTURE(part.heading, key.name);
            CHECK(!read);
        }
}

TEST_CASE("the examples in docs/scenario.md read", "[reference]")
{
    const std::string doc = scenario_tests::file_text("docs/scenario.md");
    std::size_t whole_files = 0;
    for (std::size_t at = doc.find("```toml\n"); at != doc.npos; at = doc.find("```toml\n", at + 1)) {
        const std::string block = doc.substr(at + 8, doc.find("```", at + 8) - at - 8);
        if (block.find("title") == block.npos) continue;
        ++whole_files;
        const auto read = read_scenario(block);
        if (!read)
            for (const Problem& problem : read.error()) UNSCOPED_INFO(scenario_tests::in_words(problem, "en"));
        CHECK(read);
    }
    CHECK(whole_files >= 1);
}
