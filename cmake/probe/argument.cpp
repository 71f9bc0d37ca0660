/// Temporaries in the arguments of an awaited call: a braced aggregate, and a lambda that captures.

#include "task.hpp"

#include <functional>
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

Task<int> apply(std::function<int(int)> rule, int to)
{
    co_await Pause{};
    co_return rule(to);
}

Task<int> braced(std::string name)
{
    const int sent = co_await send({name + "@a-host-with-a-rather-long-name.example", 9, 4});
    co_return sent;
}

Task<int> captured(std::string name)
{
    const Counted seven{7};
    const int sum =
        co_await apply([seven, name](int to) { return seven.value + to + static_cast<int>(name.size()); }, 5);
    co_return sum;
}

} // namespace

bool argument()
{
    return braced("bob").run() == 42 + 9 - 4 && captured("a name too long for the small string").run() == 7 + 5 + 36 &&
           sound();
}
