#include "protocols/pop3/client.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/mail/unstuffing.hpp"

#include <cassert>

namespace tegami::pop3 {

namespace {

constexpr std::size_t listing_line_limit = response_line_limit;

/// What is known of a message before it is fetched.
struct Entry {
    std::uint64_t number = 0;
    std::string unique_id;
};

class Fetching {
  public:
    Fetching(wire::Stream& peer, const FetchOptions& options, Sink& sink) : peer_(peer), options_(options), sink_(sink)
    {
    }

    /// False where the session ended before its time; `end` says why.
    wire::Task<bool> run()
    {
        peer_.allow(options_.timeout);
        bool well = co_await hear();
        if (!well) co_return false;
        end.stage = FetchStage::log_in;
        well = co_await log_in();
        if (!well) co_return false;
        end.stage = FetchStage::list;
        well = co_await list();
        if (!well) co_return false;
        for (const Entry& entry : entries_) {
            if (!entry.unique_id.empty() && !sink_.wants(entry.unique_id)) {
                if (options_.keep_on_server) continue;
                // It is here already: an earlier session broke before its QUIT, and what it marked was not removed.
                well = co_await remove(entry, options_.spans);
            } else {
                end.stage = FetchStage::retrieve;
                well = co_await retrieve(entry);
            }
            if (!well) co_return false;
        }
        end.stage = FetchStage::quit;
        well = co_await ask("QUIT\r\n");
        co_return well;
    }

    FetchEnd end;
    bool skipped = false; ///< a message that was wanted is not stored
    /// The connection still stands, and what comes over it can be understood.
    bool in_step() const { return !end.hangup && !end.malformed; }

    wire::Task<bool> ask(std::string line) { return ask(std::move(line), options_.spans); }
    wire::Task<bool> ask(std::string line, wire::Spans spans)
    {
        const bool sent = co_await peer_.write_lines(line, spans);
        static_cast<void>(sent); // a server that closes may have said why before
        co_return co_await hear();
    }

  private:
    /// One response. True for +OK.
    wire::Task<bool> hear()
    {
        const auto line = co_await peer_.read_line(response_line_limit);
        if (!line) {
            end.hangup = line.error();
            co_return false;
        }
        if (line->truncated) co_return nonsense({0, "RFC 2449 §4: a response is at most 512 octets"});
        auto response = parse_response(line->text);
        if (!response) co_return nonsense(response.error());
        end.response = std::move(*response);
        co_return end.response->ok;
    }

    /// CAPA is asked for what it shows; a server without it is as good (RFC 2449 §5).
    wire::Task<bool> log_in()
    {
        const bool has_capabilities = co_await ask("CAPA\r\n");
        if (has_capabilities) {
            bool more = true;
            for (std::size_t lines = 0; more; ++lines) {
                more = co_await next_line();
                if (!in_step()) co_return false;
                if (lines == listing_limit) co_return nonsense({lines, "RFC 2449 §5: a list of too many capabilities"});
            }
        }
        if (!in_step()) co_return false;
        const bool known = co_await ask("USER " + options_.user + "\r\n");
        if (!known) co_return false;
        co_return co_await ask("PASS " + options_.password + "\r\n");
    }

    wire::Task<bool> list()
    {
        const bool counted = co_await ask("STAT\r\n");
        if (!counted) co_return false;
        std::uint64_t count = 0;
        const std::string& text = end.response->text;
        if (!mail::parse_number(std::string_view{text}.substr(0, text.find(' ')), count))
            co_return nonsense({0, "RFC 1939 §5: STAT gives a number of messages"});
        if (count == 0) co_return true;

        const bool has_unique_ids = co_await ask("UIDL\r\n");
        if (!in_step()) co_return false;
        if (!has_unique_ids) { // it is optional (RFC 1939 §7)
            for (std::uint64_t number = 1; number <= std::min<std::uint64_t>(count, listing_limit); ++number)
                entries_.push_back({number, {}});
            co_return true;
        }
        for (;;) {
            const bool more = co_await next_line();
            if (!in_step()) co_return false;
            if (!more) co_return true;
            if (entries_.size() == listing_limit)
                co_return nonsense({0, "RFC 1939 §7: a listing of too many messages"});
            const std::string_view line = line_;
            const std::size_t space = line.find(' ');
            Entry entry;
            if (space == line.npos || !mail::parse_number(line.substr(0, space), entry.number))
                co_return nonsense({0, "RFC 1939 §7: a unique-id listing is a number and an identifier"});
            entry.unique_id = mail::trim(line.substr(space));
            entries_.push_back(std::move(entry));
        }
    }

    wire::Task<bool> retrieve(const Entry& entry)
    {
        const std::string number = std::to_string(entry.number);
        const bool comes = co_await ask("RETR " + number + "\r\n");
        if (!comes) {
            skipped = true; // this one may be gone; the others are not
            co_return in_step();
        }
        auto text = co_await mail::read_text(peer_, options_.message_limit);
        if (!text) {
            end.hangup = text.error();
            co_return false;
        }
        if (text->met.over_limit()) { // half of it is not worth keeping; it stays on the server
            skipped = true;
            co_return true;
        }
        const wire::Spans serves = text->message.spans(options_.algebra);
        const bool stored = co_await sink_.store({entry.number, entry.unique_id, std::move(text->message)});
        if (!stored) {
            skipped = true;
            co_return true;
        }
        ++end.stored;
        if (options_.keep_on_server) co_return true;
        co_return co_await remove(entry, serves);
    }

    /// Marks a message for deletion: that serves its mail, where it was just fetched.
    wire::Task<bool> remove(const Entry& entry, wire::Spans serves)
    {
        end.stage = FetchStage::remove;
        const bool marked = co_await ask("DELE " + std::to_string(entry.number) + "\r\n", serves);
        static_cast<void>(marked); // if it was not, it comes again, and its unique-id tells
        co_return in_step();
    }

    /// A line of a multi-line response, kept in `line_`. False at its end, and where the connection broke.
    wire::Task<bool> next_line()
    {
        const auto line = co_await peer_.read_line(listing_line_limit);
        if (!line) {
            end.hangup = line.error();
            co_return false;
        }
        if (line->truncated) co_return nonsense({0, "RFC 2449 §4: a line of a listing is too long"});
        std::string_view text = line->text;
        if (text == ".") co_return false;
        if (text.starts_with('.')) text.remove_prefix(1);
        line_ = text;
        co_return true;
    }

    bool nonsense(wire::Malformed malformed)
    {
        end.malformed = malformed;
        return false;
    }

    wire::Stream& peer_;
    const FetchOptions& options_;
    Sink& sink_;
    std::vector<Entry> entries_;
    std::string line_;
};

} // namespace

wire::Task<FetchEnd> fetch(wire::Stream& peer, const FetchOptions& options, Sink& sink)
{
    assert((options.user + options.password).find_first_of("\r\n") == std::string::npos);
    Fetching fetching{peer, options, sink};
    const bool well = co_await fetching.run();
    fetching.end.complete = well && !fetching.skipped;
    if (!well && fetching.in_step() && fetching.end.stage != FetchStage::quit) {
        // Refused somewhere: leave in good order, and keep the answer that tells why.
        const auto refusal = fetching.end.response;
        const bool left = co_await fetching.ask("QUIT\r\n");
        static_cast<void>(left);
        fetching.end.response = refusal;
        fetching.end.hangup.reset();
    }
    peer.close();
    co_return fetching.end;
}

} // namespace tegami::pop3
