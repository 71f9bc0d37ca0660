// The one file that sees nlohmann's JSON: it takes seconds to compile.
#include "sim/run/json.hpp"

#include "sim/run/choices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <tuple>
#include <vector>

namespace tegami::run {

namespace {

using Json = nlohmann::ordered_json; // members stay in the order in which they are put

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

bool is_escaped(char32_t code)
{
    return (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || turns_direction(code);
}

/// The value as text. The library escapes C0; outside of strings JSON is ASCII, so what else is escaped is in one.
std::string written(const Json& json)
{
    const std::string raw = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string out;
    out.reserve(raw.size());
    for (std::string_view left = raw; !left.empty();) {
        const auto [code, octets] = front_of(left);
        if (is_escaped(code))
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(code));
        else
            out += left.substr(0, octets);
        left.remove_prefix(octets);
    }
    return out;
}

Json json_of(Octets octets)
{
    const std::string_view text = wire::as_text(octets);
    bool readable = true;
    for (std::string_view left = text; readable && !left.empty();) {
        const auto [code, length] = front_of(left);
        readable = code != 0xFFFFFFFF && (code >= 0x20 || code == '\r' || code == '\n' || code == '\t') && code != 0x7F;
        left.remove_prefix(length);
    }
    Json json = Json::object();
    if (readable)
        json["text"] = text;
    else
        json["hex"] = fmt::format("{:02x}", fmt::join(octets, ""));
    return json;
}

std::string_view name_of(NodeId node, const RunHeader& header)
{
    return index_of(node) < header.nodes.size() ? std::string_view{header.nodes[index_of(node)]} : std::string_view{};
}

Json json_of(const MailId& mail, const RunHeader& header)
{
    Json json = Json::object();
    json["maker"] = name_of(mail.maker, header);
    json["number"] = mail.number;
    return json;
}

Json json_of(const Span& span, const RunHeader& header)
{
    Json json = Json::object();
    if (span.kind == SpanKind::session) {
        Json& session = json["session"];
        session["node"] = name_of(span.node, header);
        session["number"] = span.number;
        return json;
    }
    json["mail"] = json_of(span.mail, header);
    json["step"] = choice_name(span.step);
    json["try"] = span.tries;
    json["node"] = name_of(span.node, header);
    json["number"] = span.number;
    return json;
}

/// Puts each field of a fact under its name.
struct FieldJson {
    Json& with;
    const RunHeader& header;
    const SpanTable& spans;

    template <class T>
    void operator()(std::string_view name, const T& value)
    {
        with[std::string{name}] = json_of_field(value);
    }

  private:
    template <class T>
    Json json_of_field(const T& value) const
    {
        constexpr FieldType type = field_type<T>();
        if constexpr (type == FieldType::text)
            return value;
        else if constexpr (type == FieldType::octets)
            return json_of(value);
        else if constexpr (type == FieldType::time || type == FieldType::duration)
            return value.ns;
        else if constexpr (type == FieldType::address)
            return value == wire::Address{} ? std::string{} : format(value);
        else if constexpr (type == FieldType::mac)
            return format(value);
        else if constexpr (type == FieldType::mail)
            return json_of(value, header);
        else if constexpr (type == FieldType::frame_ref || type == FieldType::fact_ref)
            return value == T::none ? Json{} : Json(static_cast<std::uint64_t>(value));
        else if constexpr (type == FieldType::span)
            return value == SpanId::none ? Json{} : json_of(spans[value], header);
        else if constexpr (type == FieldType::node)
            return name_of(value, header);
        else if constexpr (type == FieldType::nic) {
            // A run recorded in memory may be of a world without interfaces.
            const auto index = static_cast<std::size_t>(value);
            return index < header.nics.size() ? header.nics[index].name : std::string{};
        } else if constexpr (type == FieldType::choice)
            return choice_name(value);
        else if constexpr (type == FieldType::boolean)
            return value;
        else
            return static_cast<std::uint64_t>(value);
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

void append_json(std::string& out, std::string_view text) { out += written(text); }
void append_json(std::string& out, Octets octets) { out += written(json_of(octets)); }
void append_json(std::string& out, const Span& span, const RunHeader& header) { out += written(json_of(span, header)); }

std::string iso_time(Time at, std::int32_t zone_minutes)
{
    using namespace std::chrono;
    const sys_time<nanoseconds> local{nanoseconds{at.ns} + minutes{zone_minutes}};
    const sys_days day = floor<days>(local);
    const year_month_day date{day};
    const hh_mm_ss time{local - day};
    const int zone = zone_minutes < 0 ? -zone_minutes : zone_minutes;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}{}{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count(),
                       zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
}

std::string to_json(const Event& event, const RunHeader& header, const SpanTable& spans)
{
    Json json = Json::object();
    json["fact"] = static_cast<std::uint64_t>(event.ref);
    json["t"] = event.at.ns;
    json["time"] = iso_time(event.at, header.zone_minutes);
    json["node"] = name_of(event.node, header);
    json["number"] = event.number;
    json["cause"] = event.cause == FactRef::none ? Json{} : Json(static_cast<std::uint64_t>(event.cause));
    Json& serves = json["serves"] = Json::array();
    for (const Span& span : in_order(spans, event.spans)) serves.push_back(json_of(span, header));
    if (event.frame != FrameRef::none) json["frame"] = static_cast<std::uint64_t>(event.frame);
    std::visit(
        [&]<class Fact>(const Fact& fact) {
            if constexpr (!std::same_as<Fact, std::monostate>) {
                json["key"] = Fact::key;
                Json with = Json::object();
                FieldJson fields{with, header, spans};
                for_each_field(fact, fields);
                json["with"] = std::move(with);
            }
        },
        event.what);
    return written(json);
}

std::string to_json(const RunHeader& header)
{
    Json json = Json::object();
    json["run"] = header.title;
    json["scenario_file"] = header.scenario_file;
    if (!header.variant.empty()) json["variant"] = header.variant;
    json["seed"] = header.seed;
    json["level"] = choice_name(header.level);
    json["t"] = header.start.ns;
    json["time"] = iso_time(header.start, header.zone_minutes);
    json["nodes"] = header.nodes;
    Json& interfaces = json["interfaces"] = Json::array();
    for (const NicRow& nic : header.nics) {
        Json row = Json::object();
        row["name"] = nic.name;
        row["link"] = nic.link;
        row["mac"] = format(nic.mac);
        row["address"] = nic.address == wire::Address{} ? std::string{} : format(nic.address);
        interfaces.push_back(std::move(row));
    }
    json["scenario"] = header.scenario;
    return written(json);
}

std::string to_json(std::initializer_list<JsonMember> members)
{
    Json json = Json::object();
    for (const JsonMember& member : members)
        std::visit([&](const auto& value) { json[std::string{member.name}] = value; }, member.value);
    return written(json);
}

} // namespace tegami::run
