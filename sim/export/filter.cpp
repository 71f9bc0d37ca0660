#include "sim/export/filter.hpp"

#include <pcap/pcap.h>

namespace tegami::exporting {

struct Filter::Program {
    bpf_program code{};
    ~Program() { pcap_freecode(&code); }
};

Filter::Filter(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

std::expected<Filter, std::string> Filter::compile(const std::string& text, std::uint16_t link_type)
{
    constexpr int snapshot_length = 262'144;
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(pcap_open_dead(link_type, snapshot_length), &pcap_close);
    if (!pcap) return std::unexpected("out of memory");
    // libpcap looks up names of hosts where the text has any: only what stands in the text counts here.
    auto program = std::make_unique<Program>();
    if (pcap_compile(pcap.get(), &program->code, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
        return std::unexpected(std::string(pcap_geterr(pcap.get())));
    return Filter(std::move(program));
}

bool Filter::matches(wire::Octets octets, std::uint32_t original_length) const
{
    pcap_pkthdr head{};
    head.caplen = static_cast<bpf_u_int32>(octets.size());
    head.len = original_length;
    return pcap_offline_filter(&program_->code, &head, octets.data()) != 0;
}

} // namespace tegami::exporting
