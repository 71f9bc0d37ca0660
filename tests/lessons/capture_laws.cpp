// What a run's file shows to tshark: nothing that a network could not have carried, and without trouble in the network
// nothing that a careful host would not have sent.

#include "sim/export/capture_export.hpp"
#include "tests/lessons/playing.hpp"
#include "tests/unit/skip.hpp"

#include <cstdlib>
#include <filesystem>
#include <set>
#include <unistd.h>

using namespace tegami;
using namespace tegami::lessons;

namespace {

constexpr const char* gate = TEGAMI_SOURCE_DIR "/tests/tools/capture-gate";

bool gate_is_there() { return std::system("command -v tshark >/dev/null && command -v capinfos >/dev/null") == 0; }

/// What the gate prints about a file of these octets; empty where it is silent and content.
std::string gate_says(const wire::OctetBuffer& octets, const std::string& options)
{
    const std::string path =
        std::filesystem::temp_directory_path() / ("tegami-capture-laws-" + std::to_string(::getpid()) + ".pcapng");
    REQUIRE(run::write_file(path, octets));
    std::string said;
    FILE* const pipe = ::popen(("bash '" + std::string{gate} + "' " + options + " '" + path + "' 2>&1").c_str(), "r");
    REQUIRE(pipe);
    for (char piece[4096]; const std::size_t read = std::fread(piece, 1, sizeof piece, pipe);) said.append(piece, read);
    const int status = ::pclose(pipe);
    std::filesystem::remove(path);
    if (status != 0 && said.empty()) said = "it ended with " + std::to_string(status);
    return said;
}

wire::OctetBuffer sniffed(const run::Log& log, const std::string& where)
{
    exporting::CaptureChoice choice;
    auto place = exporting::parse_place(log, where);
    REQUIRE(place);
    choice.place = *place;
    wire::OctetBuffer octets;
    REQUIRE(exporting::write_pcapng(log, choice,
                                    [&](wire::Octets more) { octets.insert(octets.end(), more.begin(), more.end()); }));
    return octets;
}

/// Whether every frame of the run arrived, unless a filter took it, no host stopped and no line did anything odd: then
/// nothing need be sent again.
bool is_smooth(const run::Log& log)
{
    return std::ranges::none_of(log.events(), [](const run::Event& event) {
        if (const auto* sent = std::get_if<run::FrameSent>(&event.what)) return sent->fate != run::Fate::arrives;
        if (const auto* crossed = std::get_if<run::FrameCrossed>(&event.what))
            return crossed->fate != run::Fate::arrives;
        if (const auto* dropped = std::get_if<run::FrameDropped>(&event.what))
            return dropped->reason == run::DropReason::queue_full || dropped->reason == run::DropReason::filtered;
        return std::holds_alternative<run::ProcessChanged>(event.what);
    });
}

/// The hosts that sent a frame or that one came to.
std::set<std::string> hosts_met(const run::Log& log)
{
    const auto host_of = [&](run::NicId nic) {
        return log.header().nodes[engine::index_of(log.header().nics[static_cast<std::size_t>(nic)].host)];
    };
    std::set<std::string> met;
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        met.insert(host_of(log.frame(static_cast<run::FrameRef>(f)).nic));
        for (const run::Hop& hop : log.hops(static_cast<run::FrameRef>(f)))
            if (hop.arrived()) met.insert(host_of(hop.to));
    }
    return met;
}

/// The run itself, and what sniffers along the way saw.
void hold_to_gate(const std::string& text, const std::string& options)
{
    const auto world = world_of(text);
    const run::Log log = log_of(*world);
    CHECK(gate_says(octets_of(world->recorder().kept()), options) == "");
    for (const char* where :
         {"alice-pc", "sakura-edge:alice-pc", "example-edge:example-switch", "example-mail", "bob-pc"}) {
        INFO(where);
        CHECK(gate_says(sniffed(log, where), options) == "");
    }
}

} // namespace

TEST_CASE("tshark finds nothing wrong with any scenario or variant, whole or sniffed at any of its hosts", "[capture]")
{
    if (!gate_is_there()) return test::skip("tshark and capinfos");
    std::set<std::string> smooth;
    const auto hold = [&](const std::string& name, const std::string& variant) {
        const std::string text = scenario_text(name), whole_name = variant.empty() ? name : name + '#' + variant;
        INFO(whole_name);
        const auto world = world_of(text, {.variant = variant});
        const run::Log log = log_of(*world);
        if (is_smooth(log)) smooth.insert(whole_name);
        const std::string options = smooth.contains(whole_name) ? "--strict" : "";
        CHECK(gate_says(octets_of(world->recorder().kept()), options) == "");
        const std::set<std::string> met = hosts_met(log);
        for (const scenario::PlanNode& node : loaded(text, variant).plan.nodes) {
            if (!node.is_host() || !met.contains(node.name)) continue;
            INFO(node.name);
            CHECK(gate_says(sniffed(log, node.name), options) == "");
        }
    };
    for (const std::string& name : scenario_names()) {
        hold(name, "");
        for (const scenario::Variant& variant : loaded(scenario_text(name)).scenario.variants)
            hold(name, variant.name.value);
    }
    CHECK(smooth == std::set<std::string>{"dns-records", "find-server", "first-mail", "first-mail#port-25",
                                          "port-25-blocked#no-filter"});
}

TEST_CASE("without loss there is no retransmission, duplicate or gap in a capture", "[capture]")
{
    if (!gate_is_there()) return test::skip("tshark and capinfos");
    const std::string bob_reads = "[[do]]\nat = \"20s\"\nbob.reads = {}\n";
    hold_to_gate(letters({.mails = 5, .octets = 600, .until = "10min", .more = bob_reads}), "--strict");
    hold_to_gate(letters({.mails = 2, .spacing_ms = 0, .octets = 200'000, .until = "10min", .more = bob_reads}),
                 "--strict");
    // A slow line whose queue holds all that a window lets out.
    hold_to_gate(letters({.mails = 2,
                          .octets = 50'000,
                          .until = "10min",
                          .more = "[link.home-alice]\nrate = \"500kbit/s\"\ndelay = \"30ms\"\n" + bob_reads}),
                 "--strict");
}

TEST_CASE("loss, reordering, crashes and shut ports leave captures that a network could have carried", "[capture]")
{
    if (!gate_is_there()) return test::skip("tshark and capinfos");
    const std::string bob_reads = "[[do]]\nat = \"2h\"\nbob.reads = {}\n";
    hold_to_gate(letters({.mails = 20,
                          .octets = 3'000,
                          .until = "3h",
                          .more = "[link.home-alice]\nloss = \"10%\"\nreorder = \"10%\"\n" + bob_reads}),
                 "");
    hold_to_gate(letters({.mails = 5,
                          .octets = 3'000,
                          .until = "3h",
                          .more = "[[do]]\nat = \"1150ms\"\nexample-mail.crashes = { power = \"cut\" }\n[[do]]\nat = "
                                  "\"5min\"\nexample-mail.starts = {}\n" +
                                  bob_reads}),
                 "");
    hold_to_gate(
        letters(
            {.mails = 5,
             .octets = 3'000,
             .until = "3h",
             .more =
                 "[[do]]\nat = \"500ms\"\nexample-mail.stops = {}\n[[do]]\nat = \"5min\"\nexample-mail.starts = {}\n" +
                 bob_reads}),
        "");
}

TEST_CASE("the gate sees a wrong octet and a repeat", "[capture]")
{
    if (!gate_is_there()) return test::skip("tshark and capinfos");
    const auto world = world_of(scenario_text("two-letters"));
    const run::Log log = log_of(*world);
    wire::OctetBuffer octets = sniffed(log, "example-mail");
    const std::string_view wanted = "MAIL FROM";
    const auto at = std::ranges::search(octets, wanted).begin();
    REQUIRE(at != octets.end());
    *at ^= 0x20;
    CHECK(gate_says(octets, "") != "");
    CHECK(gate_says(octets_of(world->recorder().kept()), "--strict") != ""); // it holds a loss
}
