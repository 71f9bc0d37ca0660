#include "app/cli/junit.hpp"

#include "sim/narration/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::cli {
namespace {

/// Text as XML 1.0 allows it in content and attributes. What no XML may hold was written out before.
std::string escaped(const std::string& text)
{
    std::string xml;
    for (const char c : narration::terminal_safe(text)) {
        switch (c) {
        case '&': xml += "&amp;"; break;
        case '<': xml += "&lt;"; break;
        case '>': xml += "&gt;"; break;
        case '"': xml += "&quot;"; break;
        default: xml += c;
        }
    }
    return xml;
}

} // namespace

std::string to_junit(const std::vector<JunitSuite>& suites)
{
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
    for (const JunitSuite& suite : suites) {
        const auto failures = std::ranges::count(suite.cases, false, &JunitCase::held);
        const bool broken = !suite.error.empty();
        xml += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
                           escaped(suite.name), suite.cases.size() + (broken ? 1 : 0), failures, broken ? 1 : 0);
        if (broken)
            xml +=
                fmt::format("    <testcase name=\"scenario\" classname=\"{0}\"><error message=\"{1}\"/></testcase>\n",
                            escaped(suite.name), escaped(suite.error));
        for (const JunitCase& one : suite.cases) {
            xml += fmt::format("    <testcase name=\"{}\" classname=\"{}\"", escaped(one.name), escaped(suite.name));
            xml += one.held ? "/>\n" : fmt::format("><failure message=\"{}\"/></testcase>\n", escaped(one.told));
        }
        xml += "  </testsuite>\n";
    }
    return xml + "</testsuites>\n";
}

} // namespace tegami::cli
