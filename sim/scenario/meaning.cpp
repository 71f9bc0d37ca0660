#include "sim/scenario/meaning.hpp"

#include "protocols/mail/address.hpp"
#include "sim/export/filter.hpp"
#include "sim/scenario/expansion.hpp"
#include "sim/scenario/fact_fields.hpp"
#include "sim/scenario/readers.hpp"

#include <algorithm>

namespace tegami::scenario {

namespace {

class Meaning {
  public:
    Meaning(const Scenario& scenario, const Plan& plan, Problems& problems, const Suspects& suspects)
        : scenario_{scenario}, plan_{plan}, problems_{problems}, suspects_{suspects}, mails_{scenario.mails()}
    {
    }

    void acts(std::size_t first)
    {
        const Problems::Inside in_acts{problems_, "do"};
        for (std::size_t i = first; i < scenario_.acts.size(); ++i) {
            const Act& act = scenario_.acts[i];
            const Problems::Inside inside{problems_, std::size_t{act.number}};
            if (const auto* after = std::get_if<After>(&act.when)) waits_for(i, *after);
            subject(act);
        }
        circles(first);
    }

    void checks()
    {
        const Problems::Inside in_checks{problems_, "check"};
        std::map<std::string, Position> names;
        for (const Check& check : scenario_.checks) {
            const Problems::Inside inside{problems_, std::size_t{check.number}};
            if (check.name) {
                const auto [place, fresh] = names.emplace(check.name->value, check.name->at);
                if (!fresh)
                    problems_.report(check.name->at, "scenario.check_name.twice",
                                     {{"name", check.name->value}, {"line", std::to_string(place->second.line)}});
            }
            std::visit([&](const auto& what) { holds(what); }, check.what);
        }
    }

    void lesson()
    {
        for (std::size_t i = 0; i < scenario_.says.size(); ++i) {
            const Problems::Inside in_says{problems_, "say"};
            const Problems::Inside inside{problems_, i + 1};
            if (scenario_.says[i].mail) mail(*scenario_.says[i].mail);
        }
        const Problems::Inside in_asks{problems_, "ask"};
        for (const Ask& ask : scenario_.asks) {
            const Problems::Inside inside{problems_, std::size_t{ask.number}};
            mail({ask.mail.value, ask.mail.at == Position{} ? ask.at : ask.mail.at});
            answer(ask.answer);
        }
    }

  private:
    // ---- names and numbers

    void unknown(const Placed<std::string>& name, const std::vector<std::string_view>& known)
    {
        if (name.value.empty() || suspects_.contains(name.value)) return;
        const std::string_view meant = problems_.full() ? std::string_view{} : closest(name.value, known);
        if (meant.empty())
            problems_.report(name.at, "scenario.name.unknown", {{"name", name.value}, {"known", listed(known)}});
        else
            problems_.report(name.at, "scenario.name.unknown.meant",
                             {{"name", name.value}, {"meant", std::string{meant}}});
    }

    std::uint32_t host(const Placed<std::string>& name)
    {
        const std::uint32_t node = plan_.find_host(name.value);
        if (node == nowhere) unknown(name, names_in(plan_.node_index));
        return node;
    }

    /// "port", or "dns.asked.port": a field that some kind of fact has.
    void answer(const Placed<std::string>& path)
    {
        if (path.value.empty()) return;
        const Problems::Inside inside{problems_, "answer"};
        const std::size_t dot = path.value.rfind('.');
        if (dot != path.value.npos)
            return field({path.value.substr(0, dot), path.at}, {path.value.substr(dot + 1), path.at});
        std::set<std::string_view> known;
        for (const std::string_view key : fact_keys())
            for (const std::string_view name : fields_of(key)) known.insert(name);
        if (!known.contains(path.value)) unknown(path, {known.begin(), known.end()});
    }

    void field(const Placed<std::string>& kind, const Placed<std::string>& name)
    {
        const auto fields = fields_of(kind.value);
        if (fields.empty()) return unknown(kind, fact_keys());
        if (std::ranges::find(fields, name.value) == fields.end()) unknown(name, fields);
    }

    bool mail(const Placed<std::uint32_t>& number)
    {
        if (number.value == 0) return false; // said already
        if (number.value <= mails_.size()) return true;
        if (mails_.empty())
            problems_.report(number.at, "scenario.mail.none", {{"mail", std::to_string(number.value)}});
        else
            problems_.report(number.at, "scenario.mail.number",
                             {{"mail", std::to_string(number.value)}, {"count", std::to_string(mails_.size())}});
        return false;
    }

    // ---- acts

    static const Placed<std::uint32_t>* awaited_mail(const After& after)
    {
        if (const auto* ends = std::get_if<MailStepEnds>(&after.what)) return &ends->mail;
        if (const auto* becomes = std::get_if<MailBecomes>(&after.what)) return &becomes->mail;
        return nullptr;
    }

    void waits_for(std::size_t act, const After& after)
    {
        const Problems::Inside inside{problems_, "after"};
        if (const auto* becomes = std::get_if<HostBecomes>(&after.what)) {
            host(becomes->host);
            return;
        }
        const Placed<std::uint32_t>& number = *awaited_mail(after);
        if (mail(number) && mails_[number.value - 1] == act)
            problems_.report(number.at, "scenario.after.itself", {{"mail", std::to_string(number.value)}});
    }

    /// An act that waits for a mail waits for the act that sends it. Says it once a circle, at its first act.
    void circles(std::size_t first)
    {
        const std::size_t count = scenario_.acts.size();
        std::vector<std::size_t> state(count, 0); // 0: not seen; otherwise the walk that saw it, from 1
        for (std::size_t start = first; start < count; ++start) {
            std::size_t at = start;
            while (at < count && state[at] == 0) {
                state[at] = start + 1;
                at = waited_for_by(at);
            }
            if (at >= count || state[at] != start + 1 || waited_for_by(at) == at) continue;
            const Placed<std::uint32_t>& number = *awaited_mail(std::get<After>(scenario_.acts[at].when));
            problems_.report(number.at, "scenario.after.circle", {{"mail", std::to_string(number.value)}});
        }
    }

    std::size_t waited_for_by(std::size_t act) const
    {
        const auto* after = std::get_if<After>(&scenario_.acts[act].when);
        const Placed<std::uint32_t>* number = after ? awaited_mail(*after) : nullptr;
        if (!number || number->value == 0 || number->value > mails_.size()) return scenario_.acts.size();
        return mails_[number->value - 1];
    }

    void subject(const Act& act)
    {
        const Problems::Inside inside{problems_, act.subject.value};
        const std::string_view verb = verb_name(act.deed);
        const auto kind = std::ranges::find(verbs(), verb, [](const Verb& v) { return v.text.name; })->subject;
        const std::string& name = act.subject.value;
        const std::uint32_t user = plan_.find_user(name);
        const std::uint32_t node = plan_.find_node(name);
        const std::uint32_t link = plan_.find_link(name);
        const auto wrong = [&](std::string_view key, SubjectKind can) {
            problems_.report(act.subject.at, key,
                             {{"name", name}, {"verb", std::string{verb}}, {"known", listed(verb_names(can))}});
        };
        if (user != nowhere) {
            if (kind != SubjectKind::user) return wrong("scenario.verb.user", SubjectKind::user);
            if (const auto* sends = std::get_if<Sends>(&act.deed)) return sends_by(act, *sends, user);
            if (const auto* resends = std::get_if<Resends>(&act.deed)) return resends_by(act, *resends);
            if (const auto* asks = std::get_if<Asks>(&act.deed)) {
                const Problems::Inside in_asks{problems_, "asks"};
                return on_device(user, asks->with);
            }
            return reads_by(act, std::get<Reading>(act.deed), user);
        }
        if (node != nowhere) {
            if (kind != SubjectKind::host) return wrong("scenario.verb.host", SubjectKind::host);
            if (!plan_.nodes[node].is_host())
                problems_.report(act.subject.at, "scenario.verb.router", {{"name", name}});
            return;
        }
        if (const std::uint32_t filter = plan_.find_filter(name); filter != nowhere) {
            if (kind != SubjectKind::filter) return wrong("scenario.verb.filter", SubjectKind::filter);
            const Problems::Inside in_switches{problems_, "switches"};
            return row_of(filter, std::get<Switches>(act.deed).row);
        }
        if (plan_.link_index.contains(name)) {
            if (kind != SubjectKind::link) return wrong("scenario.verb.link", SubjectKind::link);
            if (const auto* loses = std::get_if<LosesNext>(&act.deed); loses && link != nowhere)
                loses_next(*loses, link);
            return;
        }
        if (plan_.find_site(name) != nowhere)
            return problems_.report(act.subject.at, "scenario.verb.site", {{"name", name}});
        switch (kind) {
        case SubjectKind::user: return unknown(act.subject, names_in(plan_.user_index));
        case SubjectKind::host: return unknown(act.subject, names_in(plan_.node_index));
        case SubjectKind::link: return unknown(act.subject, names_in(plan_.link_index));
        case SubjectKind::filter: return unknown(act.subject, names_in(plan_.filter_index));
        }
    }

    void sends_by(const Act& act, const Sends& sends, std::uint32_t user)
    {
        const Problems::Inside inside{problems_, "sends"};
        const PlanUser& sender = plan_.users[user];
        if (sends.server) {
            const Problems::Inside in_server{problems_, "server"};
            const std::uint32_t node = host(*sends.server);
            if (node != nowhere && !plan_.nodes[node].has(Role::mta) && !plan_.nodes[node].has(Role::msa))
                problems_.report(sends.server->at, "scenario.server.no_mta", {{"host", sends.server->value}});
        } else if (sender.submit_server == nowhere && sender.mail_site != nowhere &&
                   !scenario_.users[user].submits.server) {
            problems_.report(act.subject.at, "scenario.sends.no_server", {{"user", sender.name}});
        }
    }

    void resends_by(const Act& act, const Resends& resends)
    {
        const Problems::Inside inside{problems_, "resends"};
        const Problems::Inside in_mail{problems_, "mail"};
        if (!mail(resends.mail)) return;
        const Act& sending = scenario_.acts[mails_[resends.mail.value - 1]];
        if (sending.subject.value != act.subject.value)
            problems_.report(resends.mail.at, "scenario.resends.other",
                             {{"mail", std::to_string(resends.mail.value)},
                              {"user", act.subject.value},
                              {"sender", sending.subject.value}});
    }

    void on_device(std::uint32_t user, const std::optional<Placed<std::string>>& with)
    {
        if (!with || with->value.empty()) return;
        const PlanUser& owner = plan_.users[user];
        std::vector<std::string_view> known;
        for (const std::uint32_t device : owner.devices)
            known.push_back(std::string_view{plan_.nodes[device].name}.substr(owner.name.size() + 1));
        if (std::ranges::find(known, std::string_view{with->value}) == known.end())
            problems_.report(with->at, "scenario.device",
                             {{"user", owner.name}, {"device", with->value}, {"known", listed(known)}});
    }

    void row_of(std::uint32_t filter, const Placed<std::uint32_t>& row)
    {
        const Problems::Inside inside{problems_, "row"};
        const std::size_t rows = plan_.filters[filter].rows.size();
        if (row.value > rows)
            problems_.report(row.at, "scenario.filter.no_row",
                             {{"name", plan_.filters[filter].name},
                              {"row", std::to_string(row.value)},
                              {"count", std::to_string(rows)}});
    }

    void reads_by(const Act& act, const Reading& reading, std::uint32_t user)
    {
        const Problems::Inside inside{problems_, "reads"};
        const PlanUser& reader = plan_.users[user];
        if (reader.mail_site != nowhere && reader.mail_host == nowhere)
            problems_.report(act.subject.at, "scenario.reads.no_mailbox",
                             {{"user", reader.name}, {"site", plan_.sites[reader.mail_site].name}});
        if (reading.mail) looked_for(*reading.mail, reader);
        on_device(user, reading.with);
    }

    /// A mail that one looks for is sent to oneself.
    void looked_for(const Placed<std::uint32_t>& number, const PlanUser& reader)
    {
        const Problems::Inside inside{problems_, "mail"};
        if (!mail(number) || reader.address.empty()) return;
        const auto* sends = std::get_if<Sends>(&scenario_.acts[mails_[number.value - 1]].deed);
        const auto own = mail::parse_mailbox(reader.address);
        const auto is_own = [&](const Placed<std::string>& to) {
            const auto recipient = mail::parse_mailbox(to.value);
            return own && recipient && mail::same_mailbox(*own, *recipient);
        };
        for (const auto* list : {&sends->to, &sends->cc, &sends->bcc})
            if (std::ranges::any_of(*list, is_own)) return;
        problems_.report(number.at, "scenario.reads.other",
                         {{"mail", std::to_string(number.value)}, {"user", reader.name}, {"address", reader.address}});
    }

    void loses_next(const LosesNext& loses, std::uint32_t link)
    {
        const Problems::Inside inside{problems_, "loses"};
        if (loses.from.value.empty()) return;
        const auto& ends = plan_.links[link].ends;
        const std::string_view names[] = {plan_.nodes[ends[0].node].name, plan_.nodes[ends[1].node].name};
        if (loses.from.value != names[0] && loses.from.value != names[1])
            problems_.report(loses.from.at, "scenario.loses.end",
                             {{"name", loses.from.value}, {"link", plan_.links[link].name}, {"ends", listed(names)}});
    }

    // ---- checks

    void holds(const MailCheck& check)
    {
        mail(check.mail);
        if (!check.is_in || check.is_in->value.empty()) return;
        const Problems::Inside inside{problems_, "is_in"};
        const std::string_view place = check.is_in->value;
        const std::size_t slash = place.find('/');
        if (slash == place.npos) {
            const std::uint32_t node = plan_.find_node(place);
            if (node != nowhere && plan_.nodes[node].kind == NodeKind::device) return;
        } else if (place.substr(slash) == "/INBOX") {
            const Placed<std::string> owner{std::string{place.substr(0, slash)}, check.is_in->at};
            const std::uint32_t user = plan_.find_user(owner.value);
            if (user == nowhere) return unknown(owner, names_in(plan_.user_index));
            const PlanUser& reader = plan_.users[user];
            if (reader.mail_site != nowhere && reader.mail_host == nowhere)
                problems_.report(check.is_in->at, "scenario.reads.no_mailbox",
                                 {{"user", reader.name}, {"site", plan_.sites[reader.mail_site].name}});
            return;
        }
        problems_.report(check.is_in->at, "scenario.check.place", {{"place", check.is_in->value}});
    }

    void holds(const FrameCheck& check)
    {
        const Problems::Inside in_frames{problems_, "frames"};
        if (const auto filter = exporting::Filter::compile(check.filter.value); !filter) {
            const Problems::Inside in_filter{problems_, "filter"};
            problems_.report(check.filter.at, "scenario.filter",
                             {{"filter", check.filter.value}, {"detail", filter.error()}});
        }
        const Problems::Inside inside{problems_, "sniff"};
        const std::string_view place = check.sniff.value;
        if (place.empty() || plan_.link_index.contains(check.sniff.value)) return;
        const std::size_t colon = place.find(':');
        const std::uint32_t node = plan_.find_node(place.substr(0, colon));
        if (node == nowhere) {
            auto known = names_in(plan_.node_index);
            std::ranges::copy(names_in(plan_.link_index), std::back_inserter(known));
            return unknown({std::string{place.substr(0, colon)}, check.sniff.at}, known);
        }
        if (colon == place.npos || plan_.find_nic(node, place.substr(colon + 1)) != nowhere) return;
        std::vector<std::string_view> known;
        for (const PlanNic& nic : plan_.nodes[node].nics) known.push_back(nic.name);
        problems_.report(check.sniff.at, "scenario.sniff.nic", {{"name", check.sniff.value}, {"known", listed(known)}});
    }

    void holds(const TcpCheck& check)
    {
        if (!check.between) return;
        const Problems::Inside in_tcp{problems_, "tcp"};
        const Problems::Inside inside{problems_, "between"};
        for (const Placed<std::string>& end : *check.between) host(end);
    }

    void holds(const DnsCheck& check)
    {
        const Problems::Inside in_dns{problems_, "dns"};
        const Problems::Inside inside{problems_, "by"};
        if (!check.by.value.empty()) host(check.by);
    }

    void holds(const FilterCheck& check)
    {
        const Problems::Inside in_filter{problems_, "filter"};
        if (check.name.value.empty()) return;
        const std::uint32_t filter = plan_.find_filter(check.name.value);
        if (filter != nowhere) return row_of(filter, check.row);
        const Problems::Inside inside{problems_, "name"};
        if (plan_.filters.empty())
            problems_.report(check.name.at, "scenario.filter.none", {{"name", check.name.value}});
        else
            unknown(check.name, names_in(plan_.filter_index));
    }

    void holds(const FactCheck& check)
    {
        const Problems::Inside in_fact{problems_, "fact"};
        if (check.by && !check.by->value.empty()) host(*check.by);
        if (check.kind.value.empty()) return;
        if (fields_of(check.kind.value).empty()) return unknown(check.kind, fact_keys());
        for (const auto& [name, value] : check.with) field(check.kind, name);
    }

    const Scenario& scenario_;
    const Plan& plan_;
    Problems& problems_;
    const Suspects& suspects_;
    std::vector<std::size_t> mails_; // indices of the acts that send
};

} // namespace

void check_acts(const Scenario& scenario, const Plan& plan, Problems& problems, const Suspects& suspects,
                std::size_t first)
{
    Meaning{scenario, plan, problems, suspects}.acts(first);
}

void check_lesson(const Scenario& scenario, const Plan& plan, Problems& problems)
{
    const Suspects none;
    Meaning{scenario, plan, problems, none}.lesson();
}

void check_checks(const Scenario& scenario, const Plan& plan, Problems& problems, const Suspects& suspects)
{
    Meaning{scenario, plan, problems, suspects}.checks();
}

} // namespace tegami::scenario
