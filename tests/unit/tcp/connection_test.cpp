/// The connection as its owner meets it.

#include "tests/unit/tcp/bench.hpp"

using namespace tegami;
using namespace tegami::tcp;
using namespace tegami::tcp::bench;

TEST_CASE("a timer that is looked at early, or twice, does nothing", "[tcp]")
{
    One one;
    one.open();
    one.say("abc");
    one.in("A", 1, 1, "x");
    const Time due = one.c->next_timer();
    CHECK(due == one.now + milliseconds(200));
    one.c->on_timer(one.now);
    CHECK(one.pump().empty());
    CHECK(one.c->next_timer() == due);
    one.now = due;
    one.c->on_timer(due);
    CHECK(one.pump().size() == 1);
    one.c->on_timer(due);
    CHECK(one.pump().empty());
    CHECK(one.c->next_timer() == Time{} + seconds(1));
}

TEST_CASE("a connection may be moved, with its buffers", "[tcp]")
{
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Connection>);
    One one;
    one.open();
    one.offer("abc");
    one.c = std::make_unique<Connection>(std::move(*one.c));
    CHECK(one.pool.lent() == 1);
    CHECK(one.pump() == Lines{"PA 1+3 ack 1"});
}

TEST_CASE("every rule has a text of its own", "[tcp]")
{
    std::set<std::string_view> keys;
    for (std::size_t i = 0; i < static_cast<std::size_t>(Rule::count); ++i) {
        const RuleText& text = describe(static_cast<Rule>(i));
        CHECK(text.key.starts_with("tcp."));
        CHECK(text.section.starts_with("RFC "));
        CHECK_FALSE(text.gist.empty());
        keys.insert(text.key);
    }
    CHECK(keys.size() == static_cast<std::size_t>(Rule::count));
}

TEST_CASE("a cork holds partial segments until CLOSE", "[tcp]")
{
    One one;
    one.open(1000);
    one.corked = true;
    CHECK(one.say(std::string(900, 'a')).empty());
    CHECK(one.say(std::string(900, 'b')) == Lines{"A 1+1000 ack 1"});
    CHECK(one.c->next_timer() == one.now + initial_rto);
    one.c->close();
    CHECK(one.pump() == Lines{"FPA 1001+800 ack 1"});

    One two;
    two.open(1000);
    two.corked = true;
    CHECK(two.say("RCPT").empty());
    CHECK(two.pass(minutes(10)).empty()); // nothing but the cork is in the way
    two.corked = false;
    CHECK(two.pump() == Lines{"PA 1+4 ack 1"});
}

TEST_CASE("a connection is small", "[tcp]") { CHECK(sizeof(Connection) <= 320); }
