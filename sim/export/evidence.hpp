#pragma once
/// What stands under a step of the story: lines said, losses and repairs, what was stored. At the plain depth what belongs
/// together is one line; deeper, each thing has its own.

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

    void tell(const Passage& passage);
    void line(std::string_view label, const std::string& text, Style style = Style::plain);

    // The columns of a block.
    static constexpr int label_column = 9;
    static constexpr int text_column = 17;

  private:
    using All = std::span<const Evidence>;

    void tell_found(const Passage& passage);
    void tell_reply(All lines);
    /// Which of the evidence the plain depth leaves to another line.
    std::vector<bool> folded(All all) const;

    std::string letter_text(const Said& said) const;
    void tell(Time at, const Said& said);
    void tell(Time at, const Found& found);
    void tell(Time at, const Stopped& stopped);
    void tell(Time at, const Again& again);
    void tell(Time at, const Shared& shared);
    void tell(Time at, const Connection& connection);
    void tell(Time at, const Written& written);
    void tell(Time at, const Kept& kept);

    bool is_plain() const { return telling_.depth == narration::Depth::plain; }
    std::string clock(Time at) const;

    Page& page_;
    const Tale& tale_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
};

} // namespace tegami::exporting
