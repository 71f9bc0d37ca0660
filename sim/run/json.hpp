#pragma once
/// A fact as one JSON object, from the same field lists as the encoding. docs/run-format.md documents it.

#include "sim/run/header.hpp"

#include <string>

namespace tegami::run {

/// Appends a JSON string. What is no UTF-8 becomes U+FFFD; control characters and those that turn the direction of text
/// are escaped, so that no stranger's octets reach a terminal raw.
void append_json(std::string& out, std::string_view text);
/// {"text":…} where the octets are readable, else {"hex":…}.
void append_json(std::string& out, Octets octets);

/// "2026-04-06T09:00:00.000000000+09:00"
std::string iso_time(Time at, std::int32_t zone_minutes);

/// {"mail":…} or {"session":…}: what a span is, by names and numbers that every view shows.
void append_json(std::string& out, const Span& span, const RunHeader& header);

/// One object, without a line end.
std::string to_json(const Event& event, const RunHeader& header, const SpanTable& spans);

} // namespace tegami::run
