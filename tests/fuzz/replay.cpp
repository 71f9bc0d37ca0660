/// Runs a fuzz target over its seeds without libFuzzer, so that every build of the tests holds them, with any compiler.
/// Each seed comes whole and cut short at every octet (a long one at 4,096 places), for an input that ends too early
/// is the commonest way to be wrong.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

/// In memory of just that size, so that a sanitizer sees the first octet read behind its end.
void run(const std::vector<std::uint8_t>& seed, std::size_t size)
{
    const std::vector<std::uint8_t> input(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

} // namespace

int main(int argc, char** argv)
{
    std::size_t seeds = 0;
    for (int i = 1; i < argc; ++i) {
        std::error_code missing;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i], missing)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream file(entry.path(), std::ios::binary);
            const std::vector<std::uint8_t> seed{std::istreambuf_iterator<char>(file),
                                                 std::istreambuf_iterator<char>()};
            std::printf("%s\n", entry.path().c_str()); // the last line is the culprit
            std::fflush(stdout);

            const std::size_t step = std::max<std::size_t>(1, seed.size() / 4096);
            for (std::size_t size = 0; size < seed.size(); size += step) run(seed, size);
            run(seed, seed.size());
            ++seeds;
        }
    }
    std::printf("%zu seeds\n", seeds);
    return seeds == 0 ? 1 : 0; // a target without seeds holds nothing
}
