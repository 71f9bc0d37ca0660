#include "sim/run/json.hpp"

#include "sim/run/choices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

namespace tegami::run {

namespace {

/// The character at the front of `text` and its length in octets; 0xFFFFFFFF and 1 where it is no UTF-8 (RFC 3629 §4).
struct Character {
    char32_t code;
    std::size_t octets;
};
Character front_of(std::string_view text)
{
    constexpr Character wrong{0xFFFFFFFF, 1};
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = octet(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t octets = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < octets) return wrong;
    char32_t code = lead & (0x7F >> octets);
    for (std::size_t i = 1; i < octets; ++i) {
        if ((octet(i) & 0xC0) != 0x80) return wrong;
        code = code << 6 | (octet(i) & 0x3Fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[octets] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return wrong;
    return {code, octets};
}

/// Marks and overrides of text direction: they would make a terminal show something else than is there.
bool turns_direction(char32_t code)
{
    return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

} // namespace

void append_json(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty()) {
        const auto [code, octets] = front_of(text);
        if (code == 0xFFFFFFFF)
            out += "\xEF\xBF\xBD";
        else if (code == '"' || code == '\\')
            (out += '\\') += static_cast<char>(code);
        else if (code == '\n')
            out += "\\n";
        else if (code == '\r')
            out += "\\r";
        else if (code == '\t')
            out += "\\t";
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
                 turns_direction(code))
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(code));
        else
            out += text.substr(0, octets);
        text.remove_prefix(octets);
    }
    out += '"';
}

void append_json(std::string& out, Octets octets)
{
    const std::string_view text = wire::as_text(octets);
    bool readable = true;
    for (std::string_view left = text; readable && !left.empty();) {
        const auto [code, length] = front_of(left);
        readable = code != 0xFFFFFFFF && (code >= 0x20 || code == '\r' || code == '\n' || code == '\t') && code != 0x7F;
        left.remove_prefix(length);
    }
    if (readable) {
        out += "{\"text\":";
        append_json(out, text);
    } else {
        out += "{\"hex\":\"";
        for (const std::uint8_t octet : octets) fmt::format_to(std::back_inserter(out), "{:02x}", octet);
        out += '"';
    }
    out += '}';
}

std::string iso_time(Time at, std::int32_t zone_minutes)
{
    constexpr std::int64_t second = 1'000'000'000, day = 86'400;
    std::int64_t fraction = at.ns % second;
    std::int64_t seconds = at.ns / second;
    if (fraction < 0) fraction += second, --seconds;
    seconds += std::int64_t{zone_minutes} * 60;
    std::int64_t days = seconds / day;
    std::int64_t of_day = seconds % day;
    if (of_day < 0) of_day += day, --days;

    // Days since 0000-03-01, in eras of 400 years; a year ends with February, so that the leap day comes last.
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t of_era = days - era * 146'097;
    const std::int64_t year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * of_year + 2) / 153;
    const std::int64_t date = of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);

    const int zone = zone_minutes < 0 ? -zone_minutes : zone_minutes;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}{}{:02}:{:02}", year, month, date, of_day / 3600,
                       of_day / 60 % 60, of_day % 60, fraction, zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
}

void append_json(std::string& out, const Span& span, const RunHeader& header)
{
    const auto name = [&](NodeId node) -> std::string_view {
        return index_of(node) < header.nodes.size() ? header.nodes[index_of(node)] : std::string_view{};
    };
    if (span.kind == SpanKind::session) {
        out += "{\"session\":{\"node\":";
        append_json(out, name(span.node));
        fmt::format_to(std::back_inserter(out), ",\"number\":{}}}}}", span.number);
        return;
    }
    out += "{\"mail\":{\"maker\":";
    append_json(out, name(span.mail.maker));
    fmt::format_to(std::back_inserter(out), ",\"number\":{}}},\"step\":", span.mail.number);
    append_json(out, choice_name(span.step));
    fmt::format_to(std::back_inserter(out), ",\"try\":{},\"node\":", span.tries);
    append_json(out, name(span.node));
    fmt::format_to(std::back_inserter(out), ",\"number\":{}}}", span.number);
}

namespace {

struct FieldJson {
    std::string& out;
    const RunHeader& header;
    const SpanTable& spans;
    bool first = true;

    template <class T>
    void operator()(std::string_view name, const T& value)
    {
        if (!first) out += ',';
        first = false;
        append_json(out, name);
        out += ':';
        constexpr FieldType type = field_type<T>();
        if constexpr (type == FieldType::text || type == FieldType::octets)
            append_json(out, value);
        else if constexpr (type == FieldType::time || type == FieldType::duration)
            number(value.ns);
        else if constexpr (type == FieldType::address)
            append_json(out, value == wire::Address{} ? std::string{} : format(value));
        else if constexpr (type == FieldType::mac)
            append_json(out, format(value));
        else if constexpr (type == FieldType::mail) {
            out += "{\"maker\":";
            append_json(out, header.nodes[index_of(value.maker)]);
            out += ",\"number\":";
            number(value.number);
            out += '}';
        } else if constexpr (type == FieldType::frame_ref || type == FieldType::fact_ref) {
            if (value == T::none)
                out += "null";
            else
                number(static_cast<std::uint64_t>(value));
        } else if constexpr (type == FieldType::span) {
            if (value == SpanId::none)
                out += "null";
            else
                append_json(out, spans[value], header);
        } else if constexpr (type == FieldType::node)
            append_json(out, header.nodes[index_of(value)]);
        else if constexpr (type == FieldType::nic) {
            // A run recorded in memory may be of a world without interfaces.
            const auto index = static_cast<std::size_t>(value);
            append_json(out,
                        index < header.nics.size() ? std::string_view(header.nics[index].name) : std::string_view{});
        } else if constexpr (type == FieldType::choice)
            append_json(out, choice_name(value));
        else if constexpr (type == FieldType::boolean)
            out += value ? "true" : "false";
        else
            number(static_cast<std::uint64_t>(value));
    }

  private:
    template <class Number>
    void number(Number value)
    {
        fmt::format_to(std::back_inserter(out), "{}", value);
    }
};

/// The session first, then steps by mail, step and try: not by numbers that only this table knows.
std::vector<Span> in_order(const SpanTable& spans, Spans set)
{
    std::vector<Span> result;
    for (const SpanId span : spans.members(set)) result.push_back(spans[span]);
    std::ranges::sort(result, {}, [](const Span& span) {
        return std::tuple(span.kind, span.mail, span.step, span.tries, span.node, span.number);
    });
    return result;
}

} // namespace

std::string to_json(const Event& event, const RunHeader& header, const SpanTable& spans)
{
    std::string out =
        fmt::format("{{\"fact\":{},\"t\":{},\"time\":\"{}\",\"node\":", static_cast<std::uint64_t>(event.ref),
                    event.at.ns, iso_time(event.at, header.zone_minutes));
    append_json(out, header.nodes[index_of(event.node)]);
    fmt::format_to(std::back_inserter(out), ",\"number\":{},\"cause\":", event.number);
    if (event.cause == FactRef::none)
        out += "null";
    else
        fmt::format_to(std::back_inserter(out), "{}", static_cast<std::uint64_t>(event.cause));
    out += ",\"serves\":[";
    bool first = true;
    for (const Span& span : in_order(spans, event.spans)) {
        if (!first) out += ',';
        first = false;
        append_json(out, span, header);
    }
    out += ']';
    if (event.frame != FrameRef::none)
        fmt::format_to(std::back_inserter(out), ",\"frame\":{}", static_cast<std::uint64_t>(event.frame));
    std::visit(
        [&]<class Fact>(const Fact& fact) {
            if constexpr (!std::same_as<Fact, std::monostate>) {
                out += ",\"key\":";
                append_json(out, Fact::key);
                out += ",\"with\":{";
                FieldJson json{out, header, spans};
                for_each_field(fact, json);
                out += '}';
            }
        },
        event.what);
    out += '}';
    return out;
}

} // namespace tegami::run
