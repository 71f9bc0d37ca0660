#pragma once
/// Where the program writes, and what it was told about it by its environment.

#include "sim/export/page.hpp"
#include "sim/narration/language.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace tegami::cli {

struct Environment {
    narration::LocaleVariables locale = {};
    bool no_color = false; ///< NO_COLOR is set and not empty (https://no-color.org)
    bool dumb = false;     ///< TERM is dumb or not set
};

/// The process's own. Views point into the environment.
Environment read_environment();

class Console {
  public:
    Console(std::FILE* out, std::FILE* err, const Environment& environment);

    /// On a terminal in colour, with ASCII marks where the locale knows no UTF-8. A file or pipe gets UTF-8 alike:
    /// who asks for Japanese in the C locale gets Japanese.
    exporting::Medium medium(narration::Language language) const;
    bool utf8() const { return utf8_; }
    bool shows_progress() const { return err_is_terminal_ && !dumb_; }

    void write(std::string_view text);
    /// A line for whoever sits there, beside the output.
    void note(std::string_view line);
    /// In place of the last progress; empty to take it away.
    void progress(std::string_view line);

    /// False where the output could not be written for another reason than that nobody reads it any more.
    bool flush();

  private:
    std::FILE* out_;
    std::FILE* err_;
    bool utf8_;
    bool colour_;
    bool out_is_terminal_;
    bool err_is_terminal_;
    bool dumb_;
    bool failed_ = false;
    bool nobody_reads_ = false;
    bool progress_shown_ = false;
};

} // namespace tegami::cli
