#pragma once
/// How a test case says that it cannot run here: `if (!there) return skip("what is missing");`

#include <catch2/catch.hpp>

#include <cstdio>
#include <string>

namespace tegami::test {

/// Prints the line that `./dev test` counts and shows as skipped. To be the last thing a test case does.
inline void skip(const std::string& why)
{
    std::printf("skipped: %s: %s\n", Catch::getResultCapture().getCurrentTestName().c_str(), why.c_str());
    std::fflush(stdout);
    SUCCEED();
}

} // namespace tegami::test
