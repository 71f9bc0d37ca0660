#pragma once
/// What stands under a step of the story: lines said, losses and repairs, what was stored.

#include "sim/export/evidence_folding.hpp"
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
    void put(std::string_view label, const std::string& text, Style style = Style::plain);

    // The columns of a block.
    static constexpr int label_column = 9;
    static constexpr int text_column = 17;

  private:
    using All = std::span<const Evidence>;
    using Line = EvidenceLine;
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
    NameLine name_line(Time at, const Asked& asked, const Line& line) const;
    NameColumns name_columns(All all, const std::vector<Line>& lines) const;
    std::string times(const Line& line) const;

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

    Page& page_;
    const Tale& tale_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    bool neighbours_told_ = false; // in this run
    NameColumns columns_;          // of the step at hand
};

} // namespace tegami::exporting
