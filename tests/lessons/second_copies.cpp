#include "tests/lessons/second_copies.hpp"

#include <optional>

namespace tegami::lessons {

namespace {

using run::MailId;
using run::Step;

/// The steps that pass a letter on.
bool is_hop(Step step)
{
    return step == Step::s1_submit || step == Step::s2_relay || step == Step::s3_3_transfer ||
           step == Step::r1_hand_over;
}

/// One dot, and what its sender heard.
struct Dot {
    NodeId sender{};
    std::optional<Time> answered{};
    bool kept = false; ///< the answer said so
};

/// A letter's file in a queue, or a device's mark of what it fetched: what a crash now would leave of it.
struct Durably {
    bool called = false; ///< where the power stays
    bool synced = false; ///< where it is cut
    bool in(run::ProcessChange crash) const { return crash == run::ProcessChange::power_cut ? synced : called; }
};

class Reading {
  public:
    explicit Reading(const run::Log& log) : log_(log) {}

    Excuses read()
    {
        for (const run::Event& event : log_.events())
            std::visit([&](const auto& fact) { on(event, fact); }, event.what);
        REQUIRE(crashed_);
        Excuses excuses;
        for (const auto& [key, dot] : dots_) {
            const MailId mail = key.second;
            if (dot.sender == crashed_->node) {
                const auto file = removed_.find(mail);
                const bool gone = file != removed_.end() && file->second.in(crashed_->how);
                const bool dallied = dot.kept && *dot.answered + letting_go < crashed_->at;
                if (!gone && !dallied) ++excuses.letters[mail];
            } else if (!dot.answered && peer_of(key.first).first == crashed_->node) {
                ++excuses.letters[mail];
            }
        }
        if (stored_ && !mark_.in(crashed_->how)) excuses.fetched = 1;
        return excuses;
    }

  private:
    struct Crashed {
        NodeId node{};
        Time at{};
        run::ProcessChange how{};
    };
    using Connection = std::pair<NodeId, run::ConnectionId>;

    std::vector<MailId> mails_of(const run::Event& event) const
    {
        std::vector<MailId> mails;
        for (const run::SpanId span : log_.spans().members(event.spans))
            if (log_.spans()[span].kind == run::SpanKind::step) mails.push_back(log_.spans()[span].mail);
        return mails;
    }

    /// The other end of a connection; nobody where it never came to be one.
    Connection peer_of(const Connection& here) const
    {
        for (const Connection& end : ends_.at(sessions_.at(here)))
            if (end != here) return end;
        return {};
    }

    template <class Fact>
    void on(const run::Event&, const Fact&)
    {
    }
    void on(const run::Event& event, const run::SessionBegun& begun)
    {
        sessions_[{event.node, begun.connection}] = begun.session;
        ends_[begun.session].emplace_back(event.node, begun.connection);
    }
    void on(const run::Event& event, const run::LineSaid& line)
    {
        const Connection here{event.node, line.connection};
        said_[{here, line.offset}] = line.text.substr(0, 1);
        if (line.text != "." || crashed_) return;
        for (const run::SpanId span : log_.spans().members(event.spans)) {
            const run::Span& step = log_.spans()[span];
            if (step.node == event.node && is_hop(step.step)) {
                dots_.try_emplace({here, step.mail}, Dot{event.node});
            }
        }
    }
    void on(const run::Event& event, const run::LineHeard& line)
    {
        const Connection here{event.node, line.connection};
        for (const MailId mail : mails_of(event)) {
            const auto dot = dots_.find({here, mail});
            if (dot == dots_.end() || dot->second.answered) continue;
            dot->second.answered = event.at;
            dot->second.kept = said_.at({peer_of(here), line.offset}) == "2";
        }
    }
    void on(const run::Event& event, const run::DiskChanged& disk)
    {
        if (crashed_) return;
        const bool queue =
            disk.path.starts_with("outbox") || disk.path.starts_with("msa-queue") || disk.path.starts_with("mta-queue");
        if (disk.change == run::DiskChange::removed && queue && !disk.path.ends_with(".new"))
            for (const MailId mail : mails_of(event)) files_[event.node][mail].called = true;
        if (disk.change == run::DiskChange::folder_synced && queue)
            for (auto& [mail, file] : files_[event.node]) file.synced = file.called;
        if (log_.header().nodes[engine::index_of(event.node)] != device) return;
        if (disk.change == run::DiskChange::renamed && disk.to.starts_with("mail/bob/new/")) {
            stored_ = true;
            mark_ = {};
        }
        if (disk.change == run::DiskChange::written && disk.path.starts_with("fetched/")) mark_.called = true;
        if (disk.change == run::DiskChange::folder_synced && disk.path == "fetched") mark_.synced = mark_.called;
    }
    void on(const run::Event& event, const run::ProcessChanged& change)
    {
        if (crashed_) return;
        if (change.change != run::ProcessChange::crashed && change.change != run::ProcessChange::power_cut) return;
        crashed_ = Crashed{event.node, event.at, change.change};
        removed_ = files_[event.node];
        if (log_.header().nodes[engine::index_of(event.node)] != device) stored_ = false;
    }

    static constexpr std::string_view device = "bob-pc";

    const run::Log& log_;
    std::map<Connection, run::SpanId> sessions_;
    std::map<run::SpanId, std::vector<Connection>> ends_;
    std::map<std::pair<Connection, std::uint64_t>, std::string> said_; ///< how a line began
    std::map<std::pair<Connection, MailId>, Dot> dots_;
    std::map<NodeId, std::map<MailId, Durably>> files_; ///< removed from a queue
    std::map<MailId, Durably> removed_;                 ///< by the host that crashed
    bool stored_ = false;
    Durably mark_;
    std::optional<Crashed> crashed_;
};

} // namespace

Excuses excuses_of(const run::Log& log) { return Reading{log}.read(); }

} // namespace tegami::lessons
