#pragma once
/// How a plan is worked out: sites and their servers, users, links, filters, zones, each in a file of its own
/// (plan_sites.cpp, plan_users.cpp, plan_links.cpp, plan_filters.cpp, plan_zones.cpp).

#include "sim/scenario/plan.hpp"

namespace tegami::scenario {

/// What a link of its kind has where its author does not say.
struct LinkDefault {
    std::uint64_t rate;
    Duration delay;
};
constexpr LinkDefault home_line{100'000'000, wire::milliseconds(5)};
constexpr LinkDefault office_line{1'000'000'000, wire::microseconds(500)};
constexpr LinkDefault uplink{1'000'000'000, wire::milliseconds(8)};

std::vector<std::string_view> names_in(const std::map<std::string, std::uint32_t, std::less<>>& index);

class Expansion {
  public:
    Expansion(const Scenario& scenario, Problems& problems, const Suspects& suspects, const PlanLimits& limits)
        : from_{scenario}, problems_{problems}, suspects_{suspects}, limits_{limits}
    {
    }

    Plan run();

  private:
    // ---- names (plan.cpp)

    /// Takes a name for this world, and says where it is taken already.
    void claim(const std::string& name, Position at);
    std::uint32_t add_node(PlanNode node);
    void report_unknown(const Placed<std::string>& name, const std::vector<std::string_view>& known);
    bool one_host_more(Position at);

    // ---- sites (plan_sites.cpp)

    void sites();
    void site(std::size_t i);
    void compare_domain(std::size_t i);
    void choose_nets(std::size_t i, PlanSite& planned);
    void compare_nets(std::size_t i);
    void top_level_of(std::size_t i);
    void servers(std::size_t i);
    void server(std::size_t i, const Server& server);
    void check_roles(const Server& server, const PlanSite& site);
    std::uint32_t part_for(const Server& server, std::size_t site) const;
    /// Gives a host its addresses in its site.
    void place(PlanNode& node, std::size_t site, std::uint32_t part, const std::vector<Placed<wire::Address>>& own,
               const std::vector<Placed<Net>>& ranges, Position at);
    void reserve_own_addresses();
    /// A server of the internet itself: root, TLD.
    std::uint32_t core_server(const std::string& name, const std::string& domain_name, std::uint32_t part);

    // ---- users (plan_users.cpp)

    std::uint32_t site_named(const Placed<std::string>& name);
    void users();
    void submission(const User& user, PlanUser& planned);
    void devices(const User& user, PlanUser& planned);

    // ---- links (plan_links.cpp)

    Mac mac_for(const PlanNode& node, const PlanNic& nic);
    PlanEnd add_nic(std::uint32_t node, std::uint32_t neighbour, std::vector<PlanAddress> addresses,
                    std::uint32_t link);
    std::uint32_t add_link(const std::string& name, std::uint32_t one, std::vector<PlanAddress> one_addresses,
                           std::uint32_t two, std::vector<PlanAddress> two_addresses, const LinkDefault& defaults);
    std::vector<PlanAddress> alone(const PlanNode& node) const;
    std::vector<PlanAddress> on_lan(const PlanNode& node) const;
    static std::vector<PlanAddress> towards_internet(const Room::Given& given, Families families);
    void line_of_host(std::uint32_t host, const std::string& name, Position at, const LinkDefault& defaults);
    void lines();
    void own_links();
    std::uint32_t link_meant(const Link& link);

    // ---- filters (plan_filters.cpp)

    void filters();
    void filter(const Filter& filter);
    void block_port_25(std::size_t site);
    void target(const std::vector<Placed<std::string>>& written, std::vector<Net>& into, bool& any, std::string& text);
    std::optional<std::vector<Net>> nets_of(const Placed<std::string>& target);

    // ---- zones (plan_zones.cpp)

    void zones();
    /// What the author's zones say instead, or beside it.
    void own_zones();
    void own_zone(const Zone& written, PlanZone& zone);

    const Scenario& from_;
    Problems& problems_;
    const Suspects& suspects_;
    const PlanLimits& limits_;
    Plan plan_;
    std::map<std::string, Position> names_;
    std::map<std::string, Position> line_places_; // of the entry that a generated link comes from
    std::vector<Room> rooms_;
    Room core_room_{std::nullopt, std::nullopt};
    std::vector<PlanNode> edges_;                     // by site, until they take their place among the nodes
    std::vector<Room::Given> uplinks_;                // by site: the edge's addresses towards the internet
    std::map<std::string, std::uint32_t> top_levels_; // node by TLD
    std::set<std::size_t> full_;
    std::set<Mac> macs_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> by_ends_;
    std::set<std::uint32_t> owned_;
    std::size_t hosts_ = 0;
};

/// "Sakura" of "sakura".
Text title_or_name(const Text& title, const std::string& name);
PlanNode bare_node(const std::string& name, const std::string& domain_name, NodeKind kind);

} // namespace tegami::scenario
