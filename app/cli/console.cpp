#include "app/cli/console.hpp"

#include "sim/narration/terminal_text.hpp"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace tegami::cli {
namespace {

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value ? std::string_view{value} : std::string_view{};
}

} // namespace

Environment read_environment()
{
    const std::string_view terminal = variable("TERM");
    return {.locale = {.lc_all = variable("LC_ALL"),
                       .lc_messages = variable("LC_MESSAGES"),
                       .lc_ctype = variable("LC_CTYPE"),
                       .lang = variable("LANG")},
            .no_color = !variable("NO_COLOR").empty(),
            .dumb = terminal.empty() || terminal == "dumb"};
}

Console::Console(std::FILE* out, std::FILE* err, const Environment& environment)
    : out_{out},
      err_{err},
      utf8_{narration::expects_utf8(environment.locale)},
      colour_{!environment.no_color && !environment.dumb && ::isatty(::fileno(out)) != 0},
      out_is_terminal_{::isatty(::fileno(out)) != 0},
      err_is_terminal_{::isatty(::fileno(err)) != 0},
      dumb_{environment.dumb}
{
}

exporting::Medium Console::medium(narration::Language language) const
{
    // Japanese has no ASCII form, so whoever chose it can show it.
    return {.utf8 = utf8_ || language == narration::Language::ja, .colour = colour_};
}

void Console::write(std::string_view text)
{
    if (nobody_reads_ || failed_) return;
    if (std::fwrite(text.data(), 1, text.size(), out_) == text.size()) return;
    (errno == EPIPE ? nobody_reads_ : failed_) = true;
}

void Console::note(std::string_view line)
{
    progress({});
    const std::string safe = narration::terminal_safe(line);
    std::fprintf(err_, "%s\n", safe.c_str());
}

void Console::progress(std::string_view line)
{
    if (!shows_progress() || (line.empty() && !progress_shown_)) return;
    std::fprintf(err_, "\r\x1b[K%s", std::string{line}.c_str());
    std::fflush(err_);
    progress_shown_ = !line.empty();
}

bool Console::flush()
{
    progress({});
    if (!nobody_reads_ && std::fflush(out_) != 0) (errno == EPIPE ? nobody_reads_ : failed_) = true;
    return !failed_;
}

} // namespace tegami::cli
