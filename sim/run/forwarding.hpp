#pragma once
/// What a router must change of a frame it passes on, so that a run need not say it each time.

#include "protocols/link/mac_address.hpp"
#include "protocols/wire/octets.hpp"

#include <span>

namespace tegami::run {

using wire::Octets;

/// Makes of a frame what a router makes of it: MAC addresses of the next link, TTL one less (RFC 791 §3.2; RFC 1812
/// §5.3.1), its checksum changed with it (RFC 1624 §3); of IPv6 the hop limit (RFC 8200 §3).
void forward(std::span<std::uint8_t> frame, const link::MacAddress& from, const link::MacAddress& to);

/// What FrameCrossed::rewritten must be so that a reader makes `after` of `before`: what is to be written over the
/// beginning of what `forward` makes of it, so empty where that is all.
/// Both are equally long, and differ in nothing but their headers.
Octets rewritten_part(Octets before, Octets after, const link::MacAddress& from, const link::MacAddress& to);

} // namespace tegami::run
