#include "sim/export/frame_filter.hpp"

#include <pcap/pcap.h>

namespace tegami::exporting {

struct FrameFilter::Program {
    bpf_program code{};
    ~Program() { pcap_freecode(&code); }
    Program() = default;
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
};

std::expected<FrameFilter, std::string> FrameFilter::compile(const std::string& expression)
{
    constexpr int longest_frame = 262'144;
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle{pcap_open_dead(DLT_EN10MB, longest_frame), &pcap_close};
    if (!handle) return std::unexpected(std::string{"out of memory"});
    auto program = std::make_shared<Program>();
    constexpr int optimise = 1;
    if (pcap_compile(handle.get(), &program->code, expression.c_str(), optimise, PCAP_NETMASK_UNKNOWN) != 0)
        return std::unexpected(std::string{pcap_geterr(handle.get())});
    return FrameFilter{std::move(program)};
}

bool FrameFilter::admits(wire::Octets octets, std::uint32_t original_length) const
{
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(octets.size());
    header.len = original_length;
    return pcap_offline_filter(&program_->code, &header, octets.data()) != 0;
}

} // namespace tegami::exporting
