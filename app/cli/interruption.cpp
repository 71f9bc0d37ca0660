#include "app/cli/interruption.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <unistd.h>

namespace tegami::cli {
namespace {

constexpr std::array stopping_signals{SIGINT, SIGTERM, SIGHUP};

// A signal handler reaches nothing but what is static: the path, and what the signals did before.
std::array<char, 4096> path_to_remove; // PATH_MAX
std::array<struct sigaction, stopping_signals.size()> actions_before;

/// Only calls that signal-safety(7) allows.
extern "C" void remove_and_stop(int signal)
{
    ::unlink(path_to_remove.data());
    ::raise(signal); // SA_RESETHAND has put the default back: it ends the process once this returns
}

} // namespace

RemovedWhenStopped::RemovedWhenStopped(const std::string& path)
{
    if (path.empty() || path.size() >= path_to_remove.size()) return;
    *std::ranges::copy(path, path_to_remove.begin()).out = '\0';
    armed_ = true;
    for (std::size_t i = 0; i < stopping_signals.size(); ++i) {
        struct sigaction action{};
        action.sa_handler = remove_and_stop;
        action.sa_flags = static_cast<int>(SA_RESETHAND); // defined as an unsigned constant
        ::sigemptyset(&action.sa_mask);
        ::sigaction(stopping_signals[i], nullptr, &actions_before[i]);
        // What the caller wants ignored stays so: nohup.
        if (actions_before[i].sa_handler != SIG_IGN) ::sigaction(stopping_signals[i], &action, nullptr);
    }
}

RemovedWhenStopped::~RemovedWhenStopped()
{
    if (!armed_) return;
    for (std::size_t i = 0; i < stopping_signals.size(); ++i)
        ::sigaction(stopping_signals[i], &actions_before[i], nullptr);
}

} // namespace tegami::cli
