#include "protocols/mail/address.hpp"

#include "protocols/mail/ascii.hpp"
#include "protocols/wire/address.hpp"

#include <algorithm>

namespace tegami::mail {

namespace {

using wire::Malformed;

/// Reads a mailbox from left to right; `at` is where it stands.
struct MailboxReader {
    std::string_view text;
    std::size_t at = 0;
    std::optional<Malformed> failure{};

    bool done() const { return at >= text.size(); }
    char next() const { return done() ? '\0' : text[at]; }
    void fail(std::string_view rule, std::size_t where)
    {
        if (!failure) failure = Malformed{where, rule};
    }
    void fail(std::string_view rule) { fail(rule, at); }

    /// Local-part = Dot-string / Quoted-string
    std::string local_part()
    {
        const std::size_t from = at;
        std::string meaning = next() == '"' ? quoted_string() : dot_string();
        if (at - from > local_part_limit) fail("RFC 5321 §4.5.3.1.1: a local-part is at most 64 octets", from);
        return meaning;
    }

    /// Quoted-string = DQUOTE *QcontentSMTP DQUOTE
    std::string quoted_string()
    {
        std::string meaning;
        for (++at; next() != '"'; ++at) {
            if (next() == '\\') ++at;
            if (done()) {
                fail("RFC 5321 §4.1.2: a Quoted-string ends with a quote");
                return meaning;
            }
            if (next() != ' ' && !is_visible(next())) {
                fail("RFC 5321 §4.1.2: a Quoted-string holds printable ASCII only");
                return meaning;
            }
            meaning += next();
        }
        ++at;
        return meaning;
    }

    /// Dot-string = Atom *("." Atom)
    std::string dot_string()
    {
        const std::size_t from = at;
        for (;;) {
            const std::size_t atom = at;
            while (is_atext(next())) ++at;
            if (at == atom) {
                fail("RFC 5321 §4.1.2: a Dot-string is atoms with single dots between them");
                break;
            }
            if (next() != '.') break;
            ++at;
        }
        return std::string{text.substr(from, at - from)};
    }

    /// Domain / address-literal
    std::string domain()
    {
        const std::size_t from = at;
        if (next() == '[')
            address_literal();
        else
            domain_name();
        if (at - from > domain_limit) fail("RFC 5321 §4.5.3.1.2: a domain is at most 255 octets", from);
        return std::string{text.substr(from, at - from)};
    }

    /// Domain = sub-domain *("." sub-domain); sub-domain = Let-dig [Ldh-str]
    void domain_name()
    {
        for (;;) {
            const std::size_t label = at;
            while (is_alphanumeric(next()) || next() == '-') ++at;
            if (at == label) {
                fail("RFC 5321 §4.1.2: a Domain is labels with single dots between them");
                return;
            }
            if (text[label] == '-' || text[at - 1] == '-')
                fail("RFC 5321 §4.1.2: a label neither begins nor ends with a hyphen", label);
            if (at - label > label_limit) fail("RFC 1035 §2.3.4: a label is at most 63 octets", label);
            if (next() != '.') return;
            ++at;
        }
    }

    /// address-literal, RFC 5321 §4.1.3
    void address_literal()
    {
        const std::size_t from = ++at;
        while (!done() && next() != ']') {
            // dcontent = %d33-90 / %d94-126
            if (!is_visible(next()) || next() == '[' || next() == '\\') {
                fail("RFC 5321 §4.1.3: an address literal holds dcontent only");
                return;
            }
            ++at;
        }
        if (done()) {
            fail("RFC 5321 §4.1.3: an address literal ends with ]");
            return;
        }
        const std::string_view content = text.substr(from, at - from);
        ++at;
        const std::size_t colon = content.find(':');
        if (colon == content.npos) {
            if (content.find_first_not_of("0123456789.") != content.npos || !wire::parse_address(content))
                fail("RFC 5321 §4.1.3: an IPv4 address literal is four decimal octets", from);
            return;
        }
        const std::string_view tag = content.substr(0, colon);
        if (equal_ignoring_case(tag, "IPv6")) {
            const std::string_view address = content.substr(colon + 1);
            if (address.find(':') == address.npos || !wire::parse_address(address))
                fail("RFC 5321 §4.1.3: an IPv6 address literal holds an IPv6 address", from);
            return;
        }
        // Standardized-tag = Ldh-str
        const bool ldh = !tag.empty() && tag.back() != '-' &&
                         std::ranges::all_of(tag, [](char c) { return is_alphanumeric(c) || c == '-'; });
        if (!ldh || colon + 1 == content.size())
            fail("RFC 5321 §4.1.3: a general address literal is a tag, a colon and content", from);
    }

    Mailbox mailbox()
    {
        Mailbox result;
        result.local_part = local_part();
        if (failure) return result;
        if (next() != '@') {
            fail("RFC 5321 §4.1.2: a Mailbox has an @ between local-part and domain");
            return result;
        }
        ++at;
        result.domain = domain();
        return result;
    }

    /// A-d-l ":" of RFC 5321 §4.1.2, read and dropped.
    void source_route()
    {
        while (!failure) {
            ++at; // the @
            domain();
            if (next() != ',') break;
            ++at;
            if (next() != '@') fail("RFC 5321 §4.1.2: each At-domain of a source route begins with @");
        }
        if (next() != ':') fail("RFC 5321 §4.1.2: a source route ends with a colon");
        ++at;
    }
};

/// Whether a local part can stand without quotes.
bool is_dot_string(std::string_view text)
{
    if (text.empty() || text.front() == '.' || text.back() == '.' || text.contains("..")) return false;
    return std::ranges::all_of(text, [](char c) { return is_atext(c) || c == '.'; });
}

} // namespace

bool same_mailbox(const Mailbox& one, const Mailbox& other)
{
    return one.local_part == other.local_part && equal_ignoring_case(one.domain, other.domain);
}

wire::Decoded<Mailbox> parse_mailbox(std::string_view text)
{
    MailboxReader in{text};
    Mailbox mailbox = in.mailbox();
    if (!in.failure && !in.done()) in.fail("RFC 5321 §4.1.2: something follows the mailbox");
    if (text.size() + 2 > path_limit) in.fail("RFC 5321 §4.5.3.1.3: a path is at most 256 octets", 0);
    if (in.failure) return std::unexpected(*in.failure);
    return mailbox;
}

wire::Decoded<std::string> parse_domain(std::string_view text)
{
    MailboxReader in{text};
    std::string domain = in.domain();
    if (!in.failure && !in.done()) in.fail("RFC 5321 §4.1.2: something follows the domain");
    if (in.failure) return std::unexpected(*in.failure);
    return domain;
}

wire::Decoded<PathRead> read_path(std::string_view text)
{
    MailboxReader in{text};
    Path path;
    const bool bracketed = in.next() == '<';
    if (bracketed) ++in.at;
    if (bracketed && in.next() == '>') {
        ++in.at;
        return PathRead{path, in.at};
    }
    if (bracketed && in.next() == '@') in.source_route();
    const std::string_view rest = text.substr(std::min(in.at, text.size()));
    constexpr std::string_view postmaster = "Postmaster";
    if (bracketed && starts_ignoring_case(rest, "Postmaster>")) {
        path.mailbox = Mailbox{std::string{rest.substr(0, postmaster.size())}, {}};
        in.at += postmaster.size();
    } else if (!in.failure) {
        path.mailbox = in.mailbox();
    }
    if (bracketed) {
        if (in.next() != '>') in.fail("RFC 5321 §4.1.2: a path ends with >");
        ++in.at;
    } else if (!in.done() && in.next() != ' ') {
        in.fail("RFC 5321 §4.1.2: something follows the mailbox");
    }
    if (in.at > path_limit) in.fail("RFC 5321 §4.5.3.1.3: a path is at most 256 octets", 0);
    if (in.failure) return std::unexpected(*in.failure);
    return PathRead{std::move(path), in.at};
}

std::string format(const Mailbox& mailbox)
{
    std::string text;
    if (is_dot_string(mailbox.local_part)) {
        text = mailbox.local_part;
    } else {
        text = '"';
        for (const char c : mailbox.local_part) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    if (mailbox.domain.empty()) return text;
    text += '@';
    return text += mailbox.domain;
}

std::string format(const Path& path)
{
    std::string text = "<";
    if (path.mailbox) text += format(*path.mailbox);
    return text += '>';
}

} // namespace tegami::mail
