#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

constexpr std::uint64_t rate_max = 1'000'000'000'000;  // 1000Gbit/s
constexpr std::uint64_t delay_max = 3'600'000'000'000; // an hour: the Moon is 1.3 s away
constexpr std::uint64_t queue_frames_max = 1'000'000;
constexpr std::uint64_t queue_octets_max = 1'024 * 1'024 * 1'024;

void read_queue(Problems& problems, const Node& node, Link& link)
{
    // Frames or octets: whichever unit is written.
    const bool frames =
        node.kind == Node::Kind::text && (parse_amount(node.text, queue_amount) || node.text.ends_with("frames"));
    const Dimension& dimension = frames || node.kind != Node::Kind::text ? queue_amount : size_amount;
    std::uint64_t amount = 0;
    if (read_amount(problems, node, dimension, 1, frames ? queue_frames_max : queue_octets_max, amount))
        link.queue = {amount, frames ? QueueLimit::Unit::frames : QueueLimit::Unit::octets};
}

constexpr Key<Link> link_keys[] = {
    {{"between", "two routers or hosts", "the ends of the link that has this name anyway",
      "[\"sakura-edge\", \"example-edge\"]",
      "Its ends. With the ends of a link that is there anyway, that link gets this name. Otherwise both are routers, "
      "and a new link is laid between them."},
     [](Problems& problems, const Node& node, Link& link) { read_two_names(problems, node, link.between.emplace()); }},
    {{"rate", "rate", "home line \"100Mbit/s\", others \"1Gbit/s\"", "\"100Mbit/s\"",
      "How fast each end sends; both directions at once."},
     [](Problems& problems, const Node& node, Link& link) {
         std::uint64_t rate = 0;
         if (read_amount(problems, node, rate_amount, 1, rate_max, rate)) link.rate = rate;
     }},
    {{"delay", "duration, 1ns to 1h", "home line \"5ms\", office and server \"500us\", between routers \"8ms\"",
      "\"5ms\"", "How long a frame travels, once sent."},
     [](Problems& problems, const Node& node, Link& link) {
         std::uint64_t delay = 0;
         if (read_amount(problems, node, duration_amount, 1, delay_max, delay))
             link.delay = Duration{static_cast<std::int64_t>(delay)};
     }},
    {{"loss", "share", "\"0%\"", "\"2%\"", "The share of frames that the link loses, each way."},
     [](Problems& problems, const Node& node, Link& link) { read_share(problems, node, link.loss.emplace()); }},
    {{"reorder", "share", "\"0%\"", "\"1%\"", "The share of frames that arrive late, behind later ones."},
     [](Problems& problems, const Node& node, Link& link) { read_share(problems, node, link.reorder.emplace()); }},
    {{"queue", "frames or size", "\"100 frames\"", "\"64KiB\"",
      "What each end keeps while it is busy sending. A frame that finds it full is dropped."},
     read_queue},
};

} // namespace

void read_link(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario)
{
    Link link;
    link.name = std::move(name);
    read_table(problems, node, link.name.at, "[link.home-alice]", all(link_keys), link);
    scenario.links.push_back(std::move(link));
}

std::vector<Section> link_sections() { return {section("[link.NAME]", all(link_keys))}; }

} // namespace tegami::scenario
