/// An await in one branch of `?:`.

#include "task.hpp"

#include <string>

using namespace probe;

namespace {

Task<std::string> name_of(Counted number)
{
    co_await Pause{};
    co_return "a name too long for the small string " + std::to_string(number.value);
}

Task<std::string> greet(bool known, Counted number)
{
    const std::string name = known ? co_await name_of(number) : std::string("a stranger whom nobody here has met");
    co_return "Hello, " + name;
}

} // namespace

bool conditional()
{
    const bool one = greet(true, Counted{4}).run() == "Hello, a name too long for the small string 4";
    const bool other = greet(false, Counted{4}).run() == "Hello, a stranger whom nobody here has met";
    return one && other && sound();
}
