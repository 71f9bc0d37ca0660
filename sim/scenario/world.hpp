#pragma once
/// A scenario come to life: its hosts, its network and its people, writing a run. It can be run to a time or a condition,
/// and on from there. Changing the past is a new world with one more input.

#include "sim/nodes/mailboxes.hpp"
#include "sim/nodes/mua.hpp"
#include "sim/nodes/stub_names.hpp"
#include "sim/scenario/read_scenario.hpp"
#include "sim/scenario/replay.hpp"

namespace tegami::scenario {

using engine::NodeId;

struct WorldOptions {
    std::uint64_t seed = 1;
    run::Level level = run::Level::full;
    std::string file;                ///< the scenario's name, without folders
    std::string text;                ///< and what it says, whole
    std::vector<std::string> inputs; ///< added acts as TOML, each `[[do]]` with `at`, in the order in which they came
    std::string language = "en";     ///< of the title
    std::vector<Plug> plugs;         ///< that the plan was given by `plug_in`
    std::vector<FrameInput> frames;  ///< that their machines sent in a run that is played again
};

class World final : nodes::Watcher {
  public:
    /// `loaded` may go away afterwards. Problems are those of the inputs. `commentator` (null for none) must outlive the
    /// world.
    static std::expected<std::unique_ptr<World>, ProblemList> build(const Loaded& loaded, WorldOptions options,
                                                                    std::unique_ptr<run::Sink> sink,
                                                                    run::Commentator* commentator = nullptr);
    ~World();

    engine::Engine& engine() { return engine_; }
    run::Recorder& recorder() { return recorder_; }
    net::Network& network() { return network_; }
    run::SpanTable& spans() { return spans_; }
    /// By name or domain name; null for a router or nobody.
    nodes::Host* find_host(std::string_view name);
    /// The identity of the scenario's mail of that number, from 1; number 0 where it was not sent yet.
    run::MailId mail(std::size_t number) const { return number <= mails_.size() ? mails_[number - 1] : run::MailId{}; }

    // ---- machines outside, plugged in ---------------------------------------------------------------------------------

    /// What the machine of a plug has to know about itself.
    PlugHost plug_host(std::size_t plug) const { return scenario::plug_host(plan_, plugs_[plug].name); }
    /// Where frames for that machine go from now on. They are gone when the call returns.
    void attach(std::size_t plug, std::function<void(wire::Octets frame)> sink);
    /// The machine sends a frame at `at`, not before now. False where it is none that a link can carry.
    bool inject(std::size_t plug, wire::Octets frame, Time at)
    {
        return network_.outside.inject(plug_nics_[plug], frame, at);
    }

    Time start() const { return engine_.start(); }
    /// When the scenario says that it is over.
    Time end() const { return end_; }
    void run_until(Time time) { engine_.run_until(time); }
    /// Nothing more will happen in this run.
    std::expected<void, run::FileError> finish() { return recorder_.finish(engine_.now()); }

  private:
    World(const Loaded& loaded, WorldOptions options, std::vector<Act> added, std::unique_ptr<run::Sink> sink,
          run::Commentator* commentator);

    struct Waiting {
        std::size_t act = 0;
        bool happened = false;
    };

    void build_hosts();
    void add_server_roles(std::uint32_t plan_node, nodes::Host& host, nodes::Mailboxes& mailboxes);
    void add_mail_program(std::uint32_t plan_node, nodes::Host& host, nodes::Mailboxes& mailboxes);
    void add_filters();
    void add_plugs(const WorldOptions& options);
    void schedule_acts();
    void schedule(std::size_t act, Time at);
    void carry_out(std::size_t act, NodeId node);
    std::vector<NodeId> doers(const Act& act) const;
    NodeId node_of(std::uint32_t plan_node) const { return node_ids_[plan_node]; }
    /// The interface of a link that a node hangs on it with.
    void change(net::NicId end, const LinkFigures& figures);
    net::NicId nic_on(std::uint32_t link, std::uint32_t plan_node) const;
    void on_step_ended(run::MailId mail, run::Step step, run::Outcome outcome) override;
    void on_process_changed(NodeId node, run::ProcessChange change) override;

    Plan plan_;
    std::vector<Act> acts_; // the scenario's, then the added ones
    Time end_;
    std::int32_t zone_minutes_;
    net::Topology topology_;
    engine::Engine engine_;
    run::SpanTable spans_;
    run::Recorder recorder_;
    net::Network network_;
    nodes::Journal journal_;
    std::vector<Plug> plugs_;
    std::vector<net::NicId> plug_nics_; // by plug
    std::vector<NodeId> node_ids_;      // by plan node
    std::vector<std::unique_ptr<nodes::Mailboxes>> mailboxes_;
    std::vector<std::unique_ptr<nodes::Host>> hosts_; // by plan node; none for routers
    std::vector<nodes::Mua*> muas_;                   // by plan node
    std::vector<nodes::StubNames*> stubs_;            // by plan node
    std::vector<run::MailId> mails_;                  // by number − 1
    std::vector<Waiting> waiting_;
};

} // namespace tegami::scenario
