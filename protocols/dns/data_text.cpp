#include "protocols/dns/data_text.hpp"

#include "protocols/dns/rdata_layout.hpp"
#include "protocols/wire/base64.hpp"
#include "protocols/wire/writer.hpp"

#include <algorithm>
#include <charconv>

namespace tegami::dns {

namespace {

std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t largest)
{
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end || value > largest) return std::nullopt;
    return value;
}

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Appends what `words` say in hexadecimal digits, which may be set apart anywhere. False, reported, where they do not.
bool append_hex(std::span<const ZoneWord> words, wire::OctetBuffer& octets, ZoneProblems& problems)
{
    int high = -1;
    for (const ZoneWord& word : words)
        for (const char character : word.text) {
            const int digit = hex_digit(character);
            if (digit < 0) {
                problems.report(word.at, "zone.bad_hex", {quotable_word(word.text)});
                return false;
            }
            if (high < 0) {
                high = digit;
            } else {
                octets.push_back(static_cast<std::uint8_t>(high * 16 + digit));
                high = -1;
            }
        }
    if (high < 0) return true;
    problems.report(words.back().at, "zone.bad_hex", {quotable_word(words.back().text)}); // half an octet is left over
    return false;
}

/// RFC 3597 §5: `\#`, the length, and the octets in hexadecimal digits.
std::optional<Rdata> parse_generic(Type type, ZonePlace type_at, std::span<const ZoneWord> words,
                                   ZoneProblems& problems)
{
    if (words.size() < 2) {
        problems.report(type_at, "zone.missing_field", {format(type), "length"});
        return std::nullopt;
    }
    const auto length = parse_decimal(words[1].text, largest_rdata);
    if (!length) {
        problems.report(words[1].at, "zone.bad_number",
                        {quotable_word(words[1].text), "length", std::to_string(largest_rdata)});
        return std::nullopt;
    }
    wire::OctetBuffer octets;
    if (!append_hex(words.subspan(2), octets, problems)) return std::nullopt;
    if (octets.size() != *length) {
        problems.report(words[1].at, "zone.generic_length", {std::to_string(*length), std::to_string(octets.size())});
        return std::nullopt;
    }
    if (!is_well_formed(type, Class::in, octets)) {
        problems.report(words[0].at, "zone.generic_data", {format(type)});
        return std::nullopt;
    }
    return Rdata{wire::Octets{octets}};
}

/// Reads the fields of one record into octets.
class FieldReader {
  public:
    FieldReader(Type type, ZonePlace type_at, std::span<const ZoneWord> words, const Name& origin,
                ZoneProblems& problems)
        : type_(type), type_at_(type_at), words_(words), origin_(origin), problems_(problems)
    {
    }

    std::optional<Rdata> read()
    {
        const DataText text = data_text_of(type_);
        for (std::size_t i = 0; i < text.fields.size(); ++i) {
            if (next_ == words_.size()) {
                problems_.report(words_.empty() ? type_at_ : words_.back().at, "zone.missing_field",
                                 {format(type_), std::string{text.names[i]}});
                return std::nullopt;
            }
            if (!read_field(Field{text.fields[i]}, text.names[i])) return std::nullopt;
        }
        if (next_ != words_.size()) {
            problems_.report(words_[next_].at, "zone.extra_field", {format(type_), quotable_word(words_[next_].text)});
            return std::nullopt;
        }
        if (octets_.size() > largest_rdata) {
            problems_.report(type_at_, "zone.long_data", {format(type_)});
            return std::nullopt;
        }
        return Rdata{wire::Octets{octets_}};
    }

  private:
    bool read_field(Field field, std::string_view name)
    {
        const ZoneWord& word = words_[next_++];
        switch (field) {
        case Field::name: return read_name_field(word);
        case Field::number_1: return read_number(word, name, 1);
        case Field::number_2: return read_number(word, name, 2);
        case Field::number_4: return read_number(word, name, 4);
        case Field::period: {
            const auto seconds = parse_period(word.text);
            if (seconds)
                out_.u32(*seconds);
            else
                problems_.report(word.at, "zone.bad_ttl", {quotable_word(word.text)});
            return seconds.has_value();
        }
        case Field::ipv4: {
            const auto address = wire::parse_address(word.text);
            const bool good = address && address->is_v4() && !word.text.contains(':');
            if (good)
                out_.u32(address->to_v4());
            else
                problems_.report(word.at, "zone.bad_ipv4", {quotable_word(word.text)});
            return good;
        }
        case Field::ipv6: {
            const auto address = wire::parse_address(word.text);
            const bool good = address && word.text.contains(':');
            if (good)
                out_.octets(address->octets);
            else
                problems_.report(word.at, "zone.bad_ipv6", {quotable_word(word.text)});
            return good;
        }
        case Field::string: return read_string(word);
        case Field::strings:
            if (!read_string(word)) return false;
            while (next_ != words_.size())
                if (!read_string(words_[next_++])) return false;
            return true;
        case Field::value: {
            std::string value;
            if (!resolve(word, value)) return false;
            out_.text(value);
            return true;
        }
        case Field::hex: {
            const auto all = words_.subspan(next_ - 1);
            next_ = words_.size();
            return append_hex(all, octets_, problems_);
        }
        case Field::base64: {
            std::string text;
            for (const ZoneWord& each : words_.subspan(next_ - 1)) text += each.text;
            next_ = words_.size();
            const auto decoded = wire::decode_base64(text);
            if (decoded)
                out_.octets(*decoded);
            else
                problems_.report(word.at, "zone.bad_base64", {quotable_word(text)});
            return decoded.has_value();
        }
        }
        return false;
    }

    bool read_name_field(const ZoneWord& word)
    {
        const auto name = parse_zone_name(word, origin_, problems_);
        if (!name) return false;
        // Where a host is wanted, an address is taken for a name: 192.0.2.1.example.jp, which nobody means.
        if ((type_ == Type::ns || type_ == Type::mx || type_ == Type::srv || type_ == Type::cname) &&
            looks_like_address(word.text))
            problems_.report(word.at, "zone.host_is_address", {format(type_), quotable_word(word.text)});
        out_.octets(name->wire());
        return true;
    }
    static bool looks_like_address(std::string_view text)
    {
        if (text.ends_with('.')) text.remove_suffix(1);
        return wire::parse_address(text).has_value();
    }

    bool read_number(const ZoneWord& word, std::string_view name, int octets)
    {
        const std::uint64_t largest = (std::uint64_t{1} << 8 * octets) - 1;
        const auto number = parse_decimal(word.text, largest);
        if (!number) {
            problems_.report(word.at, "zone.bad_number",
                             {quotable_word(word.text), std::string{name}, std::to_string(largest)});
            return false;
        }
        for (int i = octets - 1; i >= 0; --i) out_.u8(static_cast<std::uint8_t>(*number >> 8 * i));
        return true;
    }

    bool resolve(const ZoneWord& word, std::string& octets)
    {
        if (resolve_escapes(word.text, octets)) return true;
        problems_.report(word.at, "zone.bad_escape", {quotable_word(word.text)});
        return false;
    }
    bool read_string(const ZoneWord& word)
    {
        std::string string;
        if (!resolve(word, string)) return false;
        if (string.size() > largest_character_string) {
            problems_.report(word.at, "zone.long_string", {std::to_string(string.size())});
            return false;
        }
        out_.u8(static_cast<std::uint8_t>(string.size()));
        out_.text(string);
        return true;
    }

    Type type_;
    ZonePlace type_at_;
    std::span<const ZoneWord> words_;
    const Name& origin_;
    ZoneProblems& problems_;
    std::size_t next_ = 0;
    wire::OctetBuffer octets_;
    wire::Writer out_{octets_};
};

} // namespace

std::optional<std::uint32_t> parse_period(std::string_view text)
{
    constexpr std::uint64_t largest = 0xFFFF'FFFF;
    if (const auto seconds = parse_decimal(text, largest)) return static_cast<std::uint32_t>(*seconds);
    if (text.empty()) return std::nullopt;
    std::uint64_t sum = 0;
    while (!text.empty()) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto number = parse_decimal(text.substr(0, digits), largest);
        if (!number || digits == text.size()) return std::nullopt;
        std::uint64_t unit = 0;
        switch (text[digits]) {
        case 's':
        case 'S': unit = 1; break;
        case 'm':
        case 'M': unit = 60; break;
        case 'h':
        case 'H': unit = 3'600; break;
        case 'd':
        case 'D': unit = 86'400; break;
        case 'w':
        case 'W': unit = 604'800; break;
        default: return std::nullopt;
        }
        sum += *number * unit;
        if (sum > largest) return std::nullopt;
        text.remove_prefix(digits + 1);
    }
    return static_cast<std::uint32_t>(sum);
}

std::optional<Name> parse_zone_name(const ZoneWord& word, const Name& origin, ZoneProblems& problems)
{
    if (word.is("@")) return origin;
    auto name = parse_name(word.text, origin);
    if (name) return *std::move(name);
    const std::string_view rule = name.error().rule;
    problems.report(word.at,
                    rule == name_rules::label_too_long   ? "zone.long_label"
                    : rule == name_rules::name_too_long  ? "zone.long_name"
                    : rule == name_rules::label_is_empty ? "zone.empty_label"
                    : rule == name_rules::name_is_empty  ? "zone.bad_name"
                                                         : "zone.bad_escape",
                    {quotable_word(word.text)});
    return std::nullopt;
}

std::optional<Rdata> parse_data(Type type, ZonePlace type_at, std::span<const ZoneWord> words, const Name& origin,
                                ZoneProblems& problems)
{
    if (!words.empty() && words[0].is("\\#")) return parse_generic(type, type_at, words, problems);
    if (data_text_of(type).fields.empty()) {
        problems.report(type_at, "zone.type_without_text", {format(type)});
        return std::nullopt;
    }
    return FieldReader{type, type_at, words, origin, problems}.read();
}

} // namespace tegami::dns
