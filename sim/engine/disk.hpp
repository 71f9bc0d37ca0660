#pragma once
/// A node's disk: folders of files, with the promises a real one makes. What was written is there for every later reader,
/// but survives a power cut only after sync(file); a name made, changed or removed survives only after sync_folder(folder).
/// Every call takes simulated time and happens at its end: a process that dies meanwhile has not made it.

#include "protocols/wire/octets.hpp"
#include "protocols/wire/stream.hpp"
#include "sim/engine/engine.hpp"

#include <expected>
#include <map>
#include <set>

namespace tegami::engine {

enum class DiskError : std::uint8_t {
    no_such_file,
    exists,
    full, ///< as if ENOSPC
    io,   ///< as if EIO
};

enum class DiskAction : std::uint8_t { written, synced, renamed, removed, folder_synced, power_cut };

/// Is told of everything that a disk did, when it did it.
class DiskWitness {
  public:
    virtual void on_disk(NodeId node, DiskAction action, std::string_view path, std::string_view to, std::uint64_t size,
                         wire::Spans spans) = 0;

  protected:
    ~DiskWitness() = default;
};

class Disk {
  public:
    Disk(Engine& engine, NodeId node) : engine_(engine), node_(node) {}
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// What a file is: its octets, and whom it serves, which stays with it like an extended attribute.
    struct File {
        std::string octets;
        wire::Spans spans;
    };
    using Content = std::shared_ptr<const File>;

    // Paths are folders and a name with '/' between; a folder is there as soon as a file is put into it. ---------------

    /// Makes a new file; one that is there already is an error (open(2) with O_EXCL).
    auto create(std::string path, std::string octets, wire::Spans spans)
    {
        return engine_.after(
            node_, call_,
            [this, path = std::move(path), file = std::make_shared<const File>(File{std::move(octets), spans})] {
                return do_create(path, file);
            });
    }
    auto sync(std::string path)
    {
        return engine_.after(node_, sync_, [this, path = std::move(path)] { return do_sync(path); });
    }
    auto sync_folder(std::string folder)
    {
        return engine_.after(node_, sync_, [this, folder = std::move(folder)] { return do_sync_folder(folder); });
    }
    /// Replaces what is at `to`, as rename(2) does.
    auto rename(std::string from, std::string to)
    {
        return engine_.after(node_, call_,
                             [this, from = std::move(from), to = std::move(to)] { return do_rename(from, to); });
    }
    /// `spans`: whom the removal serves; nobody: whom the file does.
    auto remove(std::string path, wire::Spans spans = {})
    {
        return engine_.after(node_, call_, [this, path = std::move(path), spans] { return do_remove(path, spans); });
    }
    auto read(std::string path)
    {
        return engine_.after(node_, call_, [this, path = std::move(path)] { return do_read(path); });
    }
    /// The names in a folder, in order, without those of folders in it.
    auto list(std::string folder)
    {
        return engine_.after(node_, call_, [this, folder = std::move(folder)] { return names_in(folder); });
    }

    /// At once, for whoever sets up or inspects a world.
    std::vector<std::string> names_in(std::string_view folder) const;
    std::expected<Content, DiskError> do_read(const std::string& path) const;

    // ---- what a scenario may do --------------------------------------------------------------------------------------

    void set_times(Duration call, Duration sync) { call_ = call, sync_ = sync; }
    /// Room in octets; writing more fails with DiskError::full.
    void set_room(std::uint64_t octets) { room_ = octets; }
    /// From now on every call that changes something fails so; nothing: works again.
    void set_failure(std::optional<DiskError> failure) { failure_ = failure; }
    /// Everything that was not synced is gone.
    void cut_power();
    void set_witness(DiskWitness* witness) { witness_ = witness; }

  private:
    struct Inode {
        Content now;
        Content durable; // null: never synced, empty after a power cut
    };
    using Names = std::map<std::string, std::shared_ptr<Inode>, std::less<>>;

    using Done = std::expected<void, DiskError>;
    Done do_create(const std::string& path, const Content& file);
    Done do_sync(const std::string& path);
    Done do_sync_folder(const std::string& folder);
    Done do_rename(const std::string& from, const std::string& to);
    Done do_remove(const std::string& path, wire::Spans spans);
    void tell(DiskAction action, std::string_view path, std::string_view to, std::uint64_t size,
              wire::Spans spans) const;

    Engine& engine_;
    NodeId node_;
    Names names_;
    Names durable_;
    std::set<std::string, std::less<>> unsynced_; // names that a power cut would change
    std::uint64_t used_ = 0;
    std::uint64_t room_ = UINT64_MAX;
    std::optional<DiskError> failure_;
    Duration call_ = wire::microseconds(100);
    Duration sync_ = wire::milliseconds(5);
    DiskWitness* witness_ = nullptr;
};

/// "cur" of "mail/bob/cur/x"; empty for a name in no folder.
std::string_view folder_of(std::string_view path);

} // namespace tegami::engine
