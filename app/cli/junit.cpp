// The one file that sees pugixml.
#include "app/cli/junit.hpp"

#include "sim/narration/terminal_text.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <map>
#include <sstream>

namespace tegami::cli {
namespace {

/// Text with what no XML may hold (control characters, octets that are no UTF-8) written out.
std::string allowed(const std::string& text) { return narration::terminal_safe(text); }

/// The same of several lines.
std::string allowed(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + allowed(line);
    return text;
}

} // namespace

std::string to_junit(const std::vector<JunitSuite>& suites)
{
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    pugi::xml_node root = document.append_child("testsuites");
    for (const JunitSuite& suite : suites) {
        const bool broken = !suite.error.empty();
        const std::string name = allowed(suite.name);
        pugi::xml_node node = root.append_child("testsuite");
        node.append_attribute("name") = name.c_str();
        node.append_attribute("tests") = suite.cases.size() + (broken ? 1 : 0);
        node.append_attribute("failures") =
            static_cast<std::size_t>(std::ranges::count(suite.cases, false, &JunitCase::held));
        node.append_attribute("errors") = broken ? 1 : 0;
        const auto add = [&](const std::string& of) {
            pugi::xml_node one = node.append_child("testcase");
            one.append_attribute("name") = allowed(of).c_str();
            one.append_attribute("classname") = name.c_str();
            return one;
        };
        if (broken) {
            pugi::xml_node error = add("scenario").append_child("error");
            error.append_attribute("message") = allowed(suite.error).c_str();
            if (!suite.problems.empty()) error.text().set(allowed(suite.problems).c_str());
        }
        std::map<std::string, std::size_t> named; // how often
        for (const JunitCase& one : suite.cases) {
            const std::size_t earlier = named[one.name]++;
            pugi::xml_node of = add(earlier == 0 ? one.name : one.name + "#" + std::to_string(earlier + 1));
            if (one.held) continue;
            pugi::xml_node failure = of.append_child("failure");
            failure.append_attribute("message") = allowed(one.told).c_str();
            if (!one.why.empty()) failure.text().set(allowed(one.why).c_str());
        }
    }
    std::ostringstream xml;
    document.save(xml, "  ", pugi::format_default, pugi::encoding_utf8);
    return std::move(xml).str();
}

} // namespace tegami::cli
