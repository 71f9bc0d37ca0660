#pragma once
/// What happens to a half-written file when somebody stops the program.

#include <string>

namespace tegami::cli {

/// While it lives, SIGINT, SIGTERM and SIGHUP remove the file named and then end the program as they always do: a shell
/// sees 130 after Ctrl-C, and whoever waits for the process sees the signal. One at a time.
class RemovedWhenStopped {
  public:
    /// An empty path names nothing.
    explicit RemovedWhenStopped(const std::string& path);
    ~RemovedWhenStopped();
    RemovedWhenStopped(const RemovedWhenStopped&) = delete;
    RemovedWhenStopped& operator=(const RemovedWhenStopped&) = delete;

  private:
    bool armed_ = false;
};

} // namespace tegami::cli
