#include "sim/export/ladder.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <algorithm>
#include <utility>

namespace tegami::exporting {
namespace {

using Form = LadderRow::Form;
using Kind = LadderRow::Kind;

// The columns of the drawing.
constexpr int drawing_column = 13; // behind the time: whom a row serves, where that is not what stands above it
constexpr int mark_columns = 8;
constexpr int leftmost = 22;
constexpr int rightmost = 94;
/// Lifelines nearer than this leave no room for words between them.
constexpr int nearest_lifelines = 18;
constexpr std::size_t most_hosts = std::size_t{rightmost - leftmost} / nearest_lifelines + 1;

std::string_view shaft_of(Form form)
{
    switch (form) {
    case Form::request:
    case Form::question: return "─";
    case Form::reply:
    case Form::answer: return "╌";
    case Form::letter: return "═";
    case Form::control: return "┄";
    }
    return "─";
}

/// One line of the page, to be written anywhere: a cell a column, of which a wide character takes two.
class Line {
  public:
    /// The text from `column` on, as far as there is room.
    void put(int column, std::string_view text)
    {
        for (const std::string& character : narration::characters(text)) {
            const int width = narration::width(character);
            if (width == 0 && column > 0) {
                cells_[static_cast<std::size_t>(column - 1)] += character;
                continue;
            }
            if (column < 0 || column + width > page_columns) return;
            clear(column);
            if (width == 2) clear(column + 1);
            cells_[static_cast<std::size_t>(column)] = character;
            if (width == 2) cells_[static_cast<std::size_t>(column) + 1].clear();
            column += width;
        }
    }
    std::string text() const
    {
        std::string text;
        for (const std::string& cell : cells_) text += cell;
        while (text.ends_with(' ')) text.pop_back();
        return text;
    }

  private:
    /// Half of a wide character that is written over goes as a whole.
    void clear(int column)
    {
        const auto at = static_cast<std::size_t>(column);
        if (cells_[at].empty() && at > 0) cells_[at - 1] = " ";
        if (at + 1 < cells_.size() && cells_[at + 1].empty()) cells_[at + 1] = " ";
        cells_[at] = " ";
    }

    std::vector<std::string> cells_ = std::vector<std::string>(page_columns, " ");
};

class Drawing {
  public:
    Drawing(const Ladder& ladder, const Telling& telling)
        : ladder_{ladder}, telling_{telling}, catalogue_{telling.narrator.catalogue()}, page_{telling.medium}
    {
    }

    std::string draw()
    {
        const std::vector<LadderRow>& rows = ladder_.rows;
        for (const LadderPiece& piece : pieces_of(ladder_, most_hosts)) {
            hosts_ = piece.hosts;
            if (piece.begin > 0) page_.blank();
            draw_heads();
            for (std::size_t i = piece.begin; i < piece.end; ++i) {
                if (i > 0 && rows[i].at - rows[i - 1].at >= ladder_quiet) draw_quiet(rows[i].at - rows[i - 1].at);
                draw(rows[i], rows[i].resumes || i == piece.begin);
            }
        }
        return page_.take();
    }

  private:
    int column_of(std::size_t place) const
    {
        if (hosts_.size() < 2) return leftmost;
        const int steps = static_cast<int>(hosts_.size()) - 1;
        return leftmost + (rightmost - leftmost) * static_cast<int>(place) / steps;
    }
    int lifeline(std::size_t host) const
    {
        return column_of(static_cast<std::size_t>(std::ranges::find(hosts_, host) - hosts_.begin()));
    }

    std::string shown(std::string_view text) const
    {
        return telling_.medium.utf8 ? std::string{text} : narration::ascii_only(text);
    }
    Line blank_line() const
    {
        Line line;
        for (const std::size_t host : hosts_) line.put(lifeline(host), shown("│"));
        return line;
    }
    void put(const Line& line, Style style = Style::plain) { page_.row({{0, line.text(), style}}); }

    /// A text that begins at `column`, or so far before it that it fits, but no further left than `least`.
    void put_text(Line& line, int column, const std::string& text, int least = leftmost - 1) const
    {
        std::string fitting = narration::fit(text, page_columns - least);
        if (!telling_.medium.utf8) fitting = narration::ascii_only(fitting);
        const int begin = std::min(column, page_columns - narration::width(fitting));
        line.put(std::max(begin, least), fitting);
    }
    /// When a row was, and where the reader cannot see it from what stands above, whom it serves.
    void put_time(Line& line, const LadderRow& row, bool marked) const
    {
        line.put(0, narration::clock_text(row.at, telling_.header.zone_minutes));
        if (marked) line.put(drawing_column, shown(narration::fit(steps_mark(ladder_, row), mark_columns)));
    }

    void draw_heads()
    {
        Line line;
        const int room = hosts_.size() < 2 ? page_columns - leftmost : column_of(1) - column_of(0) - 1;
        for (const std::size_t host : hosts_) {
            const std::string name = shown(narration::fit(shown(ladder_.hosts[host]), room));
            const int width = narration::width(name);
            const int begin = std::clamp(lifeline(host) - width / 2, drawing_column, page_columns - width);
            line.put(begin, name);
        }
        put(line, Style::strong);
    }
    void draw_quiet(engine::Duration length)
    {
        Line line;
        for (const std::size_t host : hosts_) line.put(lifeline(host), shown("⋮"));
        put_text(
            line, leftmost + 2,
            shown(" " + catalogue_.text("ladder.quiet", {{"time", narration::duration_text(catalogue_, length)}})) +
                " ");
        put(line, Style::dim);
    }

    void draw(const LadderRow& row, bool marked)
    {
        if (row.kind == Kind::step) {
            Line line;
            put_text(line, drawing_column, shown("── " + row.label + " ──"), drawing_column);
            return put(line, Style::story);
        }
        const Style style = row.stopped ? Style::stop : row.again ? Style::held : Style::plain;
        Line line = blank_line();
        const std::string label = shown(row.label);
        if (row.kind == Kind::note) {
            const int at = lifeline(row.from), width = narration::width(label);
            const bool on_right = at + 2 + width <= page_columns, on_left = at - 1 - width >= leftmost - 1;
            put_time(line, row, marked);
            if (!on_right && !on_left) { // above its mark, as wide as it needs
                put_text(line, at + 2, label);
                put(line, style);
                line = blank_line();
            } else {
                line.put(on_right ? at + 2 : at - 1 - width, label);
            }
            line.put(at, shown(row.stopped ? "✗" : "●"));
            return put(line, style);
        }
        const int from = lifeline(row.from), to = lifeline(row.to);
        const int left = std::min(from, to);
        // What gets lost ends before the other's line, and so do words on its way.
        const int end = row.stopped ? to - (to - from) / 5 : to;
        const int begin = std::min(from, end), room = std::max(from, end) - begin - 1;
        const bool inside = narration::width(label) + 6 <= room;
        if (!inside) { // above the arrow, as wide as it needs
            put_text(line, left + 2, label + " ");
            put_time(line, row, marked);
            put(line, style);
            line = blank_line();
        } else {
            put_time(line, row, marked);
        }
        draw_shaft(line, from, end, row);
        if (inside) line.put(begin + 1 + (room - narration::width(label)) / 2 - 1, " " + label + " ");
        put(line, style);
    }

    void draw_shaft(Line& line, int from, int end, const LadderRow& row) const
    {
        const bool rightwards = end > from;
        const std::string shaft = shown(shaft_of(row.form));
        const int step = rightwards ? 1 : -1;
        for (int column = from + step; column != end; column += step) line.put(column, shaft);
        line.put(end - step, shown(row.stopped ? "✗" : rightwards ? "▶" : "◀"));
    }

    const Ladder& ladder_;
    const Telling& telling_;
    const narration::Catalogue& catalogue_;
    Page page_;
    std::vector<std::size_t> hosts_; // of this piece, from the left
};

} // namespace

std::string ladder_text(const Ladder& ladder, const Telling& telling)
{
    const narration::Catalogue& catalogue = telling.narrator.catalogue();
    Page page{telling.medium};
    if (ladder.lacks_frames) {
        page.paragraph({0, catalogue.text("ladder.lacks", {{"level", narration::word(telling.header.level)}})});
        return page.take();
    }
    if (ladder.rows.empty()) {
        page.paragraph({0, catalogue.text("ladder.none")});
        return page.take();
    }
    return Drawing{ladder, telling}.draw();
}

} // namespace tegami::exporting
