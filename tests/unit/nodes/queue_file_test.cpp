#include "sim/nodes/queue_file.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using namespace tegami::nodes;

namespace {

QueueFile waiting_letter()
{
    QueueFile file;
    file.reverse_path = mail::Path{*mail::parse_mailbox("alice@sakura.example.jp")};
    file.forward_paths = {*mail::parse_mailbox("bob@example.com"), *mail::parse_mailbox("\"o d d\"@example.com")};
    file.server = {wire::Address::v4(0xC633'6419), wire::Port{25}};
    file.server_name = "mail.example.com";
    file.tries = 3;
    file.written = {1'775'433'601'000'000'000};
    file.message = "From: <alice@sakura.example.jp>\r\n\r\nfrom me\nto you\n\n.\r\n";
    return file;
}

} // namespace

TEST_CASE("a letter in an outbox is read back as it was written", "[nodes][outbox]")
{
    const QueueFile file = waiting_letter();
    const auto read = parse_queue_file(format(file));
    REQUIRE(read);
    CHECK(mail::format(read->reverse_path) == mail::format(file.reverse_path));
    CHECK(read->forward_paths == file.forward_paths);
    CHECK(read->server == file.server);
    CHECK(read->server_name == file.server_name);
    CHECK(read->tries == 3);
    CHECK(read->written == file.written);
    CHECK(read->message == file.message); // whatever its lines look like
    CHECK(format(*read) == format(file));

    QueueFile bounce = file; // from nobody, for nobody any more
    bounce.reverse_path = {};
    bounce.forward_paths.clear();
    const auto empty = parse_queue_file(format(bounce));
    REQUIRE(empty);
    CHECK(empty->forward_paths.empty());
    CHECK(mail::format(empty->reverse_path) == "<>");
}

TEST_CASE("an envelope that was cut short is not read", "[nodes][outbox]")
{
    const QueueFile file = waiting_letter();
    const std::string text = format(file);
    const std::size_t envelope = text.find("\n\n") + 2;
    for (std::size_t length = 0; length < envelope; ++length) {
        INFO(length);
        CHECK_FALSE(parse_queue_file(std::string_view{text}.substr(0, length)));
    }
}

TEST_CASE("an envelope line that says nothing sensible is refused, with its place", "[nodes][outbox]")
{
    const std::string good = "from <a@b.example>\nto <c@d.example>\n";
    for (const char* line : {"from <a@b.example> x\n", "to <>\n", "server 1.2.3\n", "port 65536\n", "port 25x\n",
                             "tries -1\n", "written now\n", "nonsense 1\n", "word\n"}) {
        INFO(line);
        const auto read = parse_queue_file(good + line + "\nmessage");
        REQUIRE_FALSE(read);
        CHECK(read.error().offset == good.size());
    }
}
