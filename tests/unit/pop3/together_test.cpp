/// Our POP3 client against our server over streams that move one step at a time.
#include "tests/unit/pop3/letterbox.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace tegami;

namespace {

struct FetchConnection {
    letterbox::Drop& drop;
    letterbox::Pile& pile;
    transcripts::Pauses client_pauses, server_pauses;
    std::unique_ptr<transcripts::SteppedEnd> client, server;
    pop3::Session session{pop3::Policy{}};
    pop3::FetchOptions options = letterbox::bobs_options();
    pop3::FetchEnd end;
    bool client_done = false;
    std::optional<wire::Task<void>> fetching, serving;

    FetchConnection(letterbox::Drop& d, letterbox::Pile& p, std::size_t segment_size = 1'460) : drop(d), pile(p)
    {
        std::tie(client, server) = transcripts::make_stepped_pair(segment_size);
        drop.pauses = &server_pauses;
        pile.pauses = &client_pauses;
        serving = pop3::serve(*server, session, drop, wire::Spans{1});
        fetching = letterbox::run_fetch(*client, options, pile, end, client_done);
        serving->start();
        fetching->start();
    }
    ~FetchConnection()
    {
        crash_client();
        crash_server();
    }
    bool step() { return server_pauses.step() || client_pauses.step() || server->step() || client->step(); }
    void crash_client()
    {
        client_pauses.forget();
        fetching.reset();
        client->forget();
        if (client->peer) std::exchange(client->peer, nullptr)->abort_by_peer();
    }
    void crash_server()
    {
        server_pauses.forget();
        serving.reset();
        server->forget();
        if (server->peer) std::exchange(server->peer, nullptr)->abort_by_peer();
        drop.locked = false; // a lock lives as long as the process
    }
};

} // namespace

TEST_CASE("two letters are fetched, and each octet of them serves its letter")
{
    for (const std::size_t segment_size : {std::size_t{1}, std::size_t{1'460}}) {
        letterbox::Drop drop;
        letterbox::Pile pile;
        FetchConnection connection{drop, pile, segment_size};
        while (connection.step()) {
        }
        CHECK(connection.client_done);
        CHECK(connection.serving->done());
        CHECK(connection.end.complete);
        CHECK(drop.letters.empty());
        REQUIRE(pile.fetched.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) CHECK(pile.text(i) == letterbox::two_letters()[i].text);
        CHECK(connection.client->said == connection.server->heard);
        CHECK(connection.server->said == connection.client->heard);
        if (segment_size == 1) {
            CHECK(pile.fetched[0].message.runs.front().spans == wire::Spans{5});
            CHECK(pile.fetched[1].message.runs.front().spans == wire::Spans{6});
        }
        // The response, the letter and its dot share a segment where they fit.
        for (const auto& segment : connection.server->sent) {
            if (segment_size == 1 || segment.octets.find("Subject: one") == std::string::npos) continue;
            REQUIRE(segment.runs.size() == 1); // from the response to the dot, all of it serves the mail
            CHECK(segment.runs[0].spans == wire::Spans{5});
            CHECK(segment.octets.ends_with(".\r\n"));
        }
    }
}

TEST_CASE("either side of POP3 crashes at every await: no letter is lost")
{
    for (const bool client_crashes : {true, false}) {
        bool finished = false;
        int steps = 0;
        for (; !finished; ++steps) {
            INFO((client_crashes ? "client" : "server") << " crashes after step " << steps);
            letterbox::Drop drop;
            letterbox::Pile pile;
            {
                FetchConnection connection{drop, pile};
                int left = steps;
                while (left > 0 && connection.step()) --left;
                finished = left > 0;
                if (client_crashes)
                    connection.crash_client();
                else
                    connection.crash_server();
                while (connection.step()) {
                }
                if (client_crashes)
                    CHECK(connection.serving->done());
                else
                    CHECK(connection.client_done);
                CHECK_FALSE(drop.locked);
            }
            // What is gone from the server is here.
            std::set<std::string> here;
            for (const auto& one : pile.fetched) CHECK(here.insert(one.unique_id).second);
            for (const auto& letter : drop.letters) here.insert(letter.unique_id);
            CHECK(here.size() == 2);
            // The next session fetches the rest, and nothing twice.
            FetchConnection connection{drop, pile};
            while (connection.step()) {
            }
            CHECK(connection.end.complete);
            CHECK(pile.fetched.size() == 2);
            REQUIRE(steps < 1'000);
        }
        CHECK(steps > 20);
    }
}
