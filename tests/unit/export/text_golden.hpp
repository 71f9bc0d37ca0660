#pragma once
/// Texts kept as files for people to read in review. With TEGAMI_WRITE_GOLDEN set the tests write them anew.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace tegami::exporting::testing {

/// The kept text; written first, where that is asked for.
inline std::string golden(const std::string& name, const std::string& actual)
{
    const std::filesystem::path path = std::filesystem::path{TEGAMI_SOURCE_DIR} / "tests/unit/export/golden" / name;
    if (std::getenv("TEGAMI_WRITE_GOLDEN")) std::ofstream{path, std::ios::binary} << actual;
    std::ifstream file{path, std::ios::binary};
    std::ostringstream kept;
    kept << file.rdbuf();
    return kept.str();
}

} // namespace tegami::exporting::testing
