#pragma once
/// What a dialogue is about to say: lines collected until it is time to send them, each with whom it serves.

#include "protocols/wire/stream.hpp"
#include "protocols/wire/task.hpp"

#include <string>
#include <vector>

namespace tegami::mail {

class SaidLines {
  public:
    /// Whole lines, ended by CRLF.
    void add(std::string_view lines, wire::Spans spans);
    bool empty() const { return lines_.empty(); }
    /// Sends all of them together, in one write where they serve the same. False once the stream broke.
    wire::Task<bool> send(wire::Stream& peer);

  private:
    std::string lines_;
    std::vector<wire::SpanRun> runs_;
};

} // namespace tegami::mail
