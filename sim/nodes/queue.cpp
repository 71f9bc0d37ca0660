#include "sim/nodes/queue.hpp"

#include <algorithm>

namespace tegami::nodes {

std::string Queue::next_name()
{
    return std::to_string(host_.engine().now().ns / 1'000 % 1'000'000'000) + '-' + std::to_string(host_.next_file());
}

void Queue::note(const Entry& entry, Spans serves, run::QueueChange change, std::string_view reply)
{
    host_.record(serves,
                 run::QueueChanged{.entry = entry.name, .change = change, .tries = entry.file.tries, .reply = reply});
}

Task<std::expected<void, engine::DiskError>> Queue::put(std::string name, std::vector<QueueFile> files, Spans spans)
{
    engine::Disk& disk = host_.disk();
    std::vector<std::shared_ptr<Entry>> made;
    std::optional<engine::DiskError> failure;
    const std::vector<std::string> leftovers(withdrawn_.begin(), withdrawn_.end()); // others may change it meanwhile
    for (const std::string& path : leftovers) {
        const auto gone = co_await disk.remove(path);
        if (gone || gone.error() == engine::DiskError::no_such_file) withdrawn_.erase(path);
    }
    for (QueueFile& file : files) {
        auto entry = std::make_shared<Entry>();
        entry->name = files.size() == 1 ? name : name + '.' + std::to_string(made.size() + 1);
        entry->file = std::move(file);
        entry->mails = host_.journal().mails_of(spans);
        entry->spans = spans;
        made.push_back(entry);
        const auto created = co_await disk.create(path(*entry) + ".new", format(entry->file), spans);
        if (!created) failure = created.error();
        if (failure) break;
        const auto synced = co_await disk.sync(path(*entry) + ".new");
        if (!synced) failure = synced.error();
        if (failure) break;
    }
    std::size_t named = 0;
    for (; !failure && named < made.size(); ++named) {
        const auto moved = co_await disk.rename(path(*made[named]) + ".new", path(*made[named]));
        if (!moved) failure = moved.error();
        if (failure) break;
    }
    if (!failure) {
        const auto synced = co_await disk.sync_folder(folder_);
        if (!synced) failure = synced.error();
    }
    if (failure) { // the client keeps the message and will come again
        for (std::size_t i = 0; i < made.size(); ++i) {
            const std::string left = i < named ? path(*made[i]) : path(*made[i]) + ".new";
            const auto gone = co_await disk.remove(left);
            if (!gone && gone.error() != engine::DiskError::no_such_file) withdrawn_.insert(left);
        }
        co_return std::unexpected(*failure);
    }
    for (const auto& entry : made) {
        note(*entry, spans, run::QueueChange::put, {});
        entry->next_try = host_.engine().now();
        entries_.push_back(entry);
        go(entry);
    }
    co_return std::expected<void, engine::DiskError>{};
}

bool Queue::is_last_try(const Entry& entry) const
{
    return host_.engine().now() - entry.file.written >= carrier_.retry(entry).give_up;
}

void Queue::go(const std::shared_ptr<Entry>& entry)
{
    if (entry->under_way) return;
    entry->under_way = true;
    ++entry->file.tries;
    host_.spawn(try_once(entry));
}

Task<void> Queue::try_once(std::shared_ptr<Entry> entry)
{
    Handed handed = co_await carrier_.carry(*entry);
    const bool refused = handed.outcome == Outcome::refused || handed.outcome == Outcome::failed;
    if (refused) handed.left.clear();
    entry->file.forward_paths = std::move(handed.left);
    const auto change = !entry->file.forward_paths.empty() ? run::QueueChange::deferred
                        : refused                          ? run::QueueChange::failed
                                                           : run::QueueChange::taken;
    note(*entry, entry->spans, change, handed.detail);
    if (entry->file.forward_paths.empty()) {
        std::erase(entries_, entry);
        co_await drop(path(*entry));
        co_return;
    }
    co_await keep(*entry); // for whom it still has to go, and how often it was tried
    const RetryRule rule = carrier_.retry(*entry);
    Duration wait = rule.first;
    for (std::uint32_t i = 1; i < entry->file.tries && wait < rule.longest; ++i) wait = wait * 2;
    wait = std::min(wait, rule.longest);
    entry->next_try = host_.engine().now() + wait;
    entry->under_way = false;
    host_.spawn(try_later(entry, wait));
}

Task<void> Queue::try_later(std::shared_ptr<Entry> entry, Duration wait)
{
    co_await host_.engine().pause(host_.node(), wait);
    go(entry);
}

Task<void> Queue::keep(const Entry& entry)
{
    engine::Disk& disk = host_.disk();
    const std::string beside = path(entry) + ".new";
    const auto gone = co_await disk.remove(beside); // what a failure may have left there
    const auto made = co_await disk.create(beside, format(entry.file), entry.spans);
    static_cast<void>(gone);
    if (!made) co_return; // the file of before is as good: who has the letter already gets it once more at worst
    const auto synced = co_await disk.sync(beside);
    if (!synced) co_return;
    const auto moved = co_await disk.rename(beside, path(entry));
    const auto named = co_await disk.sync_folder(folder_);
    static_cast<void>(moved), static_cast<void>(named);
}

Task<void> Queue::drop(std::string path)
{
    const auto gone = co_await host_.disk().remove(path);
    const auto synced = co_await host_.disk().sync_folder(folder_);
    static_cast<void>(synced);
    if (!gone && gone.error() != engine::DiskError::no_such_file) withdrawn_.insert(path);
}

void Queue::start()
{
    std::vector<std::string> half_written;
    for (const std::string& name : host_.disk().names_in(folder_)) {
        const auto stored = host_.disk().do_read(folder_ + '/' + name);
        if (!stored) continue;
        if (name.ends_with(".new")) { // never promised, or the older one is there
            half_written.push_back(folder_ + '/' + name);
            continue;
        }
        auto file = parse_queue_file((*stored)->octets);
        if (!file) continue; // a disk that spoilt it: let people look at it
        auto entry = std::make_shared<Entry>();
        entry->name = name;
        entry->file = std::move(*file);
        entry->spans = (*stored)->spans;
        entry->mails = host_.journal().mails_of(entry->spans);
        entry->next_try = host_.engine().now();
        entries_.push_back(std::move(entry));
    }
    if (!half_written.empty()) return host_.spawn(clean_and_go(std::move(half_written)));
    const auto waiting = entries_; // they leave the list as they are passed on
    for (const auto& entry : waiting) go(entry);
}

Task<void> Queue::clean_and_go(std::vector<std::string> half_written)
{
    for (const std::string& path : half_written) {
        const auto gone = co_await host_.disk().remove(path);
        static_cast<void>(gone);
    }
    const auto waiting = entries_; // they leave the list as they are passed on
    for (const auto& entry : waiting) go(entry);
}

void Queue::forget()
{
    entries_.clear();
    withdrawn_.clear();
}

} // namespace tegami::nodes
