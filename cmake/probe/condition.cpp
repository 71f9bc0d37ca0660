/// An await in a condition, in a body that declares nothing before it.

#include "task.hpp"

using namespace probe;

namespace {

Task<bool> even(int number)
{
    co_await Pause{};
    co_return number % 2 == 0;
}

Task<int> down_to_even(int from)
{
    if (co_await even(from)) co_return from;
    co_return from - 1;
}

Task<int> count(int rounds, int& seen)
{
    while (co_await even(seen)) {
        if (seen > rounds) co_return -1;
        seen += 2;
        if (seen == rounds) co_return seen;
    }
    co_return -2;
}

} // namespace

bool condition()
{
    int seen = 0;
    return down_to_even(8).run() == 8 && down_to_even(7).run() == 6 && count(10, seen).run() == 10;
}
