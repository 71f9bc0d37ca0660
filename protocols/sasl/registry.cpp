#include "protocols/sasl/registry.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/sasl/login.hpp"
#include "protocols/sasl/plain.hpp"

#include <algorithm>

namespace tegami::sasl {

namespace {

// LOGIN takes a name beside the command too, though its draft does not know of it: clients do so.
constexpr Mechanism rows[] = {
    {"PLAIN", true, true, make_plain_server, make_plain_client},
    {"LOGIN", true, true, make_login_server, make_login_client},
};

bool allowed(const Mechanism& mechanism, Secrecy secrecy)
{
    return secrecy == Secrecy::password_may_show || !mechanism.shows_password;
}

} // namespace

std::span<const Mechanism> mechanisms() { return rows; }

bool is_mechanism_name(std::string_view text)
{
    return !text.empty() && text.size() <= name_limit &&
           std::ranges::all_of(text, [](char c) { return mail::is_alphanumeric(c) || c == '-' || c == '_'; });
}

const Mechanism* find_mechanism(std::string_view name)
{
    const auto row =
        std::ranges::find_if(rows, [&](const Mechanism& m) { return mail::equal_ignoring_case(m.name, name); });
    return row == std::end(rows) ? nullptr : &*row;
}

const Mechanism* choose_mechanism(std::string_view offered, Secrecy secrecy, std::string_view wanted)
{
    const auto is_offered = [&](const Mechanism& mechanism) {
        for (std::string_view rest = offered; !rest.empty();) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            if (mail::equal_ignoring_case(rest.substr(0, end), mechanism.name)) return true;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return false;
    };
    const auto is_wanted = [&](const Mechanism& mechanism) {
        return wanted.empty() || mail::equal_ignoring_case(mechanism.name, wanted);
    };
    for (const Mechanism& mechanism : rows)
        if (is_wanted(mechanism) && allowed(mechanism, secrecy) && is_offered(mechanism)) return &mechanism;
    return nullptr;
}

std::string list_mechanisms(Secrecy secrecy)
{
    std::string list;
    for (const Mechanism& mechanism : rows) {
        if (!allowed(mechanism, secrecy)) continue;
        if (!list.empty()) list += ' ';
        list += mechanism.name;
    }
    return list;
}

} // namespace tegami::sasl
