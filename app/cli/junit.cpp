// The one file that sees pugixml.
#include "app/cli/junit.hpp"

#include "sim/narration/terminal_text.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <sstream>

namespace tegami::cli {
namespace {

/// Text with what no XML may hold (control characters, octets that are no UTF-8) written out.
std::string allowed(const std::string& text) { return narration::terminal_safe(text); }

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
        if (broken) add("scenario").append_child("error").append_attribute("message") = allowed(suite.error).c_str();
        for (const JunitCase& one : suite.cases) {
            pugi::xml_node of = add(one.name);
            if (!one.held) of.append_child("failure").append_attribute("message") = allowed(one.told).c_str();
        }
    }
    std::ostringstream xml;
    document.save(xml, "  ", pugi::format_default, pugi::encoding_utf8);
    return std::move(xml).str();
}

} // namespace tegami::cli
