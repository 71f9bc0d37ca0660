/// A lesson simulated whole, again and again: its text read, its world built and run to its end, everything recorded. What
/// is told is the median, of wall-clock time.
///
///     lesson_bench [SCENARIO]      else scenarios/first-mail.toml

#include "sim/scenario/meaning.hpp"
#include "sim/scenario/world.hpp"
#include "tests/bench/measuring.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace tegami;

/// Seconds that it took; under 0 where something was wrong.
double play(const std::string& text, std::uint64_t& facts)
{
    const double begin = bench::wall_s();
    auto loaded = scenario::read_scenario(text, {});
    if (!loaded) return -1;
    scenario::WorldOptions options;
    options.level = run::Level::full;
    auto world = scenario::World::build(std::move(*loaded), std::move(options), std::make_unique<run::MemorySink>());
    if (!world) return -1;
    (*world)->run_until((*world)->end());
    if (!(*world)->finish()) return -1;
    facts = (*world)->recorder().facts();
    return bench::wall_s() - begin;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string path = argc > 1 ? argv[1] : TEGAMI_SOURCE_DIR "/scenarios/first-mail.toml";
    std::ifstream file{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    std::vector<double> seconds;
    std::uint64_t facts = 0;
    for (int i = 0; i < 21; ++i) {
        seconds.push_back(play(text, facts));
        if (seconds.back() < 0) {
            std::fprintf(stderr, "lesson_bench: %s cannot be played\n", path.c_str());
            return 1;
        }
    }
    std::ranges::sort(seconds);
    std::printf("lesson_bench whole_s=%.5f facts=%llu peak_MB=%.1f\n", seconds[seconds.size() / 2],
                static_cast<unsigned long long>(facts), bench::peak_mb());
    return 0;
}
