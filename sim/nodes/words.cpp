#include "sim/nodes/words.hpp"

namespace tegami::nodes {

namespace {

template <class T>
std::string joined(const std::vector<T>& values)
{
    std::string text;
    for (const T& value : values) {
        if (!text.empty()) text += ", ";
        text += format(value);
    }
    return text;
}

} // namespace

std::string_view reason_of(wire::ConnectError error)
{
    switch (error) {
    case wire::ConnectError::refused: return "connect.refused";
    case wire::ConnectError::timed_out: return "connect.timed_out";
    case wire::ConnectError::unreachable: return "connect.unreachable";
    case wire::ConnectError::prohibited: return "connect.prohibited";
    case wire::ConnectError::no_port: return "connect.no_port";
    }
    return {};
}

std::string_view reason_of(Names::Failure failure)
{
    switch (failure) {
    case Names::Failure::no_such_name: return "dns.no_such_name";
    case Names::Failure::no_data: return "dns.no_data";
    case Names::Failure::server_failed: return "dns.server_failed";
    case Names::Failure::timed_out: return "dns.timed_out";
    }
    return {};
}

std::string reply_line(const smtp::Reply& reply)
{
    std::string line = smtp::format(reply);
    return line.substr(0, line.find('\r'));
}

std::string listed(const std::vector<mail::Mailbox>& mailboxes) { return joined(mailboxes); }
std::string listed(const std::vector<wire::Address>& addresses) { return joined(addresses); }

} // namespace tegami::nodes
