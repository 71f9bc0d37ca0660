#include "protocols/sasl/line.hpp"
#include "protocols/sasl/plain.hpp"
#include "protocols/sasl/registry.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace std::string_literals;

namespace {

/// tim may act as kurt (RFC 4616 §4 has such a pair).
class Users final : public sasl::Accounts {
  public:
    bool has_password(std::string_view user, std::string_view password) override
    {
        return (user == "tim" && password == "tanstaaftanstaaf") || (user == "Kurt" && password == "xipj3plmq");
    }
    bool may_act_as(std::string_view user, std::string_view other) override
    {
        return user == other || (user == "Kurt" && other == "Ursel");
    }
};

wire::Octets octets(const std::string& text) { return wire::as_octets(text); }
std::string text_of(const wire::OctetBuffer& buffer) { return std::string{wire::as_text(buffer)}; }

} // namespace

TEST_CASE("PLAIN's message, both ways", "[sasl]")
{
    const std::pair<std::string, sasl::PlainMessage> rows[] = {
        {"\0tim\0tanstaaftanstaaf"s, {"", "tim", "tanstaaftanstaaf"}}, // RFC 4616 §4
        {"Ursel\0Kurt\0xipj3plmq"s, {"Ursel", "Kurt", "xipj3plmq"}},
        {"\0\xC3\xA4\0 "s, {"", "\xC3\xA4", " "}},
        {std::string(255, 'a') + "\0"s + std::string(255, 'b') + "\0"s + std::string(255, 'c'),
         {std::string(255, 'a'), std::string(255, 'b'), std::string(255, 'c')}},
    };
    for (const auto& [message, parts] : rows) {
        const auto decoded = sasl::decode_plain(octets(message));
        REQUIRE(decoded);
        CHECK(*decoded == parts);
        CHECK(text_of(sasl::encode(parts)) == message);
    }
    // Every beginning that lacks a part.
    const std::string whole = "Ursel\0Kurt\0xipj3plmq"s;
    for (std::size_t length = 0; length <= whole.find('\0', 6) + 1; ++length)
        CHECK_FALSE(sasl::decode_plain(octets(whole.substr(0, length))));
}

TEST_CASE("what is no message of PLAIN, with its place and rule", "[sasl][limits]")
{
    struct Row {
        std::string message;
        std::size_t offset;
        std::string_view rule;
    };
    const Row rows[] = {
        {"", 0, "three parts"},
        {"\0"s, 1, "three parts"},
        {"\0\0"s, 1, "not empty"},
        {"\0tim\0"s, 5, "not empty"},
        {"\0tim\0a\0b"s, 5, "no NUL"},
        {"\0t\xC0\x80\0a"s, 1, "UTF-8"},
        {"\xFF\0tim\0a"s, 0, "UTF-8"},
        {std::string(256, 'a') + "\0b\0c"s, 0, "255"},
        {"\0"s + std::string(256, 'b') + "\0c"s, 1, "255"},
        {"\0b\0"s + std::string(256, 'c'), 3, "255"},
    };
    for (const Row& row : rows) {
        INFO(row.offset << " " << row.rule);
        const auto decoded = sasl::decode_plain(octets(row.message));
        REQUIRE_FALSE(decoded);
        CHECK(decoded.error().offset == row.offset);
        CHECK(decoded.error().rule.contains(row.rule));
    }
}

TEST_CASE("every mechanism: our client against our server", "[sasl]")
{
    using Progress = sasl::ServerMechanism::Progress;
    struct Row {
        sasl::Credentials credentials;
        Progress end;
        sasl::Identity identity;
    };
    const Row rows[] = {
        {{"tim", "tanstaaftanstaaf", {}}, Progress::success, {"tim", "tim"}},
        {{"tim", "wrong", {}}, Progress::refused, {"tim", "tim"}},
        {{"nobody", "tanstaaftanstaaf", {}}, Progress::refused, {"nobody", "nobody"}},
    };
    Users users;
    for (const sasl::Mechanism& mechanism : sasl::mechanisms()) {
        for (const Row& row : rows) {
            for (const bool begins : {true, false}) {
                INFO(mechanism.name << " " << row.credentials.user << (begins ? " begins" : " waits"));
                auto server = mechanism.make_server(users);
                auto client = mechanism.make_client(row.credentials);
                auto step = server->begin();
                if (begins)
                    if (const auto first = client->initial_response()) step = server->on_response(*first);
                int turns = 0;
                while (step.progress == Progress::challenge && ++turns < 10) {
                    const auto response = client->on_challenge(step.octets);
                    REQUIRE(response);
                    step = server->on_response(*response);
                }
                CHECK(step.progress == row.end);
                CHECK(step.identity == row.identity);
            }
        }
    }
    // Only PLAIN can say as whom.
    auto server = sasl::make_plain_server(users);
    static_cast<void>(server->begin());
    CHECK(server->on_response(octets("Ursel\0Kurt\0xipj3plmq"s)).identity == sasl::Identity{"Kurt", "Ursel"});
    CHECK(server->on_response(octets("tim\0Kurt\0xipj3plmq"s)).progress == Progress::refused);
    CHECK(server->on_response(octets("Kurt\0tim\0tanstaaftanstaaf"s)).progress == Progress::refused);
}

TEST_CASE("LOGIN: names and passwords on both sides of their limits, and a server that asks too often",
          "[sasl][limits]")
{
    using Progress = sasl::ServerMechanism::Progress;
    Users users;
    const auto* login = sasl::find_mechanism("login");
    REQUIRE(login);
    for (const auto& [name, progress] : {std::pair{std::string(255, 'a'), Progress::challenge},
                                         {std::string(256, 'a'), Progress::malformed},
                                         {""s, Progress::malformed},
                                         {"a\0"s, Progress::malformed}}) {
        auto server = login->make_server(users);
        CHECK(text_of(server->begin().octets) == "Username:");
        CHECK(server->on_response(octets(name)).progress == progress);
    }
    auto client = login->make_client({"tim", "secret", {}});
    CHECK_FALSE(client->initial_response());
    CHECK(text_of(*client->on_challenge(octets("whatever"))) == "tim");
    CHECK(text_of(*client->on_challenge({})) == "secret");
    CHECK_FALSE(client->on_challenge({}));
}

TEST_CASE("the best of what is offered is chosen", "[sasl]")
{
    using enum sasl::Secrecy;
    const auto chosen = [](std::string_view offered, sasl::Secrecy secrecy = password_may_show,
                           std::string_view wanted = {}) {
        const auto* mechanism = sasl::choose_mechanism(offered, secrecy, wanted);
        return mechanism ? std::string{mechanism->name} : "none";
    };
    CHECK(chosen("LOGIN PLAIN") == "PLAIN");
    CHECK(chosen("login") == "LOGIN");
    CHECK(chosen("GSSAPI  LOGIN ") == "LOGIN");
    CHECK(chosen("") == "none");
    CHECK(chosen("PLAIN-X XPLAIN") == "none");
    CHECK(chosen("LOGIN PLAIN", password_must_not_show) == "none");
    CHECK(chosen("LOGIN PLAIN", password_may_show, "LOGIN") == "LOGIN");
    CHECK(chosen("LOGIN PLAIN", password_may_show, "plain") == "PLAIN");
    CHECK(chosen("PLAIN", password_may_show, "LOGIN") == "none"); // what is wanted, or nothing
    CHECK(chosen("LOGIN GSSAPI", password_may_show, "GSSAPI") == "none");
    CHECK(chosen("LOGIN", password_must_not_show, "LOGIN") == "none");
    CHECK(sasl::list_mechanisms(password_may_show) == "PLAIN LOGIN");
    CHECK(sasl::list_mechanisms(password_must_not_show).empty());
    CHECK(sasl::is_mechanism_name("A-NAME_OF-20-LETTERS"));
    CHECK_FALSE(sasl::is_mechanism_name("A-NAME_OF-21-LETTERSX"));
    CHECK_FALSE(sasl::is_mechanism_name(""));
    CHECK_FALSE(sasl::is_mechanism_name("PLAIN."));
}

TEST_CASE("responses in lines", "[sasl]")
{
    CHECK(sasl::format_line({}).empty());
    CHECK(sasl::format_initial_response({}) == "=");
    CHECK(sasl::parse_initial_response("=")->empty());
    CHECK_FALSE(sasl::parse_line("="));
    CHECK_FALSE(sasl::parse_line("*"));
    CHECK_FALSE(sasl::parse_initial_response(""s + "AA"));
    CHECK(text_of(*sasl::parse_line("dGlt")) == "tim");
}
