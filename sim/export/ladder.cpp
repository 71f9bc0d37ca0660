#include "sim/export/ladder.hpp"

#include "sim/export/address_book.hpp"
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

/// Packets that leave together follow each other within this.
constexpr engine::Duration asked_together = wire::milliseconds(5);

/// Names the steps that rows serve, each time others come.
class Captions {
  public:
    Captions(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
        : log_{log}, journeys_{journeys}, telling_{telling}
    {
    }

    /// The caption of what serves these spans; nothing where the rows before had the same, or where it serves no mail.
    std::optional<std::string> next(run::Spans spans)
    {
        const auto steps = steps_served(log_, journeys_, spans);
        if (steps.empty() || steps == last_) return std::nullopt;
        last_ = steps;
        std::string caption;
        for (const auto& [mail, step] : steps) {
            if (!caption.empty()) caption += "  ·  ";
            caption += telling_.narrator.catalogue().text("ladder.step",
                                                          {{"mail", mail}, {"step", telling_.narrator.numbered(step)}});
        }
        return caption;
    }

  private:
    const run::Log& log_;
    const run::Journeys& journeys_;
    const Telling& telling_;
    std::vector<std::pair<std::uint32_t, run::Step>> last_;
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
          captions_{log, journeys, telling}
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
        return std::move(ladder_);
    }

  private:
    using Connection = std::pair<run::NodeId, run::ConnectionId>;
    using Exchange = std::tuple<run::NodeId, std::string, std::string>; // who asked, whom, about which name

    LadderRow* add(const run::Event& event, LadderRow row)
    {
        const std::string& host = telling_.selection.host;
        if (!host.empty() && row.from != host && row.to != host) return nullptr;
        if (!admits_spans(log_, journeys_, telling_.selection, event.spans)) return nullptr;
        if (auto caption = captions_.next(event.spans))
            ladder_.rows.push_back(
                {.kind = Kind::step, .at = event.at, .from = {}, .to = {}, .label = std::move(*caption)});
        row.at = event.at;
        ladder_.rows.push_back(std::move(row));
        return &ladder_.rows.back();
    }
    LadderRow* arrow(const run::Event& event, Form form, std::string from, std::string to, std::string label)
    {
        return add(event, {.kind = Kind::arrow,
                           .form = form,
                           .from = std::move(from),
                           .to = std::move(to),
                           .label = terminal_safe(label)});
    }
    LadderRow* note(const run::Event& event, std::string label, bool stopped)
    {
        return add(event, {.kind = Kind::note,
                           .form = Form::control,
                           .from = names_.node(event.node),
                           .to = {},
                           .label = terminal_safe(label),
                           .stopped = stopped});
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
        arrow(event, Form::control, names_.node(event.node), book_.name_of(fact.remote),
              catalogue_.text("ladder.connect", {{"port", fact.remote_port}}));
    }
    void take(const run::Event& event, const run::TcpState& fact)
    {
        const std::string why = telling_.narrator.reason(fact.rule, narration::Depth::plain);
        switch (fact.rule) {
        case tcp::Rule::syn_sent_refused:
            if (const auto peer = peers_.find({event.node, fact.connection}); peer != peers_.end())
                arrow(event, Form::control, book_.name_of(peer->second), names_.node(event.node), "RST  " + why);
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
        const bool by_client = event.node == session->client;
        const auto said = transcripts_[id].hear(by_client, fact.text, fact.offset);
        if (!said) return;
        if (said->reply != 0 && last_reply_ == std::tuple{id, said->reply} && reply_row_ < ladder_.rows.size()) {
            LadderRow& row = ladder_.rows[reply_row_]; // one arrow a reply: its first line, and how many more
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
        LadderRow* row = arrow(event, form, names_.node(event.node), names_.node(other), label);
        if (row == nullptr) return;
        const std::size_t place = ladder_.rows.size() - 1;
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
        const bool by_client = event.node == session->client;
        const auto said =
            unheard_.find({by_client ? session->server : session->client,
                           by_client ? session->server_connection : session->client_connection, fact.offset});
        if (said == unheard_.end()) return;
        ladder_.rows[said->second].arrives = event.at;
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
        if (found == rows.end() || found->second >= ladder_.rows.size()) return nullptr;
        LadderRow& row = ladder_.rows[found->second];
        return at - row.at <= asked_together ? &row : nullptr;
    }
    void take(const run::Event& event, const run::DnsAsked& fact)
    {
        const std::string server = book_.name_of(fact.server);
        const Exchange exchange{event.node, server, std::string{fact.name}};
        const std::string behind = fact.transport == run::DnsTransport::tcp ? "  (TCP)" : "";
        if (LadderRow* row = behind.empty() ? together(questions_, exchange, event.at) : nullptr) {
            row->label += fmt::format(" {}?", narration::record_type_name(fact.type));
            return;
        }
        if (arrow(event, Form::question, names_.node(event.node), server, question_text(fact.name, fact.type) + behind))
            questions_[exchange] = ladder_.rows.size() - 1;
    }
    void take(const run::Event& event, const run::DnsAnswered& fact)
    {
        const std::string told = answer_text(catalogue_, fact.outcome, fact.rcode, fact.type, fact.records);
        if (fact.outcome == run::DnsOutcome::timed_out) {
            note(event, question_text(fact.name, fact.type) + "  " + told, true);
            return;
        }
        const std::string server = book_.name_of(fact.server);
        const Exchange exchange{event.node, server, std::string{fact.name}};
        const bool forged = fact.outcome == run::DnsOutcome::forged;
        if (LadderRow* row = forged ? nullptr : together(answers_, exchange, event.at)) {
            if (const std::string safe = terminal_safe(told); row->label != safe) row->label += ", " + safe;
            return;
        }
        LadderRow* row = arrow(event, Form::answer, server, names_.node(event.node), told);
        if (row == nullptr) return;
        row->stopped = forged;
        if (!forged) answers_[exchange] = ladder_.rows.size() - 1;
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
        arrow(event, Form::control, names_.node(event.node), book_.name_of(fact.peer),
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
    Captions captions_;
    Ladder ladder_;
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
    Captions captions{log, journeys, telling};
    const narration::Names& names = telling.narrator.names();
    struct Drawn {
        LadderRow row;
        run::Spans spans;
    };
    std::vector<Drawn> drawn;
    for (std::uint64_t i = 1; i <= log.frames(); ++i) {
        const auto ref = static_cast<run::FrameRef>(i);
        const run::Frame& frame = log.frame(ref);
        const Reading reading = reader.read(ref);
        if (filter && !filter->matches(frame.octets, frame.original_length)) continue;
        if (!reader.admits(frame)) continue;
        LadderRow row{.kind = Kind::arrow, .at = frame.at, .from = reading.from, .to = reading.to, .label = {}};
        row.form = form_of(reading, reader.dissection());
        row.label = terminal_safe((reading.again ? telling.narrator.catalogue().text("packets.tcp.again") + "  " : "") +
                                  reading.protocol + "  " + reading.info + reading.behind);
        row.again = reading.again;
        row.frame = i;
        const auto hops = log.is_run() ? log.hops(ref) : std::vector<run::Hop>{};
        if (each_link && !hops.empty()) {
            for (const run::Hop& hop : hops) {
                row.at = hop.at;
                row.from = names.node(hop.node);
                row.to = names.host_of(hop.to);
                row.arrives = hop.arrival();
                row.stopped = !hop.arrived();
                drawn.push_back({row, frame.spans});
            }
            continue;
        }
        if (!hops.empty()) {
            row.arrives = hops.back().arrival();
            // To everyone: as far as it was seen to go.
            if ((reader.dissection().mac_destination.octets[0] & 1) != 0) row.to = names.host_of(hops.front().to);
        }
        row.stopped = !reader.stops_of(ref).empty();
        drawn.push_back({std::move(row), frame.spans});
    }
    sort_stably(drawn, [](const Drawn& each) { return each.row.at; });
    Ladder ladder;
    const std::string& host = telling.selection.host;
    for (Drawn& each : drawn) {
        if (telling.selection.at && each.row.at > *telling.selection.at) continue;
        if (!host.empty() && each.row.from != host && each.row.to != host) continue;
        if (log.is_run())
            if (auto caption = captions.next(each.spans))
                ladder.rows.push_back(
                    {.kind = Kind::step, .at = each.row.at, .from = {}, .to = {}, .label = std::move(*caption)});
        ladder.rows.push_back(std::move(each.row));
    }
    return ladder;
}

} // namespace

Ladder ladder_of(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const Filter* filter)
{
    if (log.is_run() && telling.depth == narration::Depth::plain && filter == nullptr)
        return Conversation{log, journeys, telling}.tell();
    if (log.is_run() && log.header().level < run::Level::headers) return {.rows = {}, .lacks_frames = true};
    return ladder_of_frames(log, journeys, telling, filter, telling.depth == narration::Depth::rfc);
}

} // namespace tegami::exporting
