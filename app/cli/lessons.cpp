#include "app/cli/lessons.hpp"

#include <algorithm>

namespace tegami::cli {
namespace {

std::optional<std::string_view> find_text(std::string_view name)
{
    const auto texts = built_in_texts();
    const auto found = std::ranges::find(texts, name, &BuiltIn::name);
    return found == texts.end() ? std::nullopt : std::optional{found->text};
}

/// From the whole journey to its parts and its obstacles; shelves of other names stand behind, by name.
std::size_t place_of_shelf(std::string_view group)
{
    constexpr std::string_view shelves[] = {"send", "names", "blocked", "trust", "real"};
    return static_cast<std::size_t>(std::ranges::find(shelves, group) - std::begin(shelves));
}

bool is_template(std::string_view name) { return name.starts_with("new."); }

} // namespace

std::optional<std::string_view> find_lesson(std::string_view name)
{
    return is_template(name) ? std::nullopt : find_text(name);
}

std::string_view template_text(std::string_view language)
{
    return find_text("new." + std::string{language}).value_or(std::string_view{});
}

std::vector<LessonRow> gallery()
{
    std::vector<LessonRow> rows;
    for (const BuiltIn& each : built_in_texts()) {
        if (is_template(each.name)) continue;
        if (auto read = scenario::read_scenario(each.text)) rows.push_back({each.name, std::move(read->scenario)});
    }
    std::ranges::sort(rows, {}, [](const LessonRow& row) {
        const auto& card = row.scenario.card;
        const std::string group = card ? card->group : std::string{};
        return std::tuple{!card, place_of_shelf(group), group, card ? card->order : 0u, row.name};
    });
    return rows;
}

} // namespace tegami::cli
