#include "app/cli/commands.hpp"

#include <cstdio>
#include <string>
#include <vector>

int main(int count, char** words)
{
    const std::vector<std::string> arguments(words + (count > 0 ? 1 : 0), words + count);
    const tegami::cli::Environment environment = tegami::cli::read_environment();
    tegami::cli::Console console{stdout, stderr, environment};
    return static_cast<int>(tegami::cli::run_program(arguments, console, environment));
}
