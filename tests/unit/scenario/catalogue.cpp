#include "tests/unit/scenario/catalogue.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace scenario_tests {

std::string file_text(const std::string& path)
{
    std::ifstream in{std::string{TEGAMI_SOURCE_DIR "/"} + path, std::ios::binary};
    if (!in) throw std::runtime_error{"no file " + path};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

std::map<std::string, std::string> read_catalogue(const std::string& language)
{
    std::map<std::string, std::string> catalogue;
    std::string id, text;
    std::string* into = nullptr;
    const auto keep = [&] {
        if (!id.empty() && !catalogue.emplace(id, text).second) throw std::runtime_error{"twice: " + id};
        id.clear();
        text.clear();
    };
    for (const char* const part : {"scenario.", "zone."}) {
        std::ifstream in{TEGAMI_SOURCE_DIR "/assets/locale/parts/" + (part + language) + ".po"};
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("msgid ")) {
                keep();
                into = &id;
            } else if (line.starts_with("msgstr ")) {
                into = &text;
            }
            const std::size_t begin = line.find('"'), end = line.rfind('"');
            if (line.empty() || line[0] == '#' || begin == line.npos || !into) continue;
            for (std::size_t i = begin + 1; i < end; ++i) {
                if (line[i] == '\\') ++i;
                *into += line[i];
            }
        }
        keep();
    }
    return catalogue;
}

std::string in_words(const tegami::scenario::Problem& problem, const std::string& language)
{
    static std::map<std::string, std::map<std::string, std::string>> catalogues;
    auto& catalogue = catalogues[language];
    if (catalogue.empty()) catalogue = read_catalogue(language);
    fmt::dynamic_format_arg_store<fmt::format_context> arguments;
    std::vector<std::string> names; // the store keeps views of names
    names.reserve(problem.arguments.size());
    for (const auto& [name, value] : problem.arguments) {
        names.emplace_back(name);
        arguments.push_back(fmt::arg(names.back().c_str(), value));
    }
    arguments.push_back(fmt::arg("path", problem.path));
    return fmt::format("{}:{} {}", problem.at.line, problem.at.column,
                       fmt::vformat(catalogue.at(std::string{problem.key}), arguments));
}

void hold_golden(const std::string& name, const std::string& text)
{
    const std::string path = "tests/unit/scenario/golden/" + name;
    if (std::getenv("TEGAMI_WRITE_GOLDEN")) std::ofstream(TEGAMI_SOURCE_DIR "/" + path, std::ios::binary) << text;
    const std::string golden = file_text(path);
    const auto differs = std::ranges::mismatch(golden, text);
    INFO(path << " differs from line " << 1 + std::count(golden.begin(), differs.in1, '\n') << " on");
    CHECK((golden == text));
}

} // namespace scenario_tests
