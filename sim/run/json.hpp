#pragma once
/// A run as JSON, one object a line; facts from the same field lists as the encoding. docs/run-format.md documents it.
/// What is no UTF-8 becomes U+FFFD; control characters and those that turn the direction of text are escaped, so that no
/// stranger's octets reach a terminal raw.

#include "sim/run/header.hpp"

#include <initializer_list>
#include <string>
#include <utility>
#include <variant>

namespace tegami::run {

/// A JSON string.
void append_json(std::string& out, std::string_view text);
/// {"text":…} where the octets are readable, else {"hex":…}.
void append_json(std::string& out, Octets octets);
/// {"mail":…} or {"session":…}: what a span is, by names and numbers that every view shows.
void append_json(std::string& out, const Span& span, const RunHeader& header);

/// "2026-04-06T09:00:00.000000000+09:00"
std::string iso_time(Time at, std::int32_t zone_minutes);

// Each gives one object, without a line end.

std::string to_json(const Event& event, const RunHeader& header, const SpanTable& spans);
/// What a run begins with: title, scenario, nodes, interfaces.
std::string to_json(const RunHeader& header);

struct JsonMember {
    std::string_view name;
    std::variant<bool, std::int64_t, std::uint64_t, std::string_view> value;
};
/// An object of these members, in their order.
std::string to_json(std::initializer_list<JsonMember> members);

} // namespace tegami::run
