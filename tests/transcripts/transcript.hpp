#pragma once
/// Dialogues written down so that anyone can read them, and played against one side of ours.
///
///   # a comment                    an empty line means nothing
///   C: EHLO client.example.org     a line of the client, CRLF behind it; lines in a row are sent at once
///   S: 250 ok                      a line of the server; behind a space, ... takes whatever follows
///   S* 250                         a whole reply of that code, of however many lines
///   C= one\r\ntwo                  octets as they are: \r \n \t \0 \\ \xHH
///   C 20x: XX                      that line twenty times
///   C: NOOP {a*4000}               a piece of text many times over
///   +5m  +30s                      time in which nobody says anything
///   C.  S.                         that side ends its side of the stream
///   C!  S!                         that side breaks the connection

#include "protocols/wire/pipe.hpp"
#include "protocols/wire/task.hpp"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace tegami::transcripts {

enum class Side : char { client = 'C', server = 'S' };

struct Step {
    enum class Kind { octets, reply, time, close, abort };
    Kind kind = Kind::octets;
    Side side = Side::client;
    std::string text;        // what is said; of a reply, its code
    bool open_end = false;   // an expected line may go on
    wire::Duration length{}; // time
    int line = 0;            // in the file
};

using Script = std::vector<Step>;

namespace detail {

inline std::string unescape(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
        case 'r': out += '\r'; break;
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case '0': out += '\0'; break;
        case 'x':
            out += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
            i += 2;
            break;
        default: out += text[i];
        }
    }
    return out;
}

/// {text*count}
inline std::string expand(std::string text)
{
    for (std::size_t at = 0; (at = text.find('{', at)) != text.npos;) {
        const std::size_t star = text.find('*', at);
        const std::size_t end = text.find('}', at);
        if (end == text.npos || star == text.npos || star > end || star + 1 == end || !std::isdigit(text[star + 1])) {
            ++at;
            continue;
        }
        const std::string piece = text.substr(at + 1, star - at - 1);
        std::string many;
        for (int count = std::stoi(text.substr(star + 1, end - star - 1)); count > 0; --count) many += piece;
        text.replace(at, end + 1 - at, many);
        at += many.size();
    }
    return text;
}

} // namespace detail

inline Script parse_script(std::istream& in)
{
    Script script;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.empty() || line[0] == '#') continue;
        Step step;
        step.line = number;
        if (line[0] == '+') {
            step.kind = Step::Kind::time;
            const std::int64_t count = std::stoll(line.substr(1));
            step.length = line.back() == 'm' ? wire::minutes(count) : wire::seconds(count);
            script.push_back(step);
            continue;
        }
        step.side = line[0] == 'C' ? Side::client : Side::server;
        std::string rest = line.substr(1);
        long times = 1;
        if (rest[0] == ' ') {
            char* end = nullptr;
            times = std::strtol(rest.c_str(), &end, 10);
            rest = end + 1; // the x
        }
        std::string text = rest.size() > 2 ? rest.substr(2) : "";
        switch (rest[0]) {
        case '.': step.kind = Step::Kind::close; break;
        case '!': step.kind = Step::Kind::abort; break;
        case '*':
            step.kind = Step::Kind::reply;
            step.text = text;
            break;
        case '=': step.text = detail::expand(detail::unescape(text)); break;
        case ':':
            step.open_end = text.ends_with(" ...");
            if (step.open_end) text.resize(text.size() - 3);
            step.text = detail::expand(text) + (step.open_end ? "" : "\r\n");
            break;
        default: std::abort(); // a mistake in a transcript
        }
        for (; times > 0; --times) script.push_back(step);
    }
    return script;
}

inline Script parse_script(const std::string& text)
{
    std::istringstream in{text};
    return parse_script(in);
}

inline Script read_script(const std::string& path)
{
    std::ifstream in{path};
    if (!in) std::abort();
    return parse_script(in);
}

enum class Feed { groups, octets };

namespace detail {

/// How the stream has ended, if it has.
inline wire::Task<void> probe_end(wire::Stream& peer, std::optional<wire::Hangup>& why)
{
    const auto chunk = co_await peer.arrival();
    if (!chunk) why = chunk.error();
}

inline wire::Task<void> talk(wire::Stream& peer, std::string_view text) { co_await peer.write(text, wire::Spans{7}); }

} // namespace detail

/// Plays the other side of `script` against `dialogue`, which speaks for `ours`. What did not go as written, a line each.
inline std::vector<std::string> play(const Script& script, Side ours,
                                     const std::function<wire::Task<void>(wire::Stream&)>& dialogue,
                                     Feed feed = Feed::groups)
{
    std::vector<std::string> complaints;
    auto [tested, other] = wire::PipeEnd::make_pair(1 << 20);
    wire::Task<void> task = dialogue(*tested);
    task.start();

    std::string heard;
    const auto listen = [&] {
        heard += wire::as_text(other->ahead());
        other->take(other->ahead().size());
    };
    listen();
    std::size_t at = 0; // how much of what was heard is accounted for
    wire::Duration waited;
    const auto complain = [&](const Step& step, const std::string& what) {
        complaints.push_back("line " + std::to_string(step.line) + ": " + what);
    };
    for (std::size_t i = 0; i < script.size() && complaints.empty(); ++i, listen()) {
        const Step& step = script[i];
        if (step.kind == Step::Kind::time) {
            for (wire::Duration left = step.length; left.ns > 0;) {
                const wire::Duration until = tested->allowed().ns > 0 ? tested->allowed() - waited : left + left;
                if (!tested->waiting() || until > left) {
                    waited = waited + left;
                    break;
                }
                left = left - until;
                waited = {};
                tested->expire();
            }
        } else if (step.side != ours) {
            waited = {};
            if (step.kind == Step::Kind::close) {
                other->close();
            } else if (step.kind == Step::Kind::abort) {
                other->abort();
            } else {
                const auto octets_of = [](const Step& said) { return said.text + (said.open_end ? "\r\n" : ""); };
                std::string group = octets_of(step);
                while (i + 1 < script.size() && script[i + 1].side != ours && script[i + 1].kind == Step::Kind::octets)
                    group += octets_of(script[++i]);
                if (feed == Feed::groups) {
                    wire::Task<void> talking = detail::talk(*other, group);
                    talking.start();
                } else {
                    for (std::size_t j = 0; j < group.size(); ++j) {
                        wire::Task<void> talking = detail::talk(*other, std::string_view{group}.substr(j, 1));
                        talking.start();
                        listen();
                    }
                }
            }
        } else if (step.kind == Step::Kind::close || step.kind == Step::Kind::abort) {
            std::optional<wire::Hangup> why;
            wire::Task<void> probing = detail::probe_end(*other, why);
            probing.start();
            const bool right = why && (*why == wire::Hangup::closed) == (step.kind == Step::Kind::close);
            if (!right) complain(step, "the stream did not end like this");
        } else if (step.kind == Step::Kind::reply) {
            for (bool last = false; !last;) {
                const std::size_t end = heard.find("\r\n", at);
                const std::string line = heard.substr(at, end == std::string::npos ? end : end - at);
                if (end == std::string::npos || !line.starts_with(step.text)) {
                    complain(step, "wanted a reply " + step.text + ", heard: " + line);
                    break;
                }
                at = end + 2;
                last = line.size() == step.text.size() || line[step.text.size()] != '-';
            }
        } else {
            const std::string_view left = std::string_view{heard}.substr(at);
            if (!left.starts_with(step.text)) {
                complain(step, "wanted: " + step.text + "heard: " + std::string{left.substr(0, 400)});
            } else if (step.open_end) {
                const std::size_t end = heard.find("\r\n", at + step.text.size());
                if (end == std::string::npos) complain(step, "the line does not end");
                at = end + 2;
            } else {
                at += step.text.size();
            }
        }
    }
    if (complaints.empty() && at != heard.size())
        complaints.push_back("at the end, heard too: " + heard.substr(at, 400));
    other.reset(); // whatever ours still waits for, it does not come
    return complaints;
}

} // namespace tegami::transcripts
