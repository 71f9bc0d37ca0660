#include "protocols/mail/address.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using mail::Mailbox;

TEST_CASE("mailboxes are read and written back")
{
    struct Row {
        std::string text, local_part, domain, written;
    };
    const std::string a63(63, 'a');
    const Row rows[] = {
        {"alice@example.org", "alice", "example.org", "alice@example.org"},
        {"a.b+c@example.org", "a.b+c", "example.org", "a.b+c@example.org"},
        {"\"a.b\"@example.org", "a.b", "example.org", "a.b@example.org"},
        {"\"a b\"@example.org", "a b", "example.org", "\"a b\"@example.org"},
        {"\"a\\\"\\\\b\"@example.org", "a\"\\b", "example.org", "\"a\\\"\\\\b\"@example.org"},
        {"\"\"@example.org", "", "example.org", "\"\"@example.org"},
        {"\".a\"@example.org", ".a", "example.org", "\".a\"@example.org"},
        {"postmaster@[192.0.2.1]", "postmaster", "[192.0.2.1]", "postmaster@[192.0.2.1]"},
        {"a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
        {"a@[x-tag:something]", "a", "[x-tag:something]", "a@[x-tag:something]"},
        {"a@localhost", "a", "localhost", "a@localhost"},
        {"a@xn--bcher-kva.example", "a", "xn--bcher-kva.example", "a@xn--bcher-kva.example"},
        {"a@" + a63 + ".example", "a", a63 + ".example", "a@" + a63 + ".example"},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        const auto mailbox = mail::parse_mailbox(row.text);
        REQUIRE(mailbox);
        CHECK(mailbox->local_part == row.local_part);
        CHECK(mailbox->domain == row.domain);
        CHECK(mail::format(*mailbox) == row.written);
        const auto again = mail::parse_mailbox(mail::format(*mailbox));
        REQUIRE(again);
        CHECK(*again == *mailbox);
    }
}

TEST_CASE("what is no mailbox is refused, with the rule")
{
    struct Row {
        std::string text, rule;
        std::size_t offset;
    };
    const Row rows[] = {
        {"", "Dot-string", 0},
        {"a", "has an @", 1},
        {"a@", "Domain", 2},
        {"@example.org", "Dot-string", 0},
        {".a@example.org", "Dot-string", 0},
        {"a..b@example.org", "Dot-string", 2},
        {"a.@example.org", "Dot-string", 2},
        {"a b@example.org", "has an @", 1},
        {"a@b@example.org", "something follows", 3},
        {"\"a@example.org", "ends with a quote", 14},
        {"\"bob\\\"@example.test", "ends with a quote", 19},
        {std::string{"\"bob\0evil\"@example.test", 23}, "printable", 4},
        {"\"a\r\nb\"@example.org", "printable", 2},
        {"\xC3\xA4@example.org", "Dot-string", 0},
        {"a@ex\xC3\xA4mple.org", "something follows", 4},
        {"a@-x.example", "hyphen", 2},
        {"a@x-.example", "hyphen", 2},
        {"a@xn---", "hyphen", 2},
        {"a@example..org", "Domain", 10},
        {"a@example.org.", "Domain", 14},
        {"a@[192.0.2.256]", "IPv4", 3},
        {"a@[192.0.2.1", "ends with ]", 12},
        {"a@[]", "IPv4", 3},
        {"a@[IPv6:192.0.2.1]", "IPv6", 3},
        {"a@[IPv6:2001:db8:::1]", "IPv6", 3},
        {"a@[tag:]", "general", 3},
        {"a@[a[b:c]", "dcontent", 4},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        const auto mailbox = mail::parse_mailbox(row.text);
        REQUIRE_FALSE(mailbox);
        CHECK(std::string{mailbox.error().rule}.find(row.rule) != std::string::npos);
        CHECK(mailbox.error().offset == row.offset);
    }
}

TEST_CASE("limits of addresses, on both sides")
{
    CHECK(mail::parse_mailbox(std::string(64, 'a') + "@example.org"));
    CHECK_FALSE(mail::parse_mailbox(std::string(65, 'a') + "@example.org"));
    CHECK(mail::parse_mailbox("\"" + std::string(62, 'a') + "\"@example.org"));
    CHECK_FALSE(mail::parse_mailbox("\"" + std::string(63, 'a') + "\"@example.org"));
    CHECK_FALSE(mail::parse_mailbox("a@" + std::string(64, 'a') + ".org"));

    std::string domain; // 251 octets, then to 255 and 256
    for (int i = 0; i < 4; ++i) domain += std::string(62, 'd') + ".";
    domain.resize(251);
    CHECK(mail::parse_domain(domain + ".org"));
    CHECK_FALSE(mail::parse_domain(domain + ".orgs"));
    // A path is at most 256 octets with its brackets.
    const std::string d245 = domain.substr(0, 245);
    CHECK(mail::read_path("<aaaaaaaa@" + d245 + ">")->length == 256);
    CHECK(mail::parse_mailbox("aaaaaaaa@" + d245));
    CHECK_FALSE(mail::parse_mailbox("aaaaaaaaa@" + d245));
    const auto longer = mail::read_path("<aaaaaaaaa@" + d245 + ">");
    REQUIRE_FALSE(longer);
    CHECK(std::string{longer.error().rule}.find("4.5.3.1.3") != std::string::npos);
}

TEST_CASE("paths")
{
    struct Row {
        std::string text, written;
        std::size_t length;
    };
    const Row rows[] = {
        {"<>", "<>", 2},
        {"<> BODY=7BIT", "<>", 2},
        {"<a@b> SIZE=3", "<a@b>", 5},
        {"<@relay.example,@other.example:a@b>", "<a@b>", 35},
        {"<Postmaster>", "<Postmaster>", 12},
        {"<postmaster> X", "<postmaster>", 12},
        {"a@b SIZE=3", "<a@b>", 3},
        {"<\"x> y\"@b>x", "<\"x> y\"@b>", 10},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        const auto read = mail::read_path(row.text);
        REQUIRE(read);
        CHECK(mail::format(read->path) == row.written);
        CHECK(read->length == row.length);
    }
    for (const char* text :
         {"", "<", "<a@b", "<a>", "<a@b", "<@a:>", "<@a@b>", "<@a,b:c@d>", "postmaster", "a@b>", "< a@b>", "<a@b >"}) {
        INFO(text);
        CHECK_FALSE(mail::read_path(text));
    }
}

TEST_CASE("every proper prefix of a path fails")
{
    const std::string text = "<@r.example:\"a \\\" b\"@[IPv6:2001:db8::1]>";
    REQUIRE(mail::read_path(text));
    for (std::size_t length = 0; length < text.size(); ++length) CHECK_FALSE(mail::read_path(text.substr(0, length)));
}

TEST_CASE("domains compare without regard to case, local parts do not")
{
    CHECK(mail::same_mailbox({"a", "Example.ORG"}, {"a", "example.org"}));
    CHECK_FALSE(mail::same_mailbox({"A", "example.org"}, {"a", "example.org"}));
}
