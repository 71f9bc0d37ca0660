#include "sim/export/tale.hpp"

#include "sim/export/dns_walk.hpp"
#include "sim/export/sort_stably.hpp"

#include <algorithm>
#include <iterator>

namespace tegami::exporting {
namespace {

/// Rules by which a connection comes to another end than both sides' goodbye.
bool is_worth_telling(tcp::Rule rule)
{
    switch (rule) {
    case tcp::Rule::syn_sent_refused:
    case tcp::Rule::reset_accepted:
    case tcp::Rule::reset_refused:
    case tcp::Rule::handshake_given_up:
    case tcp::Rule::data_given_up:
    case tcp::Rule::abort_call:
    case tcp::Rule::icmp_error: return true;
    default: return false;
    }
}

/// A second copy arrives too.
bool is_lost(run::Fate fate) { return fate != run::Fate::arrives && fate != run::Fate::copied; }

/// The step that a look-up is part of.
std::optional<Step> step_looked_up_for(Step lookup)
{
    switch (lookup) {
    case Step::s1_dns: return Step::s1_submit;
    case Step::s2_dns: return Step::s2_relay;
    case Step::r3_dns: return Step::r3_request;
    default: return std::nullopt;
    }
}

} // namespace

void Passage::count(FrameRef frame)
{
    ++frames;
    auto& ranges = frame_numbers;
    if (!ranges.empty() && static_cast<std::uint64_t>(ranges.back().last) + 1 == static_cast<std::uint64_t>(frame))
        ranges.back().last = frame;
    else
        ranges.push_back({frame, frame});
}

std::uint32_t Tale::number_of(MailId id) const
{
    const auto found = std::ranges::find(letters, id, &Letter::id);
    return found == letters.end() ? 0 : found->number;
}

const Happening* Tale::end_of(const Passage& passage) const
{
    if (passage.ended) return nullptr;
    const auto found = std::ranges::find_if(happenings, [&](const Happening& happening) {
        return std::holds_alternative<run::ProcessChange>(happening.change) && happening.node == passage.node &&
               happening.at >= passage.begun;
    });
    return found == happenings.end() ? nullptr : &*found;
}

Tale tale_of(const run::Log& log, const run::Journeys& journeys, std::optional<Time> at)
{
    TaleFold fold{log.spans(), log.header().nics};
    for (const run::Event& event : log.events()) {
        if (at && event.at > *at) break;
        fold.take(event);
    }
    Tale tale = fold.finish(at ? std::min(*at, log.end()) : log.end(), journeys);
    const narration::Names names{log.header()};
    tale.goes_on = at && *at < log.end();
    tale.inquiries = inquiries_of(walks_of(log, AddressBook{log, names}, at));
    if (at) // letters that nobody has written yet; numbers stay what they will be
        std::erase_if(tale.letters, [&](const Letter& letter) {
            const run::MailRow* mail = journeys.find(letter.id);
            return mail && mail->at > *at;
        });
    return tale;
}

NodeId TaleFold::host_of(run::NicId nic) const
{
    const auto index = static_cast<std::size_t>(nic);
    return index < nics_.size() ? nics_[index].host : NodeId{};
}

std::vector<std::size_t> TaleFold::served(run::Spans spans)
{
    std::vector<std::size_t> passages;
    for (const SpanId span : spans_.members(spans))
        if (const auto found = passage_of_.find(span); found != passage_of_.end()) passages.push_back(found->second);
    if (!passages.empty()) return passages;
    const auto session = sessions_.find(spans_.session_of(spans));
    if (session == sessions_.end()) return passages;
    if (const auto at = current(session->second)) passages.push_back(*at);
    return passages;
}

void TaleFold::add(run::Spans spans, Time at, decltype(Evidence::what) what)
{
    const auto passages = served(spans);
    for (const std::size_t passage : passages) tale_.passages[passage].evidence.push_back({at, what});
    if (passages.empty())
        if (const SpanId session = spans_.session_of(spans); session != SpanId::none)
            sessions_[session].waiting.push_back({at, std::move(what)});
}

void TaleFold::add_to_file(run::Spans spans, Time at, decltype(Evidence::what) what)
{
    std::vector<std::size_t> passages = served(spans);
    for (std::size_t& index : passages) {
        const Passage& passage = tale_.passages[index];
        if (passage.ended && *passage.ended < at) index = last_of_[passage.mail];
    }
    std::ranges::sort(passages);
    const auto repeated = std::ranges::unique(passages);
    passages.erase(repeated.begin(), repeated.end());
    for (const std::size_t passage : passages) tale_.passages[passage].evidence.push_back({at, what});
}

std::optional<std::size_t> TaleFold::current(const Session& session) const
{
    while (session.ended < session.passages.size() && tale_.passages[session.passages[session.ended]].ended)
        ++session.ended;
    if (session.ended == session.passages.size()) return std::nullopt;
    return session.passages[session.ended];
}

void TaleFold::give_what_waited(Session& session, std::size_t index)
{
    Passage& passage = tale_.passages[index];
    for (Evidence& evidence : session.waiting) passage.evidence.push_back(std::move(evidence));
    session.waiting.clear();
    for (const FrameRef frame : session.waiting_frames) passage.count(frame);
    session.waiting_frames.clear();
}

void TaleFold::join(SpanId session, std::size_t index)
{
    Session& joined = sessions_[session];
    Passage& passage = tale_.passages[index];
    if (std::ranges::find(passage.sessions, session) == passage.sessions.end()) passage.sessions.push_back(session);
    if (!joined.passages.empty() && joined.passages.front() != index && passage.sessions.size() == 1)
        passage.opened_by = joined.passages.front();
    joined.passages.push_back(index);
    passage.client = sessions_[passage.sessions.front()].client;
    give_what_waited(joined, index);
}

void TaleFold::begin_step(const run::Event& event, const run::StepBegun& fact)
{
    const std::size_t index = tale_.passages.size();
    passage_of_[fact.span] = index;
    last_of_[fact.mail] = index;
    Passage& passage = tale_.passages.emplace_back();
    passage.span = fact.span;
    passage.mail = fact.mail;
    passage.step = fact.step;
    passage.tries = fact.tries;
    passage.node = event.node;
    passage.peer = fact.peer;
    passage.port = fact.port;
    passage.recipients = fact.recipients;
    passage.begun = event.at;
}

void TaleFold::end_step(const run::Event& event, const run::StepEnded& fact)
{
    auto found = passage_of_.find(fact.span);
    if (found == passage_of_.end()) { // a run of level none knows only the ends
        run::StepBegun begun;
        begun.span = fact.span;
        begun.mail = fact.mail;
        begun.step = fact.step;
        begun.tries = fact.tries;
        begin_step(event, begun);
        tale_.passages.back().known = false;
        found = passage_of_.find(fact.span);
    }
    Passage& passage = tale_.passages[found->second];
    passage.ended = event.at;
    passage.outcome = fact.outcome;
    passage.reason = fact.reason;
    passage.detail = fact.detail;
}

void TaleFold::take_frame(const run::Event& event)
{
    const auto& fact = std::get<run::FrameSent>(event.what);
    senders_.push_back(event.node);

    const auto passages = served(event.spans);
    for (const std::size_t index : passages) {
        Passage& passage = tale_.passages[index];
        if (passage.step == Step::r3_request) // counted once it is known where the fetching begins
            request_frames_[index].emplace_back(event.at, event.frame);
        else
            passage.count(event.frame);
    }
    if (passages.empty())
        if (const SpanId session = spans_.session_of(event.spans); session != SpanId::none)
            sessions_[session].waiting_frames.push_back(event.frame);

    // A frame that carries pieces of two mails: told once, where the later mail's step is told.
    for (std::size_t i = 1; i < passages.size(); ++i) {
        const Passage& earlier = tale_.passages[passages[i - 1]];
        Passage& later = tale_.passages[passages[i]];
        const bool together =
            earlier.step == later.step && earlier.node == later.node && earlier.begun == later.begun && !earlier.ended;
        const auto is_told = [&](const Evidence& evidence) {
            const auto* shared = std::get_if<Shared>(&evidence.what);
            return shared && shared->with == earlier.mail;
        };
        if (earlier.mail != later.mail && std::ranges::none_of(later.evidence, is_told))
            later.evidence.push_back({together ? later.begun : event.at, Shared{event.frame, earlier.mail, together}});
    }

    if (const auto waiting = pending_.find(event.node); waiting != pending_.end()) {
        for (const auto& [passage, place] : waiting->second) {
            if (std::ranges::find(passages, passage) == passages.end()) continue;
            std::get<Again>(tale_.passages[passage].evidence[place].what).frame = event.frame;
        }
        pending_.erase(waiting);
    }
    if (is_lost(fact.fate))
        take_stop(event, {.frame = event.frame, .from = event.node, .to = host_of(fact.to), .nic = fact.nic});
}

void TaleFold::take_stop(const run::Event& event, Stopped stopped)
{
    const auto frame = static_cast<std::size_t>(stopped.frame);
    const NodeId sender = frame < senders_.size() ? senders_[frame] : NodeId{};
    stopped.because = reason_behind(stopped);
    for (const std::size_t passage : served(event.spans)) lost_[passage].push_back({stopped.frame, event.at, sender});
    add(event.spans, event.at, std::move(stopped));
}

template <class Kind>
std::optional<std::size_t> TaleFold::newest(run::NicId nic, Kind is_kind) const
{
    for (std::size_t i = tale_.happenings.size(); i-- > 0;) {
        const Happening& happening = tale_.happenings[i];
        const auto* link = std::get_if<run::LinkChange>(&happening.change);
        if (link && happening.nic == nic && is_kind(*link, happening)) return i;
    }
    return std::nullopt;
}

/// A frame that was to be lost next is the first that is lost; behind those that follow is the link's loss, where it has one.
std::optional<std::size_t> TaleFold::reason_behind(const Stopped& stopped)
{
    using run::LinkChange;
    if (stopped.reason == run::DropReason::host_off || stopped.reason == run::DropReason::no_listener) {
        for (std::size_t i = tale_.happenings.size(); i-- > 0;)
            if (std::holds_alternative<run::ProcessChange>(tale_.happenings[i].change) &&
                tale_.happenings[i].node == stopped.from)
                return i;
        return std::nullopt;
    }
    if (stopped.reason == run::DropReason::queue_full)
        return newest(stopped.nic, [](LinkChange change, const Happening&) {
            return change == LinkChange::queue || change == LinkChange::rate;
        });
    const auto cut = newest(stopped.nic, [](LinkChange change, const Happening& happening) {
        return change == LinkChange::down && !happening.mended;
    });
    if (cut || stopped.reason) return cut;
    const auto spent =
        std::ranges::find_if(unspent_, [&](std::size_t index) { return tale_.happenings[index].nic == stopped.nic; });
    if (spent != unspent_.end()) {
        const std::size_t index = *spent;
        unspent_.erase(spent);
        return index;
    }
    const auto share = newest(stopped.nic, [](LinkChange change, const Happening& happening) {
        return change == LinkChange::loss && !happening.next && !happening.mended;
    });
    return share ? share : newest(stopped.nic, [](LinkChange, const Happening& happening) { return happening.next; });
}

/// Keeps what goes wrong; what goes right again ends that.
void TaleFold::take_happening(Happening happening)
{
    const auto* process = std::get_if<run::ProcessChange>(&happening.change);
    const auto is_of = [](run::LinkChange change) {
        return change == run::LinkChange::up ? run::LinkChange::down : change;
    };
    const auto is_right = [&](run::LinkChange change) {
        return change == run::LinkChange::up || (change == run::LinkChange::loss && happening.amount == 0);
    };
    const bool is_good = process ? *process == run::ProcessChange::started || *process == run::ProcessChange::restarted
                                 : is_right(std::get<run::LinkChange>(happening.change));
    if (const auto act = acts_.find(happening.node); act != acts_.end() && act->second.first == happening.at)
        happening.act = act->second.second;
    for (Happening& earlier : tale_.happenings) {
        if (earlier.next || earlier.node != happening.node || earlier.change.index() != happening.change.index())
            continue;
        const bool same =
            process || (earlier.nic == happening.nic && is_of(std::get<run::LinkChange>(earlier.change)) ==
                                                            is_of(std::get<run::LinkChange>(happening.change)));
        if (same && !earlier.mended) earlier.mended = happening.at;
    }
    if (!is_good) tale_.happenings.push_back(std::move(happening));
}

void TaleFold::take_act(const run::Event& event, const run::Act& act)
{
    acts_[event.node] = {event.at, act.number};
    constexpr std::string_view loses = ".loses";
    if (!act.what.ends_with(loses)) return;
    const std::string_view link = act.what.substr(0, act.what.size() - loses.size());
    for (std::size_t i = 0; i < nics_.size(); ++i) {
        if (nics_[i].host != event.node || nics_[i].link != link) continue;
        unspent_.push_back(tale_.happenings.size());
        tale_.happenings.push_back({.at = event.at,
                                    .node = event.node,
                                    .nic = static_cast<run::NicId>(i),
                                    .change = run::LinkChange::loss,
                                    .next = true,
                                    .act = act.number});
    }
}

/// A link's loss changed just then: the act was about a share of its frames.
void TaleFold::forget_act_of_figures(const run::Event& event, const run::LinkChanged& fact)
{
    if (fact.change != run::LinkChange::loss || tale_.happenings.empty()) return;
    const Happening& last = tale_.happenings.back();
    if (!last.next || last.at != event.at || last.nic != fact.nic) return;
    std::erase(unspent_, tale_.happenings.size() - 1);
    tale_.happenings.pop_back();
}

void TaleFold::take_again(const run::Event& event, tcp::Rule rule)
{
    const auto passages = served(event.spans);
    for (const std::size_t passage : passages) {
        Again again{.node = event.node, .rule = rule};
        auto& lost = lost_[passage];
        const auto missed = std::ranges::find(lost, event.node, &Lost::sender);
        if (missed != lost.end()) {
            again.missed = missed->frame;
            again.after = event.at - missed->at;
            lost.erase(missed);
        }
        auto& evidence = tale_.passages[passage].evidence;
        pending_[event.node].emplace_back(passage, evidence.size());
        evidence.push_back({event.at, again});
    }
    if (passages.empty()) add(event.spans, event.at, Again{.node = event.node, .rule = rule});
}

void TaleFold::take_line(const run::Event& event, const run::LineSaid& fact)
{
    SpanId id = spans_.session_of(event.spans);
    if (id == SpanId::none)
        if (const auto found = session_of_.find({event.node, fact.connection}); found != session_of_.end())
            id = found->second;
    Session& session = sessions_[id];
    const bool by_client = event.node == session.client && (session.client_connection == run::ConnectionId::none ||
                                                            session.client_connection == fact.connection);
    auto said = session.transcript.hear(by_client, fact.text, fact.offset);
    if (!said) return;
    said->session = id;
    add(event.spans, event.at, std::move(*said));
}

/// The answer stands with its question. One that is not believed is no answer: the question stays open, and a line of its
/// own tells of it.
void TaleFold::take_answer(const run::Event& event, const run::DnsAnswered& fact)
{
    const Question question{event.node, fact.id, std::string{fact.name}, fact.type};
    const auto open = open_.find(question);
    const auto answer = [&](Asked& asked) {
        asked.answered = event.at;
        asked.outcome = fact.outcome;
        asked.rcode = fact.rcode;
        asked.records = fact.records;
    };
    if (open == open_.end() || fact.outcome == run::DnsOutcome::forged) {
        Asked asked{.node = event.node, .server = fact.server, .name = std::string{fact.name}, .type = fact.type};
        answer(asked);
        return add(event.spans, event.at, std::move(asked));
    }
    for (const auto& [passage, place] : open->second)
        answer(std::get<Asked>(tale_.passages[passage].evidence[place].what));
    open_.erase(open);
}

/// A folder is synced for all the names in it: it serves whoever gave one of them since.
void TaleFold::take_disk(const run::Event& event, const run::DiskChanged& fact)
{
    const Written written{event.node, fact.change, std::string{fact.path}, std::string{fact.to}, fact.size};
    const auto folder_of = [](std::string_view path) {
        const std::size_t slash = path.rfind('/');
        return std::string{path.substr(0, slash == path.npos ? 0 : slash)};
    };
    if (fact.change == run::DiskChange::renamed)
        for (const std::size_t passage : served(event.spans))
            renamed_[{event.node, folder_of(fact.to)}].push_back(passage);
    if (fact.change == run::DiskChange::folder_synced) {
        const auto waiting = renamed_.find({event.node, std::string{fact.path}});
        if (waiting == renamed_.end()) return;
        for (const std::size_t passage : waiting->second)
            tale_.passages[passage].evidence.push_back({event.at, written});
        renamed_.erase(waiting);
        return;
    }
    if (fact.change != run::DiskChange::removed) return add_to_file(event.spans, event.at, written);
    for (const std::size_t passage : served(event.spans)) // tidying up after a step: it is that step's still
        tale_.passages[passage].evidence.push_back({event.at, written});
}

void TaleFold::take(const run::Event& event)
{
    if (const auto* begun = std::get_if<run::StepBegun>(&event.what)) {
        begin_step(event, *begun);
    } else if (const auto* ended = std::get_if<run::StepEnded>(&event.what)) {
        end_step(event, *ended);
    } else if (const auto* joined = std::get_if<run::Joined>(&event.what)) {
        const auto passage = passage_of_.find(joined->step);
        if (passage != passage_of_.end() && !passage_of_.contains(joined->other)) join(joined->other, passage->second);
    } else if (const auto* begun_session = std::get_if<run::SessionBegun>(&event.what)) {
        Session& session = sessions_[begun_session->session];
        session.transcript.protocol = begun_session->protocol;
        if (begun_session->client) {
            session.client = event.node;
            session.client_connection = begun_session->connection;
            for (const std::size_t passage : session.passages) tale_.passages[passage].client = event.node;
        }
        session_of_[{event.node, begun_session->connection}] = begun_session->session;
    } else if (const auto* said = std::get_if<run::LineSaid>(&event.what)) {
        take_line(event, *said);
    } else if (std::holds_alternative<run::FrameSent>(event.what)) {
        take_frame(event);
    } else if (const auto* crossed = std::get_if<run::FrameCrossed>(&event.what)) {
        if (is_lost(crossed->fate))
            take_stop(event,
                      {.frame = crossed->frame, .from = event.node, .to = host_of(crossed->to), .nic = crossed->nic});
    } else if (const auto* dropped = std::get_if<run::FrameDropped>(&event.what)) {
        take_stop(event, {.frame = dropped->frame,
                          .from = event.node,
                          .reason = dropped->reason,
                          .nic = dropped->nic,
                          .rule = std::string{dropped->rule}});
    } else if (const auto* again = std::get_if<run::TcpRetransmission>(&event.what)) {
        take_again(event, again->rule);
    } else if (const auto* state = std::get_if<run::TcpState>(&event.what)) {
        if (!is_worth_telling(state->rule)) return;
        Connection connection{event.node, state->rule};
        if (const auto told = told_.find(event.cause); told != told_.end()) connection.told = told->second;
        add(event.spans, event.at, std::move(connection));
    } else if (const auto* icmp = std::get_if<run::IcmpNoted>(&event.what)) {
        if (icmp->direction == run::Direction::received && event.spans != run::Spans{}) told_.emplace(event.ref, *icmp);
    } else if (const auto* arp = std::get_if<run::ArpChanged>(&event.what)) {
        if (arp->change == run::ArpChange::learnt)
            add(event.spans, event.at, Found{event.node, arp->address, arp->mac});
    } else if (const auto* asked = std::get_if<run::DnsAsked>(&event.what)) {
        auto& open = open_[{event.node, asked->id, std::string{asked->name}, asked->type}];
        open.clear();
        for (const std::size_t passage : served(event.spans)) {
            auto& evidence = tale_.passages[passage].evidence;
            open.emplace_back(passage, evidence.size());
            evidence.push_back({event.at, Asked{.node = event.node,
                                                .server = asked->server,
                                                .name = std::string{asked->name},
                                                .type = asked->type,
                                                .recursive = asked->recursive,
                                                .by_tcp = asked->transport == run::DnsTransport::tcp,
                                                .id = asked->id}});
        }
    } else if (const auto* answered = std::get_if<run::DnsAnswered>(&event.what)) {
        take_answer(event, *answered);
    } else if (const auto* cached = std::get_if<run::DnsCached>(&event.what)) {
        if (cached->change == run::CacheChange::hit)
            add(event.spans, event.at,
                Remembered{event.node, std::string{cached->name}, cached->type, cached->negative, cached->ttl,
                           std::string{cached->records}});
    } else if (const auto* decided = std::get_if<run::DnsDecided>(&event.what)) {
        add(event.spans, event.at,
            Reasoned{event.node, decided->decision, std::string{decided->name}, decided->type,
                     std::string{decided->detail}});
    } else if (const auto* matched = std::get_if<run::FilterMatched>(&event.what)) {
        add(event.spans, event.at,
            Matched{event.node, std::string{matched->filter}, matched->row, matched->action, matched->frame,
                    matched->count});
    } else if (const auto* routed = std::get_if<run::MailRouted>(&event.what)) {
        add(event.spans, event.at,
            Routed{event.node, routed->choice, std::string{routed->domain}, std::string{routed->host}, routed->address,
                   routed->preference, std::string{routed->detail}});
    } else if (const auto* judged = std::get_if<run::AuthJudged>(&event.what)) {
        add(event.spans, event.at,
            Judged{event.node, judged->verdict, std::string{judged->mechanism}, std::string{judged->identity}});
    } else if (const auto* completed = std::get_if<run::MailCompleted>(&event.what)) {
        add(event.spans, event.at, Completed{event.node, completed->change, std::string{completed->line}});
    } else if (const auto* neighbour = std::get_if<run::NeighbourChanged>(&event.what)) {
        if (neighbour->change == run::NeighbourChange::learnt)
            add(event.spans, event.at, Found{event.node, neighbour->address, neighbour->mac});
    } else if (const auto* act = std::get_if<run::Act>(&event.what)) {
        take_act(event, *act);
    } else if (const auto* process = std::get_if<run::ProcessChanged>(&event.what)) {
        take_happening({.at = event.at, .node = event.node, .change = process->change});
    } else if (const auto* link = std::get_if<run::LinkChanged>(&event.what)) {
        forget_act_of_figures(event, *link);
        take_happening(
            {.at = event.at, .node = event.node, .nic = link->nic, .change = link->change, .amount = link->amount});
    } else if (const auto* disk = std::get_if<run::DiskChanged>(&event.what)) {
        take_disk(event, *disk);
    } else if (const auto* mailbox = std::get_if<run::MailboxChanged>(&event.what)) {
        add_to_file(event.spans, event.at, Kept{mailbox->change, std::string{mailbox->mailbox}, mailbox->size});
    }
}

/// A row that stops a packet says so itself.
void TaleFold::tell_filtered_once()
{
    for (Passage& passage : tale_.passages) {
        const auto is_told = [&](const Stopped& stopped) {
            return std::ranges::any_of(passage.evidence, [&](const Evidence& evidence) {
                const auto* matched = std::get_if<Matched>(&evidence.what);
                return matched && matched->node == stopped.from && matched->frame == stopped.frame;
            });
        };
        std::erase_if(passage.evidence, [&](const Evidence& evidence) {
            const auto* stopped = std::get_if<Stopped>(&evidence.what);
            return stopped && stopped->reason == run::DropReason::filtered && is_told(*stopped);
        });
    }
}

/// A step looks up its server's name before it does anything else: the look-up stands before its step.
void TaleFold::put_lookups_first(Letter& letter) const
{
    auto& order = letter.passages;
    for (std::size_t i = 1; i < order.size(); ++i) {
        const Passage& lookup = tale_.passages[order[i]];
        const std::optional<Step> step = step_looked_up_for(lookup.step);
        if (!step) continue;
        for (std::size_t j = i; j-- > 0;) {
            const Passage& other = tale_.passages[order[j]];
            if (other.step != *step || other.node != lookup.node || (other.ended && *other.ended < lookup.begun))
                continue;
            const auto at = order.begin();
            std::rotate(at + static_cast<std::ptrdiff_t>(j), at + static_cast<std::ptrdiff_t>(i),
                        at + static_cast<std::ptrdiff_t>(i) + 1);
            break;
        }
    }
}

Tale TaleFold::finish(Time end, const run::Journeys& journeys)
{
    tale_.end = end;
    for (auto& [id, session] : sessions_)
        if (!session.passages.empty()) // the goodbye: with the step that ended last
            give_what_waited(session, *std::ranges::max_element(session.passages, {}, [&](std::size_t passage) {
                                 return tale_.passages[passage].ended.value_or(end);
                             }));
    std::map<MailId, std::size_t> by_id;
    for (const run::MailRow& mail : journeys.mails()) {
        by_id[mail.id] = tale_.letters.size();
        tale_.letters.push_back({mail.id, mail.number, mail.from, mail.to, mail.subject, {}});
    }
    tell_filtered_once();
    give_fetching_its_own();
    for (std::size_t i = 0; i < tale_.passages.size(); ++i)
        if (const auto found = by_id.find(tale_.passages[i].mail); found != by_id.end())
            tale_.letters[found->second].passages.push_back(i);
    for (Letter& letter : tale_.letters) put_lookups_first(letter);
    // Where only ends were recorded, "by their beginning" says nothing: the order of the journey does.
    for (Letter& letter : tale_.letters)
        if (std::ranges::none_of(letter.passages, [&](std::size_t index) { return tale_.passages[index].known; }))
            sort_stably(letter.passages, [&](std::size_t index) { return tale_.passages[index].step; });
    for (Passage& passage : tale_.passages) {
        sort_stably(passage.evidence, [](const Evidence& e) { return e.at; });
        sort_stably(passage.frame_numbers, [](const FrameRange& range) { return range.first; });
    }
    return std::move(tale_);
}

} // namespace tegami::exporting
