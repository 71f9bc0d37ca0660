#include "sim/scenario/readers.hpp"

namespace tegami::scenario {

namespace {

constexpr std::uint64_t rate_max = 1'000'000'000'000;  // 1000Gbit/s
constexpr std::uint64_t delay_max = 3'600'000'000'000; // an hour: the Moon is 1.3 s away
constexpr std::uint32_t mtu_min = 576;                 // RFC 791 §3.1: what every host takes
constexpr std::uint32_t mtu_max = 1'500;               // RFC 894: what Ethernet carries
constexpr std::uint64_t queue_frames_max = 1'000'000;
constexpr std::uint64_t queue_octets_max = 1'024 * 1'024 * 1'024;

void read_queue(Problems& problems, const Node& node, LinkFigures& link)
{
    // Frames or octets: whichever unit is written.
    const bool frames =
        node.kind == Node::Kind::text && (parse_amount(node.text, queue_amount) || node.text.ends_with("frames"));
    const Dimension& dimension = frames || node.kind != Node::Kind::text ? queue_amount : size_amount;
    std::uint64_t amount = 0;
    if (read_amount(problems, node, dimension, 1, frames ? queue_frames_max : queue_octets_max, amount))
        link.queue = {amount, frames ? QueueLimit::Unit::frames : QueueLimit::Unit::octets};
}

void read_delay(Problems& problems, const Node& node, std::uint64_t min, std::optional<Duration>& into)
{
    std::uint64_t delay = 0;
    if (read_amount(problems, node, duration_amount, min, delay_max, delay))
        into = Duration{static_cast<std::int64_t>(delay)};
}

constexpr Key<LinkFigures> figure_keys[] = {
    {{"rate", "rate", "home line \"100Mbit/s\", others \"1Gbit/s\"", "\"100Mbit/s\"",
      "How fast each end sends; both directions at once."},
     [](Problems& problems, const Node& node, LinkFigures& link) {
         std::uint64_t rate = 0;
         if (read_amount(problems, node, rate_amount, 1, rate_max, rate)) link.rate = rate;
     }},
    {{"delay", "duration, 1ns to 1h", "home line \"5ms\", office and server \"500us\", between routers \"8ms\"",
      "\"5ms\"", "How long a frame travels, once sent."},
     [](Problems& problems, const Node& node, LinkFigures& link) { read_delay(problems, node, 1, link.delay); }},
    {{"jitter", "duration, to 1h", "\"0ns\"", "\"20ms\"",
      "Each frame travels longer by a time of its own, up to this one."},
     [](Problems& problems, const Node& node, LinkFigures& link) { read_delay(problems, node, 0, link.jitter); }},
    {{"loss", "share", "\"0%\"", "\"2%\"", "The share of frames that the link loses, each way."},
     [](Problems& problems, const Node& node, LinkFigures& link) { read_share(problems, node, link.loss.emplace()); }},
    {{"reorder", "share", "\"0%\"", "\"1%\"", "The share of frames that arrive late, behind later ones."},
     [](Problems& problems, const Node& node, LinkFigures& link) {
         read_share(problems, node, link.reorder.emplace());
     }},
    {{"duplicate", "share", "\"0%\"", "\"1%\"", "The share of frames that arrive twice."},
     [](Problems& problems, const Node& node, LinkFigures& link) {
         read_share(problems, node, link.duplicate.emplace());
     }},
    {{"mtu", "integer, 576 to 1500", "1500", "1400",
      "The largest packet that fits, in octets. With IPv6 at least 1280."},
     [](Problems& problems, const Node& node, LinkFigures& link) {
         std::int64_t mtu = 0;
         read_integer(problems, node, mtu_min, mtu_max, mtu);
         if (mtu != 0) link.mtu = static_cast<std::uint32_t>(mtu);
     }},
    {{"queue", "frames or size", "\"100 frames\"", "\"64KiB\"",
      "What each end keeps while it is busy sending. A frame that finds it full is dropped."},
     read_queue},
};

constexpr Key<Link> link_keys[] = {
    {{"between", "two routers or hosts", "the ends of the link that has this name anyway",
      "[\"sakura-edge\", \"example-edge\"]",
      "Its ends. With the ends of a link that is there anyway, that link gets this name. Otherwise both are routers, "
      "and a new link is laid between them."},
     [](Problems& problems, const Node& node, Link& link) { read_two_names(problems, node, link.between.emplace()); }},
};

} // namespace

void read_figures(Problems& problems, const Node& node, Position at, LinkFigures& figures)
{
    read_table(problems, node, at, "{ delay = \"50ms\", loss = \"2%\" }", all(figure_keys), figures);
}

void read_link(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario)
{
    Link link;
    link.name = std::move(name);
    std::vector<std::string_view> known = names_of(all(link_keys));
    std::ranges::copy(names_of(all(figure_keys)), std::back_inserter(known));
    for (const Entry& entry : node.entries)
        if (!read_entry(problems, entry, all(link_keys), link) &&
            !read_entry(problems, entry, all(figure_keys), link.figures))
            report_unknown_key(problems, entry, known);
    scenario.links.push_back(std::move(link));
}

std::vector<Section> link_sections()
{
    Section keys = section("[link.NAME]", all(link_keys));
    std::ranges::copy(section("", all(figure_keys)).keys, std::back_inserter(keys.keys));
    return {std::move(keys)};
}

} // namespace tegami::scenario
