#include "protocols/sasl/line.hpp"

#include "protocols/wire/base64.hpp"

namespace tegami::sasl {

std::string format_line(wire::Octets octets) { return wire::encode_base64(octets); }

wire::Decoded<wire::OctetBuffer> parse_line(std::string_view text) { return wire::decode_base64(text); }

std::string format_initial_response(wire::Octets octets) { return octets.empty() ? "=" : wire::encode_base64(octets); }

wire::Decoded<wire::OctetBuffer> parse_initial_response(std::string_view text)
{
    if (text == "=") return wire::OctetBuffer{};
    return wire::decode_base64(text);
}

} // namespace tegami::sasl
