#include "protocols/smtp/extensions.hpp"

#include "protocols/mail/ascii.hpp"

namespace tegami::smtp {

Extensions parse_extensions(const Reply& reply)
{
    using mail::equal_ignoring_case;
    Extensions offered;
    offered.extended = true;
    std::string_view text = reply.text;
    for (bool first = true;; first = false) {
        const std::size_t end = text.find('\n');
        const std::string_view line = mail::trim(text.substr(0, end));
        const std::size_t space = line.find(' ');
        const std::string_view keyword = line.substr(0, space);
        const std::string_view parameters = space == line.npos ? "" : mail::trim(line.substr(space));
        if (first) {
            offered.host_name = keyword;
        } else if (equal_ignoring_case(keyword, "PIPELINING")) {
            offered.pipelining = true;
        } else if (equal_ignoring_case(keyword, "8BITMIME")) {
            offered.eight_bit_mime = true;
        } else if (equal_ignoring_case(keyword, "ENHANCEDSTATUSCODES")) {
            offered.enhanced_status_codes = true;
        } else if (equal_ignoring_case(keyword, "STARTTLS")) {
            offered.start_tls = true;
        } else if (equal_ignoring_case(keyword, "SIZE")) {
            offered.size = true;
            if (!mail::parse_number(parameters, offered.size_limit)) offered.size_limit = 0;
        } else if (equal_ignoring_case(keyword, "AUTH")) {
            offered.auth = parameters;
        }
        if (end == text.npos) return offered;
        text.remove_prefix(end + 1);
    }
}

} // namespace tegami::smtp
