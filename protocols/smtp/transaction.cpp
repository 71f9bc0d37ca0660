#include "protocols/smtp/transaction.hpp"

#include <algorithm>
#include <cassert>

namespace tegami::smtp {

namespace {

bool is_eight_bit(wire::Octets octets)
{
    return std::ranges::any_of(octets, [](std::uint8_t octet) { return octet >= 0x80; });
}

[[maybe_unused]] bool is_one_line(const mail::Path& path)
{
    return mail::format(path).find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos;
}

Fate fate_of(const Reply& reply)
{
    if (reply.positive()) return Fate::accepted;
    // What is neither yes nor no (a wrong peer's 3xx) is no reason to give a mail up.
    return reply.permanent_failure() ? Fate::refused : Fate::deferred;
}

} // namespace

std::optional<Reply> refuse_locally(const OutgoingMail& mail, const Extensions& offered)
{
    if (offered.size && offered.size_limit != 0 && mail.octets.size() > offered.size_limit)
        return Reply{
            552, {5, 3, 4}, "The server takes messages of at most " + std::to_string(offered.size_limit) + " octets"};
    if (!offered.eight_bit_mime && is_eight_bit(mail.octets))
        return Reply{554, {5, 6, 3}, "The server does not offer 8BITMIME, which this message needs"};
    return std::nullopt;
}

Transaction::Transaction(const OutgoingMail& mail, const Extensions& offered, bool reset_first,
                         ContentReplies content_replies)
    : mail_(mail),
      content_replies_(content_replies),
      results_(mail.forward_paths.size()),
      decided_(mail.forward_paths.size()),
      said_(reset_first ? 0 : 1),
      answered_(said_)
{
    // Line ends in an address would be commands of somebody else.
    assert(is_one_line(mail.reverse_path) && std::ranges::all_of(mail.forward_paths, [](const mail::Mailbox& to) {
               return is_one_line(mail::Path{to});
           }));
    if (offered.size) mail_parameters_ += " SIZE=" + std::to_string(mail.octets.size());
    if (offered.eight_bit_mime && is_eight_bit(mail.octets)) mail_parameters_ += " BODY=8BITMIME";
}

Transaction::Next Transaction::next() const
{
    if (connection_over_ || mail_.forward_paths.empty()) return Next::finished;
    if (answered_ < said_) return Next::replies;
    if (go_ahead_ && said_ == data_position() + 1) return taken_ > 0 ? Next::content : Next::dot;
    if (mail_refused_ || data_refused_ || answered_ > data_position()) return Next::finished;
    if (said_ == data_position() && taken_ == 0) return Next::finished; // nobody is left to send to
    return Next::commands;
}

std::string Transaction::commands(std::size_t most)
{
    std::string lines;
    for (; most > 0 && said_ <= data_position(); --most, ++said_) {
        if (said_ == 0) {
            lines += "RSET\r\n";
        } else if (said_ == 1) {
            lines += "MAIL FROM:";
            lines += mail::format(mail_.reverse_path);
            lines += mail_parameters_;
            lines += "\r\n";
        } else if (said_ < data_position()) {
            lines += "RCPT TO:";
            lines += mail::format(mail::Path{mail_.forward_paths[said_ - 2]});
            lines += "\r\n";
        } else {
            lines += "DATA\r\n";
        }
    }
    return lines;
}

void Transaction::on_reply(Reply reply)
{
    last_reply_ = std::move(reply);
    if (last_reply_.code == 421) return on_connection_over(last_reply_); // RFC 5321 §3.8: the server closes

    const std::size_t position = answered_;
    if (position == 0) {
        // A server that will not even reset cannot be understood.
        if (!last_reply_.positive()) return on_connection_over(last_reply_);
    } else if (position == 1) {
        open_ = last_reply_.positive();
        mail_refused_ = !open_;
        if (mail_refused_) decide_open(fate_of(last_reply_), Stage::mail, last_reply_);
    } else if (position < data_position()) {
        on_rcpt(position - 2, last_reply_);
    } else if (position == data_position()) {
        on_data(last_reply_);
    } else {
        on_content_reply(last_reply_);
        if (open_) return; // more of them will come
    }
    ++answered_;
}

void Transaction::on_content_reply(const Reply& reply)
{
    Fate fate = fate_of(reply);
    // A yes to half a message promises nothing.
    if (content_broke_ && fate == Fate::accepted) fate = Fate::deferred;
    const std::size_t recipient = first_open();
    if (content_replies_ == ContentReplies::one_a_recipient && recipient < results_.size()) {
        decided_[recipient] = true;
        results_[recipient] = {.fate = fate, .stage = Stage::content, .reply = reply, .local = false, .broken = {}};
    } else {
        decide_open(fate, Stage::content, reply);
    }
    open_ = first_open() < results_.size();
    // Out of step: half a text was sent, or the server asks for more of it.
    connection_over_ = content_broke_ || reply.code / 100 == 3;
    if (!connection_over_ || !open_) return;
    decide_open(Fate::deferred, Stage::content, reply);
    open_ = false;
}

std::size_t Transaction::first_open() const
{
    return static_cast<std::size_t>(std::ranges::find(decided_, false) - decided_.begin());
}

void Transaction::on_rcpt(std::size_t recipient, const Reply& reply)
{
    if (decided_[recipient]) return; // MAIL was refused, and this only follows from it
    if (reply.positive()) {
        ++taken_;
        return;
    }
    decided_[recipient] = true;
    // RFC 5321 §4.5.3.1.10: 552 may be an old server's word for too many recipients, which the next try takes.
    const Fate fate = reply.code == 552 ? Fate::deferred : fate_of(reply);
    results_[recipient] = {.fate = fate, .stage = Stage::rcpt, .reply = reply, .local = false, .broken = {}};
}

void Transaction::on_data(const Reply& reply)
{
    if (reply.code == 354) {
        // In LMTP nobody would answer the dot; a server must not get here (RFC 2033 §4.2).
        if (content_replies_ == ContentReplies::one_a_recipient && taken_ == 0) return on_connection_over(reply);
        go_ahead_ = true;
        // One that waits for the text of a mail whose sender it refused: the dot ends that too.
        return;
    }
    data_refused_ = true;
    if (reply.transient_failure() || reply.permanent_failure()) {
        decide_open(fate_of(reply), Stage::data, reply);
        return;
    }
    // 2xx, or another 3xx: whether it waits for text now, nobody knows.
    on_connection_over(reply);
}

void Transaction::on_content(Sent sent)
{
    ++said_;
    content_broke_ = sent == Sent::partly;
}

void Transaction::on_break(const Break& broken)
{
    const bool dot_unanswered = said_ > data_position() + 1 && answered_ == data_position() + 1 && !content_broke_;
    decide_open(dot_unanswered ? Fate::uncertain : Fate::deferred, awaited_stage(), {}, broken);
    connection_over_ = true;
}

Stage Transaction::stage_at(std::size_t position) const
{
    if (position <= 1) return Stage::mail;
    if (position < data_position()) return Stage::rcpt;
    return position == data_position() ? Stage::data : Stage::content;
}

void Transaction::decide_open(Fate fate, Stage stage, const Reply& reply, const Break& broken)
{
    for (std::size_t i = 0; i < results_.size(); ++i) {
        if (decided_[i]) continue;
        decided_[i] = true;
        results_[i] = {.fate = fate, .stage = stage, .reply = reply, .local = false, .broken = broken};
    }
}

void Transaction::on_connection_over(const Reply& reply)
{
    decide_open(Fate::deferred, awaited_stage(), reply);
    connection_over_ = true;
}

} // namespace tegami::smtp
