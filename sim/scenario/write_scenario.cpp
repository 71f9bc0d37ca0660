#include "sim/scenario/write_scenario.hpp"

#include "sim/run/json.hpp"
#include "sim/scenario/write_act.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::scenario {

namespace {

std::string text_toml(const Text& text)
{
    if (text.en == text.ja) return quoted_toml(text.en);
    return "{ en = " + quoted_toml(text.en) + ", ja = " + quoted_toml(text.ja) + " }";
}

template <class List, class Format>
std::string list_toml(const List& list, Format&& format)
{
    std::string text;
    for (const auto& item : list) text += (text.empty() ? "" : ", ") + format(item);
    return '[' + text + ']';
}

std::string count_toml(const Count& count)
{
    const bool open = count.max == std::numeric_limits<std::uint64_t>::max();
    if (count.min == count.max) return std::to_string(count.min);
    if (open) return fmt::format("{{ min = {} }}", count.min);
    return fmt::format("{{ min = {}, max = {} }}", count.min, count.max);
}

std::string families_toml(Families families) { return families.v4 ? families.v6 ? "[4, 6]" : "[4]" : "[6]"; }

std::string nets_toml(const std::vector<Net>& nets)
{
    return list_toml(nets, [](const Net& net) { return quoted_toml(inet::format(net)); });
}

std::string addresses_toml(const PlanNode& node)
{
    return list_toml(node.addresses(), [](const wire::Address& a) { return quoted_toml(wire::format(a)); });
}

class LongForm {
  public:
    explicit LongForm(const Loaded& loaded) : from_{loaded.scenario}, plan_{loaded.plan} {}

    std::string all()
    {
        head();
        for (std::size_t i = 0; i < plan_.sites.size(); ++i) site(i);
        for (std::size_t i = 0; i < plan_.users.size(); ++i) user(i);
        for (const PlanLink& each : plan_.links) link(each);
        for (const Filter& each : from_.filters) filter(each);
        for (const PlanZone& each : plan_.zones) zone(each);
        for (const Act& act : from_.acts) out_ += '\n' + format_act(act);
        for (const Say& each : from_.says) say(each);
        for (const Ask& each : from_.asks) ask(each);
        for (const Check& each : from_.checks) check(each);
        for (const Variant& each : from_.variants) variant(each);
        return std::move(out_);
    }

  private:
    void table(const std::string& header) { out_ += "\n[" + header + "]\n"; }
    void block(std::string_view name) { out_ += fmt::format("\n[[{}]]\n", name); }
    void key(std::string_view name, std::string_view value) { out_ += fmt::format("{:<8} = {}\n", name, value); }

    void head()
    {
        key("title", text_toml(from_.title));
        if (from_.goal) key("goal", text_toml(*from_.goal));
        if (from_.watch) key("watch", text_toml(*from_.watch));
        if (from_.card) {
            const Card& card = *from_.card;
            std::string text = fmt::format("group = {}, order = {}, picture = {}", quoted_toml(card.group), card.order,
                                           quoted_toml(card.picture));
            if (card.minutes != 0) text += fmt::format(", minutes = {}", card.minutes);
            text += fmt::format(", level = {}, exams = {}", card.level, list_toml(card.exams, quoted_toml));
            key("card", "{ " + text + " }");
        }
        key("start", run::iso_time(from_.start, from_.zone_minutes));
        key("until", duration_toml(from_.until));
        key("ip", families_toml(from_.families));
    }

    void site(std::size_t i)
    {
        const PlanSite& site = plan_.sites[i];
        const std::string name = (site.kind == SiteKind::isp ? "isp." : "company.") + site.name;
        table(name);
        key("name", text_toml(site.title));
        key("domain", quoted_toml(site.domain));
        key("net", nets_toml(site.nets));
        key("ip", families_toml(site.families));
        if (site.kind == SiteKind::isp) {
            const auto& lines = from_.sites[i].lines;
            const auto written = [](const std::vector<Placed<Net>>& nets) {
                return list_toml(nets, [](const auto& net) { return quoted_toml(inet::format(net.value)); });
            };
            if (!lines[0].empty() || !lines[1].empty())
                key("lines", fmt::format("{{ dynamic = {}, static = {} }}", written(lines[0]), written(lines[1])));
            key("op25b", from_.sites[i].op25b && from_.sites[i].op25b->value ? "true" : "false");
        }
        for (const std::uint32_t node : site.servers) {
            const PlanNode& server = plan_.nodes[node];
            table(name + ".hosts." + server.name.substr(site.name.size() + 1));
            key("roles", list_toml(server.roles, [](Role role) { return quoted_toml(name_of(role)); }));
            key("address", addresses_toml(server));
        }
    }

    void user(std::size_t u)
    {
        const PlanUser& user = plan_.users[u];
        table("user." + user.name);
        key("name", text_toml(user.title));
        key("at", quoted_toml(plan_.sites[user.site].name));
        key("mail_at", quoted_toml(plan_.sites[user.mail_site].name));
        if (plan_.sites[user.site].kind == SiteKind::isp)
            key("line", quoted_toml(line_words[static_cast<std::size_t>(user.line)]));
        const std::string_view auth = auth_words[static_cast<std::size_t>(user.auth)];
        if (user.submit_name.empty())
            key("submits", fmt::format("{{ port = {}, auth = {} }}", user.submit_port, quoted_toml(auth)));
        else
            key("submits", fmt::format("{{ server = {}, port = {}, auth = {} }}", quoted_toml(user.submit_name),
                                       user.submit_port, quoted_toml(auth)));
        key("password", quoted_toml(user.password));
        for (const std::uint32_t node : user.devices) {
            const PlanNode& device = plan_.nodes[node];
            table("user." + user.name + ".devices." + device.name.substr(user.name.size() + 1));
            key("reads", "\"pop3\"");
            key("address", addresses_toml(device));
        }
    }

    void link(const PlanLink& link)
    {
        table("link." + link.name);
        const auto end = [&](std::size_t i) { return quoted_toml(plan_.nodes[link.ends[i].node].name); };
        key("between", '[' + end(0) + ", " + end(1) + ']');
        LinkFigures figures;
        figures.rate = link.rate;
        figures.delay = link.delay;
        figures.jitter = link.jitter;
        figures.loss = link.loss;
        figures.reorder = link.reorder;
        figures.duplicate = link.duplicate;
        figures.mtu = link.mtu;
        figures.queue = link.queue;
        out_ += figures_toml(figures, "\n") + '\n';
    }

    void filter(const Filter& filter)
    {
        table("filter." + filter.name.value);
        key("at", quoted_toml(filter.at.value));
        key("way", quoted_toml(way_of_filter_words[static_cast<std::size_t>(filter.way)]));
        out_ += "rows     = [\n";
        const auto targets = [](const std::vector<Placed<std::string>>& written) {
            if (written.empty()) return std::string{"\"any\""};
            if (written.size() == 1) return quoted_toml(written.front().value);
            return list_toml(written, [](const auto& each) { return quoted_toml(each.value); });
        };
        for (const FilterRow& row : filter.rows) {
            out_ += fmt::format("  {{ from = {}, to = {}, proto = {}", targets(row.from), targets(row.to),
                                quoted_toml(row_protocol_words[static_cast<std::size_t>(row.protocol)]));
            if (!row.ports.empty())
                out_ += ", port = " + list_toml(row.ports, [](std::uint16_t port) { return std::to_string(port); });
            out_ += fmt::format(", state = {}, do = {} }},\n",
                                quoted_toml(row_state_words[static_cast<std::size_t>(row.state)]),
                                quoted_toml(row_action_words[static_cast<std::size_t>(*row.action)]));
        }
        out_ += "]\n";
    }

    void zone(const PlanZone& zone)
    {
        table("zone." + quoted_toml(zone.origin));
        const bool plain = zone.text.find("'''") == zone.text.npos;
        out_ += plain ? "text = '''\n" + zone.text + "'''\n" : "text = " + quoted_toml(zone.text) + '\n';
    }

    void say(const Say& say)
    {
        block("say");
        key("step", quoted_toml(name_of(say.step)));
        if (say.mail) key("mail", std::to_string(say.mail->value));
        if (say.head) key("head", text_toml(*say.head));
        if (say.text) key("text", text_toml(*say.text));
    }

    void ask(const Ask& ask)
    {
        block("ask");
        key(ask.before ? "before" : "after", quoted_toml(name_of(ask.step)));
        key("mail", std::to_string(ask.mail.value));
        key("text", text_toml(ask.text));
        key("answer", quoted_toml(ask.answer.value));
        key("choices", list_toml(ask.choices, [](const auto& choice) { return text_toml(choice.value); }));
    }

    void check(const Check& check)
    {
        block("check");
        if (check.name) key("name", quoted_toml(check.name->value));
        std::visit([&](const auto& what) { holds(what); }, check.what);
        if (check.why) key("why", text_toml(*check.why));
    }

    void holds(const MailCheck& check)
    {
        key("mail", std::to_string(check.mail.value));
        if (check.is_in) {
            key("is_in", quoted_toml(check.is_in->value));
            key("copies", count_toml(check.copies));
        }
        if (check.steps)
            key("steps", list_toml(*check.steps, [](const StepEnding& step) {
                    std::string text{name_of(step.step)};
                    if (step.ending != Ending::done) text += ' ' + std::string{name_of(step.ending)};
                    return quoted_toml(text);
                }));
    }
    void holds(const FrameCheck& check)
    {
        key("frames", fmt::format("{{ sniff = {}, filter = {}, count = {} }}", quoted_toml(check.sniff.value),
                                  quoted_toml(check.filter.value), count_toml(check.count)));
    }
    void holds(const TcpCheck& check)
    {
        std::string text = "retransmissions = " + count_toml(check.retransmissions);
        if (check.between)
            text += ", between = " + list_toml(*check.between, [](const auto& end) { return quoted_toml(end.value); });
        key("tcp", "{ " + text + " }");
    }
    void holds(const DnsCheck& check)
    {
        std::string text = fmt::format("by = {}, name = {}, type = {}", quoted_toml(check.by.value),
                                       quoted_toml(check.name), quoted_toml(check.type));
        if (check.count) text += ", count = " + count_toml(*check.count);
        if (check.outcome) text += ", outcome = " + quoted_toml(*check.outcome);
        if (check.cached) text += *check.cached ? ", cached = true" : ", cached = false";
        key("dns", "{ " + text + " }");
        if (check.answer) key("answer", list_toml(*check.answer, quoted_toml));
    }
    void holds(const FilterCheck& check)
    {
        key("filter", fmt::format("{{ name = {}, row = {}, hits = {} }}", quoted_toml(check.name.value),
                                  check.row.value, count_toml(check.hits)));
    }
    void holds(const FactCheck& check)
    {
        std::string text = "kind = " + quoted_toml(check.kind.value);
        if (check.by) text += ", by = " + quoted_toml(check.by->value);
        std::string with;
        for (const auto& [field, value] : check.with)
            with += (with.empty() ? "" : ", ") + key_toml(field.value) + " = " + quoted_toml(value);
        if (!with.empty()) text += ", with = { " + with + " }";
        key("fact", "{ " + text + ", count = " + count_toml(check.count) + " }");
    }

    void variant(const Variant& variant)
    {
        table("variant." + variant.name.value);
        key("title", text_toml(variant.title));
        std::string settings;
        for (const auto& [path, value] : variant.settings)
            settings += (settings.empty() ? "" : ", ") + quoted_toml(path) + " = " + value;
        key("set", "{ " + settings + " }");
    }

    const Scenario& from_;
    const Plan& plan_;
    std::string out_;
};

} // namespace

std::string long_form(const Loaded& loaded) { return LongForm{loaded}.all(); }

} // namespace tegami::scenario
