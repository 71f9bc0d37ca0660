#pragma once
/// Two sites for tests of the whole journey: Alice at an ISP with an MSA and an MTA, and a company with two mail servers,
/// a host with mailboxes, and Bob. Names come from a table.

#include "sim/nodes/mda.hpp"
#include "sim/nodes/mra.hpp"
#include "sim/nodes/msa.hpp"
#include "sim/nodes/mta.hpp"
#include "sim/nodes/mua.hpp"
#include "tests/unit/net/lab.hpp"

#include <map>

namespace tegami::nodes::site {

/// What the name system would say, after ten milliseconds.
struct Table {
    std::map<std::string, std::expected<std::vector<Names::Exchange>, Names::Failure>> exchanges;
    std::map<std::string, std::expected<std::vector<wire::Address>, Names::Failure>> addresses;
};

class TableNames final : public Names {
  public:
    TableNames(engine::Engine& engine, NodeId node, const Table& table) : engine_(engine), node_(node), table_(table) {}

    Task<std::expected<std::vector<Exchange>, Failure>> exchanges(std::string domain, Spans) override
    {
        co_await engine_.pause(node_, wire::milliseconds(10));
        const auto known = table_.exchanges.find(domain);
        if (known == table_.exchanges.end()) co_return std::unexpected(Failure::no_such_name);
        co_return known->second;
    }
    Task<std::expected<std::vector<wire::Address>, Failure>> addresses(std::string name, Spans) override
    {
        co_await engine_.pause(node_, wire::milliseconds(10));
        const auto known = table_.addresses.find(name);
        if (known == table_.addresses.end()) co_return std::unexpected(Failure::no_such_name);
        co_return known->second;
    }

  private:
    engine::Engine& engine_;
    NodeId node_;
    const Table& table_;
};

inline constexpr const char* host_names[] = {"alice-pc", "msa", "mta", "mx1", "mx2", "mail", "bob-pc"};

/// Where host `number` (from 1, in the order above) is.
inline wire::Address at(std::uint32_t number) { return wire::Address::v4(net::lab::address(number, 1)); }

inline net::lab::Wiring wiring()
{
    net::lab::Wiring made;
    for (const char* host : host_names) made.host(host);
    made.router("edge");
    for (const char* host : host_names) made.link(host, "edge");
    return made;
}

class World {
  public:
    net::lab::Lab lab;
    Journal journal{lab.network.context};
    Table table;
    std::map<std::string, std::unique_ptr<Host>> hosts;
    std::map<std::string, std::unique_ptr<Mailboxes>> mailboxes;
    Mua *alice = nullptr, *bob = nullptr;

    explicit World(std::uint64_t seed = 1, run::Level level = run::Level::story) : lab(wiring(), seed, level)
    {
        table.exchanges["example.com"] = std::vector<Names::Exchange>{{10, "mx1.example.com"}, {20, "mx2.example.com"}};
        std::uint32_t number = 0;
        for (const char* name : host_names) {
            const std::string domain = ++number <= 3 ? ".example.jp" : ".example.com";
            table.addresses[name + domain] = std::vector{at(number)};
            hosts[name] = std::make_unique<Host>(lab.network, journal, lab.node(name), name + domain, 540);
            mailboxes[name] = std::make_unique<Mailboxes>(*hosts[name]);
            hosts[name]->set_names(std::make_unique<TableNames>(lab.engine, lab.node(name), table));
        }
        lab.engine.handle(engine::DueKind::begin, this, [](void* self, const engine::Due& due) {
            for (const auto& [name, host] : static_cast<World*>(self)->hosts)
                if (host->node() == due.target) host->came_back();
        });
        const auto prefix = [](std::uint32_t host) { return inet::Prefix::around(at(host), 32); };

        Msa::Settings msa;
        msa.domain = "example.jp";
        msa.accounts["alice"] = {"alice-secret", *mail::parse_mailbox("alice@example.jp")};
        msa.mta = {"mta.example.jp", {{}, wire::Port{25}}};
        msa.own_networks = {prefix(1)};
        msa.port_25 = true;
        host("msa").add(std::make_unique<Msa>(host("msa"), msa));

        Mta::Settings mta;
        mta.own_networks = {prefix(2)};
        host("mta").add(std::make_unique<Mta>(host("mta"), mta));

        for (const char* mx : {"mx1", "mx2"}) {
            Mta::Settings in;
            in.domain = "example.com";
            in.users = {"bob", "carol"};
            in.mda = {"mail.example.com", {at(6), wire::Port{24}}};
            host(mx).add(std::make_unique<Mta>(host(mx), in));
        }
        Mda::Settings mda;
        mda.domain = "example.com";
        mda.users = {"bob", "carol"};
        mda.own_networks = {prefix(4), prefix(5)};
        host("mail").add(std::make_unique<Mda>(host("mail"), *mailboxes["mail"], mda));
        Mra::Settings mra;
        mra.passwords = {{"bob", "bob-secret"}, {"carol", "carol-secret"}};
        mra.domain = "example.com";
        host("mail").add(std::make_unique<Mra>(host("mail"), *mailboxes["mail"], mra));

        Mua::Settings of_alice;
        of_alice.user = "alice";
        of_alice.self = {"Alice", *mail::parse_mailbox("alice@example.jp")};
        of_alice.submit.port = wire::Port{587};
        of_alice.submit_name = "msa.example.jp";
        of_alice.login = sasl::Credentials{"alice", "alice-secret", {}};
        alice = add_mua("alice-pc", of_alice);
        Mua::Settings of_bob;
        of_bob.user = "bob";
        of_bob.self = {"Bob", *mail::parse_mailbox("bob@example.com")};
        of_bob.password = "bob-secret";
        of_bob.mailbox.port = wire::Port{110};
        of_bob.mailbox_name = "mail.example.com";
        bob = add_mua("bob-pc", of_bob);
        for (const auto& [name, one] : hosts) lab.at({}, name, [begun = one.get()] { begun->begin(); });
    }
    ~World() { lab.engine.shut_down(); }

    Host& host(const std::string& name) { return *hosts.at(name); }

    void send(Duration when, std::vector<std::string> to, const std::string& subject = "Hello",
              std::optional<wire::Endpoint> server = {}, const std::string& server_name = {})
    {
        lab.at(when, "alice-pc", [this, to, subject, server, server_name] {
            Mua::Writing writing;
            for (const std::string& one : to) writing.to.push_back(*mail::parse_mailbox(one));
            writing.subject = subject;
            writing.text = "This is " + subject + ".\n";
            writing.server = server;
            writing.server_name = server_name;
            if (host("alice-pc").running()) sent.push_back(alice->send(writing));
        });
    }
    void read(Duration when, bool keep = false)
    {
        lab.at(when, "bob-pc", [this, keep] {
            if (host("bob-pc").running()) bob->fetch(keep);
        });
    }
    std::vector<MailId> sent;

    /// The messages in a mailbox on a host, oldest first.
    std::vector<std::string> messages(const std::string& on, const std::string& mailbox)
    {
        std::vector<std::string> texts;
        for (const Mailboxes::Entry& entry : mailboxes.at(on)->list(mailbox))
            texts.push_back((*host(on).disk().do_read(entry.path))->octets);
        return texts;
    }
    /// "S1 done", "S3.3 deferred connect.refused" … in the order in which the steps ended.
    std::vector<std::string> ended(run::Step of = run::Step::none)
    {
        std::vector<std::string> all;
        const run::Log log = lab.log();
        for (const auto& [when, fact] : net::lab::Lab::facts<run::StepEnded>(log)) {
            if (of != run::Step::none && fact.step != of) continue;
            std::string text =
                std::string{run::step_name(fact.step)} + ' ' + std::string{run::choice_name(fact.outcome)};
            if (!fact.reason.empty()) text += ' ' + std::string{fact.reason};
            all.push_back(std::move(text));
        }
        return all;
    }
    std::string last_detail(run::Step of)
    {
        std::string detail;
        const run::Log log = lab.log();
        for (const auto& [when, fact] : net::lab::Lab::facts<run::StepEnded>(log))
            if (fact.step == of) detail = fact.detail;
        return detail;
    }
    /// Nothing waits anywhere; what is left says what.
    std::string left_over()
    {
        std::string text;
        for (const auto& [name, one] : hosts) {
            for (const char* folder : {"msa-queue", "mta-queue", "outbox", "mail/bob/tmp", "mail/carol/tmp"})
                if (!one->disk().names_in(folder).empty()) text += name + " has files in " + folder + "; ";
            if (lab.engine.process_count(one->node()) != 0) text += name + " has processes; ";
        }
        if (lab.network.context.frames.out() != 0) text += "frames are out; ";
        if (lab.network.tcp.connections() != 0) text += "connections are left; ";
        return text;
    }

  private:
    Mua* add_mua(const std::string& name, const Mua::Settings& settings)
    {
        mailboxes.at(name)->set_label(name);
        auto made = std::make_unique<Mua>(host(name), *mailboxes.at(name), settings);
        Mua* const kept = made.get();
        host(name).add(std::move(made));
        return kept;
    }
};

} // namespace tegami::nodes::site
