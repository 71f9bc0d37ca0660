#include "sim/export/page.hpp"

#include "sim/narration/terminal_text.hpp"

#include <limits>
#include <utility>

namespace tegami::exporting {

using namespace narration;

namespace {

std::string_view colour_of(Style style)
{
    switch (style) {
    case Style::plain: return {};
    case Style::strong: return "\x1b[1m";
    case Style::dim: return "\x1b[2m";
    case Style::story: return "\x1b[33m";
    case Style::stop: return "\x1b[31m";
    case Style::held: return "\x1b[35m";
    }
    return {};
}

} // namespace

std::string Page::shown(std::string_view text) const
{
    std::string safe = terminal_safe(text);
    return medium_.utf8 ? safe : ascii_only(safe);
}

/// Writes a cell of which the line has reached column `at`, cut to `room` columns.
void Page::put(const Cell& cell, int& at, int room)
{
    std::string text = shown(cell.text);
    if (width(text) > room) text = medium_.utf8 ? fit(text, room) : ascii_only(fit(text, room - 2));
    if (text.empty()) return;
    if (at < cell.column) {
        text_.append(static_cast<std::size_t>(cell.column - at), ' ');
        at = cell.column;
    }
    const std::string_view colour = medium_.colour ? colour_of(cell.style) : std::string_view{};
    text_ += colour;
    text_ += text;
    if (!colour.empty()) text_ += "\x1b[0m";
    at += width(text);
}

void Page::end_line() { text_ += '\n'; }

void Page::row(const std::vector<Cell>& cells)
{
    int at = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const int end = i + 1 < cells.size() ? cells[i + 1].column - 1 : page_columns;
        put(cells[i], at, end - cells[i].column);
    }
    end_line();
}

void Page::row(const std::vector<Cell>& cells, std::string_view right, Style right_style)
{
    std::vector<Cell> all = cells;
    all.push_back({page_columns - width(shown(right)), std::string{right}, right_style});
    row(all);
}

void Page::labelled(const std::vector<Cell>& labels, const Cell& text)
{
    std::vector<Cell> cells = labels;
    for (std::string& line : wrap(shown(text.text), page_columns - text.column)) {
        cells.push_back({text.column, std::move(line), text.style});
        row(cells);
        cells.clear();
    }
}

void Page::paragraph(const Cell& text)
{
    for (std::string& line : wrap(shown(text.text), page_columns - text.column))
        row({{text.column, std::move(line), text.style}});
}

void Page::whole(const Cell& text)
{
    int at = 0;
    put(text, at, std::numeric_limits<int>::max());
    end_line();
}

void Page::blank() { end_line(); }

std::string Page::take() { return std::exchange(text_, {}); }

} // namespace tegami::exporting
