#include "protocols/dns/response.hpp"

#include <algorithm>

namespace tegami::dns {

namespace {

bool is_of(const Record& record, const Name& owner, Type type)
{
    return record.type == type && record.rr_class == Class::in && record.owner == owner;
}

std::vector<Record> set_of(const std::vector<Record>& section, const Name& owner, Type type)
{
    std::vector<Record> set;
    for (const Record& record : section)
        if (is_of(record, owner, type)) set.push_back(record);
    return set;
}

/// Every record of an owner: what QTYPE * asks for.
std::vector<Record> all_of(const std::vector<Record>& section, const Name& owner)
{
    std::vector<Record> all;
    for (const Record& record : section)
        if (record.rr_class == Class::in && record.owner == owner && !is_meta(record.type)) all.push_back(record);
    return all;
}

/// Reads one response.
class Sifter {
  public:
    Sifter(const Message& response, const Asked& asked)
        : response_(response), asked_(asked.question), zone_(asked.zone), edns_(asked.edns), recursion_(asked.recursion)
    {
        reading_.name = asked_.name;
        reading_.authoritative = response.header.authoritative;
        reading_.recursive = response.header.recursion_available && !response.header.authoritative;
    }

    Reading read()
    {
        refuse_what_is_outside();
        const Rcode rcode = response_.header.rcode;
        // RFC 6891 §7: who does not know OPT says FORMERR or NOTIMP, and gives none back. §6.1.3: BADVERS.
        if (edns_ &&
            (rcode == Rcode::badvers || (!response_.edns && (rcode == Rcode::formerr || rcode == Rcode::notimp))))
            return ended(Meaning::no_edns);
        if (rcode == Rcode::refused || rcode == Rcode::notauth) return ended(Meaning::lame);
        if (rcode != Rcode::noerror && rcode != Rcode::nxdomain) return ended(Meaning::failed);
        if (response_.header.truncated) return ended(Meaning::truncated);

        Chain chain = follow(response_.answers, asked_.name, asked_.type, zone_);
        reading_.name = chain.name;
        reading_.aliases = std::move(chain.aliases);
        if (chain.looped) return ended(Meaning::looped);
        believe_aliases();
        if (!chain.records.empty()) return answered(std::move(chain.records));

        const bool inside = reading_.name.is_at_or_below(zone_);
        reading_.soa = inside ? soa_above(reading_.name) : std::nullopt;
        if (rcode == Rcode::nxdomain && inside) {
            if (!reading_.soa && !reading_.authoritative && !recursion_) return ended(Meaning::lame);
            return ended(Meaning::no_such_name);
        }
        if (!reading_.aliases.empty()) {
            if (reading_.soa) return ended(Meaning::no_data);
            return ended(Meaning::alias);
        }
        if (reading_.soa) return ended(Meaning::no_data);
        return without_answer();
    }

  private:
    Reading ended(Meaning meaning)
    {
        reading_.meaning = meaning;
        return std::move(reading_);
    }

    bool is_ours(const Record& record) const
    {
        return record.rr_class == Class::in && record.owner.is_at_or_below(zone_);
    }
    void refuse_what_is_outside()
    {
        for (const auto* section : {&response_.answers, &response_.authority, &response_.additional})
            for (const Record& record : *section)
                if (!is_ours(record) && reading_.refused.size() < most_refused) reading_.refused.push_back(record);
    }

    void believe(std::vector<Record> records, Credibility credibility)
    {
        reading_.believed.push_back({std::move(records), credibility});
    }
    /// RFC 2181 §5.4.1: of an authoritative answer only the record of the name asked for is authoritative for certain.
    Credibility of_answer(const Name& owner) const
    {
        return reading_.authoritative && owner == asked_.name ? Credibility::answer
                                                              : Credibility::answer_not_authoritative;
    }
    void believe_aliases()
    {
        for (const Record& alias : reading_.aliases) believe({alias}, of_answer(alias.owner));
    }

    Reading answered(std::vector<Record> records)
    {
        reading_.answer = records;
        if (asked_.type == Type::any) {
            std::vector<Type> types;
            for (const Record& record : records)
                if (std::ranges::find(types, record.type) == types.end()) types.push_back(record.type);
            for (const Type type : types) believe(set_of(records, reading_.name, type), of_answer(reading_.name));
        } else {
            believe(std::move(records), of_answer(reading_.name));
        }
        // The zone's own servers come along, and are more credible than the referral that led here. Their addresses are
        // only believed in a referral; and servers beside an answer that is not authoritative not at all.
        const Record* const ns = name_servers_above(reading_.name);
        if (ns && reading_.authoritative && ns->owner.is_at_or_below(zone_))
            believe(servers_of(ns->owner), Credibility::authority);
        return ended(Meaning::answer);
    }

    /// Nothing about the name itself: a referral, or not even that.
    Reading without_answer()
    {
        if (const Record* const ns = name_servers_above(asked_.name); ns && !(recursion_ && reading_.recursive)) {
            // RFC 1034 §5.3.3 step 4b: only what is nearer. One that leads up or nowhere comes from a lame server; the
            // zone's own servers may stand beside an answer without records whose SOA is missing.
            if (reading_.authoritative && ns->owner == zone_) return ended(Meaning::no_data);
            if (!ns->owner.is_below(zone_)) return ended(Meaning::lame);
            reading_.delegation = take_delegation(ns->owner);
            return ended(Meaning::referral);
        }
        if (reading_.recursive && !recursion_) return ended(Meaning::lame); // a cache with nothing in it
        return ended(Meaning::no_data);                                     // RFC 2308 §2.2, type 3
    }

    /// The first NS record, inside the zone or not, of `name` or a name above it.
    const Record* name_servers_above(const Name& name) const
    {
        for (const Record& record : response_.authority)
            if (record.type == Type::ns && record.rr_class == Class::in && name.is_at_or_below(record.owner))
                return &record;
        return nullptr;
    }
    std::optional<Record> soa_above(const Name& name) const
    {
        for (const Record& record : response_.authority)
            if (record.type == Type::soa && is_ours(record) && name.is_at_or_below(record.owner)) return record;
        return std::nullopt;
    }

    std::vector<Record> servers_of(const Name& owner) const
    {
        std::vector<Record> servers = set_of(response_.authority, owner, Type::ns);
        if (servers.size() > most_servers) servers.resize(most_servers);
        return servers;
    }
    Delegation take_delegation(const Name& owner)
    {
        Delegation delegation{owner, {}};
        std::vector<Record> servers = servers_of(owner);
        for (const Record& record : servers) {
            const auto ns = record.as<Ns>();
            if (!ns) continue;
            delegation.servers.push_back({ns->nsdname, {}});
            if (!ns->nsdname.is_at_or_below(zone_)) continue; // no glue of what it has no say in
            for (const Type type : {Type::a, Type::aaaa}) {
                std::vector<Record> glue = set_of(response_.additional, ns->nsdname, type);
                if (glue.size() > most_server_addresses) glue.resize(most_server_addresses);
                for (const Record& address : glue) {
                    if (const auto a = address.as<A>()) delegation.servers.back().addresses.push_back(a->address);
                    if (const auto aaaa = address.as<Aaaa>())
                        delegation.servers.back().addresses.push_back(aaaa->address);
                }
                if (!glue.empty()) believe(std::move(glue), Credibility::additional);
            }
        }
        believe(std::move(servers), Credibility::additional);
        return delegation;
    }

    static constexpr std::size_t most_refused = 16; // named; more are refused as well

    const Message& response_;
    const Question& asked_;
    const Name& zone_;
    bool edns_, recursion_;
    Reading reading_;
};

} // namespace

std::string_view key(Meaning meaning)
{
    switch (meaning) {
    case Meaning::answer: return "answer";
    case Meaning::alias: return "alias";
    case Meaning::referral: return "referral";
    case Meaning::no_data: return "no_data";
    case Meaning::no_such_name: return "no_such_name";
    case Meaning::truncated: return "truncated";
    case Meaning::no_edns: return "no_edns";
    case Meaning::lame: return "lame";
    case Meaning::failed: return "failed";
    case Meaning::looped: return "looped";
    }
    return {};
}

Reading read_response(const Message& response, const Asked& asked) { return Sifter{response, asked}.read(); }

Chain follow(const std::vector<Record>& answers, const Name& name, Type type, const Name& zone)
{
    Chain chain{{}, {}, name, false};
    while (chain.name.is_at_or_below(zone)) {
        chain.records = type == Type::any ? all_of(answers, chain.name) : set_of(answers, chain.name, type);
        if (!chain.records.empty() || type == Type::cname || type == Type::any) return chain;
        const std::vector<Record> alias = set_of(answers, chain.name, Type::cname);
        if (alias.empty()) return chain;
        const auto target = alias.front().as<Cname>(); // RFC 2181 §10.1: there is one only
        if (!target) return chain;
        const auto leads_back = [&](const Record& before) { return before.owner == target->cname; };
        chain.aliases.push_back(alias.front());
        chain.name = target->cname;
        if (std::ranges::any_of(chain.aliases, leads_back) || std::ssize(chain.aliases) > most_aliases) {
            chain.looped = true;
            return chain;
        }
    }
    return chain;
}

std::string_view key(Mismatch mismatch)
{
    switch (mismatch) {
    case Mismatch::address: return "wrong.address";
    case Mismatch::no_query: return "no.response";
    case Mismatch::id: return "wrong.id";
    case Mismatch::question: return "wrong.question";
    }
    return {};
}

std::optional<Mismatch> mismatch(const Message& response, const wire::Endpoint& from, const wire::Endpoint& to,
                                 std::uint16_t id, const Question& asked)
{
    if (from != to) return Mismatch::address;
    if (response.header.id != id) return Mismatch::id;
    if (!response.header.response || response.header.opcode != Opcode::query) return Mismatch::no_query;
    const bool unread = response.questions.empty() && response.header.rcode == Rcode::formerr;
    if (!unread && (!response.question() || *response.question() != asked)) return Mismatch::question;
    return std::nullopt;
}

} // namespace tegami::dns
