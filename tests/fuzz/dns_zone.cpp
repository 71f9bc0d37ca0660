/// Any octets as a zone's text: records are read and problems have their places; what was read is written, and read again
/// without any problem; a zone that passes its checks is served.

#include "protocols/dns/authority.hpp"

#include <algorithm>
#include <cstdlib>

using namespace tegami;
using namespace tegami::dns;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

std::vector<Record> records_of(std::vector<PlacedRecord> placed)
{
    std::vector<Record> records;
    for (auto& each : placed) records.push_back(std::move(each.record));
    return records;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const Name origin = *parse_name("example");
    ZoneProblems problems;
    const auto placed = parse_zone_text(text, origin, problems);
    check_zone(origin, placed, problems);
    const bool is_good = !problems.has_errors();
    ZonePlace before;
    const auto told = problems.take();
    require(told.size() <= most_zone_problems + 1);
    for (const ZoneProblem& problem : told) {
        require(problem.at >= before && problem.key.starts_with("zone."));
        before = problem.at;
        for (const auto& [name, value] : problem.arguments)
            require(!name.empty() && std::ranges::all_of(value, [](char c) { return c >= ' ' && c < 0x7F; }));
    }

    const auto records = records_of(placed);
    const std::string written = format_zone(origin, records);
    ZoneProblems none;
    const auto again = records_of(parse_zone_text(written, Name{}, none));
    require(none.take().empty());
    require(format_zone(origin, again) == written);

    if (!is_good) return 0;
    Zones zones;
    zones.add(Zone{origin, records}, true);
    const auto whole = answer(zones, make_query(1, {origin, Type::axfr}, false), Transport::tcp);
    require(whole.outcome == Outcome::transfer && whole.messages.front().answers.front().type == Type::soa);
    for (std::size_t i = 0; i < std::min<std::size_t>(records.size(), 16); ++i)
        for (const Type type : {records[i].type, Type::a, Type::any}) {
            const auto response =
                respond(zones, encode(make_query(1, {records[i].owner, type}, false)), Transport::udp);
            require(response.messages.size() == 1 && response.messages[0].size() <= plain_udp_payload);
            require(decode_message(response.messages[0]).has_value());
        }
    return 0;
}
