// links: pcap
/// What recording costs: nanoseconds a record (a frame or a fact) over the mix of a mail dialogue, 43 frames to 278
/// facts; and frames a second beside libpcap's dumper, ours each with its fact. Frames go to /dev/null: what a file system
/// takes for a page is the same for both, and the larger part on many machines.
///
///     record_bench [FOLDER]      FOLDER: where to write a file, removed afterwards; else /tmp

#include "sim/run/recorder.hpp"
#include "tests/bench/measuring.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <unistd.h>

using namespace tegami;
using namespace tegami::run;

namespace {

using bench::cpu_s;

RunHeader header_of(std::uint32_t hosts, Level level)
{
    RunHeader header;
    header.level = level;
    header.start = {1'775'433'600'000'000'000};
    header.nodes = {"scenario", "outside"};
    for (std::uint32_t i = 0; i < hosts; ++i) {
        header.nodes.push_back("host-" + std::to_string(i));
        header.nics.push_back({static_cast<NodeId>(2 + i), "host-" + std::to_string(i) + ":edge", "",
                               link::MacAddress{{2, 0, 0, 0, 1, 2}}, wire::Address::v4(0x0A000000 + i), 24,
                               static_cast<NicId>(i ^ 1)});
    }
    return header;
}

struct Tally {
    double seconds;
    std::uint64_t records;
    std::uint64_t octets;
};

/// `dialogues` mail dialogues as recorded by a world of 1,000 hosts: the frames and facts of RUN's table.
Tally play(Level level, const std::string& file, std::uint64_t dialogues, const std::vector<std::uint8_t>& packet)
{
    constexpr std::uint32_t hosts = 1000;
    SpanTable spans;
    std::unique_ptr<Sink> sink;
    if (file.empty())
        sink = std::make_unique<HashSink>();
    else
        sink = std::move(*FileSink::create(file));
    const double begin = cpu_s();
    Recorder recorder(header_of(hosts, level), spans, std::move(sink));
    std::int64_t ns = 1'775'433'600'000'000'000;
    std::uint64_t calls = 0;
    constexpr std::string_view line = "250 2.1.5 Recipient ok, go ahead";
    for (std::uint64_t d = 0; d < dialogues; ++d) {
        const auto client = static_cast<NodeId>(2 + d * 7 % hosts);
        const auto server = static_cast<NodeId>(2 + d * 13 % hosts);
        const SpanId session = spans.begin({SpanKind::session, client, 0, {}, {}, 0});
        const SpanId step =
            spans.begin({SpanKind::step, client, 0, {client, static_cast<std::uint32_t>(d + 1)}, Step::s1_submit, 1});
        const Spans set = spans.with(spans.only(session), step);
        const auto connection = static_cast<ConnectionId>(d / 100 + 1);
        FactRef cause = recorder.record({ns}, client, set, FactRef::none,
                                        StepBegun{step, {client, 1}, Step::s1_submit, 1, "", "mx.example.jp", 587});
        recorder.record({ns}, client, set, cause, SessionBegun{session, Protocol::smtp, connection, true});
        recorder.record({ns}, server, set, cause, SessionBegun{session, Protocol::smtp, connection, false});
        for (int i = 0; i < 10; ++i)
            recorder.record({ns += 50}, server, set, cause,
                            DiskChanged{DiskChange::written, "mail/new/1775433600.M1P2.host", "", 1400});
        for (int i = 0; i < 43; ++i) {
            const std::size_t size = i % 10 == 0 ? packet.size() : 66 + static_cast<std::size_t>(i) * 3;
            recorder.record({ns += 900}, client, set, cause, TcpSent{connection, 120, 2400});
            const FrameRef frame =
                recorder.frame({ns}, client, set, recorder.last(),
                               {static_cast<NicId>(index_of(client) - 2), NicId{5}, {120'000}, Fate::arrives},
                               Octets(packet).first(size), 54);
            cause = recorder.last();
            recorder.record({ns += 20'000}, server, set, cause,
                            FrameCrossed{frame, NicId{7}, NicId{8}, {54'000}, Fate::arrives, {}});
            recorder.record({ns += 20'000}, server, set, cause,
                            FrameCrossed{frame, NicId{9}, NicId{10}, {54'000}, Fate::arrives, {}});
            cause = recorder.record({ns += 20'000}, server, set, cause,
                                    TcpReceived{connection, 120, 0, 65'535, 14'600, 65'535, 120'000, 1'000'000});
            if (i % 3 == 0)
                cause = recorder.record({ns}, server, set, cause,
                                        LineSaid{connection, static_cast<std::uint64_t>(i) * 40, line});
            if (i % 3 == 1)
                cause = recorder.record({ns}, client, set, cause,
                                        LineHeard{connection, static_cast<std::uint64_t>(i - 1) * 40});
            if (i % 3 == 2)
                recorder.record({ns}, client, set, cause,
                                LineSaid{connection, static_cast<std::uint64_t>(i) * 40, line});
            if (i % 6 == 0)
                recorder.record({ns}, client, set, cause,
                                TcpState{connection, tcp::State::syn_sent, tcp::State::established, tcp::Rule{}});
            if (i % 2 == 0)
                recorder.record({ns}, client, set, cause, LineHeard{connection, static_cast<std::uint64_t>(i) * 40});
        }
        recorder.record({ns}, client, set, cause,
                        StepEnded{step, {client, 1}, Step::s1_submit, 1, Outcome::done, "", "250 ok"});
        calls += 43 + 13 + 43 * 4 + 43 + 8 + 22 + 1;
    }
    const std::uint64_t records = level == Level::full ? recorder.facts() : calls;
    if (!recorder.finish({ns})) std::fprintf(stderr, "cannot write %s\n", file.c_str());
    Tally tally{cpu_s() - begin, records, 0};
    if (!file.empty()) {
        if (std::FILE* f = std::fopen(file.c_str(), "rb")) {
            std::fseek(f, 0, SEEK_END);
            tally.octets = static_cast<std::uint64_t>(std::ftell(f));
            std::fclose(f);
        }
        ::unlink(file.c_str());
    }
    return tally;
}

double frames_by_libpcap(const std::string& file, const std::vector<std::uint8_t>& packet, std::size_t count)
{
    pcap_t* const pcap = pcap_open_dead(DLT_EN10MB, 65535);
    const double begin = cpu_s();
    pcap_dumper_t* const dumper = pcap_dump_open(pcap, file.c_str());
    if (dumper == nullptr) return 0;
    pcap_pkthdr head{};
    head.caplen = head.len = static_cast<bpf_u_int32>(packet.size());
    for (std::size_t i = 0; i < count; ++i) {
        head.ts.tv_sec = static_cast<time_t>(i / 1000);
        head.ts.tv_usec = static_cast<suseconds_t>(i % 1000);
        pcap_dump(reinterpret_cast<u_char*>(dumper), &head, packet.data());
    }
    pcap_dump_close(dumper);
    const double seconds = cpu_s() - begin;
    pcap_close(pcap);
    return static_cast<double>(count) / seconds;
}

double frames_by_recorder(const std::string& file, const std::vector<std::uint8_t>& packet, std::size_t count)
{
    SpanTable spans;
    auto sink = FileSink::create(file);
    if (!sink) return 0;
    const double begin = cpu_s();
    Recorder recorder(header_of(2, Level::full), spans, std::move(*sink));
    for (std::size_t i = 0; i < count; ++i)
        recorder.frame({1'775'433'600'000'000'000 + static_cast<std::int64_t>(i) * 1000}, NodeId::first, {},
                       FactRef::none, {NicId{0}, NicId{1}, {1000}, Fate::arrives}, packet, 54);
    if (!recorder.finish(Time::never())) return 0;
    const double seconds = cpu_s() - begin;
    return static_cast<double>(count) / seconds;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string folder = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
    const std::string file = folder + "/tegami-record-bench." + std::to_string(::getpid()) + ".tmp";
    std::vector<std::uint8_t> packet(1514, 0x5A);

    constexpr std::uint64_t dialogues = 5000;
    const auto best = [&](Level level) {
        Tally result = play(level, file, dialogues, packet);
        for (int i = 0; i < 2; ++i)
            if (const Tally again = play(level, file, dialogues, packet); again.seconds < result.seconds)
                result = again;
        return result;
    };
    const auto ns = [](const Tally& tally) { return tally.seconds * 1e9 / static_cast<double>(tally.records); };
    const Tally full = best(Level::full);
    std::printf("record_bench full_ns=%.2f full_octets_a_dialogue=%.0f headers_ns=%.2f story_ns=%.2f none_ns=%.2f",
                ns(full), static_cast<double>(full.octets) / dialogues, ns(best(Level::headers)),
                ns(best(Level::story)), ns(best(Level::none)));
    for (const std::size_t size : {114u, 1514u}) {
        packet.resize(size);
        const std::size_t count = size < 500 ? 3'000'000 : 1'000'000;
        double ours = 0, peer = 0;
        for (int i = 0; i < 3; ++i) {
            peer = std::max(peer, frames_by_libpcap("/dev/null", packet, count));
            ours = std::max(ours, frames_by_recorder("/dev/null", packet, count));
        }
        std::printf(" frames_%zu_per_s=%.0f peer_frames_%zu_per_s=%.0f", size, ours, size, peer);
        if (ours == 0 || peer == 0) return 1;
    }
    std::printf("\n");
}
