#pragma once
/// A page of text for people: columns that stand in line whatever the language, no line wider than the page, nothing
/// raw from a stranger. Everything written passes `terminal_safe` here, so no view can forget it.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::exporting {

/// The widest line. A CJK character counts two.
constexpr int page_columns = 100;

/// What a text is, for terminals that show colour. It repeats what a mark or a word says.
enum class Style { plain, strong, dim, story, stop, held };

/// What the page is read on.
struct Medium {
    bool utf8 = true;    ///< false: marks and arrows in their ASCII forms
    bool colour = false; ///< ANSI colours
};

/// Text that begins at a column (from 0).
struct Cell {
    int column = 0;
    std::string text;
    Style style = Style::plain;
};

class Page {
  public:
    explicit Page(Medium medium = {}) : medium_{medium} {}

    /// One line. A cell that would run into the next is cut with "…".
    void row(const std::vector<Cell>& cells);
    /// The same with a text that ends at the page's right edge.
    void row(const std::vector<Cell>& cells, std::string_view right, Style right_style = Style::plain);
    /// A label, and a text that is wrapped within its column up to the edge.
    void hanging(const Cell& label, const Cell& text) { labelled({label}, text); }
    /// The same with several cells before the text.
    void labelled(const std::vector<Cell>& labels, const Cell& text);
    /// A text wrapped within its column.
    void paragraph(const Cell& text);
    /// A line that is never cut, however long: something to copy.
    void whole(const Cell& text);
    void blank();

    const std::string& text() const { return text_; }
    /// What was written since the last call.
    std::string take();

  private:
    std::string shown(std::string_view text) const;
    void put(const Cell& cell, int& at, int room);
    void end_line();

    Medium medium_;
    std::string text_;
};

} // namespace tegami::exporting
