// Every server of the journey crashes at many moments of it, with its power or without, and comes back. No letter that was
// promised is lost or altered, none comes more than twice, and nothing is left behind.

#include "protocols/mail/header.hpp"
#include "tests/unit/nodes/site.hpp"

#include <cstdlib>

using namespace tegami;
using namespace tegami::nodes;
using site::World;
using wire::milliseconds;
using wire::minutes;
using wire::seconds;

namespace {

constexpr int crash_letters = 4;

void play_letters(World& world)
{
    for (int i = 1; i <= crash_letters; ++i) {
        std::vector<std::string> to{"bob@example.com"};
        if (i == 2) to.push_back("carol@example.com");
        world.send(seconds(1) + milliseconds(40 * i), to, "Letter " + std::to_string(i));
    }
    world.read(seconds(2));
    world.read(minutes(5 * 60));
    world.read(minutes(6 * 60));
}

struct CrashTold {
    std::string wrong;
    std::size_t copies = 0; ///< beyond the first
};

CrashTold judge_run(World& world, bool sender_crashed)
{
    CrashTold told;
    std::map<std::string, int> of_bob, of_carol; // by subject
    const auto look = [&](const std::vector<std::string>& messages, std::map<std::string, int>& count) {
        for (const std::string& message : messages) {
            const std::string subject = mail::unfold(mail::read_header(message).find("Subject")->body);
            ++count[subject];
            if (!message.ends_with("\r\n\r\nThis is " + subject + ".\r\n")) told.wrong += subject + " is altered; ";
            if (mail::read_header(message).count("Message-ID") != 1) told.wrong += subject + " has lost its name; ";
        }
    };
    look(world.messages("bob-pc", "bob"), of_bob);
    look(world.messages("mail", "bob"), of_bob);
    look(world.messages("mail", "carol"), of_carol);
    std::map<std::string, bool> promised;
    const run::Log log = world.lab.log();
    std::map<MailId, std::string> subjects;
    for (const run::Event& event : log.events()) {
        if (const auto* made = std::get_if<run::MailMade>(&event.what))
            subjects[{event.node, made->number}] = made->subject;
        else if (const auto* ended = std::get_if<run::StepEnded>(&event.what);
                 ended && ended->step == Step::s1_submit && ended->outcome == Outcome::done)
            promised[subjects[ended->mail]] = true;
    }
    for (int i = 1; i <= crash_letters; ++i) {
        const std::string subject = "Letter " + std::to_string(i);
        const bool must = !sender_crashed || promised.contains(subject);
        if (must && of_bob[subject] == 0) told.wrong += subject + " is lost; ";
        if (must && i == 2 && of_carol[subject] == 0) told.wrong += subject + " is lost for carol; ";
        for (const int count : {of_bob[subject], of_carol[subject]}) {
            if (count > 2) told.wrong += subject + " came " + std::to_string(count) + " times; ";
            if (count > 1) told.copies += static_cast<std::size_t>(count - 1);
        }
    }
    told.wrong += world.left_over();
    return told;
}

/// Crashes a host at steps evenly spread over the first seconds. The second copies that came of it.
std::size_t walk_crashes(const std::string& host, std::size_t points)
{
    std::uint64_t first = 0, last = 0;
    {
        World world{1, run::Level::none};
        play_letters(world);
        world.lab.run(milliseconds(999));
        first = world.lab.engine.steps();
        world.lab.run(milliseconds(3'500));
        last = world.lab.engine.steps();
    }
    REQUIRE(last > first + 500);
    static constexpr Duration downs[] = {milliseconds(1), seconds(30), minutes(20)};
    const std::uint64_t stride = std::getenv("TEGAMI_LONG") ? 1 : std::max<std::uint64_t>(1, (last - first) / points);
    std::size_t played = 0, copies = 0;
    for (std::uint64_t step = first; step < last; step += stride)
        for (const bool power_cut : {false, true}) {
            const Duration down = downs[played++ % std::size(downs)];
            INFO(host << " crashes " << (power_cut ? "with a power cut" : "") << " at step " << step << ", down for "
                      << down.ns / 1'000'000 << " ms");
            World world;
            play_letters(world);
            while (world.lab.engine.steps() < step && world.lab.engine.step(net::lab::lab_start + seconds(60))) {
            }
            world.host(host).crash(power_cut);
            world.lab.run(world.lab.now() + down);
            world.host(host).restart();
            world.lab.run(minutes(7 * 60));
            const CrashTold told = judge_run(world, host == "alice-pc");
            copies += told.copies;
            CHECK(told.wrong == "");
        }
    return copies;
}

} // namespace

TEST_CASE("without a crash every letter of the journey comes once", "[nodes][crash]")
{
    World world;
    play_letters(world);
    world.lab.run(minutes(7 * 60));
    const CrashTold told = judge_run(world, false);
    CHECK(told.wrong == "");
    CHECK(told.copies == 0);
}

TEST_CASE("any server of the journey crashes at any step: nothing is lost behind its 250", "[nodes][crash]")
{
    std::size_t copies = 0;
    for (const char* host : {"alice-pc", "msa", "mta", "mx1", "mail", "bob-pc"}) copies += walk_crashes(host, 40);
    CHECK(copies > 0); // RFC 1047's window was met
}
