#pragma once
/// The last part of the catalogue's keys, for each choice that a fact can hold.

#include "sim/run/choices.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tegami::narration {

/// "queue_full", as JSON and docs/run-format.md write it. Empty for a value that this program does not know.
template <class Choice>
constexpr std::string_view word(Choice value)
{
    const auto index = static_cast<std::size_t>(value);
    return index < run::Choices<Choice>::count ? run::Choices<Choice>::name(index) : std::string_view{};
}

/// "s3_1_mx"; "none" for none.
std::string_view word(run::Step step);

/// "SMTP", "POP3"; not translated.
std::string_view protocol_name(run::Protocol protocol);

/// "MX"; TYPE65280 where it has no name here. Not translated.
std::string record_type_name(std::uint16_t type);

/// "1,632": both languages group by three.
std::string figure_text(std::uint64_t figure);

} // namespace tegami::narration
