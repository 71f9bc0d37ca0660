/// Two machines and a link between them.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

namespace {

/// Writes `total` octets of lines, each for spans of its own, and checks the lines that come from the other side, whose
/// writer had the same beginning. Line i: its number, and letters up to a drawn length.
class Talker {
  public:
    Talker(Link::Side& side, std::uint64_t write_seed, std::uint64_t read_seed, std::size_t total)
        : side_(side), write_(write_seed), read_(read_seed), total_(total)
    {
    }
    void operator()()
    {
        Connection& c = side_.connection;
        // Hear every whole line.
        for (;;) {
            const auto text = as_text(c.arrived());
            const auto end = text.find('\n');
            if (end == std::string_view::npos) break;
            const Line expected = line(read_, lines_read_);
            REQUIRE(text.substr(0, end + 1) == expected.text);
            REQUIRE(c.arrived_spans(end + 1) == expected.spans);
            c.consume(end + 1);
            ++lines_read_;
            octets_read += expected.text.size();
        }
        while (written_ < total_) {
            if (offered_ == pending_.text.size()) {
                pending_ = line(write_, lines_written_++);
                offered_ = 0;
            }
            const auto rest = as_octets(std::string_view{pending_.text}.substr(offered_));
            const std::size_t taken = c.offer(rest, pending_.spans);
            if (taken == 0) return;
            offered_ += taken;
            written_ += taken;
            if (offered_ < pending_.text.size() && written_ >= total_)
                total_ = written_ + pending_.text.size() - offered_;
        }
        if (c.state() == State::syn_sent) return; // CLOSE would delete the connection (RFC 9293 §3.10.4)
        if (offered_ == pending_.text.size() && !closed_) {
            closed_ = true;
            c.close();
        }
    }
    std::size_t octets_read = 0;
    std::size_t written() const { return written_; }
    bool done() const { return closed_ && side_.connection.fin_received() && side_.connection.arrived().empty(); }

  private:
    struct Line {
        std::string text;
        Spans spans;
    };
    static Line line(Draws& draws, std::uint32_t number)
    {
        std::string text = std::to_string(number) + " ";
        text.append(draws.below(draws.chance(5) ? 2000 : 100), static_cast<char>('a' + number % 26));
        return {text + "\n", {1 + number % 1000}};
    }

    Link::Side& side_;
    Draws write_, read_;
    std::size_t total_, written_ = 0;
    Line pending_;
    std::size_t offered_ = 0;
    std::uint32_t lines_written_ = 0, lines_read_ = 0;
    bool closed_ = false;
};

/// Everything written arrives, line for line, with its spans; both end in order.
void transfer(Link& link, std::size_t total, Duration limit)
{
    link.keep_records = false;
    Talker a{link.a, 11, 22, total}, b{link.b, 22, 11, total};
    link.a.user = [&] { a(); };
    link.b.user = [&] { b(); };
    link.connect();
    const bool done = link.run_until([&] { return a.done() && b.done(); }, limit);
    INFO("at " << link.now.ns / 1'000'000 << " ms: " << name(link.a.connection.state()) << " and "
               << name(link.b.connection.state()) << ", read " << a.octets_read << " and " << b.octets_read);
    REQUIRE(done);
    CHECK(a.octets_read == b.written());
    CHECK(b.octets_read == a.written());
    CHECK(a.octets_read >= total);
    link.run(minutes(60));
    CHECK(link.a.connection.ending() == Ending::closed);
    CHECK(link.b.connection.ending() == Ending::closed);
    CHECK(link.a.pool.lent() == 0);
    CHECK(link.b.pool.lent() == 0);
}

} // namespace

TEST_CASE("10 MB each way over a good link, nothing sent twice", "[tcp][transfer]")
{
    Link link;
    transfer(link, 10'000'000, minutes(60));
    CHECK(link.a.retransmitted == 0);
    CHECK(link.b.retransmitted == 0);
}

TEST_CASE("10 MB each way over a link that loses, doubles and reorders", "[tcp][transfer]")
{
    Config config;
    Link link{config, 4};
    link.loss = 10;
    link.doubled = 5;
    link.reordered = 10;
    transfer(link, 10'000'000, minutes(60 * 24 * 7));
    CHECK(link.a.retransmitted > 100);
}

TEST_CASE("3 MB each way at losses of 20 and 30 %", "[tcp][transfer]")
{
    for (const unsigned loss : {20u, 30u}) {
        Config config;
        Link link{config, loss};
        link.loss = loss;
        link.doubled = 5;
        link.reordered = 10;
        transfer(link, 3'000'000, minutes(60 * 24 * 30));
    }
}

TEST_CASE("worse links, other sizes, more seeds", "[tcp][transfer]")
{
    struct Row {
        unsigned loss, doubled, reordered;
        std::uint16_t mss;
        std::uint32_t send_buffer, receive_buffer;
    };
    const std::vector<Row> rows{
        {30, 5, 10, 1460, 65536, 65535}, {20, 20, 50, 536, 8192, 4000},     {10, 0, 90, 1460, 65536, 1 << 20},
        {30, 30, 30, 100, 1000, 2100},   {0, 0, 100, 1460, 262144, 262144}, {0, 100, 0, 1460, 65536, 65535},
    };
    for (const Row& row : rows)
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            INFO("loss " << row.loss << " mss " << row.mss << " seed " << seed);
            Config config;
            config.mss = row.mss;
            config.send_buffer = row.send_buffer;
            config.receive_buffer = row.receive_buffer;
            Link link{config, seed};
            link.loss = row.loss;
            link.doubled = row.doubled;
            link.reordered = row.reordered;
            transfer(link, 100'000, minutes(60 * 24 * 30));
        }
}

TEST_CASE("with and without SACK and timestamps, ten seeds each: octets whole, nothing stalls", "[tcp][transfer]")
{
    struct Row {
        unsigned loss, doubled, reordered;
    };
    for (const Row& row : {Row{0, 0, 0}, Row{2, 1, 5}, Row{10, 5, 10}, Row{25, 10, 30}})
        for (const bool sack : {false, true})
            for (const bool timestamps : {false, true})
                for (std::uint64_t seed = 1; seed <= 10; ++seed) {
                    INFO("loss " << row.loss << " sack " << sack << " timestamps " << timestamps << " seed " << seed);
                    Config config;
                    config.sack = sack;
                    config.timestamps = timestamps;
                    Link link{config, seed};
                    link.loss = row.loss;
                    link.doubled = row.doubled;
                    link.reordered = row.reordered;
                    transfer(link, 100'000, minutes(60 * 24));
                    CHECK(link.a.connection.sack() == sack);
                    CHECK(link.a.connection.timestamps() == timestamps);
                    if (row.loss + row.doubled + row.reordered == 0) CHECK(link.a.retransmitted == 0);
                }
}

TEST_CASE("one end offers what the other does not: they still understand each other", "[tcp][transfer]")
{
    for (int bits = 0; bits < 16; ++bits) {
        INFO(bits);
        Link link{{}, 3};
        link.a.config.sack = (bits & 1) != 0;
        link.b.config.sack = (bits & 2) != 0;
        link.a.config.timestamps = (bits & 4) != 0;
        link.b.config.timestamps = (bits & 8) != 0;
        link.loss = 5;
        transfer(link, 50'000, minutes(60));
        CHECK(link.a.connection.sack() == ((bits & 3) == 3));
        CHECK(link.b.connection.timestamps() == ((bits & 12) == 12));
    }
}

TEST_CASE("the scoreboard spares time and segments", "[tcp][transfer][sack]")
{
    std::size_t again[2] = {0, 0};
    Duration taken[2];
    for (const int sack : {0, 1})
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            Config config;
            config.sack = sack == 1;
            config.timestamps = true;
            Link link{config, seed};
            link.loss = 5;
            transfer(link, 300'000, minutes(60));
            again[sack] += link.a.retransmitted + link.b.retransmitted;
        }
    CHECK(again[1] * 10 < again[0] * 9);
    for (const int sack : {0, 1}) { // four segments of one window are lost: no time-out with SACK
        Config config;
        config.sack = sack == 1;
        config.initial_window = 20;
        Link link{config};
        std::size_t sent = 0, heard = 0;
        link.lose = [&](const Link::Record& r) {
            if (r.from == 0 && r.size != 0 && r.again == Again::no) ++sent;
            return r.from == 0 && r.again == Again::no && r.size != 0 && sent >= 5 && sent < 13 && sent % 2 == 1;
        };
        link.a.user = [&, begun = false]() mutable {
            if (begun || link.a.connection.state() != State::established) return;
            begun = true;
            link.a.connection.offer(as_octets(std::string(20 * 1460, 'x')), {3});
        };
        link.b.user = [&] {
            heard += link.b.connection.arrived().size();
            link.b.connection.consume(link.b.connection.arrived().size());
        };
        link.connect();
        REQUIRE(link.run_until([&] { return heard == 20 * 1460; }, minutes(1)));
        taken[sack] = link.now - Time{};
        for (const Note& note : link.a.log) CHECK(note.rule != Rule::retransmission_timeout);
    }
    CHECK(taken[1] * 3 < taken[0] * 2);
}

TEST_CASE("a large window is used where both scale it", "[tcp][transfer]")
{
    Config config;
    config.send_buffer = config.receive_buffer = 1 << 20;
    Link link{config};
    link.delay = milliseconds(200);
    std::size_t most = 0;
    std::size_t heard = 0;
    link.a.user = [&] {
        static const std::string block(65536, 'x');
        while (link.a.connection.offer(as_octets(block), {3}) != 0) {
        }
        most = std::max<std::size_t>(most, link.a.connection.send_max() - link.a.connection.send_unacknowledged());
    };
    link.b.user = [&] {
        heard += link.b.connection.arrived().size();
        link.b.connection.consume(link.b.connection.arrived().size());
    };
    link.keep_records = false;
    link.connect();
    link.run(minutes(1));
    CHECK(most > 1'000'000);
    CHECK(heard > 100'000'000);
    CHECK(link.a.retransmitted == 0);
}

TEST_CASE("a reader that sleeps shuts the window and opens it again", "[tcp][transfer]")
{
    Config config;
    config.receive_buffer = 5000;
    Link link{config};
    std::size_t offered = 0;
    link.a.user = [&] {
        if (offered < 20'000) offered += link.a.connection.offer(as_octets(std::string(20'000 - offered, 'x')), {3});
    };
    link.connect();
    link.run(minutes(5));
    CHECK(link.b.connection.arrived().size() == 5000);
    CHECK(link.b.connection.receive_window() == 0);
    std::size_t heard = 0;
    link.b.user = [&] {
        heard += link.b.connection.arrived().size();
        link.b.connection.consume(link.b.connection.arrived().size());
    };
    link.pump(1);
    link.run(seconds(10));
    CHECK(heard == 20'000);
}

TEST_CASE("simultaneous open", "[tcp][transfer]")
{
    Link link;
    link.connect();
    link.b.connection.set_session({1});
    link.b.connection.open_active(link.now, Port{25}, Port{40000}, 1000);
    link.pump(1);
    link.run(seconds(1));
    CHECK(link.a.connection.state() == State::established);
    CHECK(link.b.connection.state() == State::established);
    CHECK(link.a.sent + link.b.sent == 4);
    link.a.connection.offer(as_octets("hi"), {3});
    link.pump(0);
    link.run(seconds(1));
    CHECK(as_text(link.b.connection.arrived()) == "hi");
}

TEST_CASE("simultaneous close", "[tcp][transfer]")
{
    Link link;
    link.connect();
    link.run(seconds(1));
    link.a.connection.close();
    link.b.connection.close();
    link.pump(0);
    link.pump(1);
    link.run(seconds(1));
    CHECK(link.a.connection.state() == State::time_wait);
    CHECK(link.b.connection.state() == State::time_wait);
    link.run(minutes(5));
    CHECK(link.a.connection.ending() == Ending::closed);
    CHECK(link.b.connection.ending() == Ending::closed);
}

TEST_CASE("half-close: one side ends, the other talks on", "[tcp][transfer]")
{
    Link link;
    link.connect();
    link.run(seconds(1));
    link.a.connection.offer(as_octets("question"), {3});
    link.a.connection.close();
    link.pump(0);
    link.run(seconds(1));
    CHECK(link.b.connection.fin_received());
    CHECK(link.b.connection.state() == State::close_wait);
    for (int i = 0; i < 10; ++i) {
        link.b.connection.offer(as_octets(std::string(5000, 'x')), {4});
        link.pump(1);
        link.run(seconds(1));
        CHECK(link.a.connection.arrived().size() == 5000);
        link.a.connection.consume(5000);
    }
    link.b.connection.close();
    link.pump(1);
    link.run(seconds(1));
    CHECK(link.a.connection.state() == State::time_wait);
    CHECK(link.b.connection.state() == State::closed);
}

TEST_CASE("every single loss in a dialogue is repaired", "[tcp][transfer]")
{
    for (std::size_t lost = 0; lost < 24; ++lost) {
        INFO(lost);
        Link link;
        std::size_t count = 0;
        link.lose = [&](const Link::Record&) { return count++ == lost; };
        const auto answer_and_close = [](Link::Side& side, bool closes_first) {
            return [&side, closes_first, said = 0]() mutable {
                Connection& c = side.connection;
                const bool turn = closes_first ? c.state() == State::established && said == 0 : false;
                if (turn || as_text(c.arrived()).ends_with("\n")) {
                    c.consume(c.arrived().size());
                    if (said++ < 4)
                        c.offer(as_octets("a line of text\r\n"), {static_cast<std::uint32_t>(said)});
                    else if (closes_first)
                        c.close();
                }
                if (c.fin_received()) c.close();
            };
        };
        link.a.user = answer_and_close(link.a, true);
        link.b.user = answer_and_close(link.b, false);
        link.connect();
        link.run(minutes(10));
        CHECK(link.a.connection.ending() == Ending::closed);
        CHECK(link.b.connection.ending() == Ending::closed);
    }
}

TEST_CASE("a dialogue in turns takes a packet a turn", "[tcp][dialogue]")
{
    // SMTP's shape: the server greets, eight commands and replies, the message in three segments, QUIT.
    Link link;
    std::vector<std::string> client{"EHLO client.example\r\n",       "MAIL FROM:<a@example.jp>\r\n",
                                    "RCPT TO:<b@example.com>\r\n",   "DATA\r\n",
                                    std::string(4094, 'm') + "\r\n", "QUIT\r\n"};
    std::size_t next = 0, replies = 0;
    link.b.user = [&] {
        Connection& c = link.b.connection;
        if (c.state() == State::established && replies == 0) {
            ++replies;
            c.offer(as_octets("220 mail.example ESMTP\r\n"), {1});
        }
        if (as_text(c.arrived()).ends_with("\n")) {
            const bool quit = as_text(c.arrived()) == "QUIT\r\n";
            c.consume(c.arrived().size());
            c.offer(as_octets("250 OK\r\n"), {static_cast<std::uint32_t>(++replies)});
            if (quit) c.close();
        }
    };
    link.a.user = [&] {
        Connection& c = link.a.connection;
        if (as_text(c.arrived()).ends_with("\n")) {
            c.consume(c.arrived().size());
            if (next < client.size()) c.offer(as_octets(client[next]), {static_cast<std::uint32_t>(next + 2)}), ++next;
        }
        if (c.fin_received()) c.close();
    };
    link.connect();
    link.run(minutes(10));
    CHECK(link.a.connection.ending() == Ending::closed);
    CHECK(link.b.connection.ending() == Ending::closed);
    CHECK(replies == 7);
    // SYN, SYN,ACK, ACK; greeting; five lines of one segment; the message in three, one ACK for two of them; six
    // replies, the last with FIN; FIN,ACK; ACK.
    CHECK(link.records.size() == 3 + 1 + 5 + 3 + 1 + 6 + 2);
    for (const auto& r : link.records) CHECK(r.again == Again::no);
    // The ACK in the middle of the message serves the message; the handshake and the end serve the session.
    const auto ack =
        std::find_if(link.records.begin() + 3, link.records.end(), [](const Link::Record& r) { return r.size == 0; });
    CHECK(ack->serves == Spans{6});
    CHECK(link.records[0].serves == Spans{1});
    CHECK(link.records[2].serves == Spans{1});
    CHECK(link.records.back().serves == Spans{1});
}
