#include "sim/export/filter.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <optional>

namespace tegami::exporting {

namespace {

/// The words of libpcap's language (pcap-filter(7)) that may stand where it else takes a word for the name of a host.
constexpr auto filter_words = std::to_array<std::string_view>({
    "aarp",    "ah",         "and",   "arp",      "atalk", "broadcast", "byte",      "carp",    "clnp",      "csnp",
    "decnet",  "dst",        "es-is", "esis",     "esp",   "ether",     "fddi",      "gateway", "geneve",    "greater",
    "host",    "icmp",       "icmp6", "igmp",     "igrp",  "iih",       "inbound",   "inet",    "inet6",     "ip",
    "ip6",     "ipx",        "is-is", "isis",     "iso",   "l1",        "l2",        "lat",     "len",       "length",
    "less",    "link",       "llc",   "lsp",      "mask",  "moprc",     "mopdl",     "mpls",    "multicast", "net",
    "netbeui", "not",        "or",    "outbound", "pim",   "port",      "portrange", "ppp",     "pppoed",    "pppoes",
    "proto",   "protochain", "psnp",  "radio",    "rarp",  "sca",       "sctp",      "slip",    "snp",       "src",
    "stp",     "tcp",        "tr",    "udp",      "vlan",  "vrrp",      "vxlan",     "wlan",
});

bool is_word_octet(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == ':' || c == '\\';
}

/// A number, an address of any kind, or a name of libpcap's for an octet or a bit of a header: icmp-echo, tcp-syn, tcpflags.
bool is_no_name(std::string_view word)
{
    if (word.starts_with("icmp") || word.starts_with("tcp") || word.starts_with('\\')) return true;
    const bool six = word.contains(':');
    return (six || (word[0] >= '0' && word[0] <= '9')) && std::ranges::all_of(word, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == 'x' ||
                      c == 'X' || c == '.' || c == ':' || c == '-';
           });
}

/// The first word that libpcap would look up as the name of a host or network, and so ask this machine's resolver for.
/// Where it stands for a port or a protocol, libpcap looks into this machine's files.
std::optional<std::string> name_of_a_host(std::string_view text)
{
    bool host = true; // what a word without meaning of its own stands for here
    for (std::size_t at = 0; at < text.size();) {
        if (!is_word_octet(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_word_octet(text[end])) ++end;
        const std::string_view word = text.substr(at, end - at);
        at = end;
        if (word == "port" || word == "portrange" || word == "proto" || word == "protochain")
            host = false;
        else if (word == "and" || word == "or" || word == "not")
            ; // "port smtp or pop3" speaks of two ports
        else if (std::ranges::find(filter_words, word) != filter_words.end())
            host = true;
        else if (host && !is_no_name(word))
            return std::string{word};
    }
    return std::nullopt;
}

} // namespace

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
    // Names of hosts would be looked up outside of the world: by this machine, in the real name system.
    if (const auto name = name_of_a_host(text))
        return std::unexpected("'" + *name + "' is no word of a filter; hosts are written by their addresses");
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
