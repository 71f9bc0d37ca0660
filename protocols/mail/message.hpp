#pragma once
/// The octets of a message together with whom they serve, as dialogues hand them on.

#include "protocols/wire/stream.hpp"

#include <vector>

namespace tegami::mail {

/// Whom work for both serves. Nobody (0) adds nothing; without an algebra the first is kept.
wire::Spans unite(wire::SpanAlgebra* algebra, wire::Spans one, wire::Spans other);

struct Message {
    wire::OctetBuffer octets;        ///< with CRLF line ends, unstuffed
    std::vector<wire::SpanRun> runs; ///< whom the octets serve, front to back

    /// The octets appended since the last call serve `spans`.
    void mark(wire::Spans spans);
    /// All of whom its octets serve.
    wire::Spans spans(wire::SpanAlgebra* algebra) const;
};

} // namespace tegami::mail
