/// Runs each case and says beforehand which, so that the last line names the one that went wrong, crash or hang included.

#include "task.hpp"

#include <cstdio>
#include <unistd.h>

bool plain();
bool condition();
bool argument();
bool conditional();

int main()
{
    const struct {
        const char* name;
        bool (*holds)();
    } cases[] = {{"a coroutine without anything special", plain},
                 {"an await in a condition", condition},
                 {"a temporary in an awaited call's arguments", argument},
                 {"an await in one branch of a conditional expression", conditional}};

    alarm(20); // a miscompiled loop may not end
    for (const auto& each : cases) {
        std::printf("%s\n", each.name);
        std::fflush(stdout);
        if (!each.holds()) return 1;
    }
    std::printf("all held\n");
    return 0;
}
