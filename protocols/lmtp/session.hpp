#pragma once
/// One LMTP session as the server sees it: SMTP's transaction, greeted with LHLO, without a queue behind it. So each
/// recipient gets an answer of its own when the message has come. RFC 2033.
///
/// Left out: AUTH, which nobody needs between the servers of one site.

#include "protocols/smtp/session.hpp"

namespace tegami::lmtp {

class Session {
  public:
    using Answer = smtp::Session::Answer;
    using Next = smtp::Session::Next;

    /// PIPELINING and ENHANCEDSTATUSCODES are always offered, whatever the policy says (RFC 2033 §5).
    explicit Session(smtp::Policy policy, wire::Spans spans = {});

    /// SMTP's commands with LHLO in the place of EHLO; EHLO and HELO are not known here (RFC 2033 §4.1).
    static std::expected<smtp::Command, smtp::CommandError> parse(std::string_view line);

    smtp::Reply greeting() const { return smtp_.greeting(); }
    Answer on_command(const std::expected<smtp::Command, smtp::CommandError>& command, wire::Spans spans);
    smtp::Reply on_long_line(std::string_view beginning) { return smtp_.on_long_line(beginning); }
    Answer on_response(std::string_view line, bool too_long) { return smtp_.on_response(line, too_long); }
    smtp::Reply on_recipient(smtp::Reply verdict) { return smtp_.on_recipient(std::move(verdict)); }
    std::optional<smtp::Reply> on_message(const mail::ReadText& text) { return smtp_.on_message(text); }
    void on_verdict() { smtp_.on_verdict(); }
    smtp::Reply on_timeout() { return smtp_.on_timeout(); }

    std::string say(smtp::Reply reply) { return smtp_.say(std::move(reply)); }
    /// One and the same answer for every recipient.
    std::string say_to_message(const smtp::Reply& reply);
    /// An answer for each of the recipients, in their order. RFC 2033 §4.2.
    std::string say_to_message(std::vector<smtp::Reply> replies);

    std::optional<smtp::Authentication> take_authentication() { return smtp_.take_authentication(); }
    wire::Duration take_delay() { return smtp_.take_delay(); }

    const smtp::Policy& policy() const { return smtp_.policy(); }
    wire::Spans spans() const { return smtp_.spans(); }
    const smtp::Envelope& envelope() const { return smtp_.envelope(); }
    const mail::Mailbox& candidate() const { return smtp_.candidate(); }
    bool ended() const { return smtp_.ended(); }

  private:
    smtp::Session smtp_;
};

} // namespace tegami::lmtp
