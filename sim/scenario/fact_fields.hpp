#pragma once
/// Facts by the names of their kinds and fields, for whoever writes a scenario: values read as `--json` shows them.

#include "sim/run/facts.hpp"
#include "sim/run/header.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::scenario {

/// "tcp.opened", "dns.asked", …
std::vector<std::string_view> fact_keys();
/// The fields of that kind; empty where there is no such kind.
std::vector<std::string_view> fields_of(std::string_view key);
std::string_view key_of(const run::Event& event);

/// A field of a fact as text: numbers in decimal, choices by name, addresses, names of hosts and interfaces. Nothing where
/// the fact has no such field, or one that is no single value.
std::optional<std::string> field_text(const run::Event& event, std::string_view field, const run::RunHeader& header);

} // namespace tegami::scenario
