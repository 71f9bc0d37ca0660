#include "sim/run/log.hpp"
#include "sim/run/pcapng_writer.hpp"
#include "tests/unit/run/synthetic.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tegami;
using namespace tegami::run;
using pcapng::BlockType;
using pcapng::BlockWriter;
using synthetic::Dialogue;
using synthetic::Synthetic;

namespace {

wire::OctetBuffer small_file(std::vector<std::string>* facts = nullptr, Level level = Level::full)
{
    RunHeader run = synthetic::header(level);
    run.scenario = "x";
    Synthetic live(std::make_unique<MemorySink>(), run);
    Dialogue(live).play(1, 6);
    REQUIRE(live.recorder.finish(live.now));
    if (facts != nullptr) *facts = live.expected;
    return synthetic::file_of(live.recorder.kept());
}

/// Looks at everything that a view may look at.
std::size_t look_everywhere(const Log& log)
{
    std::size_t seen = log.header().scenario.size();
    for (const Event& event : log.events()) seen += to_json(event, log.header(), log.spans()).size();
    for (std::uint64_t f = 1; f <= log.frames(); ++f) {
        const auto frame = static_cast<FrameRef>(f);
        const auto hops = log.hops(frame);
        for (std::size_t hop = 0; hop < hops.size(); ++hop) seen += log.octets_on(frame, hop).size();
    }
    for (std::uint32_t content = 0; content < 4; ++content) seen += log.message(ContentId{content}).octets.size();
    for (const auto& interface : log.capture().interfaces) seen += interface.name.size();
    for (const auto& [address, name] : log.capture().names) seen += name.size();
    for (const auto& comment : log.capture().comments) seen += comment.text.size();
    return seen + static_cast<std::size_t>(log.first_at(log.end()));
}

wire::OctetBuffer section(std::uint16_t major = 1)
{
    wire::OctetBuffer out;
    BlockWriter block(out);
    block.begin(BlockType::section_header);
    block.u32(pcapng::byte_order_magic);
    block.u16(major);
    block.u16(0);
    block.u32(0xFFFFFFFF);
    block.u32(0xFFFFFFFF);
    block.end();
    return out;
}

wire::OctetBuffer block_of(std::uint32_t type, std::size_t length)
{
    wire::OctetBuffer out(length);
    pcapng::store_u32(out.data(), type);
    pcapng::store_u32(out.data() + 4, static_cast<std::uint32_t>(length));
    pcapng::store_u32(out.data() + length - 4, static_cast<std::uint32_t>(length));
    return out;
}

void append(wire::OctetBuffer& to, const wire::OctetBuffer& what) { to.insert(to.end(), what.begin(), what.end()); }

std::string rule_of(const wire::OctetBuffer& file)
{
    const Capture capture = read_capture(file);
    return capture.broken ? std::string(capture.broken->rule) : "";
}

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& folder, std::string_view ending)
{
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error))
        if (entry.path().extension() == ending) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

} // namespace

TEST_CASE("every proper prefix of a run gives a prefix of its facts, and says that it is cut")
{
    for (const Level level : {Level::full, Level::story}) {
        std::vector<std::string> facts;
        const auto file = small_file(&facts, level);
        for (std::size_t length = 0; length < file.size(); ++length) {
            const Log log =
                Log::of(wire::OctetBuffer(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length)));
            REQUIRE(log.broken());
            REQUIRE(log.broken()->offset <= length);
            REQUIRE_FALSE(log.broken()->rule.empty());
            REQUIRE_FALSE(log.complete());
            REQUIRE(log.facts() <= facts.size());
            if (length % 7 != 0) continue;
            std::size_t i = 0;
            for (const Event& event : log.events()) {
                if (!facts[i].empty()) REQUIRE(to_json(event, log.header(), log.spans()) == facts[i]);
                ++i;
            }
        }
    }
}

TEST_CASE("no flipped octet does harm")
{
    const auto file = small_file();
    synthetic::Draws draws(4);
    std::size_t broken = 0;
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto damaged = file;
        damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1 + draws.below(255)));
        const Log log = Log::of(std::move(damaged));
        look_everywhere(log);
        broken += log.broken().has_value();
    }
    CHECK(broken > file.size() / 20);
    for (int i = 0; i < 3000; ++i) {
        auto damaged = file;
        for (std::uint64_t n = 1 + draws.below(20); n > 0; --n)
            damaged[draws.below(damaged.size())] = static_cast<std::uint8_t>(draws.next());
        look_everywhere(Log::of(std::move(damaged)));
    }
}

TEST_CASE("no hostile log does harm")
{
    // The blocks are right and the log in them is anything.
    synthetic::Draws draws(5);
    const auto file = small_file();
    const Capture capture = read_capture(file);
    for (int i = 0; i < 20'000; ++i) {
        auto damaged = file;
        for (std::uint64_t n = 1 + draws.below(3); n > 0; --n) {
            const auto& [in_log, in_file] = capture.log_pieces[draws.below(capture.log_pieces.size())];
            damaged[in_file + draws.below(20)] = static_cast<std::uint8_t>(draws.next());
        }
        look_everywhere(Log::of(std::move(damaged)));
    }
}

TEST_CASE("the limits of what is read hold to the octet")
{
    SECTION("a block of 16 MiB, and none longer")
    {
        auto file = section();
        append(file, block_of(0x0BAD0BAD, limits::capture_block));
        CHECK(rule_of(file).empty());
        file = section();
        append(file, block_of(0x0BAD0BAD, limits::capture_block + 4));
        CHECK(rule_of(file).find("16 MiB") != std::string::npos);
    }
    SECTION("65,536 interfaces, and no more")
    {
        auto file = section();
        wire::OctetBuffer interface;
        pcapng::write_interface(interface, {"", {}, {}, 0});
        for (std::size_t i = 0; i < limits::capture_interfaces; ++i) append(file, interface);
        CHECK(rule_of(file).empty());
        append(file, interface);
        CHECK(rule_of(file).find("65,536") != std::string::npos);
    }
    SECTION("1,024 options a block, and no more")
    {
        for (const std::size_t options : {limits::capture_options, limits::capture_options + 1}) {
            auto file = section();
            BlockWriter block(file);
            block.begin(BlockType::interface_description);
            block.u16(1), block.u16(0), block.u32(0);
            for (std::size_t i = 0; i < options; ++i) block.option(pcapng::Option::comment, std::string_view("x"));
            block.end();
            CHECK(rule_of(file).empty() == (options == limits::capture_options));
        }
    }
}

TEST_CASE("a capture's rules are named, with the place")
{
    const auto broken_at = [](const wire::OctetBuffer& file) {
        return read_capture(file).broken.value_or(wire::Malformed{}).offset;
    };
    CHECK(rule_of({}).find("neither pcapng nor pcap") == 0);
    CHECK(rule_of({'h', 'e', 'l', 'l', 'o'}).find("neither") == 0);
    CHECK(rule_of(section(2)).find("version 1") != std::string::npos);

    auto file = section();
    const std::size_t next = file.size();
    append(file, block_of(6, 32));
    CHECK(rule_of(file).find("not described before") != std::string::npos);
    CHECK(broken_at(file) == next + 8);

    file = section();
    auto odd = block_of(7, 16);
    odd[12] = 20;
    append(file, odd);
    CHECK(rule_of(file).find("two lengths") != std::string::npos);
    CHECK(broken_at(file) == next + 12);

    file = section();
    odd = block_of(7, 16);
    odd[4] = 15;
    append(file, odd);
    CHECK(rule_of(file).find("multiple of 4") != std::string::npos);
    odd[4] = 8;
    file = section();
    append(file, odd);
    CHECK(rule_of(file).find("at least 12") != std::string::npos);
}

TEST_CASE("times of any resolution become nanoseconds")
{
    const auto time_with = [](std::uint8_t resolution, std::uint64_t units, std::int64_t offset = 0) {
        auto file = section();
        BlockWriter block(file);
        block.begin(BlockType::interface_description);
        block.u16(1), block.u16(0), block.u32(0);
        block.option(pcapng::Option::if_time_resolution, wire::Octets(&resolution, 1));
        std::array<std::uint8_t, 8> octets;
        std::memcpy(octets.data(), &offset, 8);
        block.option(pcapng::Option::if_time_offset, octets);
        block.end();
        block.begin(BlockType::enhanced_packet);
        block.u32(0), block.u32(static_cast<std::uint32_t>(units >> 32)), block.u32(static_cast<std::uint32_t>(units)),
            block.u32(0), block.u32(0);
        block.end();
        const Capture capture = read_capture(file);
        REQUIRE_FALSE(capture.broken);
        REQUIRE(capture.frames.size() == 1);
        return capture.frames[0].at.ns;
    };
    CHECK(time_with(6, 1'500'000) == 1'500'000'000);
    CHECK(time_with(9, 7) == 7);
    CHECK(time_with(0, 3) == 3'000'000'000);
    CHECK(time_with(12, 7'999) == 7);
    CHECK(time_with(127, ~0ull) == 0);
    CHECK(time_with(0x80 | 1, 3) == 1'500'000'000);
    CHECK(time_with(0xFF, ~0ull) == 0);
    CHECK(time_with(0, ~0ull) == std::numeric_limits<std::int64_t>::max());
    CHECK(time_with(6, 0, -5) == -5'000'000'000);
    CHECK(time_with(6, 0, std::numeric_limits<std::int64_t>::min()) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("the captures of pcapng-test-generator read, in both byte orders")
{
    const auto files = files_below(fs::path(TEGAMI_VECTORS) / "pcapng-hadriel", ".pcapng");
    if (files.empty()) return test::skip("no pcapng-hadriel in " TEGAMI_VECTORS);
    CHECK(files.size() == 48);
    std::map<std::string, std::pair<std::size_t, std::size_t>> frames; // by name: little, big endian
    for (const auto& path : files) {
        INFO(path);
        const auto log = Log::open(path.string());
        REQUIRE(log);
        if (log->broken()) FAIL(log->broken()->rule << " at " << log->broken()->offset);
        look_everywhere(*log);
        auto& counts = frames[path.filename().string()];
        (path.string().find("output_le") != std::string::npos ? counts.first : counts.second) = log->frames();
    }
    CHECK(frames.size() == 24);
    std::size_t all = 0;
    for (const auto& [name, counts] : frames) {
        INFO(name);
        CHECK(counts.first == counts.second);
        all += counts.first;
    }
    CHECK(all > 50);
}

TEST_CASE("classic captures read")
{
    const auto folder = fs::path(TEGAMI_VECTORS) / "pcap-zeek";
    std::vector<fs::path> files;
    for (const std::string_view ending : {".pcap", ".trace"})
        for (auto& path : files_below(folder, ending)) files.push_back(path);
    if (files.empty()) return test::skip("no pcap-zeek in " TEGAMI_VECTORS);
    std::size_t whole = 0, frames = 0;
    for (const auto& path : files) {
        INFO(path);
        const auto log = Log::open(path.string());
        REQUIRE(log);
        CHECK_FALSE(log->is_run());
        if (!log->broken()) ++whole;
        frames += log->frames();
        for (std::uint64_t f = 1; f <= log->frames(); ++f)
            REQUIRE(log->frame(static_cast<FrameRef>(f)).octets.size() <=
                    log->frame(static_cast<FrameRef>(f)).original_length);
    }
    CHECK(files.size() >= 200);
    CHECK(whole == files.size());
    CHECK(frames > files.size());
}

TEST_CASE("hostile captures are refused or read, as the attack pack says")
{
    const auto folder = fs::path(TEGAMI_VECTORS) / "attack-pack";
    std::ifstream manifest(folder / "MANIFEST.tsv");
    if (!manifest) return test::skip("no attack-pack in " TEGAMI_VECTORS);
    std::size_t rows = 0;
    for (std::string line; std::getline(manifest, line);) {
        std::istringstream fields(line);
        std::string name, size, place, what, must;
        std::getline(fields, name, '\t'), std::getline(fields, size, '\t'), std::getline(fields, place, '\t');
        std::getline(fields, what, '\t'), std::getline(fields, must, '\t');
        if (place != "pcap-import") continue;
        ++rows;
        INFO(name << ": " << what << ": " << must);
        const auto log = Log::open((folder / name).string());
        REQUIRE(log);
        look_everywhere(*log);
        if (what == "valid control" || what == "1,000 sections" || what == "10^-127") CHECK_FALSE(log->broken());
        if (what == "length < 12" || what == "packet before interface" || what == "unknown interface" ||
            what == "option runs out" || what == "SPB first" || what == "cut file" || what == "empty file" ||
            what == "one octet" || what == "caplen 4 GiB") {
            REQUIRE(log->broken());
            CHECK_FALSE(log->broken()->rule.empty());
        }
        if (what == "1,000 sections") CHECK(log->frames() == 1000);
    }
    CHECK(rows == 51);
}

TEST_CASE("a file takes its place whole or not at all")
{
    const fs::path folder = fs::temp_directory_path() / ("tegami-sink-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    struct Remove {
        fs::path folder;
        ~Remove() { fs::remove_all(folder); }
    } remove{folder};
    const auto path = (folder / "run.pcapng").string();
    const auto names = [&] { return std::distance(fs::directory_iterator(folder), fs::directory_iterator{}); };
    const auto record_to = [&](bool finish) {
        auto sink = FileSink::create(path);
        REQUIRE(sink);
        Synthetic live(std::move(*sink));
        Dialogue dialogue(live);
        for (std::uint32_t mail = 1; mail <= 300; ++mail) dialogue.play(mail); // more than one chunk
        if (finish) REQUIRE(live.recorder.finish(live.now));
        return live.recorder.facts();
    };
    record_to(false);
    CHECK(names() == 0);

    REQUIRE(write_file(path, wire::as_octets("the old one")));
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    record_to(false);
    CHECK(names() == 1);
    CHECK(wire::as_text(*read_file(path)) == "the old one");

    const std::uint64_t facts = record_to(true);
    CHECK(names() == 1);
    CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    const auto log = Log::open(path);
    REQUIRE(log);
    CHECK_FALSE(log->broken());
    CHECK(log->facts() == facts);

    // In memory the same octets.
    Synthetic memory(std::make_unique<MemorySink>());
    Dialogue dialogue(memory);
    for (std::uint32_t mail = 1; mail <= 300; ++mail) dialogue.play(mail);
    REQUIRE(memory.recorder.finish(memory.now));
    CHECK(*read_file(path) == synthetic::file_of(memory.recorder.kept()));

    // A link stays a link.
    fs::create_symlink("run.pcapng", folder / "link");
    REQUIRE(write_file((folder / "link").string(), wire::as_octets("through a link")));
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(wire::as_text(*read_file(path)) == "through a link");

    const auto nowhere = FileSink::create((folder / "no/such/folder").string());
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().text() ==
          "cannot create " + (folder / "no/such/folder").string() + ": No such file or directory");
    CHECK_FALSE(FileSink::create(folder.string()));
    CHECK_FALSE(Log::open((folder / "absent").string()));
    CHECK_FALSE(Log::open(folder.string()));
}

TEST_CASE("a full disk is told at the end, and before")
{
    if (!fs::exists("/dev/full")) return test::skip("this system has no /dev/full");
    auto sink = FileSink::create("/dev/full");
    REQUIRE(sink);
    Synthetic live(std::move(*sink));
    CHECK(live.recorder.failure() == nullptr);
    live.content(synthetic::server, {}, FactRef::none, wire::as_octets(std::string(5'000'000, 'x')));
    REQUIRE(live.recorder.failure() != nullptr);
    const auto result = live.recorder.finish(live.now);
    REQUIRE_FALSE(result);
    CHECK(result.error().text() == "cannot write /dev/full: No space left on device");
}
