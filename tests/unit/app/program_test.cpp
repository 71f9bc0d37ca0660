#include "app/cli/commands.hpp"
#include "app/cli/interruption.hpp"
#include "app/cli/junit.hpp"
#include "sim/run/log.hpp"
#include "sim/run/sink.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/wait.h>
#include <unistd.h>

using namespace tegami;
using namespace tegami::cli;

namespace {

namespace program_test {

struct Result {
    Status status{};
    std::string out, err;
};

std::string drain(std::FILE* file)
{
    std::rewind(file);
    std::string text;
    char piece[4096];
    while (const std::size_t count = std::fread(piece, 1, sizeof piece, file)) text.append(piece, count);
    std::fclose(file);
    return text;
}

/// The program as a shell would start it in an English UTF-8 locale, its output not a terminal.
Result program(const std::vector<std::string>& arguments, std::string_view lang = "en_US.UTF-8")
{
    Environment environment;
    environment.locale.lang = lang;
    std::FILE* out = std::tmpfile();
    std::FILE* err = std::tmpfile();
    REQUIRE((out && err));
    Console console{out, err, environment};
    const Status status = run_program(arguments, console, environment);
    return {status, drain(out), drain(err)};
}

/// A folder of its own, gone at the end.
class Folder {
  public:
    Folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "tegami-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string operator/(const char* name) const { return (path_ / name).string(); }
    std::string write(const char* name, std::string_view text) const
    {
        std::ofstream{path_ / name} << text;
        return *this / name;
    }

  private:
    std::filesystem::path path_;
};

const std::string two_letters = TEGAMI_SOURCE_DIR "/scenarios/two-letters.toml";

} // namespace program_test

} // namespace

TEST_CASE("a scenario is run, saved, shown and exported", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    const std::string saved = folder / "run.pcapng";

    const auto played = program({"run", program_test::two_letters, "--save", saved});
    INFO(played.err);
    REQUIRE(played.status == Status::good);
    CHECK(played.err.empty());
    CHECK(played.out.starts_with("Two letters, one connection"));
    CHECK(played.out.find("wireshark " + saved) != std::string::npos);
    CHECK(played.out.find("⟦") == std::string::npos);

    // The story of the saved run is the story that was told, without what to try next.
    const auto shown = program({"show", saved});
    CHECK(shown.status == Status::good);
    CHECK(played.out.starts_with(shown.out));

    const auto japanese = program({"show", saved, "--lang", "ja"});
    CHECK(japanese.out.starts_with("手紙は 2 通、接続は 1 本"));
    CHECK(program({"show", saved}, "ja_JP.UTF-8").out == japanese.out);

    for (const char* view : {"dialogue", "packets", "state"}) {
        const auto other = program({"show", saved, "--view", view});
        CHECK(other.status == Status::good);
        CHECK(other.out.find("⟦") == std::string::npos);
    }
    for (const char* name : {"x.pcapng", "x.pcap", "x.txt", "x.json"}) {
        const auto exported = program({"export", saved, "-o", folder / name});
        INFO(exported.err);
        CHECK(exported.status == Status::good);
        CHECK(std::filesystem::file_size(folder / name) > 100);
    }
    const auto at_alice = program({"export", saved, "-o", folder / "alice.pcap", "--sniff", "alice-pc"});
    CHECK(at_alice.status == Status::good);
    CHECK(program({"show", folder / "alice.pcap", "--view", "packets"}).status == Status::good);
    CHECK(program({"show", folder / "alice.pcap", "--view", "story"}).status == Status::wrong_input); // it has none
    const auto packets = program({"show", folder / "alice.pcap"});
    CHECK(packets.status == Status::good);
    CHECK(packets.out == program({"show", folder / "alice.pcap", "--view", "packets"}).out);
}

TEST_CASE("the same scenario tells the same story; quiet says nothing; JSON is one object a line", "[program]")
{
    using program_test::program;
    const auto once = program({"run", program_test::two_letters});
    CHECK(once.out == program({"run", program_test::two_letters}).out);
    CHECK(program({"run", program_test::two_letters, "--quiet"}).out.empty());
    const auto json = program({"run", program_test::two_letters, "--json", "--until", "1.1s"});
    std::istringstream lines{json.out};
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) CHECK((line.starts_with('{') && line.ends_with('}')));
    CHECK(count > 10);
}

TEST_CASE("checks that hold and that do not, and what CI reads of them", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    const auto good = program({"check", program_test::two_letters, "--junit", folder / "good.xml"});
    INFO(good.out << good.err);
    CHECK(good.status == Status::good);

    std::ifstream file{program_test::two_letters};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    text += "\n[[check]]\nmail = 1\nis_in = \"bob-pc\"\ncopies = 7\n";
    const auto bad = program({"check", folder.write("bad.toml", text), "--junit", folder / "bad.xml"});
    CHECK(bad.status == Status::check_failed);
    CHECK(bad.out.find("✗") != std::string::npos);
    CHECK(bad.out.find("wanted 7") != std::string::npos);
    std::ifstream xml{folder / "bad.xml"};
    const std::string results{std::istreambuf_iterator<char>{xml}, {}};
    CHECK(results.find("failures=\"1\"") != std::string::npos);

    const auto json = program({"check", folder / "bad.toml", folder / "missing.toml", "--json"});
    CHECK(json.status == Status::wrong_input); // the file that is not there weighs more than the check that failed
    std::istringstream lines{json.out};
    int held = 0, failed = 0, errors = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto read = nlohmann::json::parse(line);
        if (read.contains("error"))
            errors += read["scenario"] == folder / "missing.toml";
        else
            ++(read["held"] ? held : failed);
    }
    CHECK(held == 9);
    CHECK(failed == 1);
    CHECK(errors == 1);
}

TEST_CASE("a wrong scenario is told with every place and how to mend it", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    const std::string file = folder.write("wrong.toml", "title = \"x\"\nuntil = \"soon\"\ncolour = 3\n");
    const auto wrong = program({"run", file});
    CHECK(wrong.status == Status::wrong_input);
    CHECK(wrong.out.empty());
    CHECK(wrong.err.find(file + ":2:") != std::string::npos);
    CHECK(wrong.err.find(file + ":3:1: ") != std::string::npos);
    CHECK(wrong.err.find("⟦") == std::string::npos);
    const auto japanese = program({"run", file, "--lang", "ja"});
    CHECK(japanese.err.find("⟦") == std::string::npos);
    CHECK(japanese.err != wrong.err);
}

TEST_CASE("what cannot be read or written is said", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    CHECK(program({"run", folder / "none.toml"}).status == Status::wrong_input);
    CHECK(program({"show", folder / "none.pcapng"}).err.find("none.pcapng") != std::string::npos);
    CHECK(program({"show", folder.write("text.pcapng", "no capture at all")}).status == Status::wrong_input);
    CHECK(program({"run", program_test::two_letters, "--save", folder / "no/such/folder.pcapng"}).status ==
          Status::wrong_input);
    CHECK(program({"show"}).status == Status::wrong_input);
}

TEST_CASE("a choice that the run does not have is named, with what is near", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    const std::string saved = folder / "run.pcapng";
    REQUIRE(program({"run", program_test::two_letters, "--save", saved, "--quiet"}).status == Status::good);
    const auto wrong = program({"show", saved, "--mail", "9", "--host", "alice-cp", "--step", "S7"});
    CHECK(wrong.status == Status::wrong_input);
    CHECK(wrong.err.find("no mail 9") != std::string::npos);
    CHECK(wrong.err.find("Did you mean “alice-pc”?") != std::string::npos);
    CHECK(wrong.err.find("“S7”") != std::string::npos);
    CHECK(program({"show", saved, "--view", "packets", "--filter", "tcp prot 25"}).status == Status::wrong_input);
    CHECK(program({"show", saved, "--view", "state", "--at", "25:00:00"}).status == Status::wrong_input);

    // A time of day and a length after the start mean the same.
    const auto by_clock = program({"show", saved, "--view", "state", "--at", "09:00:01.5"});
    CHECK(by_clock.status == Status::good);
    CHECK(by_clock.out == program({"show", saved, "--view", "state", "--at", "1500ms"}).out);
}

TEST_CASE("nothing that a scenario's letters say reaches the terminal raw", "[program]")
{
    std::ifstream file{program_test::two_letters};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    const std::string subject = "subject = \"Lunch on Friday?\"";
    const std::size_t at = text.find(subject);
    REQUIRE(at != std::string::npos);
    text.replace(at, subject.size(), "subject = \"a\\u202Eb\"");
    const program_test::Folder folder;
    const auto told = program_test::program({"run", folder.write("bidi.toml", text)});
    CHECK(told.out.find("\u202e") == std::string::npos);
    CHECK(told.err.find("\u202e") == std::string::npos);
}

TEST_CASE("who stops the program leaves no half-written file behind", "[program]")
{
    const program_test::Folder folder;
    const std::string old = folder.write("run.pcapng", "what was there before");
    for (const int signal : {SIGINT, SIGTERM}) {
        const ::pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            auto file = run::FileSink::create(old);
            const RemovedWhenStopped removed_when_stopped{(*file)->temporary()};
            (*file)->write(wire::as_octets(std::string_view{"half a run"}));
            const bool is_there = std::filesystem::exists((*file)->temporary());
            if (is_there) ::raise(signal);
            ::_exit(99); // never: the signal ends the process
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK((WIFSIGNALED(status) && WTERMSIG(status) == signal)); // a shell makes 128 + signal of it
    }
    int files = 0;
    for (const auto& file : std::filesystem::directory_iterator{std::filesystem::path{old}.parent_path()}) {
        CHECK(file.path() == old);
        ++files;
    }
    CHECK(files == 1);
    CHECK(std::filesystem::file_size(old) == std::string_view{"what was there before"}.size());
    // Behind its life the signals do what they did.
    {
        const RemovedWhenStopped removed_when_stopped{old};
    }
    struct sigaction now{};
    ::sigaction(SIGINT, nullptr, &now);
    CHECK(now.sa_handler == SIG_DFL);
}

TEST_CASE("comments name what the run names, while it is recorded and afterwards", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    const std::string saved = folder / "run.pcapng", again = folder / "again.pcapng";
    for (const char* language : {"en", "ja"}) {
        REQUIRE(program({"run", program_test::two_letters, "--save", saved, "-q", "--lang", language}).status ==
                Status::good);
        REQUIRE(program({"export", saved, "-o", again, "--lang", language}).status == Status::good);
        const auto comments = [](const std::string& path) {
            const auto log = run::Log::open(path);
            REQUIRE(log);
            std::vector<std::pair<std::uint64_t, std::string>> found;
            for (const auto& comment : log->capture().comments) found.emplace_back(comment.frame, comment.text);
            return found;
        };
        CHECK(comments(saved).size() >= 20);
        // The frame that is lost: its comment rides on the one before, the last that was there when it was.
        const auto log = run::Log::open(saved);
        std::uint64_t lost = 0;
        for (std::uint64_t f = 1; f <= log->frames() && lost == 0; ++f)
            if (!log->hops(static_cast<run::FrameRef>(f)).front().arrived()) lost = f;
        REQUIRE(lost > 1);
        CHECK(std::ranges::any_of(comments(saved), [&](const auto& comment) {
            return (comment.first == lost || comment.first == lost - 1) &&
                   comment.second.find("sakura-edge") != std::string::npos;
        }));
        CHECK(comments(saved) == comments(again));
    }
}

TEST_CASE("JUnit's XML holds strange names", "[junit]")
{
    const std::string xml =
        to_junit({{"a&b\".toml", "", {{"<check>", false, "wanted \"3\" & found \x1b[0m"}, {"good", true, ""}}},
                  {"broken.toml", "no such file", {}}});
    CHECK(xml.find("a&amp;b&quot;.toml") != std::string::npos);
    CHECK(xml.find("<failure message=\"wanted &quot;3&quot; &amp; found \\x1b[0m\" />") != std::string::npos);
    CHECK(xml.find("tests=\"2\" failures=\"1\" errors=\"0\"") != std::string::npos);
    CHECK(xml.find("tests=\"1\" failures=\"0\" errors=\"1\"") != std::string::npos);

    const std::string more =
        to_junit({{"a.toml", "", {{"one", true, ""}, {"one", false, "no", "for this"}}}, {"b.toml", "unusable", {}}});
    CHECK(more.find("name=\"one\"") != std::string::npos);
    CHECK(more.find("name=\"one#2\"") != std::string::npos); // no two of a suite alike
    CHECK(more.find("<failure message=\"no\">for this</failure>") != std::string::npos);
    JunitSuite broken{.name = "c.toml", .error = "unusable", .cases = {}, .problems = {"c.toml:1:2: <x>", "more"}};
    CHECK(to_junit({broken}).find(">c.toml:1:2: &lt;x&gt;\nmore</error>") != std::string::npos);
}

TEST_CASE("JUnit's XML says what is wrong with a file, and why a check matters", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    std::ifstream file{program_test::two_letters};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    const std::string good = folder.write("why.toml", text + "\n[[check]]\nmail = 1\nis_in = \"bob-pc\"\ncopies = 7\n"
                                                             "steps = [\"S1\"]\nwhy = \"Bob reads it.\"\n");
    const std::string broken = folder.write("broken.toml", "nonsense = 1\n");
    CHECK(program({"check", good, broken, "--junit", folder / "why.xml"}).status == Status::wrong_input);
    std::ifstream xml{folder / "why.xml"};
    const std::string results{std::istreambuf_iterator<char>{xml}, {}};
    INFO(results);
    CHECK(results.find("/copies\"") != std::string::npos);
    CHECK(results.find("/steps\"") != std::string::npos);
    CHECK(results.find(">Bob reads it.</failure>") != std::string::npos);
    CHECK(results.find("broken.toml:1:1: ") != std::string::npos);
}

namespace {

namespace program_test {

/// The two letters' world without its acts, and with others.
std::string world_with(const std::string& acts)
{
    return "title = \"t\"\nuntil = \"2min\"\n[isp.sakura]\ndomain = \"sakura.example.jp\"\n[company.example]\n"
           "domain = \"example.com\"\nhosts = { mail = [\"mta\", \"mda\", \"mra\"] }\n[user.alice]\nat = \"sakura\"\n"
           "submits = { server = \"mail.example.com\", port = 25 }\n[user.bob]\nat = \"example\"\n" +
           acts;
}
std::string letter_to(const std::string& whom)
{
    return "[[do]]\nat = \"1s\"\nalice.sends = { to = [" + whom + "], subject = \"Hello\", text = \"Hi\" }\n";
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace program_test

} // namespace

TEST_CASE("a letter that some recipients were refused says so where it was submitted", "[program]")
{
    using namespace program_test;
    const Folder folder;
    const std::string both =
        folder.write("two.toml", world_with(letter_to("\"carol@example.com\", \"bob@example.com\"")));
    const std::string told = program({"run", both}).out;
    INFO(told);
    CHECK(has(told, "note    Others are on their way; refused was carol@example.com: 550 5.1.1"));

    const std::string one = folder.write("one.toml", world_with(letter_to("\"carol@example.com\"")));
    const std::string refused = program({"run", one}).out;
    INFO(refused);
    CHECK(has(refused, "R1 R2 R3 R4: the letter was not taken"));
    CHECK_FALSE(has(refused, "Others are on their way"));
    CHECK(has(program({"run", both, "--until", "1.05s"}).out, "R1 R2 R3 R4: not reached before the run ended"));
}

TEST_CASE("clauses of RFCs stand only where they decide", "[program]")
{
    using namespace program_test;
    const Folder folder;
    const std::string both = folder.write("two.toml", world_with(letter_to("\"bob@example.com\"")));
    const std::string told = program({"run", both, "--depth", "rfc"}).out;
    INFO(told);
    const std::string clause = "RFC 5321 §4.2.1: a 2yz reply";
    REQUIRE(has(told, clause));
    CHECK(told.find(clause) == told.rfind(clause)); // of S1 alone
}

TEST_CASE("a step that a power cut ended says so", "[program]")
{
    using namespace program_test;
    const Folder folder;
    const std::string cut =
        folder.write("cut.toml", world_with(letter_to("\"bob@example.com\"") +
                                            "[[do]]\nat = \"1.05s\"\nalice-pc.crashes = { power = \"cut\" }\n"));
    const auto told = program({"run", cut});
    INFO(told.out << told.err);
    CHECK(has(told.out, "cut off: alice-pc lost its power at 09:00:01.050"));
    CHECK_FALSE(has(told.out, "not finished when the run ended"));
}

TEST_CASE("a thin run says what it lacks, in the journey's order, and gives only tips that lead somewhere", "[program]")
{
    using namespace program_test;
    const Folder folder;
    const auto none = program({"run", two_letters, "--record", "none", "--save", folder / "none.pcapng"});
    INFO(none.out);
    CHECK(has(none.out, "--record none"));
    CHECK(none.out.find("S1  ") < none.out.find("R2  "));
    CHECK(none.out.find("R2  ") < none.out.find("R4  "));
    CHECK_FALSE(has(none.out, "--view packets"));
    CHECK_FALSE(has(none.out, "wireshark"));
    const auto story = program({"run", two_letters, "--record", "story", "--save", folder / "story.pcapng"});
    INFO(story.out);
    CHECK(has(story.out, "--record story"));
    CHECK(has(story.out, "--view dialogue"));
    CHECK_FALSE(has(story.out, "--view packets"));
}

TEST_CASE("the tips name the program as it was called", "[program]")
{
    using namespace program_test;
    setenv("TEGAMI_COMMAND", "./dev tegami", 1);
    const auto told = program({"run", two_letters});
    unsetenv("TEGAMI_COMMAND");
    CHECK(has(told.out, "  ./dev tegami run "));
    CHECK(has(program({"run", two_letters}).out, "  tegami run "));
}

TEST_CASE("what went wrong is told with where it was set and what mends it", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    std::ifstream file{program_test::two_letters};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    text.replace(text.find("[[do]]"), 0, "[[do]]\nat = \"500ms\"\nexample-mail.stops = true\n\n");
    const std::string_view name = "\"mail.example.com\"";
    text.replace(text.find(name), name.size(), "\"198.51.100.25\""); // each try without a look-up: they go together
    const std::size_t line = static_cast<std::size_t>(std::count(
                                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("[[do]]")), '\n')) +
                             1;
    const std::string stopped = folder.write("stopped.toml", text);

    const auto told = program({"run", stopped, "--until", "1h"});
    CHECK(told.status == Status::good);
    CHECK(told.out.find("tries 2–") != std::string::npos);
    CHECK(told.out.find("example-mail is shut down. (stopped.toml, line " + std::to_string(line) + ")") !=
          std::string::npos);
    CHECK(told.out.find("mend    start it again, in a [[do]]: example-mail.starts = true") != std::string::npos);
    const auto deep = program({"run", stopped, "--until", "1h", "--depth", "exam"});
    CHECK(deep.out.find("tries 2–") == std::string::npos); // each try by itself
    CHECK(deep.out.find("try 3") != std::string::npos);

    // Once it has started again nothing is left to mend.
    const std::string mended =
        folder.write("mended.toml", text + "\n[[do]]\nat = \"10min\"\nexample-mail.starts = true\n");
    const auto both = program({"run", mended, "--until", "1h"});
    CHECK(both.out.find("09:00:00.500–09:10:00.000  example-mail is shut down.") != std::string::npos);
    CHECK(both.out.find("mend ") == std::string::npos);
}

TEST_CASE("a teacher begins with `new`, changes three values, and `check` passes", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    for (const char* language : {"en", "ja"}) {
        const std::string path = folder / (std::string{"mine-"} + language + ".toml").c_str();
        const auto written = program({"new", path, "--lang", language});
        INFO(written.err);
        REQUIRE(written.status == Status::good);
        CHECK(program({"new", path, "--lang", language}).status == Status::wrong_input); // nothing is written over
        std::ifstream file{path};
        std::string text{std::istreambuf_iterator<char>{file}, {}};
        CHECK(text == program({"new", "--lang", language}).out);
        const auto replace = [&](std::string_view from, std::string_view to) {
            for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
                text.replace(at, from.size(), to);
        };
        replace("example.com", "example.org");
        replace("at = \"1s\"", "at = \"3s\"");
        replace("until = \"5min\"", "until = \"10min\"");
        const auto checked = program({"check", folder.write("changed.toml", text), "--lang", language});
        INFO(checked.out << checked.err);
        CHECK(checked.status == Status::good);
        // The long form is a scenario of its own, with the same story.
        const std::string expanded = folder / "long.toml";
        REQUIRE(program({"expand", path, "-o", expanded}).status == Status::good);
        const auto one = program({"run", path, "--json"}), two = program({"run", expanded, "--json"});
        CHECK(one.out.substr(one.out.find('\n')) == two.out.substr(two.out.find('\n'))); // all but the scenario's text
    }
}

TEST_CASE("a check that fails says why the letter came no further", "[program]")
{
    using program_test::program;
    const program_test::Folder folder;
    std::ifstream lesson{TEGAMI_SOURCE_DIR "/scenarios/first-mail.toml"};
    std::string text{std::istreambuf_iterator<char>{lesson}, {}};
    text.replace(text.find("bob@example.com"), 15, "bob@example.org");
    const std::string path = folder.write("mistyped.toml", text);
    const auto checked = program({"check", path});
    CHECK(checked.status == Status::check_failed);
    CHECK(checked.out.find("S3.1: There is no such name: example.org.") != std::string::npos);
    CHECK(checked.out.find("tegami run " + path) != std::string::npos);
    // A file that makes no sense has no sum.
    const auto wrong = program({"check", folder.write("wrong.toml", "[isp.a\n")});
    CHECK(wrong.status == Status::wrong_input);
    CHECK(wrong.out.find("hold") == std::string::npos);
    CHECK(wrong.err.find(":1:7: The name in brackets is not finished.") != std::string::npos);
}

TEST_CASE("a lesson or a scenario is played before it is shown or exported", "[program]")
{
    using program_test::program;
    const auto played = program({"run", "two-letters"});
    const auto shown = program({"show", "two-letters"});
    CHECK(shown.status == Status::good);
    CHECK(shown.out.substr(0, 1'000) == played.out.substr(0, 1'000)); // what can be done next differs
    const auto ladder = program({"show", "first-mail", "--view", "ladder", "--step", "S3.1"});
    CHECK(ladder.out.find("MX?") != std::string::npos);
    const auto missing = program({"show", "nothing.toml"});
    CHECK(missing.status == Status::wrong_input);
    CHECK(missing.err.find("nothing.toml") != std::string::npos);
}

TEST_CASE("lessons are listed, and played by their names", "[program]")
{
    using program_test::program;
    const auto listed = program({"lessons"});
    CHECK(listed.status == Status::good);
    // From the whole journey to its parts and its obstacles.
    std::size_t before = 0;
    for (const char* line : {"first-mail       One letter, end to end (10 minutes)", "two-letters ", "find-server ",
                             "dns-records ", "mx-preference ", "port-25-blocked ", "lossy-line "}) {
        INFO(line);
        const std::size_t at = listed.out.find(line);
        REQUIRE(at != std::string::npos);
        CHECK((at > before || before == 0));
        before = at;
    }
    CHECK(program({"lessons", "--lang", "ja"}).out.find("10 分") != std::string::npos);
    CHECK(program({"lessons", "--json"}).out.find("\"lesson\":\"two-letters\"") != std::string::npos);
    CHECK(program({"run", "two-letters"}).out.starts_with("Two letters, one connection"));
    const auto unknown = program({"run", "two-leters"});
    CHECK(unknown.status == Status::wrong_input);
    CHECK(unknown.err.find("two-letters") != std::string::npos);
    for (const char* command : {"run", "serve"}) {
        const auto tapless = program({command, "two-letters", "--variant", "x"});
        CHECK(tapless.status == Status::wrong_input);
        CHECK(tapless.err.find("\u201Cx\u201D") != std::string::npos);
    }
    CHECK(program({"serve", "two-letters"}).err.find("--tap NAME=LINK") != std::string::npos);
    const auto variant = program({"run", "two-letters", "--variant", "x"});
    CHECK(variant.status == Status::wrong_input);
    CHECK(variant.err.find("\u201Cx\u201D") != std::string::npos);
}

TEST_CASE("a run of a variant is that variant's when it is played again, whatever its file is called", "[program]")
{
    using namespace program_test;
    const Folder folder;
    const auto octets_of = [](const std::string& path) {
        std::ifstream file{path, std::ios::binary};
        return std::string{std::istreambuf_iterator<char>{file}, {}};
    };
    const std::string text = octets_of(two_letters) + "\n[variant.short]\nset = { until = \"2s\" }\n"
                                                      "[variant.shorter]\nset = { until = \"1s\" }\n";
    const std::string saved = folder / "run.pcapng", again = folder / "again.pcapng";
    for (const char* name : {"plain.toml", "letters#shorter.toml", "letters#shorter", "#"}) // as if they were variants
        for (const std::string variant : {"", "short"}) {
            CAPTURE(name, variant);
            std::vector<std::string> play{"run", folder.write(name, text), "--save", saved, "--quiet"};
            if (!variant.empty()) play.insert(play.end(), {"--variant", variant});
            program(play); // the checks of a world cut short fail
            REQUIRE(octets_of(saved).size() > 1'000);
            program({"run", saved, "--save", again, "--quiet"});
            CHECK(octets_of(saved) == octets_of(again));
            const auto told = program({"show", again});
            CHECK(has(told.out, std::string{name} + (variant.empty() ? "" : " --variant short") + " · seed 1"));
            std::filesystem::remove(saved);
            std::filesystem::remove(again);
        }
    const auto other = program({"run", folder.write("plain.toml", text), "--save", saved, "--quiet"});
    CHECK(other.status == Status::good);
    const auto varied = program({"run", saved, "--variant", "short"});
    CHECK(varied.status == Status::wrong_input);
    CHECK(has(varied.err, "--variant"));
}

TEST_CASE("a FIN that rides on the last reply is seen", "[program]")
{
    using namespace program_test;
    const Folder folder;
    REQUIRE(program({"run", two_letters, "--quiet", "--save", folder / "fin.pcapng"}).status == Status::good);
    std::istringstream lines{program({"show", folder / "fin.pcapng", "--view", "packets"}).out};
    int goodbyes = 0;
    for (std::string line; std::getline(lines, line);)
        if (has(line, "221 2.0.0") || has(line, "+OK Goodbye")) {
            INFO(line);
            CHECK(has(line, "  FIN"));
            ++goodbyes;
        }
    CHECK(goodbyes >= 2);
}
