/// Records as lines of a zone file. RFC 1035 §5.1, RFC 3597 §5.

#include "protocols/dns/data_text.hpp"
#include "protocols/dns/rdata_layout.hpp"
#include "protocols/dns/record.hpp"
#include "protocols/wire/base64.hpp"
#include "protocols/wire/reader.hpp"

#include <algorithm>

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

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

void append_hex(std::string& text, wire::Octets octets)
{
    constexpr std::string_view digits = "0123456789abcdef";
    for (const std::uint8_t octet : octets) {
        text += digits[octet >> 4];
        text += digits[octet & 0xF];
    }
}

/// What looks like an IPv4-mapped address is written in the form that is read as one again.
std::string format_ipv6(wire::Octets octets)
{
    wire::Address address;
    std::ranges::copy(octets, address.octets.begin());
    return address.is_v4() ? "::ffff:" + wire::format(address) : wire::format(address);
}

std::string generic(wire::Octets octets)
{
    std::string text = "\\# " + std::to_string(octets.size());
    if (!octets.empty()) text += ' ';
    append_hex(text, octets);
    return text;
}

} // namespace

std::string format_data(Type type, const Rdata& data)
{
    const wire::Octets octets = data.octets();
    const DataText layout = data_text_of(type);
    if (layout.fields.empty() || !is_well_formed(type, Class::in, octets)) return generic(octets);

    std::string text;
    wire::Reader in{octets};
    for (const char field : layout.fields) {
        if (!text.empty()) text += ' ';
        switch (Field{field}) {
        case Field::name: text += format(read_uncompressed_name(in)); break;
        case Field::number_1: text += std::to_string(in.u8()); break;
        case Field::number_2: text += std::to_string(in.u16()); break;
        case Field::number_4:
        case Field::period: text += std::to_string(in.u32()); break;
        case Field::ipv4: text += wire::format(wire::Address::v4(in.u32())); break;
        case Field::ipv6: text += format_ipv6(in.octets(16)); break;
        case Field::string:
            if (type == Type::caa) { // a tag: letters and digits, and written so (RFC 8659 §4.1.1)
                const std::string_view tag = in.text(in.u8());
                if (!std::ranges::all_of(tag, is_letter_or_digit)) return generic(octets);
                text += tag;
            } else {
                append_quoted(text, in.text(in.u8()));
            }
            break;
        case Field::strings:
            append_quoted(text, in.text(in.u8()));
            while (in.left() != 0) {
                text += ' ';
                append_quoted(text, in.text(in.u8()));
            }
            break;
        case Field::value: append_quoted(text, wire::as_text(in.rest())); break;
        case Field::hex: append_hex(text, in.rest()); break;
        case Field::base64: text += wire::encode_base64(in.rest()); break;
        }
        // Types of which the layout alone does not tell: their text stands for what it is only where it is whole.
        if (in.failed() || (text.empty() || text.back() == ' ')) return generic(octets);
    }
    return in.left() == 0 ? text : generic(octets);
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
