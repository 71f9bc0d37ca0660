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
constexpr int drawing_column = 13; // behind the time
constexpr int leftmost = 18;
constexpr int rightmost = 94;
/// Lifelines nearer than this leave no room for words between them.
constexpr int nearest_lifelines = 19;
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
        for (std::size_t begin = 0; begin < rows.size();) {
            const std::size_t end = take_hosts(begin);
            if (begin > 0) page_.blank();
            draw_heads();
            for (std::size_t i = begin; i < end; ++i) {
                if (i > begin && rows[i].at - rows[i - 1].at >= ladder_quiet) draw_quiet(rows[i].at - rows[i - 1].at);
                draw(rows[i]);
            }
            begin = end;
        }
        return page_.take();
    }

  private:
    /// As many rows from `begin` on as have few enough hosts; these are then the lifelines.
    std::size_t take_hosts(std::size_t begin)
    {
        hosts_.clear();
        std::size_t end = begin;
        for (; end < ladder_.rows.size(); ++end) {
            std::vector<std::string> hosts = hosts_;
            for (const std::string& host : {ladder_.rows[end].from, ladder_.rows[end].to})
                if (!host.empty() && std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
            if (hosts.size() > most_hosts) break;
            hosts_ = std::move(hosts);
        }
        // A caption belongs to what follows it.
        if (end < ladder_.rows.size())
            while (end > begin + 1 && ladder_.rows[end - 1].kind == Kind::step) --end;
        return end;
    }

    int lifeline(std::size_t host) const
    {
        if (hosts_.size() < 2) return leftmost;
        const int steps = static_cast<int>(hosts_.size()) - 1;
        return leftmost + (rightmost - leftmost) * static_cast<int>(host) / steps;
    }
    int lifeline(const std::string& host) const
    {
        return lifeline(static_cast<std::size_t>(std::ranges::find(hosts_, host) - hosts_.begin()));
    }

    std::string shown(std::string_view text) const
    {
        return telling_.medium.utf8 ? std::string{text} : narration::ascii_only(text);
    }
    Line blank_line() const
    {
        Line line;
        for (std::size_t host = 0; host < hosts_.size(); ++host) line.put(lifeline(host), shown("│"));
        return line;
    }
    void put(const Line& line, Style style = Style::plain) { page_.row({{0, line.text(), style}}); }

    /// A text that begins at `column`, or so far before it that it fits.
    void put_text(Line& line, int column, const std::string& text) const
    {
        std::string fitting = narration::fit(text, page_columns - drawing_column);
        if (!telling_.medium.utf8) fitting = narration::ascii_only(fitting);
        const int begin = std::min(column, page_columns - narration::width(fitting));
        line.put(std::max(begin, drawing_column), fitting);
    }

    void draw_heads()
    {
        Line line;
        const int room = hosts_.size() < 2 ? page_columns - leftmost : lifeline(1) - lifeline(0) - 1;
        for (std::size_t host = 0; host < hosts_.size(); ++host) {
            const std::string name = shown(narration::fit(shown(hosts_[host]), room));
            const int width = narration::width(name);
            const int begin = std::clamp(lifeline(host) - width / 2, drawing_column, page_columns - width);
            line.put(begin, name);
        }
        put(line, Style::strong);
    }
    void draw_quiet(engine::Duration length)
    {
        Line line;
        for (std::size_t host = 0; host < hosts_.size(); ++host) line.put(lifeline(host), shown("⋮"));
        put_text(
            line, leftmost + 2,
            shown(" " + catalogue_.text("ladder.quiet", {{"time", narration::duration_text(catalogue_, length)}})) +
                " ");
        put(line, Style::dim);
    }

    void draw(const LadderRow& row)
    {
        if (row.kind == Kind::step) {
            Line line;
            put_text(line, drawing_column, shown("── " + row.label + " ──"));
            return put(line, Style::story);
        }
        const Style style = row.stopped ? Style::stop : row.again ? Style::held : Style::plain;
        const std::string time = narration::clock_text(row.at, telling_.header.zone_minutes);
        Line line = blank_line();
        if (row.kind == Kind::note || row.from == row.to) {
            line.put(0, time);
            const int at = lifeline(row.from);
            line.put(at, shown(row.stopped ? "✗" : "●"));
            put_note(line, at, row.label);
            return put(line, style);
        }
        const int from = lifeline(row.from), to = lifeline(row.to);
        const int left = std::min(from, to);
        const std::string label = shown(row.label);
        // What gets lost ends before the other's line, and so do words on its way.
        const int end = row.stopped ? to - (to - from) / 5 : to;
        const int begin = std::min(from, end), room = std::max(from, end) - begin - 1;
        const bool inside = narration::width(label) + 6 <= room;
        if (!inside) { // above the arrow, as wide as it needs
            put_text(line, left + 2, label + " ");
            line.put(0, time);
            put(line, style);
            line = blank_line();
        } else {
            line.put(0, time);
        }
        draw_shaft(line, from, end, row);
        if (inside) line.put(begin + 1 + (room - narration::width(label)) / 2 - 1, " " + label + " ");
        put(line, style);
    }

    /// Beside its lifeline; on its left where there is more room.
    void put_note(Line& line, int at, const std::string& text) const
    {
        const std::string label = shown(text);
        const int width = narration::width(label);
        if (at + 2 + width <= page_columns || at - 2 < width + drawing_column) {
            if (at + 2 + width <= page_columns) return line.put(at + 2, label);
            return put_text(line, drawing_column, label);
        }
        line.put(at - 1 - width, label);
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
    std::vector<std::string> hosts_; // of this piece, from the left
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
