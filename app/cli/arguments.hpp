#pragma once
/// The command line of `tegami`, read: what is to be done, or what is wrong with what was written, in the language of
/// whoever wrote it.

#include "sim/narration/language.hpp"
#include "sim/run/facts.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tegami::cli {

struct RunCommand {
    std::string scenario;
    std::string variant; ///< empty: the scenario as it stands
    std::string save;    ///< empty: keep nothing
    std::uint64_t seed = 1;
    std::optional<engine::Duration> until;
    run::Level record = run::Level::full;
    bool json = false;
    bool quiet = false;
};

enum class View : std::uint8_t { story, ladder, dialogue, packets, dns, state, filter };

struct ShowCommand {
    std::string run;
    std::optional<View> view; ///< none: the story of a run, the packets of a capture
    std::string at;           ///< empty: the end
    /// Frames to show whole, by their numbers; none: a table.
    std::optional<std::pair<std::uint64_t, std::uint64_t>> frames;
    bool svg = false;  ///< the ladder as a drawing
    bool list = false; ///< only what views there are
    std::optional<std::uint32_t> mail;
    std::string step;
    std::string host;
    std::string filter;
    bool json = false;
};

enum class Form : std::uint8_t { pcapng, pcap, text, json, svg };

struct ExportCommand {
    std::string run;
    std::string output;
    Form form{};
    std::string sniff;                 ///< empty: each frame once, where it was first sent
    std::string filter;                ///< empty: all
    std::optional<std::uint32_t> mail; ///< of a story or a ladder
    std::string step;
    std::string host;
    std::string at;
};

struct CheckCommand {
    std::vector<std::string> scenarios;
    std::string junit; ///< empty: none
    std::uint64_t seed = 1;
    bool json = false;
    bool quiet = false;
};

/// Lists the lessons that come along.
struct LessonsCommand {
    bool json = false;
};
/// Writes a commented scenario to start from.
struct NewCommand {
    std::string file; ///< empty: the standard output
};
/// Writes a scenario's long form.
struct ExpandCommand {
    std::string scenario;
    std::string output; ///< empty: the standard output
    std::string variant;
};

/// A place where the kernel is plugged in: it becomes a host of that name beside the link.
struct Tap {
    std::string name;
    std::string link;
};

struct ServeCommand {
    std::string scenario;
    std::string variant;                   ///< empty: the scenario as it stands
    std::vector<Tap> taps;                 ///< none: those of the run that is served again
    std::string save;                      ///< empty: keep nothing
    std::optional<std::uint64_t> seed;     ///< none: drawn, and kept with the run
    std::optional<engine::Duration> until; ///< of the world's time; none: until stopped
    run::Level record = run::Level::full;
};

/// Help or the version: text for the standard output.
struct Information {
    std::string text;
};

using Command = std::variant<RunCommand, ShowCommand, ExportCommand, CheckCommand, LessonsCommand, NewCommand,
                             ExpandCommand, ServeCommand, Information>;

struct Arguments {
    narration::Language language{};
    narration::Depth depth{};
    Command command;
};

/// Sentences, at least one, without line ends.
struct UsageError {
    std::vector<std::string> sentences;
};

/// `arguments`: without the program's name. `language`: what the locale says, unless --lang does. Help is laid out for
/// `utf8` or not.
std::expected<Arguments, UsageError> parse_arguments(std::span<const std::string> arguments,
                                                     narration::Language language, bool utf8 = true);

} // namespace tegami::cli
