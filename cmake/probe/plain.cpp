/// What every compiler of C++23 gets right, in the same words: were this to end wrongly, the fault would be the probe's
/// or the machine's. `std::expected` is there because some compilers lack it with Debian's library.

#include "task.hpp"

#include <expected>
#include <string>

using namespace probe;

namespace {

struct Letter {
    std::string to;
    Counted first, second;
};

Task<int> send(Letter letter)
{
    co_await Pause{};
    co_return static_cast<int>(letter.to.size()) + letter.first.value - letter.second.value;
}

Task<std::expected<int, std::string>> named(std::string name)
{
    if (name.empty()) co_return std::unexpected("nobody");
    Letter letter{name + "@a-host-with-a-rather-long-name.example", 9, 4};
    const int sent = co_await send(std::move(letter));
    co_return sent;
}

} // namespace

bool plain()
{
    const auto sent = named("bob").run();
    return sent == 42 + 9 - 4 && !named("").run() && sound();
}
