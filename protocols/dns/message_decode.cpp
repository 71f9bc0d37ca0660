#include "protocols/dns/message.hpp"
#include "protocols/dns/rdata_layout.hpp"
#include "protocols/wire/endian.hpp"
#include "protocols/wire/reader.hpp"

#include <algorithm>

namespace tegami::dns {

namespace {

using wire::Reader;

constexpr std::size_t smallest_question = 5; // octets: the root's zero, QTYPE, QCLASS
constexpr std::size_t smallest_record = 11;  // octets: the root's zero, TYPE, CLASS, TTL, RDLENGTH

Header header_of(std::uint16_t id, std::uint16_t bits)
{
    return {
        .id = id,
        .response = (bits & 0x8000) != 0,
        .opcode = static_cast<Opcode>(bits >> 11 & 0xF),
        .authoritative = (bits & 0x0400) != 0,
        .truncated = (bits & 0x0200) != 0,
        .recursion_desired = (bits & 0x0100) != 0,
        .recursion_available = (bits & 0x0080) != 0,
        .reserved = (bits & 0x0040) != 0,
        .authentic_data = (bits & 0x0020) != 0,
        .checking_disabled = (bits & 0x0010) != 0,
        .rcode = static_cast<Rcode>(bits & 0xF),
    };
}

/// RFC 6891 §6.1.2 and §6.1.3: the fields of an OPT record behind its TYPE, and the RCODE's upper bits.
Edns read_edns(Reader& in, const Name& owner, Rcode& rcode)
{
    if (!owner.is_root()) in.fail("RFC 6891 §6.1.2: the owner of OPT is the root");
    Edns edns;
    edns.payload_size = in.u16();
    const std::uint8_t upper_bits = in.u8();
    rcode = static_cast<Rcode>(upper_bits << 4 | static_cast<std::uint16_t>(rcode));
    edns.version = in.u8();
    edns.dnssec_ok = (in.u16() & 0x8000) != 0; // the other bits mean nothing yet (§6.1.4)
    std::size_t left = in.u16();
    if (left > in.left()) in.fail("RFC 1035 §3.2.1: RDLENGTH is more than what is left of the message");
    while (left != 0 && !in.failed()) {
        constexpr std::string_view cut_off = "RFC 6891 §6.1.2: an option is longer than what is left of its OPT";
        if (left < 4) {
            in.fail(cut_off);
            break;
        }
        EdnsOption option;
        option.code = in.u16();
        const std::size_t size = in.u16();
        left -= 4;
        if (size > left) {
            in.fail(cut_off);
            break;
        }
        const wire::Octets data = in.octets(size);
        option.data.assign(data.begin(), data.end());
        edns.options.push_back(std::move(option));
        left -= size;
    }
    return edns;
}

enum class Section : std::uint8_t { answer, authority, additional };

void read_records(Reader& in, std::size_t count, Section section, FirstName first, std::vector<Record>& records,
                  Message& message)
{
    // Counts are a stranger's: never more room than the octets that are left could need.
    if (count > in.left() / smallest_record)
        in.fail("RFC 1035 §4.1.1: more records are counted than the octets that are left could hold");
    if (in.failed()) return;
    records.reserve(count);
    for (; count != 0 && !in.failed(); --count) {
        const std::size_t begin = in.offset();
        Record& record = records.emplace_back(); // filled where it stays
        read_name(in, record.owner, first);
        record.type = static_cast<Type>(in.u16());
        if (record.type == Type::opt) {
            if (message.edns || section != Section::additional) {
                in.seek(begin);
                in.fail(message.edns ? "RFC 6891 §6.1.1: a message has at most one OPT"
                                     : "RFC 6891 §6.1.1: OPT belongs into the additional section");
                return;
            }
            message.edns = read_edns(in, record.owner, message.header.rcode);
            records.pop_back();
            continue;
        }
        const wire::Octets fixed = in.octets(8);
        if (in.failed()) return;
        record.rr_class = static_cast<Class>(wire::load_u16(&fixed[0]));
        record.ttl = wire::load_u32(&fixed[2]);
        if (record.ttl > largest_ttl) record.ttl = 0; // RFC 2181 §8
        read_rdata(in, record.type, record.rr_class, wire::load_u16(&fixed[6]), first, record.data);
    }
}

} // namespace

wire::Decoded<Header> decode_header(wire::Octets octets)
{
    if (octets.size() < message_header_size)
        return std::unexpected(wire::Malformed{octets.size(), "RFC 1035 §4.1.1: a header has 12 octets"});
    Reader in{octets};
    const std::uint16_t id = in.u16();
    return header_of(id, in.u16());
}

wire::Decoded<Message> decode_message(wire::Octets octets)
{
    const auto header = decode_header(octets);
    if (!header) return std::unexpected(header.error());
    if (octets.size() > largest_message)
        return std::unexpected(
            wire::Malformed{largest_message, "RFC 1035 §4.2.2: a message has at most 65,535 octets"});
    Reader in{octets};
    in.skip(4);
    const std::size_t questions = in.u16(), answers = in.u16(), authority = in.u16(), additional = in.u16();

    wire::Decoded<Message> result{std::in_place}; // made where it is returned
    Message& message = *result;
    message.header = *header;
    if (questions > in.left() / smallest_question)
        in.fail("RFC 1035 §4.1.1: more questions are counted than the octets that are left could hold");
    else
        message.questions.reserve(questions);
    FirstName first; // most other names lead to that of the question
    for (std::size_t i = 0; i < questions && !in.failed(); ++i) {
        Question& question = message.questions.emplace_back();
        read_name(in, question.name, first);
        if (i == 0) first = {message_header_size, question.name.size()};
        question.type = static_cast<Type>(in.u16());
        question.rr_class = static_cast<Class>(in.u16());
    }
    read_records(in, answers, Section::answer, first, message.answers, message);
    read_records(in, authority, Section::authority, first, message.authority, message);
    read_records(in, additional, Section::additional, first, message.additional, message);
    if (!in.failed() && in.left() != 0) in.fail("RFC 1035 §4.1.1: octets are left over behind the last record");
    if (in.failed()) return std::unexpected(in.finish_prefix(0).error());
    return result;
}

} // namespace tegami::dns
