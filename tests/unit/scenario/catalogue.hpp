#pragma once
/// The messages of problems as tests need them: read from the PO files, filled in.

#include "sim/scenario/problem.hpp"

#include <map>
#include <string>

namespace scenario_tests {

std::string file_text(const std::string& path);

/// msgid → msgstr of one PO file; a plain reader of the subset that these files use.
std::map<std::string, std::string> read_catalogue(const std::string& language);

/// "7:3 user.alice.at: There is no …".
std::string in_words(const tegami::scenario::Problem& problem, const std::string& language);

/// Whether a text is that of tests/unit/scenario/golden/NAME. With TEGAMI_WRITE_GOLDEN set the file is written anew, and a
/// change of it is read in review.
void hold_golden(const std::string& name, const std::string& text);

} // namespace scenario_tests
