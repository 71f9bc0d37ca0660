#pragma once
/// What a benchmark reads off the clock and the machine. C++17 and nothing of ours, so that a peer's side can be measured
/// with the same.

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <ctime>

namespace tegami::bench {

inline double wall_s()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Of this process, in seconds, the kernel's work for it included: others may be at work on the machine.
inline double cpu_s()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// The most memory that this process ever had, in MiB.
inline double peak_mb()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_maxrss) / 1024.0;
}

/// How often a second `work` can be done, tried for so many seconds of the processor's time.
template <class Work>
double rate(double seconds, Work work)
{
    const std::clock_t begin = std::clock();
    std::uint64_t count = 0;
    double passed = 0;
    do {
        for (int i = 0; i < 200; ++i) work();
        count += 200;
        passed = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    } while (passed < seconds);
    return static_cast<double>(count) / passed;
}

} // namespace tegami::bench
