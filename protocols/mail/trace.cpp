#include "protocols/mail/trace.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/mail/date.hpp"

namespace tegami::mail {

namespace {

/// A stranger's word in a header field: what could end a comment or a line becomes a question mark.
std::string harmless(std::string_view word)
{
    std::string text;
    for (const char c : word) text += is_visible(c) && c != '(' && c != ')' && c != '\\' && c != ';' ? c : '?';
    return text;
}

/// TCP-info's address-literal, RFC 5321 §4.1.3.
std::string address_literal(const wire::Address& address)
{
    return (address.is_v4() ? "[" : "[IPv6:") + wire::format(address) + "]";
}

} // namespace

std::string format_received(const Arrival& arrival)
{
    std::string line = "Received: from ";
    line += arrival.hello.empty() ? "unknown" : harmless(arrival.hello);
    line += " (";
    if (!arrival.client_name.empty()) line += harmless(arrival.client_name) + " ";
    line += address_literal(arrival.client);
    line += ")\r\n\tby ";
    line += arrival.by;
    line += " with ";
    line += arrival.with;
    if (!arrival.id.empty()) line += " id " + arrival.id;
    if (arrival.only_recipient) line += "\r\n\tfor " + format(Path{arrival.only_recipient});
    line += ";\r\n\t";
    line += format_date(arrival.at, arrival.zone_minutes);
    return line += "\r\n";
}

std::string format_return_path(const Path& reverse_path) { return "Return-Path: " + format(reverse_path) + "\r\n"; }

bool looks_looped(const Header& header) { return header.count("Received") > received_limit; }

} // namespace tegami::mail
