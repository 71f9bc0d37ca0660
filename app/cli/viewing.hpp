#pragma once
/// What every view of a run needs: names, title, the scenario's lines; and which part of the run was asked for.

#include "app/cli/common.hpp"
#include "sim/export/address_book.hpp"
#include "sim/run/journey.hpp"

#include <optional>
#include <string>

namespace tegami::cli {

/// Which part of a run, in the words of the command line.
struct Wanted {
    std::optional<std::uint32_t> mail;
    const std::string& step;
    const std::string& host;
    const std::string& at;
};

/// What was asked for must exist: a mail, a host, a step, a time. Nothing, after saying what does not.
std::optional<exporting::Selection> read_selection(const Wanted& command, const run::Log& log,
                                                   const run::Journeys& journeys, const Context& context,
                                                   const narration::Catalogue& catalogue);

/// A telling and all that it points to. Log and catalogue must outlive it.
class Viewing {
  public:
    Viewing(const run::Log& log, const Context& context, const narration::Catalogue& catalogue,
            exporting::Medium medium);
    /// Of a run whose scenario has been read already.
    Viewing(const run::Log& log, const std::optional<scenario::Loaded>& loaded, const Context& context,
            const narration::Catalogue& catalogue, exporting::Medium medium);
    Viewing(const Viewing&) = delete;
    Viewing& operator=(const Viewing&) = delete;

    exporting::Telling& telling() { return telling_; }
    const narration::Narrator& narrator() const { return narrator_; }

  private:
    narration::Names names_;
    narration::Narrator narrator_;
    run::RunHeader header_;
    exporting::AddressBook book_;
    exporting::Telling telling_;
};

} // namespace tegami::cli
