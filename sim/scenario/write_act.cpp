#include "sim/scenario/write_act.hpp"

#include "sim/scenario/amount.hpp"

namespace tegami::scenario {

namespace {

std::string duration_toml(Duration duration)
{
    return quoted_toml(format_amount(static_cast<std::uint64_t>(duration.ns), duration_amount));
}

/// A bare key where TOML allows it.
std::string key_toml(const std::string& key)
{
    const auto bare = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    for (const char c : key)
        if (!bare(c)) return quoted_toml(key);
    return key.empty() ? "\"\"" : key;
}

struct AfterToml {
    std::string operator()(const MailStepEnds& ends) const
    {
        return "mail = " + std::to_string(ends.mail.value) + ", ends = " + quoted_toml(name_of(ends.step));
    }
    std::string operator()(const MailBecomes& becomes) const
    {
        return "mail = " + std::to_string(becomes.mail.value) + ", is = " + quoted_toml(name_of(becomes.ending));
    }
    std::string operator()(const HostBecomes& becomes) const
    {
        return "host = " + quoted_toml(becomes.host.value) + ", is = " + quoted_toml(name_of(becomes.state));
    }
};

struct DeedToml {
    std::string operator()(const Sends& sends) const
    {
        std::string to;
        for (const auto& recipient : sends.to) {
            if (!to.empty()) to += ", ";
            to += quoted_toml(recipient.value);
        }
        std::string text =
            "{ to = [" + to + "], subject = " + quoted_toml(sends.subject) + ", text = " + quoted_toml(sends.text);
        if (sends.server) text += ", server = " + quoted_toml(sends.server->value);
        if (sends.port) text += ", port = " + std::to_string(*sends.port);
        return text + " }";
    }
    std::string operator()(const Reading& reading) const
    {
        std::string text;
        const auto add = [&](const std::string& words) { text += (text.empty() ? " " : ", ") + words; };
        if (reading.with) add("with = " + quoted_toml(reading.with->value));
        if (reading.keep) add("keep = true");
        return '{' + text + (text.empty() ? "}" : " }");
    }
    std::string operator()(const Stops&) const { return "true"; }
    std::string operator()(const Starts&) const { return "true"; }
    std::string operator()(const Crashes& crashes) const { return crashes.power_cut ? "{ power = \"cut\" }" : "true"; }
    std::string operator()(const Restarts&) const { return "true"; }
    std::string operator()(const LosesShare& loses) const
    {
        return quoted_toml(format_amount(loses.millionths, share_amount));
    }
    std::string operator()(const LosesNext& loses) const
    {
        const std::string skip = loses.skip == 0 ? "" : ", skip = " + std::to_string(loses.skip);
        return "{ next = " + std::to_string(loses.frames) + skip + ", from = " + quoted_toml(loses.from.value) + " }";
    }
    std::string operator()(const Goes& goes) const { return goes.up ? "\"up\"" : "\"down\""; }
};

} // namespace

std::string quoted_toml(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string quoted = "\"";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (c == '\n') {
            quoted += "\\n";
        } else if (c == '\t') {
            quoted += "\\t";
        } else if (octet < 0x20 || octet == 0x7F) {
            quoted += "\\u00";
            quoted += digits[octet >> 4];
            quoted += digits[octet & 15];
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

std::string format_act(const Act& act)
{
    std::string text = "[[do]]\n";
    if (const auto* after = std::get_if<After>(&act.when)) {
        text += "after = { " + std::visit(AfterToml{}, after->what);
        if (after->plus != Duration{}) text += ", plus = " + duration_toml(after->plus);
        text += " }\n";
    } else {
        text += "at = " + duration_toml(std::get<Duration>(act.when)) + '\n';
    }
    text += key_toml(act.subject.value) + '.';
    text += verb_name(act.deed);
    text += " = " + std::visit(DeedToml{}, act.deed) + '\n';
    return text;
}

std::string append_act(std::string text, const Act& act)
{
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (!text.empty()) text += '\n';
    return text + format_act(act);
}

} // namespace tegami::scenario
