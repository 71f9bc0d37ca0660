#pragma once
/// A host as the mail programs see it: the network, a disk, a clock with a zone, and the roles that run on it. It starts,
/// stops, crashes, loses power and starts again.

#include "sim/engine/disk.hpp"
#include "sim/net/connector.hpp"
#include "sim/net/network.hpp"
#include "sim/nodes/journal.hpp"
#include "sim/nodes/names.hpp"

namespace tegami::nodes {

using wire::Task;

class Host;

/// A program that runs on a host: MTA, MRA, MUA. It is made once; its processes come and go.
class Role {
  public:
    virtual ~Role() = default;
    /// The host has started: opens ports, starts processes, looks at what the disk holds.
    virtual void start() = 0;
    /// The host's processes are gone: what was in memory only is lost.
    virtual void forget() = 0;
};

class Host final : engine::DiskWitness {
  public:
    Host(net::Network& network, Journal& journal, NodeId node, std::string domain_name, int zone_minutes);
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    NodeId node() const { return node_; }
    const std::string& name() const { return engine_.name(node_); }
    const std::string& domain_name() const { return domain_name_; } ///< what it calls itself in EHLO
    int zone_minutes() const { return zone_minutes_; }
    engine::Engine& engine() { return engine_; }
    net::Network& network() { return network_; }
    Journal& journal() { return journal_; }
    engine::Disk& disk() { return disk_; }
    run::SpanTable& spans() { return network_.context.spans; }
    /// Whom its programs ask for names: its stub resolver. Null where there is nobody.
    Names* names() const { return names_.get(); }
    void set_names(std::unique_ptr<Names> names) { names_ = std::move(names); }

    void add(std::unique_ptr<Role> role) { roles_.push_back(std::move(role)); }

    /// Starts a process on this host.
    void spawn(Task<void> work) { engine_.spawn(node_, std::move(work)); }
    /// Records what this host decided now; nothing while it dies.
    template <class Fact>
    run::FactRef record(Spans serves, const Fact& fact)
    {
        if (engine_.dying(node_)) return run::FactRef::none;
        return network_.context.record(node_, serves, run::FactRef::none, fact);
    }
    /// The octets of a message become part of the run, each different content once.
    run::ContentId keep_content(Spans serves, Octets octets);
    /// The how-manieth of this host's files: for names that no other gets.
    std::uint64_t next_file() { return ++files_; }

    // ---- what a scenario may do --------------------------------------------------------------------------------------

    bool running() const { return running_; }
    /// At the world's beginning.
    void begin() { start(run::ProcessChange::started, false); }
    void start();
    void stop();
    void crash(bool power_cut);
    /// Stops at once if it runs, and starts again: calls `came_back` by a due of its own.
    void restart();
    void came_back() { start(run::ProcessChange::restarted); }

  private:
    void start(run::ProcessChange change, bool tell = true);
    void end(run::ProcessChange change);
    void on_disk(NodeId node, engine::DiskAction action, std::string_view path, std::string_view to, std::uint64_t size,
                 Spans spans) override;

    net::Network& network_;
    Journal& journal_;
    engine::Engine& engine_;
    NodeId node_;
    std::string domain_name_;
    int zone_minutes_;
    engine::Disk disk_;
    std::uint64_t files_ = 0;
    bool running_ = false;
    std::unique_ptr<Names> names_;
    std::vector<std::unique_ptr<Role>> roles_; // behind all that they use
};

} // namespace tegami::nodes
