// What a resolver remembers of servers.

#include "tests/unit/dns/resolver_lab.hpp"

#include "protocols/dns/server_book.hpp"

using namespace tegami;
using namespace tegami::dns;
using namespace tegami::dns::lab;
using wire::microseconds;
using wire::milliseconds;
using wire::seconds;

TEST_CASE("the wait for a server follows its answers, between 200 ms and 5 s, and doubles when it is silent",
          "[dns][server_book][limits]")
{
    static_assert(first_wait == milliseconds(800) && shortest_wait == milliseconds(200) && longest_wait == seconds(5));
    ServerBook book;
    const wire::Address server = ip("192.0.2.1");
    CHECK(book.expected(server) == Duration{});
    CHECK(book.wait(server, 0) == milliseconds(800));
    CHECK(book.wait(server, 1) == milliseconds(1600));
    CHECK(book.wait(server, 2) == milliseconds(3200));
    CHECK(book.wait(server, 3) == seconds(5));
    CHECK(book.wait(server, 1000) == seconds(5));
    book.answered(server, milliseconds(100)); // RFC 6298 §2.2
    CHECK(book.expected(server) == milliseconds(100));
    CHECK(book.wait(server, 0) == milliseconds(300));
    book.answered(server, milliseconds(180)); // §2.3
    CHECK(book.expected(server) == milliseconds(110));
    CHECK(book.wait(server, 0) == milliseconds(110) + microseconds(57'500) * 4);
    for (int i = 0; i < 100; ++i) book.answered(server, milliseconds(1));
    CHECK(book.wait(server, 0) == milliseconds(200));
    for (int i = 0; i < 100; ++i) book.answered(server, seconds(20));
    CHECK(book.wait(server, 0) == seconds(5));
}

TEST_CASE("a silent server is expected to be slower, one that is passed over slowly looks better", "[dns][server_book]")
{
    ServerBook book;
    const wire::Address server = ip("2001:db8::1");
    book.was_silent(server);
    CHECK(book.expected(server) == first_wait);
    book.was_silent(server);
    CHECK(book.expected(server) == first_wait * 2);
    for (int i = 0; i < 20; ++i) book.was_silent(server);
    CHECK(book.expected(server) == longest_wait);
    Duration before = book.expected(server);
    for (int i = 0; i < 500; ++i) {
        book.passed_over(server);
        CHECK(book.expected(server) <= before);
        before = book.expected(server);
    }
    CHECK(before < milliseconds(10));
    CHECK(before.ns > 0); // not like one that nobody has asked
    book.answered(server, milliseconds(50));
    CHECK(book.expected(server) == milliseconds(50));
    book.passed_over(ip("192.0.2.9")); // unknown: nothing to say
    CHECK(book.size() == 1);
}

TEST_CASE("a server is lame for one zone and for a while, and may not understand EDNS", "[dns][server_book]")
{
    ServerBook book;
    const wire::Address server = ip("192.0.2.1");
    CHECK(book.speaks_edns(server));
    book.without_edns(server);
    CHECK(!book.speaks_edns(server));
    book.is_lame_until(server, n("example."), lab_start + seconds(300));
    CHECK(book.is_lame(server, n("EXAMPLE."), lab_start));
    CHECK(!book.is_lame(server, n("other."), lab_start));
    CHECK(book.is_lame(server, n("example."), lab_start + seconds(300) - wire::nanoseconds(1)));
    CHECK(!book.is_lame(server, n("example."), lab_start + seconds(300)));
    // Sixteen zones are remembered; the one that ends first goes.
    for (int i = 0; i < 16; ++i)
        book.is_lame_until(server, *n("zone.").with_first(std::to_string(i)), lab_start + seconds(400 + i));
    CHECK(!book.is_lame(server, n("example."), lab_start));
    CHECK(book.is_lame(server, n("0.zone."), lab_start));
}

TEST_CASE("the book of servers has an end", "[dns][server_book][limits]")
{
    ServerBook book;
    for (std::uint32_t i = 0; i < servers_remembered; ++i) book.without_edns(wire::Address::v4(i));
    CHECK(book.size() == servers_remembered);
    book.without_edns(wire::Address::v4(0)); // used again
    book.without_edns(wire::Address::v4(1'000'000));
    CHECK(book.size() == servers_remembered);
    CHECK(!book.speaks_edns(wire::Address::v4(0)));
    CHECK(book.speaks_edns(wire::Address::v4(1))); // forgotten
    book.clear();
    CHECK(book.size() == 0);
}
