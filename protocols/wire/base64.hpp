#pragma once
/// Base 64, with padding and without line ends. RFC 4648 §4.

#include "protocols/wire/octets.hpp"
#include "protocols/wire/result.hpp"

#include <string>

namespace tegami::wire {

std::string encode_base64(Octets octets);
/// Strict, as RFC 4648 §3 wants it: no octet outside the alphabet, whole groups with their padding, and zeros in the bits
/// that padding leaves over.
Decoded<OctetBuffer> decode_base64(std::string_view text);

} // namespace tegami::wire
