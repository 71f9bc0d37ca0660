#include "sim/scenario/write_act.hpp"

#include "sim/scenario/amount.hpp"

namespace tegami::scenario {

namespace {

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
        const auto list = [](const std::vector<Placed<std::string>>& recipients) {
            std::string text;
            for (const auto& recipient : recipients) text += (text.empty() ? "" : ", ") + quoted_toml(recipient.value);
            return '[' + text + ']';
        };
        std::string text = "{ to = " + list(sends.to);
        if (!sends.cc.empty()) text += ", cc = " + list(sends.cc);
        if (!sends.bcc.empty()) text += ", bcc = " + list(sends.bcc);
        text += ", subject = " + quoted_toml(sends.subject) + ", text = " + quoted_toml(sends.text);
        if (sends.server) text += ", server = " + quoted_toml(sends.server->value);
        if (sends.port) text += ", port = " + std::to_string(*sends.port);
        return text + " }";
    }
    std::string operator()(const Resends& resends) const
    {
        return "{ mail = " + std::to_string(resends.mail.value) + " }";
    }
    std::string operator()(const Asks& asks) const
    {
        std::string text = "{ name = " + quoted_toml(asks.name) + ", type = " + quoted_toml(asks.type);
        if (asks.with) text += ", with = " + quoted_toml(asks.with->value);
        return text + " }";
    }
    std::string operator()(const Reading& reading) const
    {
        std::string text;
        const auto add = [&](const std::string& words) { text += (text.empty() ? " " : ", ") + words; };
        if (reading.with) add("with = " + quoted_toml(reading.with->value));
        if (reading.mail) add("mail = " + std::to_string(reading.mail->value));
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
    std::string operator()(const DuplicatesShare& share) const
    {
        return quoted_toml(format_amount(share.millionths, share_amount));
    }
    std::string operator()(const ReordersShare& share) const
    {
        return quoted_toml(format_amount(share.millionths, share_amount));
    }
    std::string operator()(const Changes& changes) const
    {
        const std::string figures = figures_toml(changes.figures, ", ");
        return figures.empty() ? "{}" : "{ " + figures + " }";
    }
    std::string operator()(const Switches& switches) const
    {
        return "{ row = " + std::to_string(switches.row.value) + ", on = " + (switches.on ? "true" : "false") + " }";
    }
    std::string operator()(const DiskBecomes& becomes) const
    {
        return quoted_toml(disk_words[static_cast<std::size_t>(becomes.state)]);
    }
    std::string operator()(const Goes& goes) const { return goes.up ? "\"up\"" : "\"down\""; }
};

} // namespace

std::string key_toml(const std::string& key)
{
    const auto bare = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    for (const char c : key)
        if (!bare(c)) return quoted_toml(key);
    return key.empty() ? "\"\"" : key;
}

std::string duration_toml(Duration duration)
{
    return quoted_toml(format_amount(static_cast<std::uint64_t>(duration.ns), duration_amount));
}

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

std::string figures_toml(const LinkFigures& figures, std::string_view between)
{
    std::string text;
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!text.empty()) text += between;
        text += key;
        text += " = " + value;
    };
    const auto share = [](std::uint32_t millionths) { return quoted_toml(format_amount(millionths, share_amount)); };
    if (figures.rate) add("rate", quoted_toml(format_amount(*figures.rate, rate_amount)));
    if (figures.delay) add("delay", duration_toml(*figures.delay));
    if (figures.jitter) add("jitter", duration_toml(*figures.jitter));
    if (figures.loss) add("loss", share(*figures.loss));
    if (figures.reorder) add("reorder", share(*figures.reorder));
    if (figures.duplicate) add("duplicate", share(*figures.duplicate));
    if (figures.mtu) add("mtu", std::to_string(*figures.mtu));
    if (figures.queue)
        add("queue", quoted_toml(figures.queue->unit == QueueLimit::Unit::frames
                                     ? std::to_string(figures.queue->amount) + " frames"
                                     : format_amount(figures.queue->amount, size_amount)));
    return text;
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
