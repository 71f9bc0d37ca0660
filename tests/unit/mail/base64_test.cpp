#include "protocols/wire/base64.hpp"

#include <catch2/catch.hpp>

using namespace tegami;

TEST_CASE("base 64, by RFC 4648 §10")
{
    const std::pair<std::string, std::string> rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [octets, text] : rows) {
        CHECK(wire::encode_base64(wire::as_octets(octets)) == text);
        const auto decoded = wire::decode_base64(text);
        REQUIRE(decoded);
        CHECK(wire::as_text(*decoded) == octets);
        for (std::size_t length = 0; length < text.size(); ++length)
            if (length % 4 != 0) CHECK_FALSE(wire::decode_base64(text.substr(0, length)));
    }
    for (const char* text : {"Z", "Zg=", "Zg", "Zh==", "Zm9=", "=Zm9", "Zg==Zg==", "Zm 9", "Zm\r\n", "Zm9-", "===="}) {
        INFO(text);
        CHECK_FALSE(wire::decode_base64(text));
    }
    CHECK(wire::decode_base64("Zm9!").error().offset == 3);
}
