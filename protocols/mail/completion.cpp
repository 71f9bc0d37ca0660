#include "protocols/mail/completion.hpp"

#include "protocols/mail/address_list.hpp"
#include "protocols/mail/ascii.hpp"
#include "protocols/mail/date.hpp"
#include "protocols/mail/header.hpp"

#include <algorithm>

namespace tegami::mail {

namespace {

/// A field's octets from its name to the end of its last line.
std::string_view extent(std::string_view message, const HeaderField& field)
{
    const auto begin = static_cast<std::size_t>(field.name.data() - message.data());
    std::size_t end = static_cast<std::size_t>(field.body.data() - message.data()) + field.body.size();
    if (message.substr(end).starts_with("\r\n"))
        end += 2;
    else if (message.substr(end).starts_with('\n'))
        end += 1;
    return message.substr(begin, end - begin);
}

std::string_view without_line_end(std::string_view field)
{
    if (field.ends_with('\n')) field.remove_suffix(1);
    if (field.ends_with('\r')) field.remove_suffix(1);
    return field;
}

/// The one mailbox of a Sender field; nothing where it is none.
std::optional<Mailbox> sender_of(const HeaderField& field)
{
    const auto list = parse_address_list(field.body);
    if (!list || list->size() != 1) return std::nullopt;
    return list->front().mailbox;
}

} // namespace

bool is_fully_qualified(std::string_view domain)
{
    if (domain.starts_with('[')) return true;
    const std::size_t dot = domain.find('.');
    return dot != domain.npos && dot > 0 && dot + 1 < domain.size();
}

std::expected<Completed, Incomplete> complete(std::string_view message, const Submission& submission)
{
    const Header header = read_header(message);
    if (header.over_limit) return std::unexpected(Incomplete::header_too_big);
    const std::size_t from_count = header.count("From");
    if (from_count != 1) return std::unexpected(from_count == 0 ? Incomplete::no_from : Incomplete::several_from);
    const auto from = parse_address_list(header.find("From")->body);
    if (!from || from->empty() || !std::ranges::all_of(*from, [](const NamedMailbox& author) {
            return is_fully_qualified(author.mailbox.domain);
        }))
        return std::unexpected(Incomplete::bad_from);

    Completed completed;
    const auto add = [&](Change what, std::string field) {
        completed.message += field + "\r\n";
        completed.changes.push_back({what, std::move(field)});
    };
    if (!header.find("Date")) add(Change::date_added, "Date: " + format_date(submission.at, submission.zone_minutes));
    if (!header.find("Message-ID")) add(Change::message_id_added, "Message-ID: <" + submission.message_id + '>');

    // Sender says who sent it where that is not the one author (RFC 5322 §3.6.2, RFC 6409 §8.1).
    const std::optional<Mailbox>& identity = submission.identity;
    const bool sole_author = identity && from->size() == 1 && same_mailbox(from->front().mailbox, *identity);
    const auto is_true = [&](const HeaderField& field) {
        const auto sender = sender_of(field);
        return sender && identity && same_mailbox(*sender, *identity);
    };
    const bool told = std::ranges::any_of(header.fields, [&](const HeaderField& field) {
        return equal_ignoring_case(field.name, "Sender") && (!identity || is_true(field));
    });
    if (identity && !sole_author && !told) add(Change::sender_added, "Sender: " + format(*identity));
    if (!identity && from->size() > 1 && !told) return std::unexpected(Incomplete::no_sender);

    const auto goes = [&](const HeaderField& field) -> std::optional<Change> {
        if (equal_ignoring_case(field.name, "Bcc")) return Change::bcc_removed;
        if (identity && equal_ignoring_case(field.name, "Sender") && !is_true(field)) return Change::sender_removed;
        return std::nullopt;
    };
    std::size_t kept = 0; // up to where the message was taken over
    for (const HeaderField& field : header.fields) {
        const auto change = goes(field);
        if (!change) continue;
        const std::string_view octets = extent(message, field);
        const auto begin = static_cast<std::size_t>(octets.data() - message.data());
        completed.message += message.substr(kept, begin - kept);
        completed.changes.push_back({*change, std::string{without_line_end(octets)}});
        kept = begin + octets.size();
    }
    completed.message += message.substr(kept);
    return completed;
}

std::string without_bcc(std::string_view message)
{
    std::string rest;
    std::size_t kept = 0; // up to where the message was taken over
    for (const HeaderField& field : read_header(message).fields) {
        if (!equal_ignoring_case(field.name, "Bcc")) continue;
        const std::string_view octets = extent(message, field);
        const auto begin = static_cast<std::size_t>(octets.data() - message.data());
        rest += message.substr(kept, begin - kept);
        kept = begin + octets.size();
    }
    return rest += message.substr(kept);
}

} // namespace tegami::mail
