#pragma once
/// What tshark, where it is installed, makes of Ethernet frames that we wrote.

#include "protocols/wire/octets.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace tegami::test {

inline bool tshark_is_there() { return std::system("command -v tshark >/dev/null") == 0; }

/// tshark's output about a capture of these frames, a second apart; every checksum is validated. `options` as a shell
/// takes them.
inline std::string tshark_says(const std::vector<wire::OctetBuffer>& frames, const std::string& options)
{
    const std::string path =
        std::filesystem::temp_directory_path() / ("tegami-inet-" + std::to_string(::getpid()) + ".pcap");
    std::string file{"\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\xff\xff\x03\x00\x01\x00\x00\x00", 24};
    const auto u32 = [&](std::size_t value) {
        for (int i = 0; i < 4; ++i) file += static_cast<char>(value >> (8 * i));
    };
    for (std::size_t i = 0; i < frames.size(); ++i) {
        u32(i);
        u32(0);
        u32(frames[i].size());
        u32(frames[i].size());
        file += wire::as_text(frames[i]);
    }
    std::ofstream{path, std::ios::binary} << file;
    const std::string command = "tshark -r '" + path +
                                "' -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE " +
                                options + " 2>/dev/null";
    FILE* const pipe = ::popen(command.c_str(), "r");
    std::string said;
    if (!pipe) return "no tshark";
    for (char piece[4096]; const std::size_t read = std::fread(piece, 1, sizeof piece, pipe);) said.append(piece, read);
    const int status = ::pclose(pipe);
    std::filesystem::remove(path);
    if (status != 0) said += "tshark ended with " + std::to_string(status) + '\n';
    return said;
}

/// Numbers and reasons of the frames with which something is wrong; empty where tshark is content.
inline std::string tshark_complains(const std::vector<wire::OctetBuffer>& frames)
{
    return tshark_says(frames,
                       "-Y '_ws.malformed or ip.checksum.status == 0 or tcp.checksum.status == 0 or "
                       "udp.checksum.status == 0 or icmp.checksum.status == 0 or icmpv6.checksum.status == 0 or "
                       "_ws.expert.severity >= 0x600000'");
}

} // namespace tegami::test
