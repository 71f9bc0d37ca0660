#include "sim/nodes/mailboxes.hpp"

#include "protocols/mail/maildir.hpp"

#include <algorithm>

namespace tegami::nodes {

namespace {

/// Numbers within names by their value: a Maildir name begins with seconds, microseconds and a counter, none of them
/// padded, so 1.M9 is older than 1.M10.
bool is_older(std::string_view one, std::string_view other)
{
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    while (!one.empty() && !other.empty()) {
        if (is_digit(one.front()) && is_digit(other.front())) {
            const auto digits = [&](std::string_view text) {
                return text.substr(0,
                                   static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()));
            };
            const std::string_view a = digits(one), b = digits(other);
            if (a.size() != b.size()) return a.size() < b.size();
            if (a != b) return a < b;
            one.remove_prefix(a.size());
            other.remove_prefix(b.size());
        } else {
            if (one.front() != other.front()) return one.front() < other.front();
            one.remove_prefix(1);
            other.remove_prefix(1);
        }
    }
    return one.size() < other.size();
}

} // namespace

std::string Mailboxes::label(std::string_view mailbox) const
{
    return label_.empty() ? std::string{mailbox} + "/INBOX" : label_;
}

Task<std::expected<std::vector<std::string>, engine::DiskError>> Mailboxes::deliver(std::vector<std::string> mailboxes,
                                                                                    std::string octets, Spans spans)
{
    engine::Disk& disk = host_.disk();
    std::vector<std::string> names;
    std::optional<engine::DiskError> failure;
    const std::vector<std::string> leftovers(withdrawn_.begin(), withdrawn_.end()); // others may change it meanwhile
    for (const std::string& path : leftovers) {
        const auto gone = co_await disk.remove(path);
        if (gone || gone.error() == engine::DiskError::no_such_file) withdrawn_.erase(path);
    }
    for (const std::string& mailbox : mailboxes) {
        const std::string name = mail::maildir_unique(host_.engine().now(), host_.next_file(), host_.domain_name());
        const std::string written = folder(mailbox, "tmp") + '/' + name;
        names.push_back(name);
        const auto made = co_await disk.create(written, octets, spans);
        if (!made) {
            failure = made.error();
            break;
        }
        const auto synced = co_await disk.sync(written);
        if (!synced) {
            failure = synced.error();
            break;
        }
    }
    std::size_t visible = 0;
    for (std::size_t i = 0; !failure && i < mailboxes.size(); ++i) {
        const auto moved = co_await disk.rename(folder(mailboxes[i], "tmp") + '/' + names[i],
                                                folder(mailboxes[i], "new") + '/' + names[i]);
        if (!moved) {
            failure = moved.error();
            break;
        }
        visible = i + 1;
        const auto synced = co_await disk.sync_folder(folder(mailboxes[i], "new"));
        if (!synced) failure = synced.error();
    }
    if (failure) {
        // Nothing half done stays to be seen: the sender keeps the message and will come again.
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string path = folder(mailboxes[i], i < visible ? "new" : "tmp") + '/' + names[i];
            const auto gone = co_await disk.remove(path);
            if (!gone && gone.error() != engine::DiskError::no_such_file) withdrawn_.insert(path);
        }
        co_return std::unexpected(*failure);
    }
    const run::ContentId content = host_.keep_content(spans, wire::as_octets(octets));
    for (std::size_t i = 0; i < mailboxes.size(); ++i)
        host_.record(spans, run::MailboxChanged{.mailbox = label(mailboxes[i]),
                                                .change = run::MailboxChange::delivered,
                                                .file = names[i],
                                                .size = octets.size(),
                                                .content = content});
    co_return names;
}

std::vector<Mailboxes::Entry> Mailboxes::list(std::string_view mailbox) const
{
    std::vector<Entry> entries;
    const std::string at = folder(mailbox, "new");
    for (std::string& name : host_.disk().names_in(at)) {
        if (!mail::is_maildir_name(name)) continue;
        const std::string path = at + '/' + name;
        if (withdrawn_.contains(path)) continue;
        const auto file = host_.disk().do_read(path);
        if (file) entries.push_back({std::move(name), path, (*file)->octets.size(), (*file)->spans});
    }
    std::ranges::sort(entries, is_older, &Entry::name);
    return entries;
}

bool Mailboxes::contains(std::string_view mailbox, std::string_view name) const
{
    const std::string path = folder(mailbox, "new") + '/' + std::string{name};
    return !withdrawn_.contains(path) && host_.disk().do_read(path).has_value();
}

Task<bool> Mailboxes::remove(std::string mailbox, std::vector<Entry> entries)
{
    bool all = true;
    for (const Entry& entry : entries) {
        const auto gone = co_await host_.disk().remove(entry.path, entry.spans);
        if (!gone) {
            all = false;
            continue;
        }
        host_.record(entry.spans, run::MailboxChanged{.mailbox = label(mailbox),
                                                      .change = run::MailboxChange::deleted,
                                                      .file = entry.name,
                                                      .size = entry.size,
                                                      .content = {}});
    }
    const auto synced = co_await host_.disk().sync_folder(folder(mailbox, "new"));
    co_return all&& synced.has_value();
}

Task<void> Mailboxes::clean(std::string mailbox)
{
    const std::string at = folder(mailbox, "tmp");
    for (const std::string& name : host_.disk().names_in(at)) {
        const auto gone = co_await host_.disk().remove(at + '/' + name);
        static_cast<void>(gone);
    }
}

} // namespace tegami::nodes
