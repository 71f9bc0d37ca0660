#pragma once
/// Why a step of the story came to nothing, and what to do about it: what in the world was behind it, and where that
/// stands in the scenario.

#include "sim/export/page.hpp"
#include "sim/export/tale.hpp"
#include "sim/export/view.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tegami::exporting {

/// The row of a filter that decided, as the scenario has it; null where the telling knows none.
const FilterRow* row_of(const Telling& telling, const Matched& matched);

class CauseTeller {
  public:
    /// All must outlive it.
    CauseTeller(Page& page, const Tale& tale, const Telling& telling)
        : page_{page},
          tale_{tale},
          telling_{telling},
          narrator_{telling.narrator},
          catalogue_{telling.narrator.catalogue()}
    {
    }

    /// What in the world was behind the frames that were stopped; each once a letter.
    void tell_causes(const Passage& passage);
    /// That a step came to no end because its host stopped.
    void tell_cut_off(const Happening& happening);
    /// What to do about a step that came to nothing, where there is something.
    void tell_mending(const Passage& passage);
    /// That nobody answered: how often was called, and for how long.
    void tell_silence(const Passage& passage);
    void begin_letter() { told_.clear(); }

  private:
    void put(std::string_view label, const std::string& text, Style style);
    std::string clock(Time at) const;
    std::string link_of(const Happening& happening) const;
    bool is_news(std::string told);
    std::string mending_of(const Matched& matched, const Passage& passage) const;
    std::string mending_of(const Happening& happening) const;
    std::string place_of(const Happening& happening) const;

    Page& page_;
    const Tale& tale_;
    const Telling& telling_;
    const narration::Narrator& narrator_;
    const narration::Catalogue& catalogue_;
    std::vector<std::string> told_; // of causes and mendings, in this letter
};

} // namespace tegami::exporting
