#pragma once
/// Results of checks as the XML that JUnit made common: CI systems read it.

#include <string>
#include <vector>

namespace tegami::cli {

struct JunitCase {
    std::string name;
    bool held = false;
    std::string told; ///< what was found
};

struct JunitSuite {
    std::string name;  ///< the scenario's file
    std::string error; ///< why there was nothing to check; empty where there was
    std::vector<JunitCase> cases;
};

std::string to_junit(const std::vector<JunitSuite>& suites);

} // namespace tegami::cli
