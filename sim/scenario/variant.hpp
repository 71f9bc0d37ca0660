#pragma once
/// A variant changes the tree of a file before it is read: so whatever can be written can be set otherwise.

#include "sim/scenario/tree.hpp"

namespace tegami::scenario {

/// Carries out `[variant.NAME] set` on the file's tree. Says where a key leads nowhere.
void apply_variant(Node& root, std::string_view name, Problems& problems);

/// A value of a tree as it may be written on one line.
std::string toml_of(const Node& node);

} // namespace tegami::scenario
