#include "sim/export/ladder.hpp"

#include "sim/export/address_book.hpp"
#include "sim/export/dns_walk.hpp"
#include "sim/export/frame_reader.hpp"
#include "sim/export/name_words.hpp"
#include "sim/export/sort_stably.hpp"
#include "sim/export/steps_served.hpp"
#include "sim/export/transcript.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace tegami::exporting {
namespace {

using Form = LadderRow::Form;
using Kind = LadderRow::Kind;
using narration::terminal_safe;

/// A ladder as it grows: finds its hosts' places, and names each step where it begins.
class Builder {
  public:
    Builder(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
        : log_{log}, journeys_{journeys}, telling_{telling}
    {
    }

    std::size_t host(const std::string& name)
    {
        const auto [known, is_new] = places_.emplace(name, ladder_.hosts.size());
        if (is_new) ladder_.hosts.push_back(name);
        return known->second;
    }

    /// A row that serves these spans, below the names of those steps that begin with it.
    LadderRow& add(LadderRow row, run::Spans spans)
    {
        row.steps.clear();
        std::vector<std::size_t> begins;
        for (const ServedStep& served : steps_served(log_, journeys_, spans)) {
            const auto [known, is_new] = steps_.emplace(served.span, ladder_.steps.size());
            if (is_new) {
                ladder_.steps.push_back({served.span, served.mail, served.step, served.tries});
                begins.push_back(known->second);
            }
            row.steps.push_back(known->second);
        }
        if (!begins.empty()) {
            at_hand_ = begins;
            const std::string caption = caption_of(begins);
            ladder_.rows.push_back({.kind = Kind::step, .at = row.at, .label = caption, .steps = std::move(begins)});
        }
        if (!row.steps.empty()) {
            row.resumes = row.steps != at_hand_;
            at_hand_ = row.steps;
        }
        ladder_.rows.push_back(std::move(row));
        return ladder_.rows.back();
    }

    /// Something begins that serves no letter.
    void begin(engine::Time at, std::string label)
    {
        at_hand_.clear();
        ladder_.rows.push_back({.kind = Kind::step, .at = at, .label = terminal_safe(label)});
    }

    std::vector<LadderRow>& rows() { return ladder_.rows; }
    Ladder take() { return std::move(ladder_); }

  private:
    std::string caption_of(const std::vector<std::size_t>& steps) const
    {
        const narration::Catalogue& catalogue = telling_.narrator.catalogue();
        std::string caption;
        for (const std::size_t place : steps) {
            const LadderStep& step = ladder_.steps[place];
            if (!caption.empty()) caption += "  ·  ";
            caption +=
                catalogue.text("ladder.step", {{"mail", step.mail}, {"step", telling_.narrator.numbered(step.step)}});
            if (step.tries > 1) caption += "  " + catalogue.text("story.try", {{"tries", step.tries}});
        }
        return caption;
    }

    const run::Log& log_;
    const run::Journeys& journeys_;
    const Telling& telling_;
    Ladder ladder_;
    std::map<std::string, std::size_t> places_; // of hosts
    std::map<run::SpanId, std::size_t> steps_;  // that have begun
    std::vector<std::size_t> at_hand_;          // whom the last row served
};

/// Rows of what was said and asked, from facts alone.
class Conversation {
  public:
    Conversation(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
        : log_{log},
          journeys_{journeys},
          telling_{telling},
          names_{telling.narrator.names()},
          catalogue_{telling.narrator.catalogue()},
          book_{log, names_},
          builder_{log, journeys, telling}
    {
        for (const auto& [id, session] : journeys.sessions()) {
            by_connection_[{session.client, session.client_connection}] = id;
            by_connection_[{session.server, session.server_connection}] = id;
            transcripts_[id].protocol = session.protocol;
        }
    }

    Ladder tell()
    {
        for (const run::Event& event : log_.events()) {
            if (telling_.selection.at && event.at > *telling_.selection.at) break;
            std::visit([&](const auto& fact) { take(event, fact); }, event.what);
        }
        return builder_.take();
    }

  private:
    using Connection = std::pair<run::NodeId, run::ConnectionId>;
    using Exchange = std::tuple<run::NodeId, std::string, std::string>; // who asked, whom, about which name

    LadderRow* add(const run::Event& event, LadderRow row, const std::string& from, const std::string& to)
    {
        const std::string& host = telling_.selection.host;
        if (!host.empty() && from != host && to != host) return nullptr;
        if (!admits_spans(log_, journeys_, telling_.selection, event.spans)) return nullptr;
        row.at = event.at;
        row.fact = event.ref;
        row.from = builder_.host(from);
        row.to = builder_.host(to);
        if (row.from == row.to) row.kind = Kind::note;
        return &builder_.add(std::move(row), event.spans);
    }
    LadderRow* arrow(const run::Event& event, Form form, const std::string& from, const std::string& to,
                     std::string_view label)
    {
        return add(event, {.kind = Kind::arrow, .form = form, .label = terminal_safe(label)}, from, to);
    }
    LadderRow* note(const run::Event& event, std::string_view label, bool stopped)
    {
        const std::string node = names_.node(event.node);
        return add(event,
                   {.kind = Kind::note, .form = Form::control, .label = terminal_safe(label), .stopped = stopped}, node,
                   node);
    }

    run::SpanId session_of(const run::Event& event, run::ConnectionId connection) const
    {
        const run::SpanId id = log_.spans().session_of(event.spans);
        if (id != run::SpanId::none) return id;
        const auto known = by_connection_.find({event.node, connection});
        return known == by_connection_.end() ? run::SpanId::none : known->second;
    }

    template <class Fact>
    void take(const run::Event&, const Fact&)
    {
    }

    // ---- connections

    void take(const run::Event& event, const run::TcpOpened& fact)
    {
        peers_[{event.node, fact.connection}] = fact.remote;
        if (fact.passive) return;
        arrow(event, Form::control, names_.node(event.node), book_.name_of(fact.remote, event.node),
              catalogue_.text("ladder.connect", {{"port", fact.remote_port}}));
    }
    void take(const run::Event& event, const run::TcpState& fact)
    {
        const std::string why = telling_.narrator.reason(fact.rule, narration::Depth::plain);
        switch (fact.rule) {
        case tcp::Rule::syn_sent_refused:
            if (const auto peer = peers_.find({event.node, fact.connection}); peer != peers_.end())
                arrow(event, Form::control, book_.name_of(peer->second, event.node), names_.node(event.node),
                      "RST  " + why);
            return;
        case tcp::Rule::reset_accepted:
        case tcp::Rule::reset_refused:
        case tcp::Rule::handshake_given_up:
        case tcp::Rule::data_given_up:
        case tcp::Rule::abort_call:
        case tcp::Rule::icmp_error: note(event, why, true); return;
        default: return;
        }
    }
    void take(const run::Event& event, const run::TcpRetransmission& fact)
    {
        if (LadderRow* row = note(event,
                                  catalogue_.text("packets.tcp.again") + "  " +
                                      telling_.narrator.reason(fact.rule, narration::Depth::plain),
                                  false))
            row->again = true;
    }

    // ---- dialogues

    void take(const run::Event& event, const run::LineSaid& fact)
    {
        const run::SpanId id = session_of(event, fact.connection);
        const run::SessionRow* session = journeys_.session(id);
        if (!session) return;
        const bool by_client = session->is_client(event.node, fact.connection);
        const auto said = transcripts_[id].hear(by_client, fact.text, fact.offset);
        if (!said) return;
        if (said->reply != 0 && last_reply_ == std::tuple{id, said->reply} && reply_row_ < builder_.rows().size()) {
            LadderRow& row = builder_.rows()[reply_row_]; // one arrow a reply: its first line, and how many more
            row.label = catalogue_.text("packets.tcp.lines", {{"first", reply_first_}, {"more", ++reply_more_}});
            return;
        }
        std::string label = said->text;
        if (said->letter)
            label = said->octets ? catalogue_.count("ladder.letter", static_cast<std::int64_t>(*said->octets),
                                                    {{"size", narration::figure_text(*said->octets)}})
                                 : catalogue_.text("ladder.letter.unknown");
        if (!said->decoded.empty()) label = catalogue_.text("said.base64", {{"line", label}, {"text", said->decoded}});
        const Form form = said->letter ? Form::letter : by_client ? Form::request : Form::reply;
        const run::NodeId other = by_client ? session->server : session->client;
        if (other == event.node) label = (by_client ? "C: " : "S: ") + label; // no arrow says who speaks
        LadderRow* row = arrow(event, form, names_.node(event.node), names_.node(other), label);
        if (row == nullptr) return;
        const std::size_t place = builder_.rows().size() - 1;
        unheard_[{event.node, fact.connection, fact.offset}] = place;
        last_reply_ = {id, said->reply};
        reply_row_ = place;
        reply_first_ = row->label;
        reply_more_ = 0;
    }
    void take(const run::Event& event, const run::LineHeard& fact)
    {
        const run::SessionRow* session = journeys_.session(session_of(event, fact.connection));
        if (!session) return;
        const bool by_client = session->is_client(event.node, fact.connection);
        const auto said =
            unheard_.find({by_client ? session->server : session->client,
                           by_client ? session->server_connection : session->client_connection, fact.offset});
        if (said == unheard_.end()) return;
        builder_.rows()[said->second].arrives = event.at;
        unheard_.erase(said);
    }
    void take(const run::Event& event, const run::MailboxChanged& fact)
    {
        if (fact.change == run::MailboxChange::seen) return;
        const std::string size = narration::figure_text(fact.size);
        note(event,
             catalogue_.text(fact.change == run::MailboxChange::delivered ? "story.delivered" : "story.deleted",
                             {{"mailbox", terminal_safe(fact.mailbox)}, {"size", size}}),
             false);
    }

    // ---- names

    /// The row of the same two hosts about the same name at about the same time: for addresses of both families one asks at once.
    LadderRow* together(std::map<Exchange, std::size_t>& rows, const Exchange& exchange, engine::Time at)
    {
        const auto found = rows.find(exchange);
        if (found == rows.end() || found->second >= builder_.rows().size()) return nullptr;
        LadderRow& row = builder_.rows()[found->second];
        return at - row.at <= asked_together ? &row : nullptr;
    }
    void take(const run::Event& event, const run::Act& fact)
    {
        if (fact.what.ends_with(".asks")) acts_[event.node] = event.at;
    }
    void begin_by_hand(const run::Event& event, const std::string& server)
    {
        const std::string &host = telling_.selection.host, node = names_.node(event.node);
        if (!host.empty() && node != host && server != host) return;
        if (!admits_spans(log_, journeys_, telling_.selection, event.spans)) return;
        const std::string person = names_.person(event.node);
        builder_.begin(event.at, catalogue_.text("ladder.by_hand", {{"who", person.empty() ? node : person}}));
    }
    void take(const run::Event& event, const run::DnsAsked& fact)
    {
        const std::string server = book_.name_of(fact.server, event.node);
        const Exchange exchange{event.node, server, std::string{fact.name}};
        const std::string behind = fact.transport == run::DnsTransport::tcp ? "  (TCP)" : "";
        if (LadderRow* row = behind.empty() ? together(questions_, exchange, event.at) : nullptr) {
            row->label += fmt::format(" {}?", narration::record_type_name(fact.type));
            return;
        }
        const auto act = acts_.find(event.node);
        const bool by_hand = fact.recursive && act != acts_.end() && act->second == event.at &&
                             steps_served(log_, journeys_, event.spans).empty();
        if (by_hand) begin_by_hand(event, server);
        if (arrow(event, Form::question, names_.node(event.node), server, question_text(fact.name, fact.type) + behind))
            questions_[exchange] = builder_.rows().size() - 1;
    }
    void take(const run::Event& event, const run::DnsAnswered& fact)
    {
        const std::string told = answer_text(catalogue_, fact.outcome, fact.rcode, fact.type, fact.records);
        if (fact.outcome == run::DnsOutcome::timed_out) {
            note(event, question_text(fact.name, fact.type) + "  " + told, true);
            return;
        }
        const std::string server = book_.name_of(fact.server, event.node);
        const Exchange exchange{event.node, server, std::string{fact.name}};
        const bool forged = fact.outcome == run::DnsOutcome::forged;
        if (LadderRow* row = forged ? nullptr : together(answers_, exchange, event.at)) {
            if (const std::string safe = terminal_safe(told); row->label != safe) row->label += ", " + safe;
            return;
        }
        LadderRow* row = arrow(event, Form::answer, server, names_.node(event.node), told);
        if (row == nullptr) return;
        row->stopped = forged;
        if (!forged) answers_[exchange] = builder_.rows().size() - 1;
    }

    // ---- the network

    void take(const run::Event& event, const run::FilterMatched& fact)
    {
        if (fact.action == run::FilterAction::pass) return;
        filtered_ = fact.frame;
        const std::string told = telling_.narrator.tell(event);
        const auto frame = static_cast<std::uint64_t>(fact.frame);
        if (frame == 0 || frame > log_.frames()) {
            note(event, told, true);
            return;
        }
        if (LadderRow* row =
                arrow(event, Form::control, names_.node(log_.frame(fact.frame).node), names_.node(event.node), told)) {
            row->stopped = true;
            row->frame = frame;
        }
    }
    void take(const run::Event& event, const run::FrameDropped& fact)
    {
        const bool is_told = fact.reason == run::DropReason::filtered && fact.frame == filtered_; // by its row
        if (fact.reason != run::DropReason::not_for_us && !is_told) note(event, telling_.narrator.tell(event), true);
    }
    void take(const run::Event& event, const run::FrameSent& fact) { lost(event, event.frame, fact.to, fact.fate); }
    void take(const run::Event& event, const run::FrameCrossed& fact) { lost(event, fact.frame, fact.to, fact.fate); }
    void lost(const run::Event& event, run::FrameRef frame, run::NicId to, run::Fate fate)
    {
        if (fate == run::Fate::arrives || fate == run::Fate::copied) return;
        if (LadderRow* row = arrow(event, Form::control, names_.node(event.node), names_.host_of(to),
                                   catalogue_.text("ladder.lost", {{"frame", static_cast<std::uint64_t>(frame)}}))) {
            row->stopped = true;
            row->frame = static_cast<std::uint64_t>(frame);
        }
    }
    void take(const run::Event& event, const run::IcmpNoted& fact)
    {
        if (fact.direction != run::Direction::sent) return;
        arrow(event, Form::control, names_.node(event.node), book_.name_of(fact.peer, event.node),
              "ICMP  " + telling_.narrator.icmp(fact.type, fact.code, !fact.peer.is_v4()));
    }
    void take(const run::Event& event, const run::ProcessChanged& fact)
    {
        const bool good = fact.change == run::ProcessChange::started || fact.change == run::ProcessChange::restarted;
        note(event, telling_.narrator.tell(event), !good);
    }
    void take(const run::Event& event, const run::LinkChanged& fact)
    {
        note(event, telling_.narrator.tell(event), fact.change == run::LinkChange::down);
    }

    const run::Log& log_;
    const run::Journeys& journeys_;
    const Telling& telling_;
    const narration::Names& names_;
    const narration::Catalogue& catalogue_;
    AddressBook book_;
    Builder builder_;
    std::map<run::NodeId, engine::Time> acts_; // when the scenario last had somebody ask there by hand
    std::map<Connection, run::SpanId> by_connection_;
    std::map<Connection, wire::Address> peers_;
    std::map<run::SpanId, Transcript> transcripts_;
    std::map<std::tuple<run::NodeId, run::ConnectionId, std::uint64_t>, std::size_t> unheard_;
    run::FrameRef filtered_{}; // the last that a row stopped
    std::map<Exchange, std::size_t> questions_, answers_;
    std::tuple<run::SpanId, std::uint32_t> last_reply_;
    std::size_t reply_row_ = 0;
    std::string reply_first_;
    std::int64_t reply_more_ = 0;
};

Form form_of(const Reading& reading, const Dissection& dissection)
{
    if (dissection.dns) return dissection.dns->response ? Form::answer : Form::question;
    if (reading.protocol != "SMTP" && reading.protocol != "LMTP" && reading.protocol != "POP3") return Form::control;
    return reading.from_client ? Form::request : Form::reply;
}

/// Rows of frames: one a packet, or one a link that it crosses.
Ladder ladder_of_frames(const run::Log& log, const run::Journeys& journeys, const Telling& telling,
                        const Filter* filter, bool each_link)
{
    FrameReader reader{log, journeys, telling};
    Builder builder{log, journeys, telling};
    const narration::Names& names = telling.narrator.names();
    struct Drawn {
        LadderRow row;
        std::string from, to;
        run::Spans spans;
    };
    std::vector<Drawn> drawn;
    for (std::uint64_t i = 1; i <= log.frames(); ++i) {
        const auto ref = static_cast<run::FrameRef>(i);
        const run::Frame& frame = log.frame(ref);
        const Reading reading = reader.read(ref);
        if (filter && !filter->matches(frame.octets, frame.original_length)) continue;
        if (!reader.admits(frame)) continue;
        const bool is_own =
            log.is_run() && log.header().nics[static_cast<std::size_t>(frame.nic)].kind == run::NicKind::loopback;
        Drawn each{.row = {.kind = Kind::arrow, .at = frame.at, .label = {}},
                   .from = is_own ? names.node(frame.node) : reading.from,
                   .to = is_own ? names.node(frame.node) : reading.to,
                   .spans = frame.spans};
        LadderRow& row = each.row;
        row.form = form_of(reading, reader.dissection());
        row.label = terminal_safe((reading.again ? telling.narrator.catalogue().text("packets.tcp.again") + "  " : "") +
                                  (is_own && reader.dissection().tcp ? reading.from_client ? "C: " : "S: " : "") +
                                  reading.protocol + "  " + reading.info + reading.behind);
        row.again = reading.again;
        row.fact = frame.fact;
        row.frame = i;
        const auto hops = log.is_run() ? log.hops(ref) : std::vector<run::Hop>{};
        if (each_link && !hops.empty() && !is_own) {
            for (const run::Hop& hop : hops) {
                row.at = hop.at;
                row.fact = hop.fact;
                row.arrives = hop.arrival();
                row.stopped = !hop.arrived();
                each.from = names.node(hop.node);
                each.to = names.host_of(hop.to);
                drawn.push_back(each);
            }
            continue;
        }
        if (!hops.empty()) {
            row.arrives = hops.back().arrival();
            // To everyone: as far as it was seen to go.
            if ((reader.dissection().mac_destination.octets[0] & 1) != 0) each.to = names.host_of(hops.front().to);
        }
        row.stopped = !reader.stops_of(ref).empty();
        drawn.push_back(std::move(each));
    }
    sort_stably(drawn, [](const Drawn& each) { return each.row.at; });
    const std::string& host = telling.selection.host;
    for (Drawn& each : drawn) {
        if (telling.selection.at && each.row.at > *telling.selection.at) continue;
        if (!host.empty() && each.from != host && each.to != host) continue;
        each.row.from = builder.host(each.from);
        each.row.to = builder.host(each.to);
        if (each.row.from == each.row.to) each.row.kind = Kind::note;
        builder.add(std::move(each.row), each.spans);
    }
    return builder.take();
}

} // namespace

Ladder ladder_of(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const Filter* filter)
{
    if (log.is_run() && telling.depth == narration::Depth::plain && filter == nullptr)
        return Conversation{log, journeys, telling}.tell();
    if (log.is_run() && log.header().level < run::Level::headers)
        return {.hosts = {}, .steps = {}, .rows = {}, .lacks_frames = true};
    return ladder_of_frames(log, journeys, telling, filter, telling.depth == narration::Depth::rfc);
}

std::vector<LadderPiece> pieces_of(const Ladder& ladder, std::size_t most_hosts)
{
    std::vector<LadderPiece> pieces;
    for (std::size_t begin = 0; begin < ladder.rows.size();) {
        LadderPiece piece{.begin = begin, .end = begin, .hosts = {}};
        std::size_t cut = begin; // where the last step begins that has a row in this piece above it
        std::size_t hosts_at_cut = 0;
        for (; piece.end < ladder.rows.size(); ++piece.end) {
            const LadderRow& row = ladder.rows[piece.end];
            if (row.kind == LadderRow::Kind::step) {
                if (piece.end == begin || ladder.rows[piece.end - 1].kind != LadderRow::Kind::step) {
                    cut = piece.end;
                    hosts_at_cut = piece.hosts.size();
                }
                continue;
            }
            const std::size_t before = piece.hosts.size();
            for (const std::size_t host : {row.from, row.to})
                if (std::ranges::find(piece.hosts, host) == piece.hosts.end()) piece.hosts.push_back(host);
            if (piece.hosts.size() <= most_hosts || piece.end == begin) continue;
            piece.hosts.resize(before);
            break;
        }
        if (piece.end < ladder.rows.size() && cut > begin) {
            piece.end = cut;
            piece.hosts.resize(hosts_at_cut);
        }
        begin = piece.end;
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

std::string steps_mark(const Ladder& ladder, const LadderRow& row)
{
    const bool one_letter = std::ranges::all_of(
        ladder.steps, [&](const LadderStep& step) { return step.mail == ladder.steps.front().mail; });
    std::map<run::Step, std::string> mails; // by step: "1,2"
    for (const std::size_t place : row.steps) {
        const LadderStep& step = ladder.steps[place];
        std::string& numbers = mails[step.step];
        numbers += fmt::format("{}{}", numbers.empty() ? "" : ",", step.mail);
    }
    std::string mark;
    for (const auto& [step, numbers] : mails) {
        if (!mark.empty()) mark += ' ';
        if (!one_letter) mark += numbers + "·";
        mark += run::step_name(step);
    }
    return mark;
}

} // namespace tegami::exporting
