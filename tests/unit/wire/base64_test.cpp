#include "protocols/wire/base64.hpp"

#include <catch2/catch.hpp>

using namespace tegami::wire;

TEST_CASE("RFC 4648 §10: the test vectors, both ways")
{
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, text] : vectors) {
        CHECK(encode_base64(as_octets(plain)) == text);
        const auto decoded = decode_base64(text);
        REQUIRE(decoded);
        CHECK(as_text(*decoded) == plain);
    }
}

TEST_CASE("RFC 4648 §9: the worked examples")
{
    CHECK(encode_base64(OctetBuffer{0x14, 0xFB, 0x9C, 0x03, 0xD9, 0x7E}) == "FPucA9l+");
    CHECK(encode_base64(OctetBuffer{0x14, 0xFB, 0x9C, 0x03, 0xD9}) == "FPucA9k=");
    CHECK(encode_base64(OctetBuffer{0x14, 0xFB, 0x9C, 0x03}) == "FPucAw==");
}

TEST_CASE("base64 of every octet, at every length, comes back")
{
    OctetBuffer octets;
    for (unsigned i = 0; i < 300; ++i) {
        const std::string text = encode_base64(octets);
        CHECK(text.size() == (octets.size() + 2) / 3 * 4);
        CHECK(decode_base64(text) == octets);
        for (std::size_t size = 0; size < text.size(); ++size) {
            const auto prefix = decode_base64(std::string_view{text}.substr(0, size));
            CHECK(prefix.has_value() == (size % 4 == 0));
            if (!prefix) CHECK(prefix.error() == Malformed{size, "RFC 4648 §4: characters come in fours"});
        }
        octets.push_back(static_cast<std::uint8_t>(i * 7));
    }
}

TEST_CASE("what strict base64 refuses, where and by which rule")
{
    const std::string_view alphabet = "RFC 4648 §3.3: a character that is not in the alphabet";
    const std::string_view fours = "RFC 4648 §4: characters come in fours";
    const std::string_view padding = "RFC 4648 §4: padding is one or two = at the very end";
    const std::string_view bits = "RFC 4648 §3.5: the bits before the padding are zero";
    const std::pair<std::string_view, Malformed> malformed[] = {
        {"Zm9v\r\nYmFy", {4, alphabet}},
        {"Zm 9v", {2, alphabet}},
        {"Zm9-", {3, alphabet}}, // base64url's
        {"Zm9_", {3, alphabet}},
        {std::string_view{"Zm\0v", 4}, {2, alphabet}},
        {"Zm9\xC3", {3, alphabet}},
        {"Z", {1, fours}},
        {"Zg", {2, fours}},
        {"Zg=", {3, fours}},
        {"Zm9vY", {5, fours}},
        {"====", {0, padding}},
        {"Z===", {1, padding}},
        {"Zg=a", {2, padding}},
        {"Zg==Zg==", {2, padding}},
        {"Zm8=Zm8=", {3, padding}},
        {"Zg==\n", {2, padding}},
        {"Zh==", {1, bits}},
        {"Zm9=", {2, bits}},
    };
    for (const auto& [text, error] : malformed) {
        CAPTURE(text);
        const auto decoded = decode_base64(text);
        REQUIRE_FALSE(decoded);
        CHECK(decoded.error().offset == error.offset);
        CHECK(decoded.error().rule == error.rule);
    }
}
