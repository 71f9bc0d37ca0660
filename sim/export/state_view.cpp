#include "sim/export/state_view.hpp"

#include "protocols/link/mac_address.hpp"
#include "protocols/wire/address.hpp"
#include "sim/export/cached_names.hpp"
#include "sim/export/name_words.hpp"
#include "sim/export/steps_served.hpp"
#include "sim/narration/clock.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

namespace tegami::exporting {
namespace {

class States {
  public:
    States(const run::Log& log, const run::Journeys& journeys, const Telling& telling)
        : log_{log},
          journeys_{journeys},
          telling_{telling},
          catalogue_{telling.narrator.catalogue()},
          page_{telling.medium}
    {
    }

    void head(engine::Time at)
    {
        page_.paragraph(
            {0,
             catalogue_.text("state.head",
                             {{"title", telling_.header.title},
                              {"time", fmt::format("{} {}", narration::date_text(at, telling_.header.zone_minutes),
                                                   narration::clock_text(at, telling_.header.zone_minutes, 6))}}),
             Style::strong});
    }

    void tell(const std::string& name, const run::NodeState& state, engine::Time now)
    {
        page_.blank();
        page_.row({{0, name, Style::strong},
                   {thing_column, catalogue_.text(state.running() ? "state.host.up" : "state.host.off"),
                    state.running() ? Style::dim : Style::stop}});
        tell_connections(state);
        tell_addresses(state);
        tell_neighbours(state);
        tell_paths(state);
        tell_questions(state);
        tell_cache(state, now);
        tell_filters(state);
        tell_queue(state);
        tell_mailboxes(state);
        tell_disk(state);
    }

    void none() { page_.paragraph({0, catalogue_.text("story.none_chosen")}); }
    std::string take() { return page_.take(); }

  private:
    static constexpr int label_column = 3;
    static constexpr int thing_column = 18;
    static constexpr int detail_column = 62;
    static constexpr int detail_of_connection = 66;
    static constexpr int detail_of_file = 72;

    /// A line of a group; the group's name stands before its first.
    void line(std::string_view key, bool& first, std::string thing, std::string detail, Style style = Style::plain,
              int column = detail_column)
    {
        page_.row({{label_column, first ? catalogue_.text(key) : std::string{}, Style::dim},
                   {thing_column, std::move(thing)},
                   {column, std::move(detail), style}});
        first = false;
    }
    /// The host that has the address, between these; nothing where the run names none.
    std::string name_of(const wire::Address& address, std::string_view before, std::string_view behind) const
    {
        if (!telling_.book || !telling_.book->knows(address)) return {};
        return fmt::format("{}{}{}", before, telling_.book->name_of(address), behind);
    }
    /// "198.51.100.25:25", "[2001:db8:2::25]:25" (RFC 5952 §6).
    static std::string with_port(const wire::Address& address, std::uint16_t port)
    {
        return address.is_v4() ? fmt::format("{}:{}", format(address), port)
                               : fmt::format("[{}]:{}", format(address), port);
    }
    std::string octets(std::uint64_t size) const
    {
        return catalogue_.count("state.octets", static_cast<std::int64_t>(size));
    }

    void tell_connections(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [id, connection] : state.connections) {
            std::string detail{narration::word(connection.state)};
            if (connection.next > connection.unacknowledged)
                detail +=
                    "  " + catalogue_.count("state.in_flight",
                                            static_cast<std::int64_t>(connection.next - connection.unacknowledged));
            line("state.connections", first,
                 fmt::format(":{} {} {}{}", connection.local_port, connection.passive ? "←" : "→",
                             name_of(connection.remote, "", " "), with_port(connection.remote, connection.remote_port)),
                 std::move(detail), Style::plain, detail_of_connection);
        }
    }
    void tell_neighbours(const run::NodeState& state)
    {
        for (const bool v4 : {true, false}) {
            bool first = true;
            for (const auto& [address, neighbour] : state.neighbours)
                if (address.is_v4() == v4)
                    line(v4 ? "state.arp" : "state.neighbours", first, format(address),
                         neighbour.mac == link::MacAddress{}
                             ? catalogue_.text("state.asking") + name_of(address, "  ", "")
                             : format(neighbour.mac) + name_of(address, "  ", ""));
        }
    }
    void tell_addresses(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [nic, at] : state.nics)
            for (const auto& [address, change] : at.addresses)
                line("state.addresses", first, format(address) + "  " + telling_.narrator.names().nic(nic),
                     catalogue_.text(fmt::format("state.address.{}", narration::word(change))),
                     change == run::AddressChange::assigned ? Style::plain : Style::held);
        first = true;
        for (const auto& [mac, station] : state.stations)
            line("state.stations", first, format(mac), telling_.narrator.names().nic(station.port));
    }
    void tell_paths(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [destination, mtu] : state.path_mtus)
            line("state.path_mtus", first, format(destination), octets(mtu));
    }
    void tell_questions(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [key, question] : state.questions)
            line("state.questions", first, question_text(std::get<1>(key), std::get<2>(key)),
                 "→ " + (telling_.book ? telling_.book->name_of(question.server) : format(question.server)));
    }
    void tell_cache(const run::NodeState& state, engine::Time now)
    {
        bool first = true;
        for (const auto& [key, cached] : state.dns_cache) {
            if (first) page_.row({{label_column, catalogue_.text("state.dns_cache"), Style::dim}});
            first = false;
            tell_cached(page_, catalogue_, key, cached, now, thing_column);
        }
    }
    void tell_filters(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [key, row] : state.filters) {
            const std::string action = catalogue_.text(fmt::format("filter.action.{}", narration::word(row.action)));
            std::string detail = catalogue_.count("story.filter.hits", static_cast<std::int64_t>(row.count));
            if (row.count > 0) detail = action + "  " + detail;
            if (!row.on) detail += "  " + catalogue_.text("filter.view.off");
            line("state.filters", first,
                 catalogue_.text("state.filter.row", {{"filter", key.first}, {"row", key.second}}), std::move(detail));
        }
    }
    void tell_queue(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [entry, queued] : state.queue) {
            std::string detail;
            for (const ServedStep& served : steps_served(log_, journeys_, log_.event(queued.since).spans))
                if (detail.empty()) detail = catalogue_.text("state.queue.mail", {{"mail", served.mail}}) + "  ";
            line("state.queue", first, entry, detail + catalogue_.count("state.tries", queued.tries));
        }
    }
    void tell_mailboxes(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [mailbox, messages] : state.mailboxes) {
            std::uint64_t size = 0;
            for (const auto& [file, message] : messages) size += message.size;
            line("state.mailboxes", first, mailbox,
                 catalogue_.count("state.letters", static_cast<std::int64_t>(messages.size())) + "  " + octets(size));
        }
    }
    void tell_disk(const run::NodeState& state)
    {
        bool first = true;
        for (const auto& [path, number] : state.disk.names) {
            const auto file = state.disk.files.find(number);
            const auto durable = state.disk.durable_names.find(path);
            const bool safe = file != state.disk.files.end() && file->second.synced &&
                              durable != state.disk.durable_names.end() && durable->second == number;
            line("state.disk", first, path,
                 octets(file == state.disk.files.end() ? 0 : file->second.size) + "  " +
                     catalogue_.text(safe ? "state.safe" : "state.unsafe"),
                 safe ? Style::plain : Style::held, detail_of_file);
        }
    }

    const run::Log& log_;
    const run::Journeys& journeys_;
    const Telling& telling_;
    const narration::Catalogue& catalogue_;
    Page page_;
};

} // namespace

std::string state_text(const run::Log& log, const run::Journeys& journeys, run::Fold& fold, engine::Time at,
                       const Telling& telling)
{
    States states{log, journeys, telling};
    states.head(at);
    bool any = false;
    for (std::size_t i = static_cast<std::size_t>(run::NodeId::first); i < log.header().nodes.size(); ++i) {
        const auto node = static_cast<run::NodeId>(i);
        const std::string name = telling.narrator.names().node(node);
        if (!telling.selection.host.empty() && telling.selection.host != name) continue;
        states.tell(name, fold.state(node, at), at);
        any = true;
    }
    if (!any) states.none();
    return states.take();
}

} // namespace tegami::exporting
