#include "sim/narration/words.hpp"

#include <array>

namespace tegami::narration {

std::string_view word(run::Step step)
{
    static constexpr std::array<std::string_view, run::Choices<run::Step>::count> words{
        "none",      "s1_submit",     "s1_dns", "s2_relay", "s2_dns",   "s3_1_mx",
        "s3_2_addr", "s3_3_transfer", "a1_spf", "a2_dkim",  "a3_dmarc", "r1_hand_over",
        "r2_store",  "r3_request",    "r3_dns", "r4_fetch", "d1_report"};
    const auto index = static_cast<std::size_t>(step);
    return index < words.size() ? words[index] : std::string_view{};
}

std::string_view protocol_name(run::Protocol protocol)
{
    static constexpr std::array<std::string_view, run::Choices<run::Protocol>::count> names{"TCP", "SMTP", "POP3",
                                                                                            "LMTP", "DNS"};
    const auto index = static_cast<std::size_t>(protocol);
    return index < names.size() ? names[index] : std::string_view{"?"};
}

std::string record_type_name(std::uint16_t type)
{
    switch (type) {
    case 1: return "A";
    case 2: return "NS";
    case 5: return "CNAME";
    case 6: return "SOA";
    case 12: return "PTR";
    case 15: return "MX";
    case 16: return "TXT";
    case 28: return "AAAA";
    case 33: return "SRV";
    case 255: return "ANY";
    default: return "TYPE" + std::to_string(type);
    }
}

std::string figure_text(std::uint64_t figure)
{
    std::string text = std::to_string(figure);
    for (std::size_t place = text.size(); place > 3;) text.insert(place -= 3, ",");
    return text;
}

} // namespace tegami::narration
