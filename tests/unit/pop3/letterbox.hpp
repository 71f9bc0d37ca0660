#pragma once
/// A maildrop and a sink for tests of POP3: bob, whose password is `pass word`, has two messages.

#include "protocols/pop3/client.hpp"
#include "protocols/pop3/server.hpp"
#include "tests/transcripts/stepped.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tegami::letterbox {

struct Letter {
    std::string unique_id;
    std::string text;
    wire::Spans spans;
};

inline std::vector<Letter> two_letters()
{
    return {{"one.uid", "Subject: one\r\n\r\n.dot\r\n..\r\nend\r\n", {5}},
            {"two.uid", "Subject: two\r\n\r\na\r\nb\r\nc\r\nd\r\n", {6}}};
}

class Drop final : public pop3::Maildrop {
  public:
    transcripts::Pauses* pauses = nullptr;
    std::vector<Letter> letters = two_letters();
    bool locked = false;
    bool broken = false;
    int released = 0;

    wire::Task<std::expected<std::vector<pop3::Listed>, pop3::OpenError>> open(const std::string& user,
                                                                               const std::string& password,
                                                                               wire::Spans) override
    {
        if (pauses) co_await pauses->pause();
        if (user != "bob" || password != "pass word") co_return std::unexpected(pop3::OpenError::wrong_password);
        if (locked) co_return std::unexpected(pop3::OpenError::in_use);
        if (broken) co_return std::unexpected(pop3::OpenError::temporary);
        locked = true;
        std::vector<pop3::Listed> list;
        for (const Letter& letter : letters) list.push_back({letter.text.size(), letter.unique_id});
        co_return list;
    }
    wire::Task<std::optional<pop3::Retrieved>> retrieve(std::size_t number, wire::Spans) override
    {
        if (pauses) co_await pauses->pause();
        if (broken) co_return std::nullopt;
        const Letter& letter = letters.at(number - 1);
        const auto octets = wire::as_octets(letter.text);
        co_return pop3::Retrieved{{octets.begin(), octets.end()}, letter.spans};
    }
    wire::Task<bool> commit(const std::vector<std::size_t>& numbers, wire::Spans) override
    {
        if (pauses) co_await pauses->pause();
        locked = false;
        if (broken) co_return false;
        for (auto number = numbers.rbegin(); number != numbers.rend(); ++number)
            letters.erase(letters.begin() + static_cast<std::ptrdiff_t>(*number) - 1);
        if (pauses) co_await pauses->pause();
        co_return true;
    }
    void release() override
    {
        locked = false;
        ++released;
    }
};

class Pile final : public pop3::Sink {
  public:
    transcripts::Pauses* pauses = nullptr;
    std::vector<pop3::Fetched> fetched;
    bool full = false;

    bool wants(const std::string& unique_id) override
    {
        for (const auto& one : fetched)
            if (one.unique_id == unique_id) return false;
        return true;
    }
    wire::Task<bool> store(pop3::Fetched one) override
    {
        if (pauses) co_await pauses->pause();
        if (full) co_return false;
        fetched.push_back(std::move(one));
        if (pauses) co_await pauses->pause();
        co_return true;
    }
    std::string text(std::size_t i) const { return std::string{wire::as_text(fetched.at(i).message.octets)}; }
};

inline pop3::FetchOptions bobs_options()
{
    pop3::FetchOptions options;
    options.user = "bob";
    options.password = "pass word";
    options.spans = {1};
    return options;
}

inline wire::Task<void> run_fetch(wire::Stream& peer, const pop3::FetchOptions& options, pop3::Sink& sink,
                                  pop3::FetchEnd& end, bool& done)
{
    end = co_await pop3::fetch(peer, options, sink);
    done = true;
}

} // namespace tegami::letterbox
