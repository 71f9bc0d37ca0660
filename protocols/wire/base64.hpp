#pragma once
/// Base64. RFC 4648 §4: its alphabet, its padding, no line ends. MIME's own form (RFC 2045 §6.8) is mail's.

#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

#include <string>

namespace tegami::wire {

/// Four characters for every three octets, the last ones padded with "=".
std::string encode_base64(Octets octets);

/// Strict: nothing but what `encode_base64` makes. No other characters (§3.3), no padding left out (§3.2) and none but
/// at the end, and no ones among the bits that the padding leaves over (§3.5).
Decoded<OctetBuffer> decode_base64(std::string_view text);

} // namespace tegami::wire
