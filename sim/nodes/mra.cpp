#include "sim/nodes/mra.hpp"

namespace tegami::nodes {

/// One session's view of one mailbox.
class Mra::Maildrop final : public pop3::Maildrop {
  public:
    explicit Maildrop(Mra& mra) : mra_(mra) {}

    Task<std::expected<std::vector<pop3::Listed>, pop3::OpenError>> open(const std::string& user,
                                                                         const std::string& password,
                                                                         Spans spans) override
    {
        const auto known = mra_.settings_.passwords.find(user);
        if (known == mra_.settings_.passwords.end() || known->second != password)
            co_return std::unexpected(pop3::OpenError::wrong_password);
        if (!mra_.locked_.insert(user).second) co_return std::unexpected(pop3::OpenError::in_use);
        user_ = user;
        std::vector<pop3::Listed> listed;
        for (Mailboxes::Entry& entry : mra_.mailboxes_.list(user)) {
            listed.push_back({entry.size, unique_id(entry.name)});
            Message message{std::move(entry), {}, {}};
            for (const MailId mail : journal().mails_of(message.entry.spans)) {
                if (const SpanId by_reader = asked_for(mail, spans); by_reader != SpanId::none) {
                    message.asked.push_back(by_reader);
                    continue;
                }
                const SpanId asked = journal().begin(node(), {.mail = mail,
                                                              .step = Step::r3_request,
                                                              .recipients = {},
                                                              .peer = mra_.mailboxes_.label(user),
                                                              .port = static_cast<std::uint16_t>(mra_.settings_.port),
                                                              .part = user});
                journal().join(node(), asked, spans);
                message.asked.push_back(asked);
            }
            messages_.push_back(std::move(message));
        }
        co_return listed;
    }

    Task<std::optional<pop3::Retrieved>> retrieve(std::size_t number, Spans spans) override
    {
        Message& message = messages_[number - 1];
        const auto file = co_await mra_.host_.disk().read(message.entry.path);
        if (!file) co_return std::nullopt;
        answer(message);
        Spans fetching;
        for (const MailId mail : journal().mails_of(message.entry.spans)) {
            const SpanId fetch = journal().begin(node(), {.mail = mail,
                                                          .step = Step::r4_fetch,
                                                          .recipients = {},
                                                          .peer = user_,
                                                          .port = static_cast<std::uint16_t>(mra_.settings_.port),
                                                          .part = user_});
            journal().join(node(), fetch, spans);
            fetching = mra_.host_.spans().with(fetching, fetch);
        }
        message.fetching = fetching;
        const Octets octets = wire::as_octets((*file)->octets);
        co_return pop3::Retrieved{{octets.begin(), octets.end()}, fetching};
    }

    Task<bool> commit(const std::vector<std::size_t>& numbers, Spans) override
    {
        std::vector<Mailboxes::Entry> gone;
        for (const std::size_t number : numbers) {
            gone.push_back(messages_[number - 1].entry);
            if (const Spans fetching = messages_[number - 1].fetching; fetching != Spans{})
                gone.back().spans = fetching;
        }
        bool all = true;
        if (!gone.empty()) all = co_await mra_.mailboxes_.remove(user_, std::move(gone));
        if (all)
            for (const std::size_t number : numbers) {
                answer(messages_[number - 1]);
                for (const MailId mail : journal().mails_of(messages_[number - 1].entry.spans))
                    journal().fetched({user_, mra_.settings_.domain}, mail);
            }
        release();
        co_return all;
    }

    void release() override
    {
        mra_.locked_.erase(user_);
        for (Message& message : messages_) {
            end(message, Outcome::deferred, "left.on.server");
        }
    }

  private:
    struct Message {
        Mailboxes::Entry entry;
        std::vector<SpanId> asked; ///< R3 of its mails, not yet answered
        Spans fetching;            ///< R4 of its mails, once it was retrieved
    };
    /// What was asked for is given: the message, or its removal where the reader had it already.
    void answer(Message& message) { end(message, Outcome::done); }
    void end(Message& message, Outcome outcome, std::string_view reason = {})
    {
        for (const SpanId asked : message.asked)
            if (journal().is_open(asked)) journal().end(node(), asked, outcome, reason);
        message.asked.clear();
    }
    /// R3 of a mail that its reader has begun.
    SpanId asked_for(MailId mail, Spans spans) const
    {
        for (const SpanId member : mra_.host_.spans().members(spans)) {
            const run::Span& span = mra_.host_.spans()[member];
            if (span.mail == mail && span.step == Step::r3_request && mra_.host_.journal().is_open(member))
                return member;
        }
        return SpanId::none;
    }
    Journal& journal() { return mra_.host_.journal(); }
    NodeId node() const { return mra_.host_.node(); }
    /// RFC 1939 §7: 1 to 70 octets. A Maildir name may be longer; its beginning, time and counter, is unique on its host.
    static std::string unique_id(const std::string& name) { return name.substr(0, 70); }

    Mra& mra_;
    std::string user_;
    std::vector<Message> messages_;
};

void Mra::start()
{
    host_.network().tcp.listen(
        host_.node(), settings_.port, run::Protocol::pop3,
        [this](std::unique_ptr<wire::Stream> stream, wire::Endpoint) { host_.spawn(talk(std::move(stream))); });
}

Task<void> Mra::talk(std::unique_ptr<wire::Stream> stream)
{
    pop3::Session session{settings_.policy};
    Maildrop maildrop{*this};
    co_await pop3::serve(*stream, session, maildrop);
}

} // namespace tegami::nodes
