#include "sim/scenario/registrable.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

TEST_CASE("what one registers is one label more than a public suffix", "[registrable]")
{
    const struct {
        std::string_view domain, registered;
    } rows[] = {
        {"com", "com"},
        {"sakura.com", "sakura.com"},
        {"a.b.sakura.com", "sakura.com"},
        {"co.jp", "co.jp"},
        {"sakura.co.jp", "sakura.co.jp"},
        {"mail.sakura.co.jp", "sakura.co.jp"},
        {"sakura.jp", "sakura.jp"},
        {"mail.city.yokohama.jp", "city.yokohama.jp"}, // an exception from *.yokohama.jp
        {"a.b.nishi.yokohama.jp", "b.nishi.yokohama.jp"},
        {"a.b.ac.uk", "b.ac.uk"},
        {"a.b.gtld.example", "gtld.example"}, // a TLD that the list does not have
        // Kept for documentation: RFC 2606 §3, JPRS.
        {"example.com", "example.com"},
        {"fuji.example.net", "fuji.example.net"},
        {"mx1.fuji.example.net", "fuji.example.net"},
        {"example.jp", "example.jp"},
        {"mail.sakura.example.jp", "sakura.example.jp"},
        {"mail.sakura.example0.jp", "sakura.example0.jp"},
        {"mail.sakura.example9.co.jp", "sakura.example9.co.jp"},
        {"mail.sakura.example10.jp", "example10.jp"},
        {"mail.sakura.examples.jp", "examples.jp"},
        {"mail.example1.com", "example1.com"},
        {"mail.sakura.example.de", "example.de"},
        {"mail.anexample.jp", "anexample.jp"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.domain);
        CHECK(scenario::registrable(row.domain) == row.registered);
    }
}

TEST_CASE("a domain is within itself and within those that its labels end with", "[registrable]")
{
    CHECK(scenario::is_within("example.com", "example.com"));
    CHECK(scenario::is_within("a.example.com", "example.com"));
    CHECK_FALSE(scenario::is_within("anexample.com", "example.com"));
    CHECK_FALSE(scenario::is_within("com", "example.com"));
}
