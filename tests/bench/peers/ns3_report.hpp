#pragma once
/// What every ns-3 program here prints: one line of key=value tokens, the same that our own benchmarks print.

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace report {

inline double seconds_now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline double peak_mib()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// Of this process so far: what a busy machine leaves alone.
inline double cpu_seconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Figures {
    double setup_s = 0;   // until the first event
    double run_s = 0;     // all events
    double cpu_s = 0;     // the same in time of the processor
    double sim_s = 0;     // simulated
    double setup_mib = 0; // peak memory when the first event is due
    std::uint64_t events = 0;
    std::uint64_t link_packets = 0; // each packet once a link; counted only where asked for
    std::uint64_t dialogues = 0;    // that came to their end
    std::uint64_t octets = 0;       // that applications received
};

inline void print(const Figures& f)
{
    std::printf("setup_s=%.3f run_s=%.3f cpu_s=%.3f sim_s=%.3f events=%llu link_pkts=%llu dialogues=%llu "
                "dlg_per_s=%.0f app_MB=%.2f "
                "setup_MB=%.1f peak_MB=%.1f\n",
                f.setup_s, f.run_s, f.cpu_s, f.sim_s, static_cast<unsigned long long>(f.events),
                static_cast<unsigned long long>(f.link_packets), static_cast<unsigned long long>(f.dialogues),
                static_cast<double>(f.dialogues) / f.run_s, static_cast<double>(f.octets) / 1e6, f.setup_mib,
                peak_mib());
}

} // namespace report
