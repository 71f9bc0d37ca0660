#pragma once
/// Third-party frames, where they are installed: TEGAMI_VECTORS names the folder. A test that finds none says so.

#include "protocols/wire/octets.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace tegami::test {

inline wire::OctetBuffer read_whole_file(const std::filesystem::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// File name and frame of every seed of smoltcp's and lwIP's fuzzers, by name.
inline std::map<std::string, wire::OctetBuffer> fuzz_seed_frames()
{
    std::map<std::string, wire::OctetBuffer> frames;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator{std::filesystem::path{TEGAMI_VECTORS} / "net-fuzz-seeds", error})
        if (entry.path().extension() == ".bin")
            frames[entry.path().filename().string()] = read_whole_file(entry.path());
    return frames;
}

/// Name and frame of every hostile frame of the attack pack: a table of names beside a classic little-endian pcap.
inline std::vector<std::pair<std::string, wire::OctetBuffer>> attack_frames()
{
    const auto folder = std::filesystem::path{TEGAMI_VECTORS} / "attack-pack" / "frames";
    const wire::OctetBuffer pcap = read_whole_file(folder / "all.pcap");
    std::ifstream index{folder / "index.tsv"};
    std::vector<std::pair<std::string, wire::OctetBuffer>> frames;
    const auto number = [&](std::size_t at) {
        return std::size_t{pcap[at]} | std::size_t{pcap[at + 1]} << 8 | std::size_t{pcap[at + 2]} << 16;
    };
    std::string line;
    for (std::size_t at = 24; at + 16 <= pcap.size();) {
        const std::size_t size = number(at + 8);
        at += 16;
        if (at + size > pcap.size() || !std::getline(index, line)) break;
        const std::size_t tab = line.find('\t');
        const auto begin = pcap.begin() + static_cast<std::ptrdiff_t>(at);
        frames.emplace_back(line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1),
                            wire::OctetBuffer(begin, begin + static_cast<std::ptrdiff_t>(size)));
        at += size;
    }
    return frames;
}

} // namespace tegami::test
