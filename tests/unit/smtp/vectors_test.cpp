/// Hostile input and other projects' dialogues, where they are at hand.
#include "tests/transcripts/transcript.hpp"
#include "tests/unit/skip.hpp"
#include "tests/unit/smtp/mailroom.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace tegami;
namespace fs = std::filesystem;

namespace {

const fs::path vectors_root{TEGAMI_VECTORS};

bool vectors_absent(const fs::path& folder)
{
    if (fs::exists(folder)) return false;
    test::skip(fs::relative(folder, vectors_root).string() + " is not in " TEGAMI_VECTORS);
    return true;
}

std::string octets_of_file(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

struct Attacked {
    std::string said;
    std::vector<mailroom::Stored> stored;

    bool says(const std::string& text) const { return said.find(text) != said.npos; }
};

/// Everything at once, or octet by octet, then the client is gone.
Attacked attack(const std::string& octets, std::size_t piece, smtp::Policy policy = {})
{
    auto [client, server] = wire::PipeEnd::make_pair(1 << 24);
    policy.host_name = "example.test";
    smtp::Session session{policy};
    mailroom::Keeper keeper;
    auto serving = smtp::serve(*server, session, keeper);
    serving.start();
    Attacked result;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
        auto writing = transcripts::detail::talk(*client, std::string_view{octets}.substr(at, piece));
        writing.start();
        result.said += wire::as_text(client->ahead());
        client->take(client->ahead().size());
    }
    client->close();
    result.said += wire::as_text(client->ahead());
    CHECK(serving.done());
    result.stored = keeper.stored;
    return result;
}

} // namespace

TEST_CASE("the attack pack: each as its row says")
{
    const fs::path folder = vectors_root / "attack-pack" / "smtp";
    if (vectors_absent(folder)) return;
    struct Row {
        std::string file;
        std::vector<std::string> says;
        std::size_t stored;
    };
    const Row rows[] = {
        {"eod-01.bin", {"550 5.5.2"}, 0},
        {"eod-05.bin", {"550 5.5.2"}, 0},
        {"eod-07.bin", {"550 5.5.2"}, 0},
        {"eod-11.bin", {}, 1},
        {"eod-13.bin", {"550 5.5.2"}, 0},
        {"eod-19.bin", {}, 1},
        {"eod-22.bin", {}, 1},
        {"cmdline-513.bin", {"501 5.5.4", "250 2.0.0 Nothing done"}, 0},
        {"textline-1001.bin", {"250 2.0.0 Kept"}, 1},
        {"badcmd-1000.bin", {"500 5.5.1", "421 4.7.0"}, 0},
        {"http-post.bin", {"421 4.7.0"}, 0},
        {"early-talker.bin", {"250 2.0.0 Kept"}, 1},
        {"rcpt-evil-06.bin", {"501 5.1.3", "554 5.5.1"}, 0},
        {"rcpt-evil-08.bin", {"501 5.1.3", "554 5.5.1"}, 0},
        {"rcpt-evil-16.bin", {"250 2.0.0 Kept"}, 1},
        {"rcpt-evil-20.bin", {"501 5.1.3", "554 5.5.1"}, 0},
        {"mail-evil-00.bin", {"552 5.3.4"}, 0},
        {"mail-evil-01.bin", {"501 5.5.4"}, 0},
        {"mail-evil-04.bin", {"501 5.5.4"}, 0},
        {"mail-evil-07.bin", {"250 2.1.0"}, 0},
        {"mail-evil-08.bin", {"555 5.5.4"}, 0},
        {"mail-evil-09.bin", {"555 5.5.4"}, 0},
        {"mail-evil-11.bin", {"501 5.5.4"}, 0},
        {"auth-00.bin", {"500 5.5.2"}, 0},
        {"auth-02.bin", {"502 5.5.1"}, 0},
        {"auth-03.bin", {"502 5.5.1"}, 0},
        {"auth-05.bin", {"502 5.5.1"}, 0},
        {"auth-07.bin", {"502 5.5.1"}, 0},
        {"auth-08.bin", {"502 5.5.1"}, 0},
        {"bdat-00.bin", {"502 5.5.1"}, 0},
        {"received-101.bin", {"554 5.4.6"}, 0},
        {"ar-forge.bin", {"250 2.0.0 Kept"}, 1},
    };
    for (const Row& row : rows) {
        INFO(row.file);
        const std::string octets = octets_of_file(folder / row.file);
        REQUIRE_FALSE(octets.empty());
        const Attacked at_once = attack(octets, octets.size());
        for (const std::string& text : row.says) CHECK(at_once.says(text));
        CHECK(at_once.stored.size() == row.stored);
        CHECK(at_once.said.starts_with("220 "));
        CHECK_FALSE(at_once.says("AUTH")); // none is offered
        for (const auto& stored : at_once.stored) CHECK(stored.reverse_path == "<a@example.net>");
        // Octet by octet equals all at once.
        const Attacked slowly = attack(octets, 1);
        CHECK(slowly.said == at_once.said);
        CHECK(slowly.stored.size() == at_once.stored.size());
    }
    CHECK(attack(octets_of_file(folder / "textline-1001.bin"), 4096).stored[0].text.find(std::string(1'001, 'x')) !=
          std::string::npos);
}

TEST_CASE("the attack pack on the submission port: nothing is taken without a password", "[attack]")
{
    const fs::path folder = vectors_root / "attack-pack" / "smtp";
    if (vectors_absent(folder)) return;
    mailroom::Accounts accounts;
    smtp::Policy submission;
    submission.accounts = &accounts;
    submission.require_authentication = true;
    const std::map<std::string, std::string> says{
        {"auth-00.bin", "500 5.5.6"}, // a line of more than 12,288 octets
        {"auth-02.bin", "501 5.5.2"}, {"auth-03.bin", "535 5.7.8"},   {"auth-05.bin", "501 5.7.0"},
        {"auth-07.bin", "504 5.5.4"}, {"auth-08.bin", "535 5.7.8"}, // a password that is nobody's: a second AUTH may come
        {"eod-01.bin", "530 5.7.0"},  {"http-post.bin", "421 4.7.0"}, {"early-talker.bin", "530 5.7.0"},
    };
    const std::string login = "EHLO x\r\nAUTH PLAIN AGJvYgBib2Itc2VjcmV0\r\n";
    int count = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        ++count;
        const std::string name = entry.path().filename().string();
        INFO(name);
        const std::string octets = octets_of_file(entry.path());
        const Attacked stranger = attack(octets, octets.size(), submission);
        CHECK(stranger.stored.empty());
        CHECK(attack(octets, 1, submission).said == stranger.said);
        if (const auto row = says.find(name); row != says.end()) CHECK(stranger.says(row->second));
        // And of somebody who has authenticated himself: as on port 25.
        const Attacked insider = attack(login + octets, octets.size() + login.size(), submission);
        const Attacked anybody = attack("EHLO x\r\n" + octets, octets.size() + 8);
        CHECK(insider.stored.size() == anybody.stored.size());
        for (const auto& stored : insider.stored) CHECK_FALSE(stored.text.starts_with("Subject: SMUGGLED"));
        CHECK(attack(login + octets, 1, submission).said == insider.said);
    }
    CHECK(count > 30);
    // The row that auth-08 means: a second AUTH behind a good one.
    CHECK(attack(login + "AUTH PLAIN x\r\n", 1'000, submission).says("503 5.5.1 Authenticated already"));
}

TEST_CASE("chasquid's dialogues of AUTH", "[auth]")
{
    const fs::path folder = vectors_root / "smtp-scripts/albertito+chasquid/test/t-12-minor_dialogs";
    if (vectors_absent(folder)) return;
    // Its user and password; it demands an address as the name, and has TLS where ours has none yet. auth_not_tls.cmy is a
    // server on which no password may show, and auth_too_many_failures.cmy ends after three errors: ours after twenty.
    class Users final : public sasl::Accounts {
      public:
        bool has_password(std::string_view user, std::string_view password) override
        {
            return user == "user@testserver" && password == "secretpassword";
        }
    };
    struct Row {
        std::string file;
        sasl::Secrecy secrecy;
        std::vector<std::pair<std::string, std::string>> ours; ///< expected there → ours
    };
    const Row rows[] = {
        // A mechanism that nobody knows is 504 (RFC 4954 §4).
        {"auth_multi_dialog.cmy", sasl::Secrecy::password_may_show, {{"534", "504"}}},
        {"auth_not_tls.cmy", sasl::Secrecy::password_must_not_show, {{"503", "538"}}},
    };
    for (const Row& row : rows) {
        std::ifstream in{folder / row.file};
        REQUIRE(in);
        Users users;
        std::unique_ptr<wire::PipeEnd> client, server;
        std::optional<smtp::Session> session;
        mailroom::Keeper keeper;
        std::optional<wire::Task<void>> serving;
        std::string heard;
        int compared = 0;
        for (std::string line; std::getline(in, line);) {
            INFO(row.file << ": " << line);
            if (line.ends_with("1465") || line.ends_with("1025")) {
                client.reset();
                serving.reset();
                smtp::Policy policy;
                policy.accounts = &users;
                policy.secrecy = row.secrecy;
                session.emplace(policy);
                std::tie(client, server) = wire::PipeEnd::make_pair(1 << 22);
                serving = smtp::serve(*server, *session, keeper);
                serving->start();
                heard.clear();
            } else if (line.starts_with("c -> ")) {
                const std::string text = line.substr(5) + "\r\n";
                auto writing = transcripts::detail::talk(*client, text);
                writing.start();
            } else if (line.starts_with("c <")) {
                heard += wire::as_text(client->ahead());
                client->take(client->ahead().size());
                std::string code = line.substr(line.starts_with("c <... ") ? 7 : 5, 3);
                for (const auto& [theirs, ours] : row.ours)
                    if (code == theirs) code = ours;
                std::string reply; // of however many lines
                do {
                    const std::size_t end = heard.find("\r\n");
                    REQUIRE(end != std::string::npos);
                    reply = heard.substr(0, end);
                    heard.erase(0, end + 2);
                } while (reply.size() > 3 && reply[3] == '-');
                CHECK(reply.substr(0, 3) == code);
                ++compared;
            }
        }
        CHECK(compared >= 3);
        client.reset();
    }
}

TEST_CASE("James's dialogue of AUTH LOGIN, line for line", "[auth]")
{
    const fs::path file = vectors_root /
                          "smtp-scripts/apache+james-project/mpt/impl/smtp/core/src/main/resources/org/apache"
                          "/james/smtp/scripts/authplain.test";
    if (vectors_absent(file)) return;
    class Users final : public sasl::Accounts {
      public:
        bool has_password(std::string_view user, std::string_view password) override
        {
            return user == "bob@mydomain.tld" && password == "secret";
        }
    };
    Users users;
    smtp::Policy policy;
    policy.accounts = &users;
    auto [client, server] = wire::PipeEnd::make_pair(1 << 16);
    smtp::Session session{policy};
    mailroom::Keeper keeper;
    auto serving = smtp::serve(*server, session, keeper);
    serving.start();
    std::string heard;
    const auto next_line = [&] {
        heard += wire::as_text(client->ahead());
        client->take(client->ahead().size());
        const std::size_t end = heard.find("\r\n");
        REQUIRE(end != heard.npos);
        const std::string line = heard.substr(0, end);
        heard.erase(0, end + 2);
        return line;
    };
    // It leaves out the greeting of the client, which RFC 4954 §4 asks for.
    next_line();
    auto greeting = transcripts::detail::talk(*client, "EHLO x\r\n");
    greeting.start();
    while (next_line().starts_with("250-")) {
    }
    std::ifstream in{file};
    int compared = 0;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("C: ")) {
            const std::string text = line.substr(3) + "\r\n";
            auto writing = transcripts::detail::talk(*client, text);
            writing.start();
        } else if (line.starts_with("S: 334")) {
            CHECK(next_line() == line.substr(3));
            ++compared;
        } else if (line.starts_with("S: 235")) {
            CHECK(next_line().starts_with("235 "));
            ++compared;
        }
    }
    CHECK(compared == 3);
    client->close();
}

TEST_CASE("floods: a hundred thousand recipients, and a line of four megabytes")
{
    std::string many = "EHLO x\r\nMAIL FROM:<a@example.net>\r\n";
    for (int i = 0; i < 100'000; ++i) many += "RCPT TO:<user@example.test>\r\n";
    CHECK(attack(many, many.size()).says("452 4.5.3"));
    const std::string line = "EHLO x\r\nNOOP " + std::string(4 << 20, 'x') + "\r\nNOOP\r\n";
    const Attacked result = attack(line, 1 << 16);
    CHECK(result.says("500 5.5.2"));
    CHECK(result.says("250 2.0.0 Nothing done"));
}

TEST_CASE("chasquid's dialogues, as far as a server without TLS and AUTH can play them")
{
    const fs::path folder = vectors_root / "smtp-scripts/albertito+chasquid/test/t-12-minor_dialogs";
    if (vectors_absent(folder)) return;
    // Only codes are compared where its words differ from ours; where even the code does, the row says why.
    struct Row {
        std::string file;
        std::vector<std::pair<std::string, std::string>> ours; ///< expected there → ours
    };
    const Row rows[] = {
        {"bad_data.cmy", {{"554", "250"}}}, // a line that is no header field is no reason to refuse mail
        {"bad_data_dot.cmy", {{"521", "550"}}},
        {"bad_data_dot_2.cmy", {{"521", "550"}}},
        {"bad_data_dot_on_message_too_big.cmy", {{"521", "550"}}},
        {"bad_mail_from.cmy", {{"500", "501"}}}, // MAIL is known; its argument is wrong (RFC 5321 §4.2.4)
        {"bad_rcpt_to.cmy", {{"500", "501"}, {"550", "501"}}},
        {"data_dot_stuffing.cmy", {}},
        {"empty_helo.cmy", {}},
        {"helo.cmy", {}},
        {"line_too_long.cmy", {{"554", "501"}}}, // it fits into our limit, and is no domain
        {"message_too_big.cmy", {}},
        {"sendmail.cmy", {}},
        {"unknown_command.cmy", {}},
        {"wrong_proto.cmy", {{"502", "421"}}},
    };
    for (const Row& row : rows) {
        std::ifstream in{folder / row.file};
        REQUIRE(in);
        std::vector<std::string> complaints;
        std::optional<smtp::Session> session;
        mailroom::Keeper keeper;
        std::unique_ptr<wire::PipeEnd> client, server;
        std::optional<wire::Task<void>> serving;
        std::string heard;
        int number = 0;
        for (std::string line; std::getline(in, line);) {
            ++number;
            INFO(row.file << ":" << number << " " << line);
            if (line.starts_with("c tcp_connect")) {
                client.reset();
                serving.reset();
                smtp::Policy policy;
                policy.host_name = "testserver";
                policy.message_limit = 1 << 20;
                session.emplace(policy);
                std::tie(client, server) = wire::PipeEnd::make_pair(1 << 22);
                serving = smtp::serve(*server, *session, keeper);
                serving->start();
                heard.clear();
            } else if (line.starts_with("c -> ") || line == "c ->") {
                const std::string text = line.substr(std::min<std::size_t>(5, line.size())) + "\r\n";
                auto writing = transcripts::detail::talk(*client, text);
                writing.start();
            } else if (line.starts_with("c ~> ")) {
                // 'text', ('text' * 3 + 'text') * 5
                const std::string_view expression = std::string_view{line}.substr(5);
                std::string text, term;
                std::string group;
                bool in_group = false;
                for (std::size_t at = 0; at < expression.size(); ++at) {
                    if (expression[at] == '(') in_group = true;
                    if (expression[at] == '\'') {
                        const std::size_t end = expression.find('\'', at + 1);
                        term = transcripts::detail::unescape(expression.substr(at + 1, end - at - 1));
                        (in_group ? group : text) += term;
                        at = end;
                    }
                    if (expression[at] == ')') {
                        in_group = false;
                        term = group;
                        text += group;
                    }
                    if (expression[at] == '*') {
                        std::string& to = in_group ? group : text;
                        for (int times = std::stoi(std::string{expression.substr(at + 1)}); times > 1; --times)
                            to += term;
                    }
                }
                auto writing = transcripts::detail::talk(*client, text);
                writing.start();
            } else if (line.starts_with("c <")) {
                heard += wire::as_text(client->ahead());
                client->take(client->ahead().size());
                std::string code = line.substr(line.starts_with("c <... ") ? 7 : 5, 3);
                for (const auto& [theirs, ours] : row.ours)
                    if (code == theirs) code = ours;
                std::string reply; // of however many lines
                do {
                    const std::size_t end = heard.find("\r\n");
                    REQUIRE(end != std::string::npos);
                    reply = heard.substr(0, end);
                    heard.erase(0, end + 2);
                } while (reply.size() > 3 && reply[3] == '-');
                CHECK(reply.substr(0, 3) == code);
            }
        }
        const fs::path verify = folder / (row.file + ".verify");
        if (fs::exists(verify)) {
            REQUIRE(keeper.stored.size() == 1);
            std::string text;
            for (const char c : keeper.stored[0].text)
                if (c != '\r') text += c;
            CHECK(text == octets_of_file(verify));
        }
        client.reset();
    }
}

TEST_CASE("chasquid's fuzzing seeds and James's dialogues break nothing")
{
    const fs::path folder = vectors_root / "smtp-scripts";
    if (vectors_absent(folder)) return;
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        const bool is_seed = entry.path().parent_path().filename() == "FuzzConnection";
        if (!entry.is_regular_file() || (!is_seed && entry.path().extension() != ".test")) continue;
        ++count;
        std::istringstream in{octets_of_file(entry.path())};
        std::string octets;
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("[]byte(\""))
                octets += transcripts::detail::unescape(std::string_view{line}.substr(8, line.size() - 10));
            else if (line.starts_with("C: "))
                octets += line.substr(3) + "\r\n";
            else if (line == "C:")
                octets += "\r\n";
        }
        INFO(entry.path());
        REQUIRE_FALSE(octets.empty());
        const Attacked at_once = attack(octets, octets.size());
        CHECK(at_once.said == attack(octets, 1).said);
    }
    CHECK(count == 19);
}
