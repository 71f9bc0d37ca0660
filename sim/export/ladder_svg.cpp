#include "sim/export/ladder.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/language.hpp"
#include "sim/narration/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tegami::exporting {
namespace {

using Form = LadderRow::Form;
using Kind = LadderRow::Kind;

// All lengths in pixels of the drawing.
constexpr int margin = 16;
constexpr int mark_x = 122; // behind the time: whom a row serves, where that is not what stands above it
constexpr int first_lifeline = 224;
constexpr int between_lifelines = 230;
constexpr int behind_lifelines = 250; // room for words right of the last
/// More side by side no screen and no sheet of paper shows at a readable size: the ladder goes on below.
constexpr std::size_t most_lifelines = 5;
constexpr int arrow_height = 44;
constexpr int note_height = 30;
constexpr int step_height = 36;
constexpr int quiet_height = 32;
constexpr int between_pieces = 42;
/// A piece of more rows has its hosts' names at its foot too.
constexpr std::size_t rows_of_long_piece = 20;
constexpr int slant = 6; // how much later an arrow ends, where it is known when it arrived
/// A column of text at 13 px. Fonts of one width have it at most so wide; a CJK character takes two.
constexpr int column_tenths = 80;
/// More rows than this no viewer draws in good time; the last of them says so.
constexpr std::size_t most_rows = 5'000;

/// Text as XML has it. What XML cannot hold was made harmless before: `text` is terminal_safe.
std::string escaped(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        default: safe += c;
        }
    }
    return safe;
}

int text_width(std::string_view text) { return narration::width(text) * column_tenths / 10; }

/// Colours of the light theme, told apart in every kind of colour blindness; shape and dashes say the same without them.
constexpr std::string_view style_sheet = R"(
svg{background:#fffdf7;font-family:ui-monospace,"DejaVu Sans Mono","Noto Sans Mono CJK JP",monospace;font-size:13px}
text{fill:#161b26}
.title{font-size:18px;font-weight:bold}
.head{font-weight:bold;text-anchor:middle}
.time,.dim{fill:#4a515f}
.step{font-weight:bold}
.mark{font-weight:bold;fill:#4a515f}
.band{fill:#efe8d8}
.plate{fill:#fffdf7}
.life{stroke:#b4ac9a;stroke-width:1.5}
.shaft{fill:none;stroke:#161b26;stroke-width:1.5}
.question .shaft,.answer .shaft{stroke:#174cb0}
.reply .shaft,.answer .shaft{stroke-dasharray:7 4}
.letter .shaft{stroke-width:4}
.control .shaft{stroke:#858d98;stroke-dasharray:2 3}
.stopped .shaft{stroke:#c23208}
.tip{fill:#161b26}
.question .tip,.answer .tip{fill:#174cb0}
.control .tip{fill:#7c8490}
.sign{fill:#161b26;stroke:#161b26;stroke-width:1.5}
.question .sign{fill:#174cb0;stroke:#174cb0}
.reply .sign{fill:#fffdf7}
.answer .sign{fill:#fffdf7;stroke:#174cb0}
.letter .sign{fill:#e8b02e}
.control .sign{fill:#858d98;stroke:#858d98}
.cross{fill:none;stroke:#c23208;stroke-width:3}
.stopped text{fill:#8e2405}
.fold{fill:#e9e2d2}
)";

class Svg {
  public:
    Svg(const Ladder& ladder, const Telling& telling)
        : ladder_{ladder}, telling_{telling}, catalogue_{telling.narrator.catalogue()}
    {
        std::size_t lifelines = 1;
        for (LadderPiece& piece : pieces_of(ladder_, most_lifelines)) {
            if (piece.begin >= most_rows) break;
            piece.end = std::min(piece.end, most_rows);
            lifelines = std::max(lifelines, piece.hosts.size());
            pieces_.push_back(std::move(piece));
        }
        width_ = std::max(first_lifeline + between_lifelines * (static_cast<int>(lifelines) - 1) + behind_lifelines,
                          narrowest);
    }

    std::string draw()
    {
        draw_rows();
        std::string svg = fmt::format(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{}\" "
            "width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"title desc\">\n",
            narration::name(catalogue_.language()), width_, y_, width_, y_);
        svg += fmt::format("<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{}</style>\n",
                           escaped(title()), escaped(description()), style_sheet);
        svg += fmt::format("<text class=\"title\" x=\"{}\" y=\"28\">{}</text>\n", margin,
                           escaped(fitting(title(), width_ - 2 * margin, 11)));
        svg += legend();
        svg += body_;
        return svg + "</svg>\n";
    }

  private:
    static constexpr int legend_y = 52;
    static constexpr int first_heads_y = 86;
    static constexpr int narrowest = 640; // for the legend

    std::span<const LadderRow> shown_rows() const
    {
        return std::span{ladder_.rows}.first(std::min(ladder_.rows.size(), most_rows));
    }
    /// Of a host in the piece at hand.
    int lifeline(std::size_t host) const
    {
        const auto place = std::ranges::find(*hosts_, host) - hosts_->begin();
        return first_lifeline + between_lifelines * static_cast<int>(place);
    }
    std::string clock(engine::Time at) const { return narration::clock_text(at, telling_.header.zone_minutes); }

    /// Cut to so many pixels; `wide`: of a column, where the text is not at 13 px.
    static std::string fitting(const std::string& text, int pixels, int wide = column_tenths / 10)
    {
        return narration::fit(narration::terminal_safe(text), pixels / wide);
    }

    std::string title() const
    {
        return narration::terminal_safe(catalogue_.text("ladder.title", {{"title", telling_.header.title}}));
    }
    std::string description() const
    {
        std::string hosts;
        for (const std::string& host : ladder_.hosts) hosts += (hosts.empty() ? "" : ", ") + host;
        const auto messages =
            std::ranges::count_if(shown_rows(), [](const LadderRow& row) { return row.kind == Kind::arrow; });
        const bool any = !ladder_.rows.empty();
        return narration::terminal_safe(
            catalogue_.text("ladder.desc", {{"rows", messages},
                                            {"hosts", hosts},
                                            {"from", any ? clock(ladder_.rows.front().at) : "–"},
                                            {"to", any ? clock(shown_rows().back().at) : "–"}}));
    }

    std::string legend() const
    {
        constexpr std::array<std::pair<Form, std::string_view>, 4> entries{{{Form::request, "ladder.legend.request"},
                                                                            {Form::reply, "ladder.legend.reply"},
                                                                            {Form::letter, "ladder.legend.letter"},
                                                                            {Form::control, "ladder.legend.control"}}};
        std::string svg;
        int x = margin;
        const auto entry = [&](std::string_view classes, const std::string& shaft, std::string_view key) {
            const std::string word = catalogue_.text(key);
            svg += fmt::format("<g class=\"{}\">{}<text x=\"{}\" y=\"{}\">{}</text></g>\n", classes, shaft, x + 44,
                               legend_y, escaped(word));
            x += 44 + text_width(word) + 20;
        };
        for (const auto& [form, key] : entries)
            entry(class_of(form),
                  fmt::format("<path class=\"shaft\" d=\"M{} {}h36\"/>{}", x, legend_y - 4,
                              sign(form, x + 18, legend_y - 4)),
                  key);
        entry("stopped",
              fmt::format("<path class=\"shaft\" d=\"M{} {}h24\"/>{}", x, legend_y - 4, cross(x + 29, legend_y - 4)),
              "ladder.legend.stopped");
        return svg;
    }

    static std::string_view class_of(Form form)
    {
        switch (form) {
        case Form::request: return "request";
        case Form::reply: return "reply";
        case Form::letter: return "letter";
        case Form::question: return "question";
        case Form::answer: return "answer";
        case Form::control: return "control";
        }
        return "control";
    }
    /// The shape on an arrow: sheets for lines, an envelope for the letter, diamonds for names, dots for the network.
    static std::string sign(Form form, int x, int y)
    {
        switch (form) {
        case Form::request:
        case Form::reply:
            return fmt::format("<rect class=\"sign\" x=\"{}\" y=\"{}\" width=\"12\" height=\"9\"/>", x - 6, y - 5);
        case Form::letter:
            return fmt::format("<path class=\"sign\" d=\"M{} {}h20v13h-20zl10 7l10 -7\"/>", x - 10, y - 7);
        case Form::question:
        case Form::answer: return fmt::format("<path class=\"sign\" d=\"M{} {}l7 6l-7 6l-7 -6z\"/>", x, y - 6);
        case Form::control: return fmt::format("<circle class=\"sign\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", x, y);
        }
        return {};
    }
    static std::string cross(int x, int y)
    {
        return fmt::format("<path class=\"cross\" d=\"M{} {}l10 10m0 -10l-10 10\"/>", x - 5, y - 5);
    }

    void draw_rows()
    {
        y_ = first_heads_y;
        for (const LadderPiece& piece : pieces_) {
            if (piece.begin > 0) y_ += between_pieces;
            draw_piece(piece);
        }
        if (ladder_.rows.size() > most_rows) {
            label(margin, y_ + 20,
                  catalogue_.count("ladder.more", static_cast<std::int64_t>(ladder_.rows.size() - most_rows)), "step");
            y_ += step_height;
        }
        y_ += margin;
    }

    /// Its hosts' names, the lifelines below them, and upon those its rows.
    void draw_piece(const LadderPiece& piece)
    {
        hosts_ = &piece.hosts;
        const int top = y_ + 8;
        draw_heads();
        y_ += 24;
        std::string before = std::exchange(body_, {});
        for (std::size_t i = piece.begin; i < piece.end; ++i) {
            const LadderRow& row = ladder_.rows[i];
            if (i > 0 && row.at - ladder_.rows[i - 1].at >= ladder_quiet) draw_quiet(row.at - ladder_.rows[i - 1].at);
            const bool marked = row.resumes || i == piece.begin;
            if (row.kind == Kind::step)
                draw_step(row);
            else if (row.kind == Kind::note)
                draw_note(row, marked);
            else
                draw_arrow(row, marked);
        }
        for (const std::size_t host : piece.hosts)
            before += fmt::format("<line class=\"life\" x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\"/>\n",
                                  lifeline(host), top, y_);
        body_ = before + body_;
        if (piece.end - piece.begin > rows_of_long_piece) {
            y_ += 18;
            draw_heads();
        }
    }
    void draw_heads()
    {
        for (const std::size_t host : *hosts_)
            body_ += fmt::format("<text class=\"head\" x=\"{}\" y=\"{}\">{}</text>\n", lifeline(host), y_,
                                 escaped(fitting(ladder_.hosts[host], between_lifelines - 10)));
    }

    /// A text on a plate, so that no lifeline crosses it: from `x`, or so far left of it that it fits.
    void label(int x, int y, const std::string& text, std::string_view classes)
    {
        const std::string shown = fitting(text, width_ - 2 * margin);
        const int width = text_width(shown);
        const int begin = std::max(margin, std::min(x, width_ - margin - width));
        body_ += fmt::format("<rect class=\"plate\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"17\"/>", begin - 2, y - 13,
                             width + 4);
        body_ += fmt::format("<text{} x=\"{}\" y=\"{}\">{}</text>\n",
                             classes.empty() ? std::string{} : fmt::format(" class=\"{}\"", classes), begin, y,
                             escaped(shown));
    }
    /// When a row was, and where the reader cannot see it from what stands above, whom it serves.
    void time(int y, const LadderRow& row, bool marked)
    {
        body_ += fmt::format("<text class=\"time\" x=\"{}\" y=\"{}\">{}</text>\n", margin, y, clock(row.at));
        if (const std::string mark = steps_mark(ladder_, row); marked && !mark.empty())
            body_ += fmt::format("<text class=\"mark\" x=\"{}\" y=\"{}\">{}</text>\n", mark_x, y,
                                 escaped(fitting(mark, first_lifeline - 14 - mark_x)));
    }

    void draw_step(const LadderRow& row)
    {
        body_ += fmt::format("<rect class=\"band\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"24\"/>", margin, y_ + 8,
                             width_ - 2 * margin);
        body_ += fmt::format("<text class=\"step\" x=\"{}\" y=\"{}\">{}</text>\n", margin + 6, y_ + 25,
                             escaped(fitting(row.label, width_ - 2 * margin - 12)));
        y_ += step_height;
    }
    void draw_quiet(engine::Duration length)
    {
        body_ += fmt::format("<rect class=\"fold\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"20\"/>\n", margin, y_ + 4,
                             width_ - 2 * margin);
        const std::string text =
            catalogue_.text("ladder.quiet", {{"time", narration::duration_text(catalogue_, length)}});
        body_ += fmt::format("<text class=\"dim\" x=\"{}\" y=\"{}\">{}</text>\n", margin + 6, y_ + 18, escaped(text));
        y_ += quiet_height;
    }
    void open(const LadderRow& row, std::string_view way)
    {
        body_ += fmt::format("<g class=\"{}{}\"><title>{}</title>\n", class_of(row.form), row.stopped ? " stopped" : "",
                             escaped(fmt::format("{}  {}  {}", clock(row.at), way, row.label)));
    }
    void draw_note(const LadderRow& row, bool marked)
    {
        const int x = lifeline(row.from), y = y_ + note_height / 2;
        open(row, ladder_.hosts[row.from]);
        time(y + 5, row, marked);
        body_ += row.stopped ? cross(x, y) : fmt::format("<circle class=\"sign\" cx=\"{}\" cy=\"{}\" r=\"4\"/>", x, y);
        // Beside the mark, wherever there is room for all of it; else below.
        const int width = text_width(row.label);
        if (x + 12 + width <= width_ - margin) {
            label(x + 12, y + 5, row.label, {});
        } else if (x - 12 - width >= first_lifeline) {
            label(x - 12 - width, y + 5, row.label, {});
        } else {
            y_ += 20;
            label(first_lifeline, y + 25, row.label, {});
        }
        body_ += "</g>\n";
        y_ += note_height;
    }
    void draw_arrow(const LadderRow& row, bool marked)
    {
        const int from = lifeline(row.from), to = lifeline(row.to);
        const int y = y_ + 31;
        const int drop = row.arrives && *row.arrives > row.at ? slant : 0;
        const int step = to > from ? 1 : -1;
        const int end = row.stopped ? to - (to - from) / 5 : to;
        open(row, ladder_.hosts[row.from] + " → " + ladder_.hosts[row.to]);
        time(y + 4, row, marked);
        label(std::min(from, to) + 10, y - 11, row.label, {});
        body_ += fmt::format("<path class=\"shaft\" d=\"M{} {}L{} {}\"/>", from, y, end - (row.stopped ? 0 : 8 * step),
                             y + drop);
        if (row.stopped)
            body_ += cross(end + 5 * step, y + drop);
        else
            body_ += fmt::format("<path class=\"tip\" d=\"M{} {}l{} -5v10z\"/>", end, y + drop, -10 * step);
        body_ += sign(row.form, (from + end) / 2, y + drop / 2);
        body_ += "</g>\n";
        y_ += arrow_height;
    }

    const Ladder& ladder_;
    const Telling& telling_;
    const narration::Catalogue& catalogue_;
    std::vector<LadderPiece> pieces_;
    const std::vector<std::size_t>* hosts_ = nullptr; // of the piece at hand, from the left
    int width_ = 0;
    int y_ = 0;
    std::string body_;
};

} // namespace

std::string ladder_svg(const Ladder& ladder, const Telling& telling) { return Svg{ladder, telling}.draw(); }

} // namespace tegami::exporting
