#pragma once
/// What each command does: wiring between scenario, world, run and views.

#include "app/cli/arguments.hpp"
#include "app/cli/console.hpp"

#include <span>
#include <string>
#include <vector>

namespace tegami::cli {

/// Exit statuses; docs and --help promise them.
enum class Status : int {
    good = 0,
    check_failed = 1,
    wrong_input = 2, ///< a command line or a file that makes no sense, or cannot be read or written
};

/// The whole program: `arguments` without its name.
Status run_program(std::span<const std::string> arguments, Console& console, const Environment& environment);

/// What every command needs.
struct Context {
    Console& console;
    narration::Language language{};
    narration::Depth depth{};
    std::vector<std::string>* complaints = nullptr; ///< where given, gets each line of complaint too
};

Status carry_out(const RunCommand& command, const Context& context);
Status carry_out(const ShowCommand& command, const Context& context);
Status carry_out(const ExportCommand& command, const Context& context);
Status carry_out(const CheckCommand& command, const Context& context);
Status carry_out(const LessonsCommand& command, const Context& context);
Status carry_out(const NewCommand& command, const Context& context);
Status carry_out(const ExpandCommand& command, const Context& context);
Status carry_out(const ServeCommand& command, const Context& context);

} // namespace tegami::cli
