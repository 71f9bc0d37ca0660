#include "sim/run/capture.hpp"
#include "sim/run/pcapng.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <memory>

namespace tegami::run {

namespace {

constexpr std::size_t pcap_file_header = 24;
constexpr std::size_t pcap_packet_header = 16;

/// Microseconds, nanoseconds, and the format of Kuznetzov's patches.
constexpr std::array<std::uint32_t, 3> magics = {0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34};

bool is_pcap(std::uint32_t magic)
{
    for (const std::uint32_t known : magics)
        if (magic == known || std::byteswap(magic) == known) return true;
    return false;
}

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

void read_pcap(Octets file, Capture& into)
{
    // Only read from, in spite of its type.
    std::unique_ptr<std::FILE, Close> stream(::fmemopen(const_cast<std::uint8_t*>(file.data()), file.size(), "rb"));
    if (!stream) return void(into.broken = wire::Malformed{0, "not enough memory to read the capture"});
    char error[PCAP_ERRBUF_SIZE];
    pcap_t* const pcap = pcap_fopen_offline_with_tstamp_precision(stream.get(), PCAP_TSTAMP_PRECISION_NANO, error);
    if (pcap == nullptr)
        return void(into.broken = wire::Malformed{0, "pcap: libpcap makes no sense of the file's header"});
    static_cast<void>(stream.release()); // pcap_close closes it

    CapturedInterface& interface = into.interfaces.emplace_back();
    interface.link_type = static_cast<std::uint16_t>(pcap_datalink(pcap));
    interface.snapshot_length = static_cast<std::uint32_t>(pcap_snapshot(pcap));
    interface.resolution = 9;
    std::size_t offset = pcap_file_header;
    pcap_pkthdr* head = nullptr;
    const u_char* octets = nullptr;
    int got = 0;
    while ((got = pcap_next_ex(pcap, &head, &octets)) == 1) {
        // libpcap's buffer is its own, and the file may differ from it in byte order only: the view is of a copy.
        const auto& copy = into.copies.emplace_back(octets, octets + head->caplen);
        const std::int64_t at = static_cast<std::int64_t>(head->ts.tv_sec) * 1'000'000'000 + head->ts.tv_usec;
        into.frames.push_back({copy, head->len, 0, {at}});
        offset += pcap_packet_header + head->caplen;
    }
    if (got != PCAP_ERROR_BREAK)
        into.broken = wire::Malformed{std::min(offset, file.size()),
                                      "pcap: a packet's header makes no sense, or the file is cut"};
    pcap_close(pcap);
}

Capture read_capture(Octets file)
{
    Capture capture;
    std::uint32_t magic = 0;
    if (file.size() >= sizeof magic) std::memcpy(&magic, file.data(), sizeof magic);
    if (magic == static_cast<std::uint32_t>(pcapng::BlockType::section_header)) {
        PcapngReader reader;
        reader.read(file, 0, capture);
    } else if (is_pcap(magic)) {
        read_pcap(file, capture);
    } else {
        capture.broken =
            wire::Malformed{0, "neither pcapng nor pcap: a capture begins with a section header or a magic number"};
    }
    return capture;
}

} // namespace tegami::run
