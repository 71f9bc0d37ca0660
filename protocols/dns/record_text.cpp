/// Records as lines of a zone file. RFC 1035 §5.1, RFC 3597 §5.

#include "protocols/dns/rdata_layout.hpp"
#include "protocols/dns/record.hpp"
#include "protocols/wire/endian.hpp"
#include "protocols/wire/reader.hpp"

namespace tegami::dns {

namespace {

/// <character-string>, in quotes whether it needs them or not.
void append_quoted(std::string& text, std::string_view string)
{
    text += '"';
    for (const char character : string) {
        const auto octet = static_cast<std::uint8_t>(character);
        if (octet < ' ' || octet >= 0x7F) {
            text += '\\';
            text += static_cast<char>('0' + octet / 100);
            text += static_cast<char>('0' + octet / 10 % 10);
            text += static_cast<char>('0' + octet % 10);
            continue;
        }
        if (character == '"' || character == '\\') text += '\\';
        text += character;
    }
    text += '"';
}

std::string generic(wire::Octets octets)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\\# " + std::to_string(octets.size());
    if (!octets.empty()) text += ' ';
    for (const std::uint8_t octet : octets) {
        text += digits[octet >> 4];
        text += digits[octet & 0xF];
    }
    return text;
}

} // namespace

std::string format_data(Type type, const Rdata& data)
{
    const wire::Octets octets = data.octets();
    if (type == Type::a && octets.size() == 4) return wire::format(read_data<A>(data)->address);
    if (type == Type::aaaa && octets.size() == 16) {
        // What looks like an IPv4-mapped address is written in the form that is read as one again.
        const wire::Address address = read_data<Aaaa>(data)->address;
        return address.is_v4() ? "::ffff:" + wire::format(address) : wire::format(address);
    }
    const RdataLayout layout = layout_of(type, Class::in);
    if (layout.parts.contains(static_cast<char>(Part::anything)) || !is_well_formed(type, Class::in, octets))
        return generic(octets);

    std::string text;
    wire::Reader in{octets};
    const auto space = [&] {
        if (!text.empty()) text += ' ';
    };
    for (const char part : layout.parts) {
        space();
        switch (Part{part}) {
        case Part::name: text += format(read_uncompressed_name(in)); break;
        case Part::octets_2: text += std::to_string(in.u16()); break;
        case Part::octets_4: text += std::to_string(in.u32()); break;
        case Part::string: append_quoted(text, in.text(in.u8())); break;
        case Part::strings:
            append_quoted(text, in.text(in.u8()));
            while (in.left() != 0) {
                space();
                append_quoted(text, in.text(in.u8()));
            }
            break;
        case Part::octets_16:
        case Part::anything: return generic(octets);
        }
    }
    return text;
}

std::string format(const Record& record)
{
    // Types of class IN alone have their text in no other (RFC 3597 §5).
    const bool known = record.rr_class == Class::in ||
                       (layout_of(record.type, record.rr_class).parts == layout_of(record.type, Class::in).parts);
    return format(record.owner) + ' ' + std::to_string(record.ttl) + ' ' + format(record.rr_class) + ' ' +
           format(record.type) + ' ' + (known ? format_data(record.type, record.data) : generic(record.data.octets()));
}

} // namespace tegami::dns
