#include "viz/draw/wrap.hpp"

#include "viz/draw/utf8.hpp"

#include <algorithm>

namespace tegami::draw {

namespace {

constexpr std::u32string_view no_start =
    U"、。，．・：；？！ー々」』】〉》〕）］｝ぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥％°,.!?;:)]}’”";
constexpr std::u32string_view no_end = U"「『【〈《〔（［｛([{‘“";

bool is_wide(char32_t character) // breaks between any two of them
{
    return (character >= 0x2E80 && character <= 0x9FFF) || (character >= 0xAC00 && character <= 0xD7AF) ||
           (character >= 0xF900 && character <= 0xFAFF) || (character >= 0xFF00 && character <= 0xFFEF);
}

/// What is never broken: a word, a space, or one wide character.
struct Token {
    std::string text;
    bool bold = false, mono = false;
    bool space = false, feed = false;
    bool sticks_to_before = false; // no line begins with it
    bool sticks_to_behind = false; // no line ends with it
    float width = 0;
};

std::vector<Token> tokens_of(const std::vector<Run>& runs, const Measure& measure)
{
    std::vector<Token> tokens;
    for (const Run& run : runs) {
        bool open = false; // the last token is a word that may grow
        for (std::size_t at = 0; at < run.text.size();) {
            const std::size_t from = at;
            const char32_t character = next_character(run.text, at);
            const std::string_view octets = std::string_view{run.text}.substr(from, at - from);
            const bool feed = character == U'\n';
            const bool space = character == U' ';
            const bool starts_none = no_start.contains(character);
            const bool ends_none = no_end.contains(character);
            const bool word = !feed && !space && !is_wide(character) && !(starts_none && character > 0x7F);
            if (word && open && !tokens.back().space) {
                tokens.back().text += octets;
                tokens.back().sticks_to_behind = ends_none;
                continue;
            }
            Token token{.text = std::string{octets}, .bold = run.bold, .mono = run.mono};
            token.space = space;
            token.feed = feed;
            token.sticks_to_before = starts_none;
            token.sticks_to_behind = ends_none;
            // A word goes on across a change of style: "**MX**-record" is one.
            if (word && !tokens.empty() && !open && from == 0 && !tokens.back().space && !tokens.back().feed) {
                const std::string& before = tokens.back().text;
                const auto last = static_cast<std::uint8_t>(before.back());
                if (last < 0x80 && character < 0x80 && character != U' ') token.sticks_to_before = true;
            }
            tokens.push_back(std::move(token));
            open = word;
        }
    }
    for (Token& token : tokens)
        if (!token.feed) token.width = measure(token.text, token.bold, token.mono);
    return tokens;
}

class Filler {
  public:
    Filler(float width, const Measure& measure) : width_{width}, measure_{measure} { lines_.emplace_back(); }

    void feed()
    {
        lines_.emplace_back();
        at_ = 0;
    }
    float left() const { return width_ - at_; }
    bool at_start() const { return at_ <= 0; }

    void put(const Token& token)
    {
        if (token.space && at_start()) return;
        if (!token.space && token.width > width_ && at_start()) return put_broken(token);
        place(token.text, token.bold, token.mono, token.width);
    }
    std::vector<Line> finish()
    {
        for (Line& line : lines_) // no line ends with a space
            while (!line.empty()) {
                PlacedRun& last = line.back();
                const std::size_t behind = last.run.text.find_last_not_of(' ') + 1;
                if (behind == last.run.text.size()) break;
                last.run.text.resize(behind);
                if (behind > 0) {
                    last.width = measure_(last.run.text, last.run.bold, last.run.mono);
                    break;
                }
                line.pop_back();
            }
        return std::move(lines_);
    }

  private:
    void place(std::string_view text, bool bold, bool mono, float width)
    {
        Line& line = lines_.back();
        if (!line.empty() && line.back().run.bold == bold && line.back().run.mono == mono) {
            line.back().run.text += text;
            line.back().width += width;
        } else {
            line.push_back({{std::string{text}, bold, mono}, at_, width});
        }
        at_ += width;
    }
    void put_broken(const Token& token)
    {
        for (std::size_t at = 0; at < token.text.size();) {
            const std::size_t from = at;
            next_character(token.text, at);
            const std::string_view one = std::string_view{token.text}.substr(from, at - from);
            const float wide = measure_(one, token.bold, token.mono);
            if (at_ + wide > width_ && !at_start()) feed();
            place(one, token.bold, token.mono, wide);
        }
    }

    float width_;
    const Measure& measure_;
    std::vector<Line> lines_;
    float at_ = 0;
};

} // namespace

std::vector<Run> runs_of(std::string_view marked)
{
    std::vector<Run> runs;
    const auto add = [&](std::string_view text, bool bold, bool mono) {
        if (text.empty()) return;
        if (!runs.empty() && runs.back().bold == bold && runs.back().mono == mono)
            runs.back().text += text;
        else
            runs.push_back({std::string{text}, bold, mono});
    };
    std::size_t at = 0;
    while (at < marked.size()) {
        const std::size_t bold = marked.find("**", at);
        const std::size_t mono = marked.find('`', at);
        const std::size_t next = std::min(bold, mono);
        if (next == std::string_view::npos) break;
        const std::string_view mark = next == bold ? std::string_view{"**"} : std::string_view{"`"};
        const std::size_t end = marked.find(mark, next + mark.size());
        if (end == std::string_view::npos || end == next + mark.size()) { // no fellow, or nothing between
            add(marked.substr(at, next + mark.size() - at), false, false);
            at = next + mark.size();
            continue;
        }
        add(marked.substr(at, next - at), false, false);
        add(marked.substr(next + mark.size(), end - next - mark.size()), next == bold, next != bold);
        at = end + mark.size();
    }
    add(marked.substr(std::min(at, marked.size())), false, false);
    return runs;
}

std::vector<Line> wrap(const std::vector<Run>& runs, float width, const Measure& measure)
{
    const std::vector<Token> tokens = tokens_of(runs, measure);
    Filler filler{width, measure};
    for (std::size_t i = 0; i < tokens.size();) {
        const Token& token = tokens[i];
        if (token.feed) {
            filler.feed();
            ++i;
            continue;
        }
        // Together with all that may not be parted from it.
        std::size_t end = i + 1;
        float together = token.width;
        while (end < tokens.size() && !tokens[end].feed && !tokens[end].space &&
               (tokens[end].sticks_to_before || tokens[end - 1].sticks_to_behind) && !tokens[end - 1].space) {
            together += tokens[end].width;
            ++end;
        }
        if (together > filler.left() && !filler.at_start() && !token.space) filler.feed();
        for (; i < end; ++i) {
            // What must stand together and is wider than a line is parted after all.
            if (tokens[i].width > filler.left() && !filler.at_start() && !tokens[i].space) filler.feed();
            filler.put(tokens[i]);
        }
    }
    return filler.finish();
}

} // namespace tegami::draw
