#include "sim/export/capture_export.hpp"
#include "sim/export/json_export.hpp"
#include "tests/unit/run/synthetic.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <pcap/pcap.h>
#include <set>
#include <sstream>

using namespace tegami;
using namespace tegami::exporting;
using run::Event;
using run::FactKind;
using run::Level;
using run::MemorySink;
using run::SpanTable;
using run::synthetic::Dialogue;
using run::synthetic::Synthetic;

namespace {

namespace fs = std::filesystem;

/// A folder of this test's own.
class Folder {
  public:
    Folder() : path_(fs::temp_directory_path() / ("tegami-export-" + std::to_string(::getpid())))
    {
        fs::create_directories(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    std::string operator/(const char* name) const { return (path_ / name).string(); }

  private:
    fs::path path_;
};

/// Says lines and mails, some of them in Japanese.
class Spoken final : public run::Commentator {
  public:
    run::FactKinds kinds() const override
    {
        return run::fact_kinds({FactKind::line_said, FactKind::mail_made, FactKind::step_ended, FactKind::frame_sent});
    }
    std::string comment(const Event& event, const SpanTable& spans) override
    {
        ++asked;
        if (const auto* line = std::get_if<run::LineSaid>(&event.what)) return "言った: " + std::string(line->text);
        if (const auto* mail = std::get_if<run::MailMade>(&event.what)) return "手紙 " + std::to_string(mail->number);
        if (const auto* step = std::get_if<run::StepEnded>(&event.what))
            return "end of " + std::string(run::step_name(spans[step->span].step));
        if (std::holds_alternative<run::FrameSent>(event.what))
            return static_cast<std::uint64_t>(event.frame) == 5 ? "frame five" : "";
        FAIL("asked about a kind that was not named");
        return {};
    }
    int asked = 0;
};

Log recorded(Level level = Level::full, std::uint32_t lose = 0, run::Commentator* commentator = nullptr,
             wire::OctetBuffer* file = nullptr, std::uint32_t mails = 3)
{
    Synthetic live(std::make_unique<MemorySink>(), run::synthetic::header(level), commentator);
    Dialogue dialogue(live);
    for (std::uint32_t mail = 1; mail <= mails; ++mail) dialogue.play(mail, mail == 2 ? lose : 0);
    REQUIRE(live.recorder.finish(live.now));
    auto octets = run::synthetic::file_of(live.recorder.kept());
    if (file != nullptr) *file = octets;
    return Log::of(std::move(octets));
}

std::string save(const Folder& folder, const char* name, const wire::OctetBuffer& content)
{
    REQUIRE(run::write_file(folder / name, content));
    return folder / name;
}

/// What a command prints, its complaints included, but for tshark's about who runs it.
std::string output_of(const std::string& command)
{
    std::FILE* const pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    char part[4096];
    while (const std::size_t got = std::fread(part, 1, sizeof part, pipe)) text.append(part, got);
    const int status = ::pclose(pipe);
    if (text.starts_with("Running as user")) text.erase(0, text.find('\n') + 1);
    if (status != 0) text += "\n(exit " + std::to_string(status) + ")";
    return text;
}

bool has(const char* program)
{
    if (std::system(("command -v " + std::string(program) + " >/dev/null").c_str()) == 0) return true;
    std::printf("skipped: %s is not installed\n", program);
    return false;
}

std::size_t lines_in(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

wire::OctetBuffer as_pcapng(const Log& log, const CaptureChoice& choice = {})
{
    wire::OctetBuffer out;
    REQUIRE(write_pcapng(log, choice, [&](Octets octets) { out.insert(out.end(), octets.begin(), octets.end()); }));
    return out;
}

wire::OctetBuffer as_pcap(const Log& log, const CaptureChoice& choice = {})
{
    wire::OctetBuffer out;
    REQUIRE(write_pcap(log, choice, [&](Octets octets) { out.insert(out.end(), octets.begin(), octets.end()); }));
    return out;
}

/// libpcap's own opinion: frames in the file, or its error.
std::string libpcap_says(const std::string& path)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t* const pcap = pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error);
    if (pcap == nullptr) return error;
    pcap_pkthdr* head = nullptr;
    const u_char* octets = nullptr;
    int got = 0;
    std::size_t frames = 0;
    while ((got = pcap_next_ex(pcap, &head, &octets)) == 1) ++frames;
    const std::string result = got == PCAP_ERROR_BREAK ? std::to_string(frames) : pcap_geterr(pcap);
    pcap_close(pcap);
    return result;
}

std::string gate() { return TEGAMI_SOURCE_DIR "/tests/tools/capture-gate "; }

/// Blocks of a file by type.
std::set<std::uint32_t> block_types(const wire::OctetBuffer& file)
{
    std::set<std::uint32_t> types;
    for (std::size_t at = 0; at < file.size();) {
        std::uint32_t head[2];
        std::memcpy(head, &file[at], 8);
        types.insert(head[0]);
        at += head[1];
    }
    return types;
}

} // namespace

TEST_CASE("a run is a capture: tshark, capinfos and libpcap read it in silence")
{
    const Folder folder;
    for (const Level level : {Level::full, Level::headers, Level::story, Level::none}) {
        INFO("level " << run::choice_name(level));
        wire::OctetBuffer file;
        Spoken spoken;
        // Enough facts that statistics blocks stand between the frames at every level.
        const Log log = recorded(level, 0, &spoken, &file, 300);
        const std::string path = save(folder, "run.pcapng", file);
        CHECK(block_types(file) == (log.frames() > 0 ? std::set<std::uint32_t>{0x0A0D0D0A, 1, 4, 5, 6}
                                                     : std::set<std::uint32_t>{0x0A0D0D0A, 1, 4, 5}));
        CHECK(libpcap_says(path) == std::to_string(log.frames()));
        if (has("capinfos")) {
            const std::string text = output_of("capinfos -c -M " + path);
            CHECK(text.find("Number of packets:   " + std::to_string(log.frames())) != text.npos);
            CHECK(text.find("exit") == text.npos);
        }
        if (has("tshark")) CHECK(lines_in(output_of("tshark -n -r " + path)) == log.frames());
    }
}

TEST_CASE("tshark finds nothing wrong with a run, and sees a loss as one")
{
    if (!has("tshark") || !has("capinfos")) return;
    const Folder folder;
    wire::OctetBuffer file;
    recorded(Level::full, 0, nullptr, &file);
    CHECK(output_of(gate() + "--strict " + save(folder, "clean.pcapng", file)) == "");
    recorded(Level::full, 9, nullptr, &file);
    const std::string lossy = save(folder, "lossy.pcapng", file);
    CHECK(output_of(gate() + lossy) == "");
    CHECK(output_of(gate() + "--strict " + lossy).find("1 frames with findings") != std::string::npos);
    // The gate can fail: an octet of a TCP header.
    const Log log = Log::of(file);
    const auto& first = log.capture().frames[5].octets;
    const auto at = std::search(file.begin(), file.end(), first.begin(), first.end()) - file.begin();
    file[static_cast<std::size_t>(at) + 40] ^= 1;
    CHECK(output_of(gate() + save(folder, "wrong.pcapng", file)).find("with findings") != std::string::npos);
}

TEST_CASE("tshark shows comments, interfaces and names")
{
    if (!has("tshark")) return;
    const Folder folder;
    wire::OctetBuffer file;
    Spoken spoken;
    recorded(Level::full, 0, &spoken, &file, 1);
    CHECK(spoken.asked > 30);
    const std::string path = save(folder, "run.pcapng", file);
    const std::string comments =
        output_of("tshark -r " + path + " -Y frame.comment -T fields -e frame.number -e frame.comment");
    INFO(comments);
    CHECK(comments.find("1\t手紙 1") == 0); // rides on the next frame written: the first
    CHECK(comments.find("言った: EHLO alice-pc.sakura.example.jp") != comments.npos);
    CHECK(comments.find("5\tframe five") != comments.npos);
    CHECK(comments.find("end of S1") != comments.npos); // behind the last frame: on it
    const std::string names = output_of("tshark -r " + path + " -c 3 -T fields -e frame.interface_name");
    CHECK(names == "alice-pc:edge\nedge:alice-pc\nalice-pc:edge\n");
    CHECK(output_of("tshark -N n -r " + path + " -Y tcp -c 3").find("mx.example.com") != std::string::npos);
    CHECK(output_of("tshark -r " + path + " -Y 'smtp.req.command == \"EHLO\"' -T fields -e smtp.req.parameter")
              .find("alice-pc.sakura.example.jp") != std::string::npos);
    CHECK(output_of("tshark -r " + path + " -q -z io,phs").find("data") == std::string::npos);
}

TEST_CASE("an exported pcapng has the frames and comments of the run, and nothing of ours")
{
    const Folder folder;
    wire::OctetBuffer file;
    Spoken live, later;
    const Log log = recorded(Level::full, 0, &live, &file);
    CaptureChoice choice;
    choice.commentator = &later;
    const auto exported = as_pcapng(log, choice);
    CHECK(later.asked == live.asked);
    CHECK(block_types(exported) == std::set<std::uint32_t>{0x0A0D0D0A, 1, 4, 6});
    const Log plain = Log::of(exported);
    REQUIRE_FALSE(plain.broken());
    CHECK_FALSE(plain.is_run());
    REQUIRE(plain.frames() == log.frames());
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto &a = log.frame(static_cast<FrameRef>(f)), &b = plain.frame(static_cast<FrameRef>(f));
        REQUIRE(std::ranges::equal(a.octets, b.octets));
        REQUIRE(a.at == b.at);
        REQUIRE(a.nic == b.nic);
    }
    // The same comments on the same frames as were recorded.
    REQUIRE(plain.capture().comments.size() == log.capture().comments.size());
    for (std::size_t i = 0; i < plain.capture().comments.size(); ++i) {
        CHECK(plain.capture().comments[i].frame == log.capture().comments[i].frame);
        CHECK(plain.capture().comments[i].text == log.capture().comments[i].text);
    }
    CHECK(as_pcapng(plain).size() < exported.size()); // a capture can be exported again, without comments
    CHECK(Log::of(as_pcapng(plain)).frames() == log.frames());
    const std::string path = save(folder, "plain.pcapng", exported);
    CHECK(libpcap_says(path) == std::to_string(log.frames()));
    if (has("tshark") && has("capinfos")) CHECK(output_of(gate() + "--strict " + path) == "");
}

TEST_CASE("an exported pcap is read by libpcap, to the nanosecond")
{
    const Folder folder;
    const Log log = recorded();
    const auto exported = as_pcap(log);
    const std::string path = save(folder, "plain.pcap", exported);
    CHECK(libpcap_says(path) == std::to_string(log.frames()));
    const Log plain = Log::of(exported);
    REQUIRE_FALSE(plain.broken());
    REQUIRE(plain.frames() == log.frames());
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        REQUIRE(plain.frame(static_cast<FrameRef>(f)).at == log.frame(static_cast<FrameRef>(f)).at);
        REQUIRE(std::ranges::equal(plain.frame(static_cast<FrameRef>(f)).octets,
                                   log.frame(static_cast<FrameRef>(f)).octets));
    }
    CHECK(as_pcap(plain) == exported);
    if (has("tshark") && has("capinfos")) CHECK(output_of(gate() + "--strict " + path) == "");
}

TEST_CASE("what cannot become a capture is refused in words")
{
    const auto problem = [](const Log& log, const CaptureChoice& choice = {}) {
        const auto result = write_pcap(log, choice, [](Octets) {});
        REQUIRE_FALSE(result);
        return std::string(result.error().key()) + ": " + result.error().text();
    };
    CHECK(problem(recorded(Level::story)) ==
          "export.no_frames: the run was recorded at level story, without frames: record it again with --record full");
    CHECK(problem(recorded(Level::none)).find("level none") != std::string::npos);
    const Log plain = Log::of(as_pcap(recorded()));
    CaptureChoice somewhere;
    somewhere.place = Place{};
    CHECK(problem(plain, somewhere).find("export.not_a_run") == 0);
    const Log headers = recorded(Level::headers);
    CHECK(Log::of(as_pcap(headers)).frames() == headers.frames());
}

TEST_CASE("filters speak libpcap's language")
{
    const Log log = recorded();
    const auto count = [&](const char* text) {
        const auto filter = Filter::compile(text);
        REQUIRE(filter);
        CaptureChoice choice;
        choice.filter = &*filter;
        return chosen_frames(log, choice)->size();
    };
    CHECK(count("") == log.frames());
    CHECK(count("arp") == 2);
    CHECK(count("tcp port 25") == log.frames() - 2);
    CHECK(count("tcp port 26") == 0);
    CHECK(count("src host 192.0.2.65 and tcp[tcpflags] & tcp-syn != 0") == 3);
    const auto wrong = Filter::compile("tcp prt 25");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().find("prt") != std::string::npos);
    CHECK(Filter::compile("tcp port 25 25").error().find("syntax error") != std::string::npos);
}

TEST_CASE("a sniffer sees what passes where it stands")
{
    const Log log = recorded(Level::full, 9);
    const auto at = [&](std::string_view text) {
        const auto place = parse_place(log, text);
        REQUIRE(place);
        return sniff(log, *place);
    };
    const std::uint64_t tcp = log.frames() - 2;

    const auto client = at("alice-pc");
    CHECK(client.size() == log.frames()); // the lost one too: it was sent from here, and lost further on
    const auto server = at("mx:edge");
    CHECK(server.size() == tcp - 1); // ARP stays on the other link, and one was lost on the way here
    CHECK(at("edge").size() == 2 * tcp + 2);
    CHECK(at("home").size() == log.frames());
    CHECK(at("core").size() == tcp); // the lost one was handed to this link
    CHECK(at("edge:mx").size() == tcp);

    for (std::size_t i = 1; i < server.size(); ++i) REQUIRE(server[i - 1].at <= server[i].at);
    std::size_t inbound = 0;
    for (const Sighting& seen : server) {
        const auto octets = log.octets_on(seen.frame, seen.hop);
        const auto hop = log.hops(seen.frame)[seen.hop];
        REQUIRE(seen.at == (seen.inbound ? hop.arrival() : hop.at));
        inbound += seen.inbound;
        // Addressed to the interface that hears it, or from it, whatever it looked like on its first link.
        const auto& mac = log.header().nics[static_cast<std::size_t>(run::synthetic::server_nic)].mac;
        REQUIRE(std::equal(mac.octets.begin(), mac.octets.end(), octets.begin() + (seen.inbound ? 0 : 6)));
        REQUIRE(octets[14 + 8] == (seen.inbound ? 63 : 64));
    }
    CHECK(inbound > 10);
    CHECK(inbound < server.size());

    const auto wrong = parse_place(log, "alice-cp");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().near.at(0) == "alice-pc");
    CHECK(parse_place(log, "nothing-like-it").error().near.empty());

    // A host that is off hears nothing.
    Synthetic off(std::make_unique<MemorySink>());
    const wire::OctetBuffer frame(60, 1);
    const FrameRef sent =
        off.send(run::synthetic::client, {}, FactRef::none,
                 {run::synthetic::client_nic, run::synthetic::router_in, {10}, run::Fate::arrives}, frame, 34);
    off.now = off.now + run::Duration{10};
    off.note(run::synthetic::router, {}, FactRef::none,
             run::FrameDropped{sent, run::synthetic::router_in, run::DropReason::host_off, "", {}});
    REQUIRE(off.recorder.finish(off.now));
    const Log off_log = Log::of(run::synthetic::file_of(off.recorder.kept()));
    CHECK(sniff(off_log, *parse_place(off_log, "edge")).empty());
    CHECK(sniff(off_log, *parse_place(off_log, "home")).size() == 1);
}

TEST_CASE("a sniffer's capture stands before tshark's eyes, each at its own place")
{
    if (!has("tshark") || !has("capinfos")) return;
    const Folder folder;
    const Log log = recorded();
    for (const char* where : {"alice-pc", "mx", "edge:mx", "home", "core"}) {
        INFO(where);
        Spoken spoken;
        CaptureChoice choice;
        choice.place = *parse_place(log, where);
        choice.commentator = &spoken;
        const std::string path = save(folder, "sniffed.pcapng", as_pcapng(log, choice));
        CHECK(output_of(gate() + "--strict " + path) == "");
        CHECK(output_of("tshark -r " + path + " -c 1 -T fields -e frame.packet_flags_direction").find("0x0000000") ==
              0);
        CHECK(output_of("capinfos " + path)
                  .find("Number of interfaces in file: " + std::to_string(choice.place->nics.size())) !=
              std::string::npos);
        CHECK(libpcap_says(save(folder, "sniffed.pcap", as_pcap(log, choice))) ==
              std::to_string(chosen_frames(log, choice)->size()));
    }
}

TEST_CASE("each line of the JSON is one object, with the fact's own fields")
{
    const Log log = recorded();
    std::vector<nlohmann::json> lines;
    write_json(log, [&](std::string_view line) {
        REQUIRE(line.find('\n') == line.npos);
        lines.push_back(nlohmann::json::parse(line));
    });
    REQUIRE(lines.size() == log.facts() + 2);
    CHECK(lines.front()["run"] == "Two letters 二通の手紙");
    CHECK(lines.front()["time"] == "2026-04-06T09:00:00.000000000+09:00");
    CHECK(lines.front()["interfaces"].size() == 4);
    CHECK(lines.back()["end"] == true);
    CHECK(lines.back()["t"] == log.end().ns);
    std::size_t said = 0;
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
        const auto& line = lines[i];
        REQUIRE(line["fact"] == i);
        if (line["key"] != "line.said") continue;
        ++said;
        CHECK(line["with"]["text"].is_string());
        CHECK(line["serves"].size() == 2);
        CHECK(line["serves"][0].contains("session"));
        CHECK(line["serves"][1]["step"] == "S1");
        CHECK(line["serves"][1]["mail"]["maker"] == "alice-pc");
        CHECK(line["cause"].is_number());
    }
    CHECK(said == 3 * 12);

    const Log plain = Log::of(as_pcap(log));
    std::size_t frames = 0;
    write_json(plain, [&](std::string_view line) { CHECK(nlohmann::json::parse(line)["frame"] == ++frames); });
    CHECK(frames == log.frames());
}

TEST_CASE("no octet of a stranger leaves JSON raw")
{
    const auto text = [](std::string_view raw) {
        std::string out;
        run::append_json(out, raw);
        return out;
    };
    CHECK(text("a\"b\\c") == R"("a\"b\\c")");
    CHECK(text("\x1b[31m\r\n\t\x7f") == R"("\u001b[31m\r\n\t\u007f")");
    CHECK(text("\xC2\x9B") == R"("\u009b")"); // an escape in eight bits
    CHECK(text("\xE2\x80\xAE"
               "abc") == R"("\u202eabc")"); // turns what follows around
    CHECK(text("手紙") == "\"手紙\"");
    CHECK(text("\xFF"
               "a\xE6\x89") == "\"\xEF\xBF\xBD"
                               "a\xEF\xBF\xBD\"");
    CHECK(text("\xED\xA0\x80").find("\xED") == std::string::npos); // half of a surrogate pair
    CHECK(text("\xF0\x9F\x93\xAE") == "\"\xF0\x9F\x93\xAE\"");
    CHECK(text("\xC0\xAF").find("\xC0") == std::string::npos); // longer than need be
    CHECK(run::iso_time({0}, 0) == "1970-01-01T00:00:00.000000000+00:00");
    CHECK(run::iso_time({-1}, 0) == "1969-12-31T23:59:59.999999999+00:00");
    CHECK(run::iso_time({951'782'400'000'000'001}, -570) == "2000-02-28T14:30:00.000000001-09:30");
    CHECK(run::iso_time({run::synthetic::start}, 540) == "2026-04-06T09:00:00.000000000+09:00");
}
