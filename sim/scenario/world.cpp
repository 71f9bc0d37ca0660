#include "sim/scenario/world.hpp"

#include "sim/scenario/topology.hpp"

namespace tegami::scenario {

namespace {

run::RunHeader header_of(const Loaded& loaded, const WorldOptions& options, const engine::Engine& engine,
                         const net::Topology& topology)
{
    const Scenario& scenario = loaded.scenario;
    run::RunHeader header;
    header.title = options.language == "ja" && !scenario.title.ja.empty() ? scenario.title.ja : scenario.title.en;
    header.scenario_file = options.file;
    header.variant = loaded.variant;
    header.scenario = options.text;
    header.seed = options.seed;
    header.start = scenario.start;
    header.zone_minutes = scenario.zone_minutes;
    header.level = options.level;
    for (std::size_t i = 0; i < engine.node_count(); ++i) header.nodes.push_back(engine.name(static_cast<NodeId>(i)));
    header.nics = net::nic_rows(engine, topology);
    for (const PlanNode& node : loaded.plan.nodes)
        for (const wire::Address& address : node.addresses()) header.names.emplace_back(address, node.domain_name);
    return header;
}

} // namespace

std::expected<std::unique_ptr<World>, ProblemList> World::build(const Loaded& loaded, WorldOptions options,
                                                                std::unique_ptr<run::Sink> sink,
                                                                run::Commentator* commentator)
{
    std::vector<Act> added;
    for (const std::string& input : options.inputs) {
        auto acts = read_added_acts(input, loaded);
        if (!acts) return std::unexpected(std::move(acts.error()));
        for (Act& act : *acts) added.push_back(std::move(act));
    }
    return std::unique_ptr<World>{
        new World{loaded, std::move(options), std::move(added), std::move(sink), commentator}};
}

World::World(const Loaded& loaded, WorldOptions options, std::vector<Act> added, std::unique_ptr<run::Sink> sink,
             run::Commentator* commentator)
    : plan_(loaded.plan),
      acts_(loaded.scenario.acts),
      end_(loaded.scenario.start + loaded.scenario.until),
      zone_minutes_(loaded.scenario.zone_minutes),
      topology_(topology_of(plan_)),
      engine_(options.seed, loaded.scenario.start, net::host_names(topology_)),
      recorder_(header_of(loaded, options, engine_, topology_), spans_, std::move(sink), commentator),
      network_(engine_, recorder_, spans_, topology_),
      journal_(network_.context)
{
    for (Act& act : added) acts_.push_back(std::move(act));
    for (const std::string& input : options.inputs)
        recorder_.record(engine_.now(), NodeId::outside, {}, run::FactRef::none,
                         run::Input{.what = input, .octets = {}});
    build_hosts();
    add_filters();
    add_plugs(options);
    journal_.set_watcher(this);
    schedule_acts();
}

void World::add_plugs(const WorldOptions& options)
{
    plugs_ = options.plugs;
    for (const Plug& plug : plugs_) {
        recorder_.record(engine_.now(), NodeId::outside, {}, run::FactRef::none,
                         run::Input{.what = format_plug_input(plug), .octets = {}});
        plug_nics_.push_back(network_.links.nic_of(plan_.find_node(plug.name), 0));
    }
    for (const FrameInput& frame : options.frames)
        for (std::size_t i = 0; i < plugs_.size(); ++i)
            if (plugs_[i].name == frame.plug) inject(i, frame.octets, frame.at);
}

void World::attach(std::size_t plug, std::function<void(wire::Octets frame)> sink)
{
    network_.outside.attach(plug_nics_[plug], [sink = std::move(sink)](wire::Octets frame, Time) { sink(frame); });
}

World::~World() { engine_.shut_down(); }

nodes::Host* World::find_host(std::string_view name)
{
    const std::uint32_t node = plan_.find_host(name);
    return node == nowhere ? nullptr : hosts_[node].get();
}

} // namespace tegami::scenario
