#include "protocols/pop3/session.hpp"

namespace tegami::pop3 {

namespace {

Session::Answer answer(bool ok, std::string text, std::string code = {})
{
    Session::Answer result;
    result.response = {ok, std::move(code), std::move(text)};
    return result;
}

Session::Answer no_such_message() { return answer(false, "No such message"); }

} // namespace

Session::Session(Policy policy) : policy_(std::move(policy)) {}

Session::Answer Session::on_command(const wire::Decoded<Command>& command)
{
    if (!command) return bad({false, {}, "Command not understood"});
    if (command->verb == Verb::capa) return capabilities();
    return state_ == State::authorization ? in_authorization(*command) : in_transaction(*command);
}

Session::Answer Session::on_long_line() { return bad({false, {}, "Line too long"}); }

/// RFC 1939 §4 and §7.
Session::Answer Session::in_authorization(const Command& command)
{
    switch (command.verb) {
    case Verb::user:
        // The answer is the same for every name: who has a maildrop is nobody's business.
        user_ = command.text;
        return answer(true, "Send PASS");
    case Verb::pass: {
        if (user_.empty()) return bad({false, {}, "Say USER first"});
        Answer result;
        result.next = Next::open;
        result.password = command.text;
        return result;
    }
    case Verb::quit: { // no UPDATE state from here (§4)
        Answer result = answer(true, "Goodbye");
        result.next = Next::end;
        return result;
    }
    default: return bad({false, {}, "Log in first"});
    }
}

/// RFC 1939 §5 and §7.
Session::Answer Session::in_transaction(const Command& command)
{
    switch (command.verb) {
    case Verb::stat: return {.response = statistics(Statistics::drop_listing)};
    case Verb::list:
    case Verb::uidl: return listing(command);
    case Verb::retr:
    case Verb::top: {
        if (!exists(command.number)) return no_such_message();
        Answer result;
        result.next = Next::retrieve;
        result.number = static_cast<std::size_t>(command.number);
        result.whole = command.verb == Verb::retr;
        result.lines = command.lines;
        return result;
    }
    case Verb::dele:
        if (!exists(command.number)) return no_such_message();
        entries_[static_cast<std::size_t>(command.number) - 1].marked = true;
        return answer(true, "Message " + std::to_string(command.number) + " marked");
    case Verb::rset:
        for (Entry& entry : entries_) entry.marked = false;
        return {.response = statistics(Statistics::words)};
    case Verb::noop: return answer(true, "");
    case Verb::quit: {
        state_ = State::update;
        Answer result;
        result.next = Next::commit;
        return result;
    }
    default: return bad({false, {}, "Logged in already"});
    }
}

/// RFC 2449 §5 and §6. PIPELINING: each command is answered in turn, and nothing read is thrown away.
Session::Answer Session::capabilities() const
{
    Answer result = answer(true, "Capabilities follow");
    result.multi_line = true;
    result.listing = "TOP\r\nUSER\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nEXPIRE NEVER\r\n"
                     "IMPLEMENTATION tegami\r\n";
    return result;
}

/// LIST and UIDL: of one message, or of all that are not marked.
Session::Answer Session::listing(const Command& command) const
{
    if (command.numbered) {
        if (!exists(command.number)) return no_such_message();
        return answer(true, listing_line(static_cast<std::size_t>(command.number), command.verb));
    }
    Answer result{.response = statistics(Statistics::words), .multi_line = true};
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].marked) continue;
        result.listing += listing_line(i + 1, command.verb);
        result.listing += "\r\n";
    }
    return result;
}

/// scan-listing or unique-id listing.
std::string Session::listing_line(std::size_t number, Verb verb) const
{
    const Listed& message = entries_[number - 1].message;
    return std::to_string(number) + " " + (verb == Verb::list ? std::to_string(message.octets) : message.unique_id);
}

/// Messages marked are not counted. The drop listing of STAT is for programs: number, octets.
Response Session::statistics(Statistics kind) const
{
    std::uint64_t count = 0;
    std::uint64_t octets = 0;
    for (const Entry& entry : entries_) {
        if (entry.marked) continue;
        ++count;
        octets += entry.message.octets;
    }
    const std::string number = std::to_string(count);
    if (kind == Statistics::drop_listing) return {true, {}, number + " " + std::to_string(octets)};
    return {true, {}, number + (count == 1 ? " message" : " messages")};
}

Response Session::on_open(std::vector<Listed> messages)
{
    entries_.clear();
    entries_.reserve(messages.size());
    for (Listed& message : messages) entries_.push_back({std::move(message)});
    state_ = State::transaction;
    return statistics(Statistics::words);
}

Session::Answer Session::on_open_failure(OpenError error)
{
    user_.clear();
    switch (error) {
    case OpenError::in_use: return answer(false, "Another session has this maildrop", "IN-USE");
    case OpenError::temporary: return answer(false, "The maildrop cannot be read now", "SYS/TEMP");
    case OpenError::wrong_password: break;
    }
    // RFC 3206 §4: AUTH says that name or password is at fault, and nothing else.
    Answer result = answer(false, "Wrong name or password", "AUTH");
    if (++failed_logins_ > failed_login_limit) result.next = Next::end;
    return result;
}

/// RFC 1939 §6.
Response Session::on_commit(bool deleted) const
{
    if (!deleted) return {false, "SYS/TEMP", "Some messages marked were not deleted"};
    return {true, {}, "Goodbye"};
}

std::vector<std::size_t> Session::marked() const
{
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].marked) numbers.push_back(i + 1);
    return numbers;
}

bool Session::exists(std::uint64_t number) const
{
    return number >= 1 && number <= entries_.size() && !entries_[static_cast<std::size_t>(number) - 1].marked;
}

Session::Answer Session::bad(Response response)
{
    Answer result;
    result.response = std::move(response);
    if (++bad_commands_ > bad_command_limit) result.next = Next::end;
    return result;
}

} // namespace tegami::pop3
