// Each scenario as a text that a person can read: what its world is by default, how its letters went, and a line a frame.
// With TEGAMI_WRITE_GOLDEN set the test writes the files anew; a change of them is read in review.

#include "sim/scenario/checks.hpp"
#include "tests/lessons/playing.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace tegami;
using namespace tegami::lessons;

namespace {

constexpr std::int32_t minutes_east = 9 * 60;

/// Interfaces with their addresses, and zones: what the file does not say and everybody may rely on.
std::string defaults_of(const run::Log& log, const scenario::Plan& plan)
{
    std::string text = "# Interfaces: link, MAC address, addresses\n";
    for (const run::NicRow& nic : log.header().nics) {
        text += nic.name + "  " + (nic.link.empty() ? "-" : nic.link) + "  " + link::format(nic.mac);
        const auto add = [&](const wire::Address& address, std::uint8_t prefix_length) {
            if (address != wire::Address{}) text += "  " + wire::format(address) + '/' + std::to_string(prefix_length);
        };
        add(nic.address, nic.prefix_length);
        for (const run::NicAddress& other : nic.others) add(other.address, other.prefix_length);
        text += '\n';
    }
    for (const scenario::PlanZone& zone : plan.zones) {
        text += "\n# Zone " + zone.origin + ", at";
        for (const std::uint32_t server : zone.servers) text += ' ' + plan.nodes[server].name;
        text += '\n' + zone.text;
        if (!text.ends_with('\n')) text += '\n';
    }
    return text;
}

/// "1.S3.1", with the try where it is not the first; of a connection "c3".
std::string name_of(const run::Span& what, run::SpanId span, const run::Journeys& story)
{
    if (what.kind == run::SpanKind::session) return 'c' + std::to_string(story.number_of(span));
    const run::MailRow* const mail = story.find(what.mail);
    std::string text = (mail ? std::to_string(mail->number) : "?") + '.' + std::string{run::step_name(what.step)};
    if (what.tries > 1) text += '#' + std::to_string(what.tries);
    return text;
}

/// Letters with their steps.
std::string letters_of(const run::Log& log, const run::Journeys& story)
{
    std::string text;
    for (const run::MailRow& mail : story.mails()) {
        text += "\n# Mail " + std::to_string(mail.number) + ": " + mail.from + " to " + mail.to + ", " + mail.subject +
                '\n';
        for (const run::SpanId span : mail.steps) {
            const run::StepRow& step = *story.step(span);
            text += name_of(step.what, span, story) + "  " + log.header().nodes[engine::index_of(step.what.node)] +
                    " > " + (step.peer.empty() ? "-" : step.peer) + (step.port ? ' ' + std::to_string(step.port) : "");
            if (step.ended == run::FactRef::none)
                text += "  open";
            else
                text += "  " + std::string{run::choice_name(step.outcome)};
            if (!step.reason.empty()) text += " (" + step.reason + ')';
            text += "  " + std::to_string(step.frames) + " frames\n";
        }
    }
    return text;
}

/// Every frame: when, its way over the links, its octets, and whom it serves.
std::string frames_of(const run::Log& log, const run::Journeys& story)
{
    std::string text =
        "\n# Frames: time, way (x: did not arrive), octets, whom they serve (MAIL.STEP, c: a connection)\n";
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto number = static_cast<run::FrameRef>(f);
        const run::Frame& frame = log.frame(number);
        text += std::to_string(f) + ' ' + run::iso_time(frame.at, minutes_east).substr(11, 15) + ' ' +
                log.header().nics[static_cast<std::size_t>(frame.nic)].name;
        for (const run::Hop& hop : log.hops(number)) {
            text += hop.arrived() ? " > " : " x ";
            text += log.header().nodes[engine::index_of(log.header().nics[static_cast<std::size_t>(hop.to)].host)];
        }
        text += ' ' + std::to_string(frame.octets.size());
        for (const run::SpanId span : log.spans().members(frame.spans))
            text += ' ' + name_of(log.spans()[span], span, story);
        text += '\n';
    }
    return text;
}

/// What the checks found, and the right answers.
std::string found_in(const scenario::Loaded& read, const run::Log& log)
{
    std::string text = "\n# Checks\n";
    for (const scenario::CheckResult& result : scenario::hold_checks(read, log)) {
        text += result.id + (result.held ? "  " : "  DOES NOT HOLD  ") + std::string{result.key};
        for (const auto& [name, value] : result.arguments)
            if (name == "found") text += "  " + value;
        text += '\n';
    }
    return text;
}

std::string golden_of(const std::string& text)
{
    const scenario::Loaded read = loaded(text);
    const auto world = world_of(text);
    const run::Log log = log_of(*world);
    const run::Journeys story{log};
    return "# Run " + std::to_string(run_hash(text)) + "\n\n" + defaults_of(log, read.plan) + letters_of(log, story) +
           found_in(read, log) + frames_of(log, story);
}

} // namespace

TEST_CASE("each scenario runs as its golden file says", "[golden]")
{
    for (const std::string& name : scenario_names()) {
        const std::string now = golden_of(scenario_text(name));
        const std::string path = TEGAMI_SOURCE_DIR "/tests/lessons/golden/" + name + ".txt";
        if (std::getenv("TEGAMI_WRITE_GOLDEN")) std::ofstream(path, std::ios::binary) << now;
        std::ifstream file(path, std::ios::binary);
        const std::string golden{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        const auto differs = std::ranges::mismatch(golden, now);
        const auto line_at = [](const std::string& text, std::string::const_iterator at) {
            const auto from = std::find(std::make_reverse_iterator(at), text.rend(), '\n').base();
            return std::string{from, std::find(at, text.end(), '\n')};
        };
        INFO(name << ", line " << 1 + std::count(golden.begin(), differs.in1, '\n') << ": “"
                  << line_at(golden, differs.in1) << "” became “" << line_at(now, differs.in2) << "”");
        CHECK((golden == now));
    }
}

TEST_CASE("every golden file is of a scenario", "[golden]")
{
    const std::vector<std::string> names = scenario_names();
    for (const auto& file : std::filesystem::directory_iterator(TEGAMI_SOURCE_DIR "/tests/lessons/golden"))
        CHECK(std::ranges::find(names, file.path().stem().string()) != names.end());
}

TEST_CASE("every variant of every scenario runs, and is another run", "[golden]")
{
    for (const std::string& name : scenario_names()) {
        const std::string text = scenario_text(name);
        const std::uint64_t plain = run_hash(text);
        for (const scenario::Variant& variant : loaded(text).scenario.variants) {
            INFO(name << ", " << variant.name.value);
            const std::uint64_t other = run_hash(text, {.variant = variant.name.value});
            CHECK(other != plain);
            CHECK(run_hash(text, {.variant = variant.name.value}) == other);
        }
    }
}
