#pragma once
/// Lets time pass: what a dialogue awaits that makes its peer wait.

#include "protocols/wire/task.hpp"
#include "protocols/wire/time.hpp"

namespace tegami::wire {

class Pause {
  public:
    virtual Task<void> pause(Duration length) = 0;

  protected:
    ~Pause() = default;
};

} // namespace tegami::wire
