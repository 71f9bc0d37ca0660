#pragma once
/// What stands under a step of the story: lines said, losses and repairs, what was stored. What belongs together is
/// one line; at the depth of RFCs, each thing has its own.

#include "sim/export/page.hpp"
#include "sim/export/tale.hpp"
#include "sim/export/view.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::exporting {

class EvidenceTeller {
  public:
    /// All must outlive it.
    EvidenceTeller(Page& page, const Tale& tale, const Telling& telling)
        : page_{page},
          tale_{tale},
          telling_{telling},
          narrator_{telling.narrator},
          catalogue_{telling.narrator.catalogue()}
    {
    }

    void tell(std::span<const Evidence> all);
    /// What in the world was behind the frames that were stopped; each once a letter.
    void tell_causes(const Passage& passage);
    /// That a step came to no end because its host stopped.
    void tell_cut_off(const Happening& happening);
    /// What to do about a step that came to nothing, where there is something.
    void tell_mending(const Passage& passage);
    /// That nobody answered: how often was called, and for how long.
    void tell_silence(const Passage& passage);
    void begin_letter()
    {
        told_.clear();
        neighbours_told_ = false;
    }
    void put(std::string_view label, const std::string& text, Style style = Style::plain);

    // The columns of a block.
    static constexpr int label_column = 9;
    static constexpr int text_column = 17;

  private:
    using All = std::span<const Evidence>;
    /// What all but the deepest telling makes of one piece.
    struct Line {
        bool left_out = false;
        std::uint32_t times = 1; ///< the same happened so often
        Time last{};
        std::vector<const Asked*> with = {}; ///< the same asked of the same for other types
        std::size_t number = 0;              ///< of a resolver's questions in this step
    };
    /// Where question and answer of the name system's lines stand in a step.
    struct NameColumns {
        int question = 0;
        int answer = 0; ///< 0: each answer has a line of its own, below its question
    };
    struct NameLine {
        std::string label, way, question, answer;
        Style style{};
    };

    void tell_found();
    void tell_reply(All lines);
    std::vector<Line> folded(All all) const;
    void fold_files(All all, std::vector<Line>& lines) const;
    /// Frames stopped at the same place for the same reason, and segments sent again, where there are many.
    void fold_repeated(All all, std::vector<Line>& lines) const;
    /// The same question for several types, one line; a resolver's own questions, numbered.
    void fold_questions(All all, std::vector<Line>& lines) const;
    NameLine name_line(Time at, const Asked& asked, const Line& line) const;
    NameColumns name_columns(All all, const std::vector<Line>& lines) const;
    std::string times(const Line& line) const;
    const FilterRow* row_of(const Matched& matched) const;
    std::string mending_of(const Matched& matched, const Passage& passage) const;

    std::string letter_text(const Said& said) const;
    void tell(Time at, const Said& said, const Line& line);
    void tell(Time at, const Found& found, const Line& line);
    void tell(Time at, const Stopped& stopped, const Line& line);
    void tell(Time at, const Again& again, const Line& line);
    void tell(Time at, const Shared& shared, const Line& line);
    void tell(Time at, const Connection& connection, const Line& line);
    void tell(Time at, const Asked& asked, const Line& line);
    void tell(Time at, const Remembered& remembered, const Line& line);
    void tell(Time at, const Reasoned& reasoned, const Line& line);
    void tell(Time at, const Matched& matched, const Line& line);
    void tell(Time at, const Routed& routed, const Line& line);
    void tell(Time at, const Judged& judged, const Line& line);
    void tell(Time at, const Completed& completed, const Line& line);
    void tell(Time at, const Written& written, const Line& line);
    void tell(Time at, const Kept& kept, const Line& line);

    /// A fact as its own sentence says it; behind its time where more is asked for than the plain story.
    template <class Fact>
    void tell_fact(std::string_view label, Time at, NodeId node, const Fact& fact, Style style = Style::plain);

    bool is_rfc() const { return telling_.depth == narration::Depth::rfc; }
    bool is_plain() const { return telling_.depth == narration::Depth::plain; }
    std::string clock(Time at) const;
    std::string host_of(const wire::Address& address) const;
    std::string link_of(const Happening& happening) const;
    bool is_news(std::string told);
    std::string mending_of(const Happening& happening) const;
    std::string place_of(const Happening& happening) const;

    Page& page_;
    const Tale& tale_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    bool neighbours_told_ = false;  // in this letter
    NameColumns columns_;           // of the step at hand
    std::vector<std::string> told_; // of causes and mendings, in this letter
};

} // namespace tegami::exporting
