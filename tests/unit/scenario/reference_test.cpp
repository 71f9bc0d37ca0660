#include "sim/scenario/reference.hpp"

#include "sim/scenario/read_scenario.hpp"

#include "tests/unit/scenario/catalogue.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

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
    const bool site = heading == "[isp.NAME], [company.NAME]";
    const bool of_isp = key == "lines" || key == "op25b";
    std::string example = "[company.example]\n";
    example += site && !of_isp ? without("domain = \"example.com\"\n", key) + line : "domain = \"example.com\"\n";
    if (heading == "[isp.NAME], [company.NAME] hosts.HOST")
        example += (key == "roles" ? "" : "hosts.x.roles = [\"mta\"]\n") + ("hosts.x." + line);
    const auto user_block = [&] {
        const std::string other = heading == "[user.NAME]" ? key : "";
        std::string block = "[user.alice]\n";
        block += other == "at" ? "" : "at = \"sakura\"\n";
        block += other == "submits"                                    ? ""
                 : heading == "[user.NAME] submits" && key == "server" ? ""
                                                                       : "submits.server = \"sakura-mta\"\n";
        if (heading == "[user.NAME]") block += line;
        if (heading == "[user.NAME] submits") block += "submits." + line;
        if (heading == "[user.NAME] devices.DEVICE") block += "devices.pc." + line;
        return block;
    };
    std::string isp = site && of_isp && key == "op25b" ? "" : "op25b = true\n";
    if (site && of_isp) isp += line;
    if (site && !of_isp) isp += "net = [\"203.0.113.0/24\", \"2001:db8:7::/48\"]\n"; // leaves the example its own
    if (heading == "[isp.NAME] lines") isp += "lines." + line;
    std::string text =
        heading == "The file" && key == "title" ? line : "title = \"x\"\n" + (heading == "The file" ? line : "");
    if (heading == "card") text += "card." + line;
    text += "[isp.sakura]\ndomain = \"sakura.example.net\"\n" + isp + example + user_block() +
            "[user.bob]\nat = \"example\"\n[[do]]\nat = \"1s\"\n"
            "alice.sends = { to = \"bob@example.com\", subject = \"x\", text = \"y\" }\n";
    if (heading == "[zone.\"DOMAIN\"]") text += "[zone.\"example.com\"]\n" + line;
    if (heading == "[filter.NAME]") text += "[filter.f]\n" + without("at = \"sakura-edge\"\nrows = []\n", key) + line;
    if (heading == "[filter.NAME] rows")
        text += "[filter.f]\nat = \"sakura-edge\"\nrows = [ { " + key + " = " + value +
                (key == "port" ? ", proto = \"udp\"" : "") + (key == "do" ? "" : ", do = \"pass\"") + " } ]\n";
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
    if (heading == "[[do]] USER.resends") text += "[[do]]\nat = \"1s\"\nalice.resends." + line;
    if (heading == "[[do]] USER.asks")
        text += "[[do]]\nat = \"1s\"\n" +
                without("bob.asks.name = \"x.example\"\nbob.asks.type = \"A\"\n", "bob.asks." + key) + "bob.asks." +
                line;
    if (heading == "[[do]] FILTER.switches")
        text += "[[do]]\nat = \"1s\"\n" +
                without("sakura-op25b.switches.row = 1\nsakura-op25b.switches.on = true\n",
                        "sakura-op25b.switches." + key) +
                "sakura-op25b.switches." + line;
    if (heading == "[[say]]")
        text += "[[say]]\n" + (key == "step" ? std::string{} : "step = \"S1\"\n") + line +
                (key == "head" ? "" : "head = \"x\"\n");
    if (heading == "[[ask]]") {
        const std::string block = "before = \"S1\"\ntext = \"?\"\nanswer = \"port\"\nchoices = [\"25\", \"587\"]\n";
        text += "[[ask]]\n" + without(key == "after" ? without(block, "before") : block, key) + line;
    }
    if (heading == "[variant.NAME]") text += "[variant.v]\n" + without("set = { \"until\" = \"1min\" }\n", key) + line;
    if (heading == "[[do]] HOST.crashes") text += "[[do]]\nat = \"1s\"\nexample-mail.crashes." + line;
    if (heading == "[[do]] LINK.loses") {
        const std::string block = "home-alice.loses.next = 2\nhome-alice.loses.from = \"alice-pc\"\n";
        text += "[[do]]\nat = \"1s\"\n" + without(block, "home-alice.loses." + key) + "home-alice.loses." + line;
    }
    if (heading == "[[check]]") {
        text += "[[check]]\n" + line;
        if (key == "answer")
            text += "dns = { by = \"alice-pc\", name = \"example.com\", type = \"MX\" }\n";
        else if (key != "mail" && key != "frames" && key != "tcp" && key != "dns" && key != "filter" && key != "fact")
            text += "mail = 1\n";
        if (key == "mail" || key == "name" || key == "why" || key == "copies") text += "is_in = \"bob-pc\"\n";
    }
    if (heading == "[[check]] frames") {
        const std::string block = "frames.sniff = \"bob-pc\"\nframes.filter = \"tcp\"\nframes.count = 0\n";
        text += "[[check]]\n" + without(block, "frames." + key) + "frames." + line;
    }
    if (heading == "[[check]] dns") {
        const std::string block = "dns.by = \"bob-pc\"\ndns.name = \"x.example\"\ndns.type = \"A\"\n" +
                                  std::string{key == "cached" ? "dns.count = 0\n" : "dns.cached = true\n"};
        text += "[[check]]\n" + without(block, "dns." + key) + "dns." + line;
    }
    if (heading == "[[check]] filter")
        text += "[[check]]\n" +
                without("filter.name = \"sakura-op25b\"\nfilter.row = 1\nfilter.hits = 0\n", "filter." + key) +
                "filter." + line;
    if (heading == "[[check]] fact")
        text += "[[check]]\n" +
                without(key == "with" ? "fact.kind = \"tcp.refused\"\nfact.count = 0\n"
                                      : "fact.kind = \"act\"\nfact.count = 0\n",
                        "fact." + key) +
                "fact." + line;
    if (heading == "[[check]] tcp")
        text += "[[check]]\n" + without("tcp.retransmissions = 0\n", "tcp." + key) + "tcp." + line;
    return text;
}

} // namespace

TEST_CASE("docs/scenario.md shows the keys that are read", "[reference]")
{
    std::string doc = scenario_tests::file_text("docs/scenario.md");
    const std::string begin = "<!-- keys: begin -->\n", end = "<!-- keys: end -->";
    REQUIRE(doc.find(begin) != doc.npos);
    const std::size_t from = doc.find(begin) + begin.size();
    REQUIRE(doc.find(end, from) != doc.npos);
    if (std::getenv("TEGAMI_WRITE_GOLDEN")) {
        doc.replace(from, doc.find(end, from) - from, key_reference());
        std::ofstream(TEGAMI_SOURCE_DIR "/docs/scenario.md", std::ios::binary) << doc;
    }
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
    CHECK(tried > 110);
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
