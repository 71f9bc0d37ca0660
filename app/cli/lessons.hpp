#pragma once
/// The lessons that come along, and where a scenario's text is found: a file, or a lesson by its name.

#include "sim/scenario/read_scenario.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::cli {

/// A text inside the program: a lesson, or "new.en" and "new.ja", with which `tegami new` begins.
struct BuiltIn {
    std::string_view name;
    std::string_view text;
};
std::span<const BuiltIn> built_in_texts();

/// By its name: "first-mail". Nothing where there is none.
std::optional<std::string_view> find_lesson(std::string_view name);
std::string_view template_text(std::string_view language);

struct LessonRow {
    std::string_view name;
    scenario::Scenario scenario;
};
/// By the shelves of the gallery, and their places there; those without a card last.
std::vector<LessonRow> gallery();

} // namespace tegami::cli
