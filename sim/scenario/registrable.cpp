#include "sim/scenario/registrable.hpp"

#include <libpsl.h>

namespace tegami::scenario {

namespace {

/// Of a domain that could be registered: whether it is kept for documentation.
bool is_for_documentation(std::string_view registered)
{
    const std::string_view label = registered.substr(0, registered.find('.'));
    constexpr std::string_view word = "example";
    if (!label.starts_with(word)) return false;
    const std::string_view digit = label.substr(word.size());
    if (is_within(registered, "jp")) return digit.empty() || (digit.size() == 1 && digit[0] >= '0' && digit[0] <= '9');
    return registered == "example.com" || registered == "example.net" || registered == "example.org";
}

} // namespace

std::string registrable(std::string_view domain)
{
    const std::string whole{domain};
    const char* const own = psl_registrable_domain(psl_builtin(), whole.c_str()); // its end, null where it is a suffix
    if (!own) return whole;
    const std::string_view registered = own;
    if (registered == whole || !is_for_documentation(registered)) return std::string{registered};
    const std::string_view before = domain.substr(0, domain.size() - registered.size() - 1);
    return whole.substr(before.rfind('.') + 1); // one label more; npos + 1 is 0
}

bool is_within(std::string_view domain, std::string_view other)
{
    if (!domain.ends_with(other)) return false;
    const std::size_t before = domain.size() - other.size();
    return before == 0 || domain[before - 1] == '.';
}

} // namespace tegami::scenario
