#pragma once
/// Results of checks as the XML that JUnit made common: CI systems read it.

#include <string>
#include <vector>

namespace tegami::cli {

struct JunitCase {
    std::string name;
    bool held = false;
    std::string told;     ///< what was found
    std::string why = {}; ///< the scenario's word on why it matters
};

struct JunitSuite {
    std::string name;  ///< the scenario's file
    std::string error; ///< why there was nothing to check; empty where there was
    std::vector<JunitCase> cases;
    std::vector<std::string> problems = {}; ///< with an error: what is wrong with the file, a line each
};

std::string to_junit(const std::vector<JunitSuite>& suites);

} // namespace tegami::cli
