#include "sim/engine/disk.hpp"

namespace tegami::engine {

std::string_view folder_of(std::string_view path)
{
    const std::size_t slash = path.rfind('/');
    return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

void Disk::tell(DiskAction action, std::string_view path, std::string_view to, std::uint64_t size,
                wire::Spans spans) const
{
    if (witness_) witness_->on_disk(node_, action, path, to, size, spans);
}

std::vector<std::string> Disk::names_in(std::string_view folder) const
{
    std::vector<std::string> names;
    const std::string prefix = std::string{folder} + '/';
    for (auto i = names_.lower_bound(prefix); i != names_.end() && i->first.starts_with(prefix); ++i) {
        const std::string_view rest = std::string_view{i->first}.substr(prefix.size());
        if (rest.find('/') == rest.npos) names.emplace_back(rest);
    }
    return names;
}

std::expected<Disk::Content, DiskError> Disk::do_read(const std::string& path) const
{
    const auto at = names_.find(path);
    if (at == names_.end()) return std::unexpected(DiskError::no_such_file);
    return at->second->now;
}

Disk::Done Disk::do_create(const std::string& path, const Content& file)
{
    if (failure_) return std::unexpected(*failure_);
    if (names_.contains(path)) return std::unexpected(DiskError::exists);
    const std::uint64_t size = file->octets.size();
    if (size > room_ || used_ > room_ - size) return std::unexpected(DiskError::full);
    used_ += size;
    names_.emplace(path, std::make_shared<Inode>(Inode{file, nullptr}));
    unsynced_.insert(path);
    tell(DiskAction::written, path, {}, size, file->spans);
    return {};
}

Disk::Done Disk::do_sync(const std::string& path)
{
    if (failure_ == DiskError::io) return std::unexpected(*failure_);
    const auto at = names_.find(path);
    if (at == names_.end()) return std::unexpected(DiskError::no_such_file);
    Inode& inode = *at->second;
    inode.durable = inode.now;
    tell(DiskAction::synced, path, {}, inode.now->octets.size(), inode.now->spans);
    return {};
}

Disk::Done Disk::do_sync_folder(const std::string& folder)
{
    if (failure_ == DiskError::io) return std::unexpected(*failure_);
    const std::string prefix = folder + '/';
    for (auto i = unsynced_.lower_bound(prefix); i != unsynced_.end() && i->starts_with(prefix);) {
        if (folder_of(*i) != folder) {
            ++i;
            continue;
        }
        if (const auto named = names_.find(*i); named != names_.end())
            durable_[*i] = named->second;
        else
            durable_.erase(*i);
        i = unsynced_.erase(i);
    }
    tell(DiskAction::folder_synced, folder, {}, 0, {});
    return {};
}

Disk::Done Disk::do_rename(const std::string& from, const std::string& to)
{
    if (failure_ == DiskError::io) return std::unexpected(*failure_);
    const auto at = names_.find(from);
    if (at == names_.end()) return std::unexpected(DiskError::no_such_file);
    if (from == to) return {};
    const std::shared_ptr<Inode> inode = std::move(at->second);
    names_.erase(at);
    if (const auto old = names_.find(to); old != names_.end()) used_ -= old->second->now->octets.size();
    names_[to] = inode;
    unsynced_.insert(from);
    unsynced_.insert(to);
    tell(DiskAction::renamed, from, to, inode->now->octets.size(), inode->now->spans);
    return {};
}

Disk::Done Disk::do_remove(const std::string& path, wire::Spans spans)
{
    if (failure_ == DiskError::io) return std::unexpected(*failure_);
    const auto at = names_.find(path);
    if (at == names_.end()) return std::unexpected(DiskError::no_such_file);
    const Content file = at->second->now;
    names_.erase(at);
    unsynced_.insert(path);
    used_ -= file->octets.size();
    tell(DiskAction::removed, path, {}, file->octets.size(), spans == wire::Spans{} ? file->spans : spans);
    return {};
}

void Disk::cut_power()
{
    static const Content nothing = std::make_shared<const File>();
    names_ = durable_;
    used_ = 0;
    for (auto& [path, inode] : names_) {
        // A name may have been synced before what it names: then the file is there and empty.
        inode = std::make_shared<Inode>(Inode{inode->durable ? inode->durable : nothing, inode->durable});
        used_ += inode->now->octets.size();
    }
    durable_ = names_;
    unsynced_.clear();
    tell(DiskAction::power_cut, {}, {}, 0, {});
}

} // namespace tegami::engine
