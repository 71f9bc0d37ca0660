/// What every compiler gets right, in the same words: were this to fail, the fault would be the probe's or the machine's.

#include "task.hpp"

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

Task<int> named(std::string name)
{
    Letter letter{name + "@a-host-with-a-rather-long-name.example", 9, 4};
    const int sent = co_await send(std::move(letter));
    co_return sent;
}

} // namespace

bool plain() { return named("bob").run() == 42 + 9 - 4 && sound(); }
