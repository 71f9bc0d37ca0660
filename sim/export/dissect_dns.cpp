// DNS messages. RFC 1035 §4; EDNS by RFC 6891; types without a reader here as octets (RFC 3597).
#include "sim/export/dissector.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tegami::exporting {
namespace {

using narration::record_type_name;

constexpr std::uint32_t most_records_shown = 256;
constexpr std::size_t longest_name = 255; // octets on the wire, RFC 1035 §2.3.4

/// Names may point back into the message: they are read by place, not by the cursor.
class Names {
  public:
    Names(Octets frame, std::size_t message, std::size_t end) : frame_{frame}, message_{message}, end_{end} {}

    struct Name {
        std::string text;
        std::size_t size = 0; ///< octets at the place where it stands
        std::string_view wrong = {};
        bool ended = false; ///< `wrong` for want of octets
    };

    /// <domain-name>: labels, ended by the root label or by a pointer. RFC 1035 §4.1.4.
    Name read(std::size_t at) const
    {
        Name name;
        const std::size_t from = at;
        std::size_t wire_length = 1, limit = at; // a pointer must land before
        bool followed = false;
        const auto wrong = [&](std::string_view rule) {
            name.wrong = rule;
            if (!followed) name.size = at - from;
            return name;
        };
        while (true) {
            name.ended = at >= end_;
            if (name.ended) return wrong("RFC 1035 §3.1: a name ends with the root label");
            const std::uint8_t octet = frame_[at++];
            if (octet == 0) break;
            if (octet >= 0xC0) {
                name.ended = at >= end_;
                if (name.ended) return wrong("RFC 1035 §4.1.4: a pointer has two octets");
                const std::size_t target = message_ + (std::size_t{octet & 0x3Fu} << 8 | frame_[at++]);
                if (!followed) name.size = at - from;
                followed = true;
                if (target >= limit) return wrong("RFC 1035 §4.1.4: a pointer must point backwards");
                at = limit = target;
                continue;
            }
            if (octet >= 0x40) return wrong("RFC 1035 §4.1.4: label types 01 and 10 are reserved");
            wire_length += 1u + octet;
            if (wire_length > longest_name) return wrong("RFC 1035 §2.3.4: a name is at most 255 octets");
            name.ended = at + octet > end_;
            if (name.ended) return wrong("RFC 1035 §3.1: a label ends within the message");
            append_label(name.text, frame_.subspan(at, octet));
            at += octet;
        }
        if (!followed) name.size = at - from;
        if (name.text.empty()) name.text = ".";
        return name;
    }

  private:
    /// As zone files write it: a dot or backslash within a label has a backslash before it, other octets \DDD. RFC 1035
    /// §5.1.
    static void append_label(std::string& text, Octets label)
    {
        for (const std::uint8_t octet : label) {
            if (octet == '.' || octet == '\\')
                text += fmt::format("\\{}", static_cast<char>(octet));
            else if (octet <= 0x20 || octet >= 0x7F)
                text += fmt::format("\\{:03}", octet);
            else
                text += static_cast<char>(octet);
        }
        text += '.';
    }

    Octets frame_;
    std::size_t message_, end_;
};

std::string_view rcode_word(std::uint32_t rcode)
{
    constexpr std::array<std::string_view, 6> words{"word.dns.no_error",        "word.dns.format_error",
                                                    "word.dns.server_failure",  "word.dns.no_such_name",
                                                    "word.dns.not_implemented", "word.dns.refused"};
    return rcode < words.size() ? words[rcode] : std::string_view{};
}

class MessageReader {
  public:
    MessageReader(LayerReader& in, Octets frame, std::size_t from, std::size_t end, DnsSummary& summary)
        : in_{in}, names_{frame, from, end}, summary_{summary}
    {
    }

    void read()
    {
        in_.hex("field.dns.id", 2);
        const std::uint32_t flags = in_.hex("field.dns.flags", 2);
        read_flags(flags);
        std::array<std::uint32_t, 4> counts{};
        constexpr std::array<std::string_view, 4> keys{"field.dns.qdcount", "field.dns.ancount", "field.dns.nscount",
                                                       "field.dns.arcount"};
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = in_.number(keys[i], 2);
        summary_.response = (flags & 0x8000) != 0;
        summary_.truncated = (flags & 0x0200) != 0;
        summary_.rcode = flags & 0x0F;
        for (std::uint32_t i = 0; i < counts[0] && !in_.failed(); ++i) read_question(i == 0);
        constexpr std::array<std::string_view, 3> sections{"field.dns.answer", "field.dns.authority",
                                                           "field.dns.additional"};
        std::uint32_t shown = 0;
        for (std::size_t section = 0; section < sections.size(); ++section)
            for (std::uint32_t i = 0; i < counts[section + 1] && !in_.failed(); ++i) {
                if (++shown > most_records_shown) return;
                read_record(sections[section], section);
            }
    }

  private:
    void read_flags(std::uint32_t flags)
    {
        Field* const field = in_.last();
        if (field == nullptr) return;
        const auto part = [&](std::string_view key, std::string value, std::string_view word) {
            field->parts.push_back({key, std::move(value), word, field->offset, 0});
        };
        const auto bit = [&](std::string_view key, unsigned place) {
            part(key, (flags >> place & 1) != 0 ? "1" : "0", {});
        };
        part("field.dns.qr", (flags >> 15) != 0 ? "1" : "0",
             (flags >> 15) != 0 ? "word.dns.response" : "word.dns.query");
        part("field.dns.opcode", fmt::format("{}", flags >> 11 & 0x0F), {});
        bit("field.dns.aa", 10);
        bit("field.dns.tc", 9);
        bit("field.dns.rd", 8);
        bit("field.dns.ra", 7);
        part("field.dns.rcode", fmt::format("{}", flags & 0x0F), rcode_word(flags & 0x0F));
    }

    std::string name(std::string_view key)
    {
        const std::size_t from = in_.at();
        const Names::Name name = names_.read(from);
        if (name.ended && !in_.captured_whole())
            in_.cut();
        else if (!name.wrong.empty())
            in_.fail(name.wrong, from + name.size);
        in_.take(name.size);
        in_.note({key, name.text, {}, from, name.size});
        return name.text;
    }
    std::uint32_t type()
    {
        const std::uint32_t type = in_.number("field.dns.type", 2);
        in_.means(fmt::format("{} ({})", type, type == 41 ? "OPT" : record_type_name(static_cast<std::uint16_t>(type))),
                  {});
        return type;
    }

    void read_question(bool first)
    {
        in_.open("field.dns.question");
        const std::string of = name("field.dns.name");
        const std::uint32_t asked = type();
        in_.number("field.dns.class", 2);
        in_.close();
        if (!first || in_.failed()) return;
        summary_.name = of;
        summary_.type = static_cast<std::uint16_t>(asked);
    }

    void read_record(std::string_view section, std::size_t which)
    {
        in_.open(section);
        name("field.dns.name");
        const std::uint32_t kind = type();
        if (kind == 41) { // RFC 6891 §6.1.2
            in_.number("field.dns.udp_size", 2);
            in_.hex("field.dns.extended", 4);
        } else {
            in_.number("field.dns.class", 2);
            in_.number("field.dns.ttl", 4);
        }
        const std::size_t length = in_.number("field.dns.rdlength", 2);
        if (!in_.failed() && length > in_.left()) in_.fail("RFC 1035 §4.1.3: the data ends within the message");
        const std::size_t from = in_.at();
        const std::string data = in_.failed() ? std::string{} : read_data(kind, length);
        if (!in_.failed() && in_.at() != from + length)
            in_.fail("RFC 1035 §4.1.3: the data is as long as RDLENGTH says", from);
        in_.close();
        if (in_.failed()) return;
        if (which == 0) summary_.answers.push_back(data);
        if (which == 1 && kind == 2 && summary_.referred_to.empty()) summary_.referred_to = data;
    }

    /// The data as zone files write it.
    std::string read_data(std::uint32_t kind, std::size_t length)
    {
        const std::size_t end = in_.at() + length;
        switch (kind) {
        case 1:
            if (length == 4) return format(in_.v4("field.dns.address"));
            break;
        case 28:
            if (length == 16) return format(in_.v6("field.dns.address"));
            break;
        case 2:
        case 5:
        case 12: return name("field.dns.target");
        case 15: {
            const std::uint32_t preference = in_.number("field.dns.preference", 2);
            return fmt::format("{} {}", preference, name("field.dns.exchange"));
        }
        case 6: {
            const std::string primary = name("field.dns.mname");
            name("field.dns.rname");
            const std::uint32_t serial = in_.number("field.dns.serial", 4);
            for (const std::string_view key :
                 {"field.dns.refresh", "field.dns.retry", "field.dns.expire", "field.dns.minimum"})
                in_.number(key, 4);
            return fmt::format("{} {}", primary, serial);
        }
        case 16: {
            std::string text;
            while (in_.at() < end && !in_.failed()) {
                const std::size_t from = in_.at();
                const Octets size = in_.take(1);
                const Octets octets = in_.take(size.empty() ? 0 : size[0]);
                std::string piece = "\"" + std::string{wire::as_text(octets)} + "\"";
                in_.note({"field.dns.text", piece, {}, from, in_.at() - from});
                text += (text.empty() ? "" : " ") + piece;
            }
            return text;
        }
        case 33: {
            const std::uint32_t priority = in_.number("field.dns.priority", 2);
            const std::uint32_t weight = in_.number("field.dns.weight", 2);
            const std::uint32_t port = in_.number("field.dns.port", 2);
            return fmt::format("{} {} {} {}", priority, weight, port, name("field.dns.target"));
        }
        default: break;
        }
        in_.octets("field.data", length);
        return fmt::format("\\# {}", length); // RFC 3597 §5
    }

    LayerReader& in_;
    Names names_;
    DnsSummary& summary_;
};

} // namespace

void Dissector::dns(std::size_t from)
{
    LayerReader in = layer("DNS", from);
    if (result.tcp) { // RFC 1035 §4.2.2: two octets of length before each message
        const std::size_t length = in.number("field.dns.length", 2);
        from += 2;
        if (!in.failed() && from + length > end) { // goes on in the next segment
            in.layer().cut = true;
            in.octets("field.data", in.left());
            return in.finish();
        }
    }
    DnsSummary summary;
    MessageReader{in, frame, from, std::min(end, frame.size()), summary}.read();
    in.finish();
    if (!in.failed()) result.dns = std::move(summary);
}

} // namespace tegami::exporting
