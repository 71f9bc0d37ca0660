#include "tests/transcripts/transcript.hpp"
#include "tests/unit/pop3/letterbox.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace tegami;

namespace {

using transcripts::Feed;
using transcripts::Side;

const std::string pop3_transcripts = std::string{TEGAMI_SOURCE_DIR} + "/tests/transcripts/pop3/";

std::vector<std::string> serve_pop3(const transcripts::Script& script, letterbox::Drop& drop, Feed feed)
{
    pop3::Session session{pop3::Policy{}};
    return transcripts::play(
        script, Side::server, [&](wire::Stream& peer) { return pop3::serve(peer, session, drop); }, feed);
}

struct FetchPlayed {
    std::vector<std::string> complaints;
    letterbox::Pile pile;
    pop3::FetchEnd end;
    bool done = false;
};

FetchPlayed fetch_script(const transcripts::Script& script, Feed feed,
                         pop3::FetchOptions options = letterbox::bobs_options(), bool full = false)
{
    FetchPlayed played;
    played.pile.full = full;
    played.complaints = transcripts::play(
        script, Side::client,
        [&](wire::Stream& peer) { return letterbox::run_fetch(peer, options, played.pile, played.end, played.done); },
        feed);
    return played;
}

const std::string log_in =
    "S: +OK hello\nC: CAPA\nS: -ERR what\nC: USER bob\nS: +OK\nC: PASS pass word\nS: +OK\nC: STAT\n";

} // namespace

TEST_CASE("the POP3 server, by its transcripts, at once and octet by octet")
{
    struct Row {
        const char* file;
        std::size_t left;
        int released;
    };
    const Row rows[] = {{"session.txt", 0, 0}, {"rules.txt", 1, 0},       {"limits.txt", 2, 0},
                        {"logins.txt", 2, 0},  {"auto-logout.txt", 2, 1}, {"pipelined.txt", 1, 0}};
    for (const Row& row : rows) {
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            INFO(row.file << (feed == Feed::groups ? " in groups" : " octet by octet"));
            letterbox::Drop drop;
            CHECK(serve_pop3(transcripts::read_script(pop3_transcripts + row.file), drop, feed) ==
                  std::vector<std::string>{});
            CHECK(drop.letters.size() == row.left);
            CHECK_FALSE(drop.locked);
            CHECK(drop.released == row.released);
        }
    }
}

TEST_CASE("a maildrop that is in use, cannot be read, or does not delete")
{
    letterbox::Drop drop;
    drop.locked = true;
    CHECK(serve_pop3(transcripts::parse_script("S: +OK ...\nC: USER bob\nS: +OK ...\nC: PASS pass word\nS: -ERR "
                                               "[IN-USE] ...\nC: QUIT\nS: +OK ...\nS.\n"),
                     drop, Feed::groups) == std::vector<std::string>{});
    CHECK(drop.locked); // the other session's lock
    drop.locked = false;
    drop.broken = true;
    CHECK(serve_pop3(transcripts::parse_script("S: +OK ...\nC: USER bob\nS: +OK ...\nC: PASS pass word\nS: -ERR "
                                               "[SYS/TEMP] ...\nC: QUIT\nS: +OK ...\nS.\n"),
                     drop, Feed::groups) == std::vector<std::string>{});

    struct FailsLater final : pop3::Maildrop {
        letterbox::Drop drop;
        wire::Task<std::expected<std::vector<pop3::Listed>, pop3::OpenError>> open(const std::string& user,
                                                                                   const std::string& password,
                                                                                   wire::Spans spans) override
        {
            auto opened = co_await drop.open(user, password, spans);
            drop.broken = true;
            co_return opened;
        }
        wire::Task<std::optional<pop3::Retrieved>> retrieve(std::size_t number, wire::Spans spans) override
        {
            return drop.retrieve(number, spans);
        }
        wire::Task<bool> commit(const std::vector<std::size_t>& numbers, wire::Spans spans) override
        {
            return drop.commit(numbers, spans);
        }
        void release() override { drop.release(); }
    } later;
    pop3::Session session{pop3::Policy{}};
    const auto script = transcripts::parse_script(
        "S: +OK ...\nC: USER bob\nS: +OK ...\nC: PASS pass word\nS: +OK ...\nC: RETR 1\nS: -ERR [SYS/TEMP] ...\n"
        "C: DELE 1\nS: +OK ...\nC: QUIT\nS: -ERR [SYS/TEMP] ...\nS.\n");
    CHECK(transcripts::play(script, Side::server, [&](wire::Stream& peer) {
              return pop3::serve(peer, session, later);
          }) == std::vector<std::string>{});
    CHECK(later.drop.letters.size() == 2);
}

TEST_CASE("a client that goes without QUIT deletes nothing, wherever it goes")
{
    const std::string octets = "USER bob\r\nPASS pass word\r\nDELE 1\r\nRETR 2\r\nQUIT\r\n";
    for (std::size_t length = 0; length <= octets.size(); ++length) {
        for (const char* how : {"C.\n", "C!\n"}) {
            letterbox::Drop drop;
            auto script = transcripts::parse_script(std::string{"C= x\n"} + how);
            script[0].text = octets.substr(0, length);
            serve_pop3(script, drop, Feed::groups);
            CHECK(drop.letters.size() == (length == octets.size() ? 1 : 2));
            CHECK_FALSE(drop.locked);
        }
    }
}

TEST_CASE("the POP3 client plays the transcript that the server plays")
{
    for (const Feed feed : {Feed::groups, Feed::octets}) {
        auto script = transcripts::read_script(pop3_transcripts + "session.txt");
        script.pop_back();
        const auto played = fetch_script(script, feed);
        CHECK(played.complaints == std::vector<std::string>{});
        CHECK(played.done);
        CHECK(played.end.complete);
        CHECK(played.end.stored == 2);
        REQUIRE(played.pile.fetched.size() == 2);
        CHECK(played.pile.text(0) == letterbox::two_letters()[0].text);
        CHECK(played.pile.text(1) == letterbox::two_letters()[1].text);
        CHECK(played.pile.fetched[0].unique_id == "one.uid");
        CHECK(played.pile.fetched[0].message.spans(nullptr) == wire::Spans{7});
    }
}

TEST_CASE("the client keeps mail on the server if it shall, and copes with one that knows no UIDL")
{
    auto options = letterbox::bobs_options();
    options.keep_on_server = true;
    const auto played = fetch_script(
        transcripts::parse_script(log_in + "S: +OK 2 10\nC: UIDL\nS: -ERR what\nC: RETR 1\nS: +OK\nS: x\nS: .\n"
                                           "C: RETR 2\nS: -ERR gone\nC: QUIT\nS: +OK\nC.\n"),
        Feed::groups, options);
    CHECK(played.complaints == std::vector<std::string>{});
    CHECK(played.end.stage == pop3::FetchStage::quit);
    CHECK(played.end.stored == 1);
    CHECK_FALSE(played.end.complete); // one was not to be had
    CHECK(played.pile.text(0) == "x\r\n");
}

TEST_CASE("what the sink does not store is not deleted")
{
    const auto played = fetch_script(
        transcripts::parse_script(
            log_in +
            "S: +OK 1 10\nC: UIDL\nS: +OK\nS: 1 a\nS: .\nC: RETR 1\nS: +OK\nS: x\nS: .\nC: QUIT\nS: +OK\nC.\n"),
        Feed::groups, letterbox::bobs_options(), true);
    CHECK(played.complaints == std::vector<std::string>{});
    CHECK_FALSE(played.end.complete);
}

TEST_CASE("servers that refuse, vanish or talk nonsense")
{
    using pop3::FetchStage;
    constexpr auto greeting = FetchStage::greeting, list = FetchStage::list, retrieve = FetchStage::retrieve,
                   remove = FetchStage::remove, quit = FetchStage::quit;
    struct Row {
        std::string script;
        pop3::FetchStage stage;
        std::optional<wire::Hangup> hangup;
        bool malformed;
        std::string code;
    };
    const std::string hello = "S: +OK\nC: CAPA\nS: -ERR\n";
    const std::string listed = log_in + "S: +OK 2 20\nC: UIDL\n";
    const Row rows[] = {
        {"S: -ERR [SYS/TEMP] no\nC: QUIT\nS: +OK\nC.\n", greeting, {}, false, "SYS/TEMP"},
        {"S.\nC.\n", greeting, wire::Hangup::closed, false, ""},
        {"S: 220 mx\nC.\n", greeting, {}, true, ""},
        {"+10m\nC.\n", greeting, wire::Hangup::timed_out, false, ""},
        {"S= -ERR {x*505}\\r\\n\nC: QUIT\nS: +OK\nC.\n", greeting, {}, false, ""}, // 512 octets with CRLF
        {"S= -ERR {x*506}\\r\\n\nC.\n", greeting, {}, true, ""},
        {"S: +OK\nC: CAPA\nS: +OK\nS 100001x: x\nC.\n", pop3::FetchStage::log_in, {}, true, ""},
        {hello + "C: USER bob\nS: -ERR no\nC: QUIT\nS: +OK\nC.\n", pop3::FetchStage::log_in, {}, false, ""},
        {hello + "C: USER bob\nS: +OK\nC: PASS pass word\nS: -ERR [AUTH] no\nC: QUIT\nS: +OK\nC.\n",
         pop3::FetchStage::log_in,
         {},
         false,
         "AUTH"},
        {hello + "C: USER bob\nS: +OK\nC: PASS pass word\nS: -ERR [IN-USE] no\nC: QUIT\nS.\nC.\n",
         pop3::FetchStage::log_in,
         {},
         false,
         "IN-USE"},
        {log_in + "S: +OK many\nC.\n", list, {}, true, ""},
        {log_in + "S: +OK 0 0\nC: QUIT\nS: +OK\nC.\n", quit, {}, false, ""},
        {listed + "S: +OK\nS: nonsense\nC.\n", list, {}, true, ""},
        {listed + "S: +OK\nS: 1 a\nS.\nC.\n", list, wire::Hangup::closed, false, ""},
        {listed + "S: +OK\nS 100001x: 1 a\nC.\n", list, {}, true, ""},
        {listed + "S: +OK\nS: 1 a\nS: .\nC: RETR 1\nS: +OK\nS: half\nS.\nC.\n", retrieve, wire::Hangup::closed, false,
         ""},
        {listed + "S: +OK\nS: 1 a\nS: .\nC: RETR 1\nS: +OK\nS: x\nS: .\nC: DELE 1\nS!\n", remove, wire::Hangup::reset,
         false, ""},
    };
    for (const Row& row : rows) {
        INFO(row.script);
        const auto played = fetch_script(transcripts::parse_script(row.script), Feed::groups);
        CHECK(played.complaints == std::vector<std::string>{});
        CHECK(played.done);
        CHECK(played.end.stage == row.stage);
        CHECK(played.end.hangup == row.hangup);
        CHECK(played.end.malformed.has_value() == row.malformed);
        CHECK((played.end.response ? played.end.response->code : "") == row.code);
        CHECK(played.end.complete == (row.stage == quit));
    }
}

TEST_CASE("a message over the limit stays on the server, on both sides of the limit")
{
    auto options = letterbox::bobs_options();
    options.message_limit = 10;
    for (const int length : {8, 9}) {
        const std::string script = log_in + "S: +OK 1 10\nC: UIDL\nS: +OK\nS: 1 a\nS: .\nC: RETR 1\nS: +OK\nS: {x*" +
                                   std::to_string(length) + "}\nS: .\n" + (length == 8 ? "C: DELE 1\nS: +OK\n" : "") +
                                   "C: QUIT\nS: +OK\nC.\n";
        const auto played = fetch_script(transcripts::parse_script(script), Feed::groups, options);
        CHECK(played.complaints == std::vector<std::string>{});
        CHECK(played.pile.fetched.size() == (length == 8 ? 1 : 0));
        CHECK(played.end.complete == (length == 8));
    }
}

TEST_CASE("the POP3 attack pack: each as its row says")
{
    namespace fs = std::filesystem;
    const fs::path folder = fs::path{TEGAMI_VECTORS} / "attack-pack" / "pop3";
    if (!fs::exists(folder)) return test::skip("no attack-pack/pop3 in " TEGAMI_VECTORS);
    struct Row {
        std::string file;
        std::string heard; ///< behind the greeting; ours password differs, so the pack's is put in its place
    };
    const Row rows[] = {
        {"txn-04.bin", "+OK Send PASS\r\n+OK 2 messages\r\n-ERR Command not understood\r\n+OK Goodbye\r\n"},
        {"txn-07.bin",
         "+OK Send PASS\r\n+OK 2 messages\r\n+OK Message 1 marked\r\n-ERR No such message\r\n+OK Goodbye\r\n"},
        {"txn-11.bin", "+OK Send PASS\r\n+OK 2 messages\r\n+OK 2 59\r\n-ERR Logged in already\r\n+OK Goodbye\r\n"},
        {"user-path.bin", "+OK Send PASS\r\n-ERR [AUTH] Wrong name or password\r\n+OK Send PASS\r\n-ERR [AUTH] Wrong "
                          "name or password\r\n"
                          "+OK Send PASS\r\n-ERR [AUTH] Wrong name or password\r\n+OK Goodbye\r\n"},
        {"stls-inject.bin", "-ERR Command not understood\r\n+OK Send PASS\r\n-ERR [AUTH] Wrong name or password\r\n"},
        {"quit-missing.bin", "+OK Send PASS\r\n+OK 2 messages\r\n+OK Message 1 marked\r\n"},
    };
    const auto octets_of = [&](const std::string& file) {
        std::ifstream in{folder / file, std::ios::binary};
        std::string octets{std::istreambuf_iterator<char>{in}, {}};
        for (std::size_t at; (at = octets.find("PASS pass\r\n")) != octets.npos;)
            octets.replace(at, 9, "PASS pass word");
        return octets;
    };
    for (const Row& row : rows) {
        for (const Feed feed : {Feed::groups, Feed::octets}) {
            INFO(row.file);
            letterbox::Drop drop;
            auto script = transcripts::parse_script("S: +OK ...\nC= x\nS= y\nC.\nS.\n");
            script[1].text = octets_of(row.file);
            script[2].text = row.heard;
            CHECK(serve_pop3(script, drop, feed) == std::vector<std::string>{});
            CHECK(drop.letters.size() == (row.file == "txn-07.bin" ? 1 : 2));
            CHECK_FALSE(drop.locked);
        }
    }
    letterbox::Drop drop;
    auto script = transcripts::parse_script(
        "S: +OK ...\nC= x\nS 6x= +OK Send PASS\\r\\n-ERR [AUTH] Wrong name or password\\r\\n\nS.\n");
    script[1].text = octets_of("brute.bin");
    CHECK(serve_pop3(script, drop, Feed::groups) == std::vector<std::string>{});
}
