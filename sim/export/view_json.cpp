#include "sim/export/view_json.hpp"

#include "sim/export/frame_reader.hpp"
#include "sim/export/json_object.hpp"
#include "sim/export/steps_served.hpp"
#include "sim/export/transcript.hpp"
#include "sim/narration/words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tegami::exporting {
namespace {

using narration::record_type_name;
using narration::word;

std::int32_t zone(const Telling& telling) { return telling.header.zone_minutes; }

std::string served_json(const std::vector<ServedStep>& steps)
{
    std::string all = "[";
    for (const ServedStep& served : steps) {
        if (all.size() > 1) all += ',';
        all += JsonObject{}.add("mail", served.mail).add("step", run::step_name(served.step)).text();
    }
    return all + "]";
}

std::string field_json(const Field& field, const narration::Catalogue& catalogue)
{
    JsonObject object;
    object.add("key", field.key).add("label", catalogue.text(field.key)).add("value", field.value);
    if (!field.word.empty()) object.add("means", catalogue.text(field.word));
    if (field.size > 0) object.add("offset", field.offset).add("size", field.size);
    if (!field.parts.empty())
        object.list("parts", field.parts, [&](const Field& part) { return field_json(part, catalogue); });
    return object.text();
}

std::string layer_json(const Layer& layer, const narration::Catalogue& catalogue)
{
    JsonObject object;
    object.add("protocol", layer.protocol).add("offset", layer.offset).add("size", layer.size);
    object.list("fields", layer.fields, [&](const Field& field) { return field_json(field, catalogue); });
    if (!layer.wrong.empty()) object.add("wrong", layer.wrong).add("wrong_at", layer.wrong_at);
    if (layer.cut) object.add("cut", true);
    return object.text();
}

std::string asked_json(Time at, const Asked& asked, const narration::Names& names, const AddressBook& book,
                       std::int32_t zone_minutes)
{
    JsonObject object;
    object.add_time(at, zone_minutes)
        .add("node", names.node(asked.node))
        .add("server", book.name_of(asked.server))
        .add("address", format(asked.server))
        .add("name", asked.name)
        .add("type", record_type_name(asked.type))
        .add("recursive", asked.recursive)
        .add("tcp", asked.by_tcp);
    if (asked.answered)
        object.add("answered", asked.answered->ns)
            .add("outcome", word(asked.outcome))
            .add("rcode", asked.rcode)
            .add("records", asked.records);
    return object.text();
}

std::string walk_step_json(const WalkStep& step, const narration::Names& names, const AddressBook& book,
                           std::int32_t zone_minutes)
{
    if (const auto* asked = std::get_if<Asked>(&step.what))
        return JsonObject{}.raw("asked", asked_json(step.at, *asked, names, book, zone_minutes)).text();
    JsonObject object;
    object.add_time(step.at, zone_minutes);
    if (const auto* known = std::get_if<Remembered>(&step.what)) {
        object.add("node", names.node(known->node))
            .add("name", known->name)
            .add("type", record_type_name(known->type))
            .add("negative", known->negative)
            .add("ttl", known->ttl)
            .add("records", known->records);
        return JsonObject{}.raw("remembered", object.text()).text();
    }
    const auto& reasoned = std::get<Reasoned>(step.what);
    object.add("node", names.node(reasoned.node))
        .add("decision", word(reasoned.decision))
        .add("name", reasoned.name)
        .add("type", record_type_name(reasoned.type))
        .add("detail", reasoned.detail);
    return JsonObject{}.raw("reasoned", object.text()).text();
}

bool is_of_host(const Telling& telling, std::string_view name)
{
    return telling.selection.host.empty() || telling.selection.host == name;
}

Time moment(const run::Log& log, const Telling& telling) { return telling.selection.at.value_or(log.end()); }

/// Calls `use` with each host that the selection lets through, its name and its state at the moment.
template <class Use>
void for_each_host(const run::Log& log, run::Fold& fold, const Telling& telling, Use&& use)
{
    for (std::size_t i = static_cast<std::size_t>(run::NodeId::first); i < log.header().nodes.size(); ++i) {
        const auto node = static_cast<run::NodeId>(i);
        const std::string name = telling.narrator.names().node(node);
        if (is_of_host(telling, name)) use(name, fold.state(node, moment(log, telling)));
    }
}

std::string cached_json(const std::pair<std::string, std::uint16_t>& key, const run::CachedNames& cached, Time now)
{
    return JsonObject{}
        .add("name", key.first)
        .add("type", key.second == 0 ? std::string{"*"} : record_type_name(key.second))
        .add("negative", cached.negative)
        .add("left", cached.left(now))
        .add("credibility", cached.credibility)
        .add("hits", cached.hits)
        .add("records", cached.records)
        .text();
}

} // namespace

void story_json(const Tale& tale, const Telling& telling, const JsonLines& out)
{
    const narration::Names& names = telling.narrator.names();
    for (const Letter& letter : tale.letters) {
        if (telling.selection.mail && *telling.selection.mail != letter.number) continue;
        for (const std::size_t index : letter.passages) {
            const Passage& passage = tale.passages[index];
            const std::string node = names.node(passage.node);
            if (!telling.selection.admits_step(passage.step)) continue;
            if (!is_of_host(telling, node) && !is_of_host(telling, passage.peer) &&
                !is_of_host(telling, names.node(passage.client)))
                continue;
            run::StepBegun begun;
            begun.step = passage.step;
            begun.peer = passage.peer;
            begun.port = passage.port;
            run::Event event;
            event.node = passage.node;
            event.what = begun;
            JsonObject object;
            object.add("mail", letter.number)
                .add("step", run::step_name(passage.step))
                .add("try", passage.tries)
                .add("node", node)
                .add("peer", passage.peer)
                .add("port", passage.port)
                .add_time(passage.begun, zone(telling))
                .add("told", telling.narrator.tell(event, telling.depth))
                .add("frames", passage.frames);
            if (passage.ended) {
                object.add("ended", passage.ended->ns)
                    .add("outcome", word(passage.outcome))
                    .add("reason", passage.reason)
                    .add("detail", passage.detail);
                run::StepEnded ended;
                ended.step = passage.step;
                ended.outcome = passage.outcome;
                ended.reason = passage.reason;
                ended.detail = passage.detail;
                event.what = ended;
                object.add("verdict", telling.narrator.tell(event, telling.depth, passage.peer));
            }
            out(object.text());
        }
    }
}

void ladder_json(const Ladder& ladder, const Telling& telling, const JsonLines& out)
{
    constexpr std::array<std::string_view, 6> forms{"request", "reply", "letter", "question", "answer", "control"};
    for (const LadderRow& row : ladder.rows) {
        JsonObject object;
        object.add_time(row.at, zone(telling));
        switch (row.kind) {
        case LadderRow::Kind::step: out(object.add("step", row.label).text()); continue;
        case LadderRow::Kind::note: object.add("at", ladder.hosts[row.from]); break;
        case LadderRow::Kind::arrow:
            object.add("from", ladder.hosts[row.from])
                .add("to", ladder.hosts[row.to])
                .add("form", forms[static_cast<std::size_t>(row.form)]);
        }
        object.add("label", row.label);
        if (!row.steps.empty())
            object.list("serves", row.steps, [&](std::size_t place) {
                const LadderStep& step = ladder.steps[place];
                return JsonObject{}.add("mail", step.mail).add("step", run::step_name(step.step)).text();
            });
        if (row.arrives) object.add("arrives", row.arrives->ns);
        if (row.frame != 0) object.add("frame", row.frame);
        if (row.stopped) object.add("stopped", true);
        if (row.again) object.add("again", true);
        out(object.text());
    }
}

void dialogue_json(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const JsonLines& out)
{
    std::map<std::pair<run::NodeId, run::ConnectionId>, run::SpanId> by_connection;
    std::map<run::SpanId, Transcript> transcripts;
    for (const auto& [id, session] : journeys.sessions()) {
        by_connection[{session.client, session.client_connection}] = id;
        by_connection[{session.server, session.server_connection}] = id;
        transcripts[id].protocol = session.protocol;
    }
    const narration::Names& names = telling.narrator.names();
    for (const run::Event& event : log.events()) {
        if (telling.selection.at && event.at > *telling.selection.at) break;
        const auto* said = std::get_if<run::LineSaid>(&event.what);
        if (!said) continue;
        run::SpanId id = log.spans().session_of(event.spans);
        if (const auto known = by_connection.find({event.node, said->connection});
            id == run::SpanId::none && known != by_connection.end())
            id = known->second;
        const run::SessionRow* session = journeys.session(id);
        if (!session) continue;
        const bool by_client = session->is_client(event.node, said->connection);
        const auto heard = transcripts[id].hear(by_client, said->text, said->offset);
        if (!admits_spans(log, journeys, telling.selection, event.spans)) continue;
        if (!is_of_host(telling, names.node(session->client)) && !is_of_host(telling, names.node(session->server)))
            continue;
        JsonObject object;
        object.add_time(event.at, zone(telling))
            .add("session", session->number)
            .add("protocol", narration::protocol_name(session->protocol))
            .add("by", by_client ? "client" : "server")
            .add("node", names.node(event.node))
            .add("line", said->text);
        if (heard && !heard->decoded.empty()) object.add("base64", heard->decoded);
        out(object.text());
    }
}

void packets_json(const run::Log& log, const run::Journeys& journeys, const Telling& telling, const Filter* filter,
                  run::FrameRef first, run::FrameRef last, const JsonLines& out)
{
    FrameReader reader{log, journeys, telling};
    for (std::uint64_t i = 1; i <= log.frames(); ++i) {
        const auto ref = static_cast<run::FrameRef>(i);
        const run::Frame& frame = log.frame(ref);
        const Reading reading = reader.read(ref);
        const bool whole = first != run::FrameRef::none;
        if (whole && (ref < first || ref > last)) continue;
        if (filter && !filter->matches(frame.octets, frame.original_length)) continue;
        if (!reader.admits(frame)) continue;
        if (!is_of_host(telling, reading.from) && !is_of_host(telling, reading.to)) continue;
        JsonObject object;
        object.add("frame", i)
            .add_time(frame.at, log.is_run() ? zone(telling) : 0)
            .add("from", reading.from)
            .add("to", reading.to)
            .add("protocol", reading.protocol)
            .add("length", frame.original_length)
            .add("info", reading.info + reading.behind);
        if (reading.again) object.add("again", true);
        if (log.is_run()) object.raw("serves", served_json(steps_served(log, journeys, frame.spans)));
        const auto stops = reader.stops_of(ref);
        if (!stops.empty())
            object.list("stops", stops, [](const std::string& stop) {
                std::string json;
                run::append_json(json, std::string_view{stop});
                return json;
            });
        if (whole) {
            object.list("layers", reader.dissection().layers,
                        [&](const Layer& layer) { return layer_json(layer, telling.narrator.catalogue()); });
            std::string hex;
            for (const std::uint8_t octet : frame.octets) {
                constexpr std::string_view digits = "0123456789abcdef";
                hex += digits[octet >> 4];
                hex += digits[octet & 15];
            }
            object.add("hex", hex);
        }
        out(object.text());
    }
}

void dns_json(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, const Telling& telling,
              const JsonLines& out)
{
    const narration::Names& names = telling.narrator.names();
    const AddressBook book{log, names};
    std::size_t number = 0;
    for (const NameWalk& walk : walks_of(log, book, telling.selection.at)) {
        ++number;
        if (!admits_spans(log, journeys, telling.selection, walk.spans)) continue;
        const auto takes_part = [&](const Asked& asked) {
            return is_of_host(telling, names.node(asked.node)) || is_of_host(telling, book.name_of(asked.server));
        };
        if (!takes_part(walk.questions.front()) && std::ranges::none_of(walk.steps, [&](const WalkStep& step) {
                const auto* asked = std::get_if<Asked>(&step.what);
                return asked && takes_part(*asked);
            }))
            continue;
        out(JsonObject{}
                .add("question", number)
                .raw("serves", served_json(steps_served(log, journeys, walk.spans)))
                .add("by_hand", walk.by_hand)
                .list("asked", walk.questions,
                      [&](const Asked& asked) { return asked_json(walk.at, asked, names, book, zone(telling)); })
                .list("walk", walk.steps,
                      [&](const WalkStep& step) { return walk_step_json(step, names, book, zone(telling)); })
                .text());
    }
    const Time now = moment(log, telling);
    for_each_host(log, fold, telling, [&](const std::string& name, const run::NodeState& state) {
        if (state.dns_cache.empty()) return;
        out(JsonObject{}
                .add_time(now, zone(telling))
                .add("node", name)
                .list("cache", state.dns_cache,
                      [&](const auto& entry) { return cached_json(entry.first, entry.second, now); })
                .text());
    });
}

void state_json(const run::Log& log, run::Fold& fold, const Telling& telling, const JsonLines& out)
{
    const Time now = moment(log, telling);
    for_each_host(log, fold, telling, [&](const std::string& name, const run::NodeState& state) {
        JsonObject object;
        object.add_time(now, zone(telling)).add("node", name).add("running", state.running());
        object.list("connections", state.connections, [](const auto& entry) {
            const run::ConnectionState& at = entry.second;
            return JsonObject{}
                .add("local", format(at.local))
                .add("local_port", at.local_port)
                .add("remote", format(at.remote))
                .add("remote_port", at.remote_port)
                .add("state", word(at.state))
                .add("in_flight", at.next - at.unacknowledged)
                .add("cwnd", at.cwnd)
                .add("srtt", at.srtt)
                .add("rto", at.rto)
                .text();
        });
        object.list("neighbours", state.neighbours, [](const auto& entry) {
            return JsonObject{}.add("address", format(entry.first)).add("mac", format(entry.second.mac)).text();
        });
        object.list("asking", state.questions, [](const auto& entry) {
            return JsonObject{}
                .add("name", std::get<1>(entry.first))
                .add("type", record_type_name(std::get<2>(entry.first)))
                .add("server", format(entry.second.server))
                .text();
        });
        object.list("dns_cache", state.dns_cache,
                    [&](const auto& entry) { return cached_json(entry.first, entry.second, now); });
        object.list("filters", state.filters, [](const auto& entry) {
            return JsonObject{}
                .add("filter", entry.first.first)
                .add("row", entry.first.second)
                .add("count", entry.second.count)
                .add("action", word(entry.second.action))
                .add("on", entry.second.on)
                .text();
        });
        object.list("queue", state.queue, [](const auto& entry) {
            return JsonObject{}
                .add("entry", entry.first)
                .add("tries", entry.second.tries)
                .add("last", word(entry.second.last))
                .text();
        });
        object.list("mailboxes", state.mailboxes, [](const auto& entry) {
            return JsonObject{}.add("mailbox", entry.first).add("letters", entry.second.size()).text();
        });
        object.list("disk", state.disk.names, [&](const auto& entry) {
            const auto file = state.disk.files.find(entry.second);
            return JsonObject{}
                .add("path", entry.first)
                .add("size", file == state.disk.files.end() ? 0 : file->second.size)
                .add("synced", file != state.disk.files.end() && file->second.synced)
                .text();
        });
        out(object.text());
    });
}

void filter_json(const run::Log& log, run::Fold& fold, const Telling& telling, const JsonLines& out)
{
    std::map<std::pair<std::string, std::uint32_t>, std::pair<std::string, run::FilterRowState>> states;
    for_each_host(log, fold, telling, [&](const std::string& name, const run::NodeState& state) {
        for (const auto& [key, row] : state.filters) states[key] = {name, row};
    });
    const auto line = [&](const std::string& filter, std::uint32_t number, const std::string& host,
                          const FilterRow* row) {
        const auto state = states.find({filter, number});
        JsonObject object;
        object.add_time(moment(log, telling), zone(telling)).add("filter", filter).add("row", number).add("node", host);
        if (row) object.add("says", row->says).add("line", row->line);
        object.add("action", word(row ? row->action : state->second.second.action));
        object.add("count", state == states.end() ? std::uint64_t{0} : state->second.second.count);
        object.add("on", state == states.end() || state->second.second.on);
        out(object.text());
    };
    std::set<std::pair<std::string, std::uint32_t>> told;
    for (const FilterRow& row : telling.filter_rows) {
        if (!is_of_host(telling, row.host)) continue;
        told.emplace(row.filter, row.row);
        line(row.filter, row.row, row.host, &row);
    }
    for (const auto& [key, state] : states)
        if (!told.contains(key)) line(key.first, key.second, state.first, nullptr);
}

} // namespace tegami::exporting
