#include "protocols/mail/address_list.hpp"

#include "protocols/mail/ascii.hpp"

namespace tegami::mail {

namespace {

/// Goes through a field's body once, and keeps the first error: afterwards it stands at the end.
class AddressReader {
  public:
    explicit AddressReader(std::string_view body) : body_(body) {}

    wire::Decoded<std::vector<NamedMailbox>> run()
    {
        list(false);
        if (failure_) return std::unexpected(*failure_);
        return std::move(found_);
    }

  private:
    char peek() const { return at_ < body_.size() ? body_[at_] : '\0'; }
    bool done() const { return at_ >= body_.size(); }
    bool take(char c)
    {
        if (done() || body_[at_] != c) return false;
        ++at_;
        return true;
    }
    void fail(std::string_view rule)
    {
        if (!failure_) failure_ = wire::Malformed{at_, rule};
        at_ = body_.size();
    }

    /// CFWS = *([FWS] comment) [FWS]; comments nest. §3.2.2
    void skip()
    {
        std::size_t depth = 0;
        while (!done()) {
            const char c = body_[at_];
            if (c == '(') {
                if (++depth > comment_depth_limit) return fail("RFC 5322 §3.2.2: comments nested too deeply");
            } else if (depth > 0 && c == ')') {
                --depth;
            } else if (depth > 0 && c == '\\' && at_ + 1 < body_.size()) {
                ++at_;
            } else if (depth == 0 && !is_wsp(c) && c != '\r' && c != '\n') {
                return;
            }
            ++at_;
        }
        if (depth > 0) fail("RFC 5322 §3.2.2: a comment that does not end");
    }

    /// Atoms with dots, or a quoted string; what stands in a name or a local part. False where neither begins.
    bool word(std::string& text)
    {
        if (take('"')) {
            while (!done() && peek() != '"') {
                if (peek() == '\\' && at_ + 1 < body_.size()) ++at_;
                if (peek() != '\r' && peek() != '\n') text += peek();
                ++at_;
            }
            if (!take('"')) fail("RFC 5322 §3.2.4: a quoted string that does not end");
            return true;
        }
        const std::size_t begin = at_;
        while (!done() && (is_atext(peek()) || peek() == '.' || !is_ascii(peek()))) ++at_;
        text += body_.substr(begin, at_ - begin);
        return at_ != begin;
    }

    /// *(address ","), a group's up to its ";". §3.4
    void list(bool in_group)
    {
        for (;;) {
            skip();
            if (done()) {
                if (in_group) fail("RFC 5322 §3.4: a group ends with a semicolon");
                return;
            }
            if (in_group && peek() == ';') return;
            if (take(',')) continue;
            address(in_group);
            if (found_.size() > address_list_limit) fail("RFC 5322 §3.4: too many mailboxes");
            skip();
            if (!done() && peek() != ',' && !(in_group && peek() == ';'))
                fail("RFC 5322 §3.4: a comma stands between addresses");
        }
    }

    void address(bool in_group)
    {
        std::string name, local;
        std::size_t words = 0;
        for (;; ++words) {
            skip();
            const std::size_t begin = at_;
            std::string text;
            if (!word(text)) break;
            if (!name.empty()) name += ' ';
            name += text;
            // "a . b"@c of old (§4.4) is a.b: what is written beside a dot belongs to it.
            if (!local.empty() && !local.ends_with('.') && body_[begin] != '.') local += ' ';
            local += text;
        }
        if (take('<')) return angle(std::move(name));
        if (take('@')) return mailbox({}, std::move(local));
        if (!in_group && words > 0 && take(':')) {
            list(true);
            if (!take(';')) fail("RFC 5322 §3.4: a group ends with a semicolon");
            return;
        }
        fail(words > 0 ? "RFC 5322 §3.4.1: a mailbox has a domain" : "RFC 5322 §3.4: an address is missing");
    }

    /// "<" [obs-route] addr-spec ">"; §3.4, §4.4
    void angle(std::string name)
    {
        skip();
        while (peek() == '@' || peek() == ',') {
            ++at_;
            skip();
            std::string ignored;
            word(ignored);
            skip();
            if (take(':')) break;
        }
        std::string local;
        skip();
        while (word(local)) skip();
        if (!take('@')) return fail("RFC 5322 §3.4.1: a mailbox has a domain");
        mailbox(std::move(name), std::move(local));
        skip();
        if (!take('>')) fail("RFC 5322 §3.4: an angle bracket that is not closed");
    }

    /// What stands behind the "@". §3.4.1
    void mailbox(std::string name, std::string local)
    {
        std::string domain;
        skip();
        if (peek() == '[') {
            const std::size_t end = std::min(body_.find(']', at_), body_.size() - 1);
            domain = body_.substr(at_, end + 1 - at_);
            at_ = end + 1;
        } else {
            while (word(domain)) {
                const std::size_t here = at_;
                skip();
                if (!domain.ends_with('.') && peek() != '.') {
                    if (!done()) at_ = here; // a comment or space behind it is no matter of the domain
                    break;
                }
            }
        }
        const auto good = parse_domain(domain);
        if (!good) return fail("RFC 5322 §3.4.1: a domain that is none");
        if (local.empty() || local.size() > local_part_limit) return fail("RFC 5322 §3.4.1: a local part that is none");
        found_.push_back({std::move(name), {std::move(local), *good}});
    }

    std::string_view body_;
    std::size_t at_ = 0;
    std::optional<wire::Malformed> failure_;
    std::vector<NamedMailbox> found_;
};

} // namespace

wire::Decoded<std::vector<NamedMailbox>> parse_address_list(std::string_view body) { return AddressReader{body}.run(); }

} // namespace tegami::mail
