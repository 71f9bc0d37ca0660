#include "protocols/dns/authority.hpp"

#include "protocols/wire/endian.hpp"
#include "protocols/wire/writer.hpp"

#include <algorithm>
#include <cassert>
#include <set>

namespace tegami::dns {

namespace {

/// RFC 1034 §4.3.2, for one question.
class Search {
  public:
    Search(const Zones& zones, const Question& question, Transport transport, Message& response)
        : zones_(zones), type_(question.type), transport_(transport), response_(response)
    {
    }

    /// Fills the response in. `zone` is the one nearest to `name`.
    Outcome run(Name name, const Zone* zone)
    {
        response_.header.authoritative = true; // of the first name (RFC 1034 §4.3.1); a referral takes it back
        Outcome outcome = Outcome::alias;
        for (int aliases = 0; zone != nullptr; ++aliases) {
            const auto found = zone->search(name, type_);
            const auto target = follow(*zone, name, found, outcome);
            if (!target) break;
            outcome = Outcome::alias;
            const bool is_loop =
                std::ranges::any_of(response_.answers, [&](const Record& each) { return each.owner == *target; });
            if (is_loop || aliases + 1 == most_aliases) break;
            name = *target;
            zone = zone_of(name);
        }
        add_addresses();
        return outcome;
    }

    const Zone* zone_of(const Name& name) const
    {
        // DS is the business of the zone above (RFC 4035 §3.1.4.1), where it is ours too.
        if (type_ == Type::ds && !name.is_root() && zones_.find_exactly(name) != nullptr)
            if (const Zone* const parent = zones_.find(name.parent())) return parent;
        return zones_.find(name);
    }

  private:
    /// Step 3. Returns where an alias leads to; else the search has ended with `outcome`.
    std::optional<Name> follow(const Zone& zone, const Name& name, const Zone::Found& found, Outcome& outcome)
    {
        using Kind = Zone::Found::Kind;
        switch (found.kind) {
        case Kind::delegation:
            found.node->find(Type::ns)->append_to(response_.authority);
            cut_zone_ = &zone;
            outcome = response_.answers.empty() ? Outcome::referral : Outcome::alias;
            if (response_.answers.empty()) response_.header.authoritative = false;
            return std::nullopt;
        case Kind::nothing:
            response_.header.rcode = Rcode::nxdomain;
            response_.authority.push_back(zone.negative_soa());
            outcome = Outcome::no_such_name;
            return std::nullopt;
        case Kind::node:
        case Kind::wildcard: break;
        }

        // A wildcard's records get the name that was asked for. RFC 4592 §3.3.
        const auto append = [&](const Rrset& set) {
            set.append_to(response_.answers, found.kind == Kind::wildcard ? name : set.owner);
        };
        if (type_ == Type::any && !found.node->sets.empty()) {
            for (const Rrset& set : found.node->sets) {
                append(set);
                if (transport_ == Transport::udp) break; // RFC 8482 §4.1: a subset of what there is
            }
            outcome = Outcome::answer;
            return std::nullopt;
        }
        if (const Rrset* const set = found.node->find(type_)) {
            append(*set);
            outcome = Outcome::answer;
            return std::nullopt;
        }
        if (const Rrset* const cname = found.node->find(Type::cname); cname != nullptr && type_ != Type::any) {
            append(*cname);
            return read_data<Cname>(cname->data.front())->cname;
        }
        response_.authority.push_back(zone.negative_soa());
        outcome = Outcome::no_data;
        return std::nullopt;
    }

    /// Step 6: the addresses of hosts that the answer leads to, as far as they are known here.
    void add_addresses()
    {
        std::vector<Name> hosts;
        std::set<Name> seen;
        const auto collect = [&](const std::vector<Record>& records, bool inside) {
            for (const Record& record : records)
                if (auto host = host_of(record);
                    host && host->is_at_or_below(record.owner) == inside && seen.insert(*host).second)
                    hosts.push_back(*std::move(host));
        };
        // First those that nobody could find otherwise: they must not be what is left out for want of room.
        for (const bool inside : {true, false}) {
            collect(response_.answers, inside);
            collect(response_.authority, inside);
        }
        for (const Name& host : hosts) add_addresses_of(host);
    }
    void add_addresses_of(const Name& host)
    {
        const Zone::Node* node = nullptr;
        if (const Zone* const zone = zones_.find(host)) {
            const auto found = zone->search(host, Type::a);
            if (found.kind == Zone::Found::Kind::node) node = found.node;
        }
        // Glue lies below the cut: it is for referrals alone.
        if (node == nullptr && cut_zone_ != nullptr && host.is_at_or_below(cut_zone_->origin()))
            node = cut_zone_->find(host);
        if (node == nullptr) return;
        for (const Type type : {Type::a, Type::aaaa}) {
            const Rrset* const set = node->find(type);
            const bool is_there = std::ranges::any_of(
                response_.answers, [&](const Record& each) { return each.type == type && each.owner == host; });
            if (set != nullptr && !is_there) set->append_to(response_.additional);
        }
    }

    const Zones& zones_;
    Type type_;
    Transport transport_;
    Message& response_;
    const Zone* cut_zone_ = nullptr; ///< whose delegation the answer is
};

/// RFC 5936 §2.2: from SOA to SOA, in as many messages as it takes.
std::vector<Message> transfer(const Zone& zone, const Message& first)
{
    std::vector<Message> messages{first};
    std::size_t size = 0;
    const auto append = [&](const Rrset& set) {
        for (const Rdata& data : set.data) {
            const std::size_t more = set.owner.size() + 10 + data.size();
            if (size + more > transfer_message_size && size != 0) {
                messages.push_back(first);
                messages.back().questions.clear(); // §2.2.2: the first message's question is enough
                size = 0;
            }
            messages.back().answers.push_back({set.owner, set.type, Class::in, set.ttl, data});
            size += more;
        }
    };
    append(zone.soa());
    for (const auto& [name, node] : zone.nodes())
        for (const Rrset& set : node.sets)
            if (set.type != Type::soa || name != zone.origin()) append(set);
    append(zone.soa());
    return messages;
}

Answer only(Outcome outcome, Message message, std::size_t limit, const Zone* zone = nullptr)
{
    Answer answer{outcome, {}, limit, zone};
    answer.messages.push_back(std::move(message));
    return answer;
}

} // namespace

Answer answer(const Zones& zones, const Message& query, Transport transport)
{
    if (query.header.response) return {};
    // RFC 6891 §6.2.3 to §6.2.5: no more than the asker takes, nor than passes everywhere unfragmented.
    std::size_t limit = largest_message;
    if (transport == Transport::udp)
        limit = query.edns ? std::clamp<std::size_t>(query.edns->payload_size, plain_udp_payload, our_udp_payload)
                           : plain_udp_payload;

    Message response = make_response(query, Rcode::noerror);
    if (query.edns)
        response.edns = Edns{.dnssec_ok = query.edns->dnssec_ok, .options = {}}; // RFC 3225 §3: DO is copied
    const auto failed = [&](Outcome outcome, Rcode rcode) {
        response.header.rcode = rcode;
        return only(outcome, std::move(response), limit);
    };

    if (query.header.opcode != Opcode::query) {
        response.questions.clear(); // what stands there need not be one
        return failed(Outcome::not_implemented, Rcode::notimp);
    }
    if (query.edns && query.edns->version != 0) return failed(Outcome::bad_version, Rcode::badvers); // §6.1.3
    const Question* const question = query.question();
    if (question == nullptr) return failed(Outcome::malformed, Rcode::formerr);       // RFC 9619 §4
    if (question->type == Type{0}) return failed(Outcome::malformed, Rcode::formerr); // RFC 6895 §3.1
    switch (question->type) {
    case Type::ixfr:
    case Type::maila:
    case Type::mailb: return failed(Outcome::not_implemented, Rcode::notimp);
    case Type::opt:
    case Type::tkey:
    case Type::tsig: return failed(Outcome::malformed, Rcode::formerr); // about messages: none can be asked for
    default: break;
    }
    if (question->rr_class != Class::in) return failed(Outcome::refused, Rcode::refused);

    if (question->type == Type::axfr) {
        const Zone* const zone = zones.find_exactly(question->name);
        if (transport != Transport::tcp || (zone != nullptr && !zones.allows_transfer(*zone)))
            return failed(Outcome::transfer_refused, Rcode::refused);         // RFC 5936 §4.2, §5
        if (zone == nullptr) return failed(Outcome::refused, Rcode::notauth); // §2.2.1
        response.header.authoritative = true;
        return {Outcome::transfer, transfer(*zone, response), limit, zone};
    }

    Search search{zones, *question, transport, response};
    const Zone* const zone = search.zone_of(question->name);
    if (zone == nullptr) return failed(Outcome::refused, Rcode::refused);
    const Outcome outcome = search.run(question->name, zone);
    return only(outcome, std::move(response), limit, zone);
}

Response respond(const Zones& zones, wire::Octets octets, Transport transport)
{
    Response response;
    const auto header = decode_header(octets);
    if (!header || header->response) return response; // nobody to tell: an answer could start a quarrel of two servers

    auto query = decode_message(octets);
    Answer answered;
    if (query) {
        answered = answer(zones, *query, transport);
        response.query = *std::move(query);
    } else {
        // The header alone is answered. What another opcode means by the rest is not known either (RFC 8906 §3.1.4).
        Message refusal;
        refusal.header = *header;
        const bool is_query = header->opcode == Opcode::query;
        refusal = make_response(refusal, is_query ? Rcode::formerr : Rcode::notimp);
        answered =
            only(is_query ? Outcome::malformed : Outcome::not_implemented, std::move(refusal), plain_udp_payload);
        response.malformed = query.error();
    }
    response.outcome = answered.outcome;
    for (const Message& message : answered.messages) {
        response.messages.push_back(encode(message, answered.limit));
        response.rcode = message.header.rcode;
        response.truncated = response.truncated || (response.messages.back()[2] & 0x02) != 0;
    }
    return response;
}

void append_tcp_message(wire::OctetBuffer& out, wire::Octets message)
{
    assert(message.size() <= largest_message);
    wire::Writer writer{out};
    writer.u16(static_cast<std::uint16_t>(message.size()));
    writer.octets(message);
}

std::optional<wire::Octets> next_tcp_message(wire::Octets& received)
{
    if (received.size() < 2) return std::nullopt;
    const std::size_t size = wire::load_u16(received.data());
    if (received.size() - 2 < size) return std::nullopt;
    const wire::Octets message = received.subspan(2, size);
    received = received.subspan(2 + size);
    return message;
}

} // namespace tegami::dns
