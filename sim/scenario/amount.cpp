#include "sim/scenario/amount.hpp"

namespace tegami::scenario {

namespace {

constexpr Unit duration_units[] = {{"ns", 1},
                                   {"us", 1'000},
                                   {"ms", 1'000'000},
                                   {"s", 1'000'000'000},
                                   {"min", 60'000'000'000},
                                   {"h", 3'600'000'000'000},
                                   {"d", 86'400'000'000'000}};
constexpr Unit duration_spoken[] = {{"µs", 1'000}, {"μs", 1'000}};
constexpr Unit rate_units[] = {{"bit/s", 1}, {"kbit/s", 1'000}, {"Mbit/s", 1'000'000}, {"Gbit/s", 1'000'000'000}};
constexpr Unit share_units[] = {{"%", 10'000}};
constexpr Unit size_units[] = {{"B", 1}, {"kB", 1'000}, {"KiB", 1'024}, {"MB", 1'000'000}, {"MiB", 1'048'576}};
constexpr Unit queue_units[] = {{"frames", 1}};
constexpr Unit queue_spoken[] = {{"frame", 1}};

constexpr std::size_t most_digits = 24; // on each side of the point

bool decimal_digit(char c) { return c >= '0' && c <= '9'; }

__extension__ typedef unsigned __int128 Wide;

} // namespace

const Dimension duration_amount{"duration", "2s", "1ns", duration_units, duration_spoken};
const Dimension rate_amount{"rate", "100Mbit/s", "1bit/s", rate_units, {}};
const Dimension share_amount{"share", "2%", "0.0001%", share_units, {}};
const Dimension size_amount{"size", "64KiB", "1B", size_units, {}};
const Dimension queue_amount{"frames", "100 frames", "1 frames", queue_units, queue_spoken};

std::expected<std::uint64_t, AmountError> parse_amount(std::string_view text, const Dimension& dimension)
{
    std::size_t at = 0;
    Wide number = 0;
    std::size_t decimals = 0;
    while (at < text.size() && decimal_digit(text[at])) {
        if (at == most_digits) return std::unexpected(AmountError::large);
        number = number * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    if (at == 0) return std::unexpected(AmountError::malformed);
    if (at < text.size() && text[at] == '.') {
        std::string_view fraction = text.substr(++at);
        std::size_t length = 0;
        while (length < fraction.size() && decimal_digit(fraction[length])) ++length;
        if (length == 0) return std::unexpected(AmountError::malformed);
        at += length;
        fraction = fraction.substr(0, length);
        while (fraction.ends_with('0')) fraction.remove_suffix(1);
        if (fraction.size() > 13) return std::unexpected(AmountError::fine); // a day has 8.64e13 ns
        for (const char c : fraction) {
            number = number * 10 + static_cast<unsigned>(c - '0');
            ++decimals;
        }
    }
    if (at < text.size() && text[at] == ' ') ++at;
    const std::string_view name = text.substr(at);
    const Unit* unit = nullptr;
    for (const auto units : {dimension.units, dimension.spoken})
        for (const Unit& candidate : units)
            if (candidate.name == name) unit = &candidate;
    if (!unit) return std::unexpected(AmountError::unit);

    constexpr Wide most = 0x7FFF'FFFF'FFFF'FFFF;
    Wide scale = 1;
    for (std::size_t i = 0; i < decimals; ++i) scale *= 10;
    if (number / scale > most) return std::unexpected(AmountError::large); // and number < 2^108
    // number × worth may need more than 128 bits, whole part and fraction apart do not.
    const Wide whole = number / scale * unit->worth;
    const Wide part = number % scale * unit->worth;
    if (part % scale != 0) return std::unexpected(AmountError::fine);
    const Wide value = whole + part / scale;
    if (value > most) return std::unexpected(AmountError::large);
    return static_cast<std::uint64_t>(value);
}

std::string format_amount(std::uint64_t value, const Dimension& dimension)
{
    const Unit* best = &dimension.units.front();
    for (const Unit& unit : dimension.units)
        if (value != 0 && value % unit.worth == 0) best = &unit;
    std::string text;
    if (value % best->worth == 0) {
        text = std::to_string(value / best->worth);
    } else { // only a share has no unit worth 1: "0.5%"
        std::string fraction = std::to_string(best->worth + value % best->worth).substr(1);
        while (fraction.ends_with('0')) fraction.pop_back();
        text = std::to_string(value / best->worth) + '.' + fraction;
    }
    if (&dimension == &queue_amount) text += ' ';
    return text.append(best->name);
}

std::string unit_names(const Dimension& dimension)
{
    std::string text;
    for (const Unit& unit : dimension.units) {
        if (!text.empty()) text += ", ";
        text += unit.name;
    }
    return text;
}

} // namespace tegami::scenario
