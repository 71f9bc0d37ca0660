#include "protocols/sasl/plain.hpp"

#include "protocols/mail/utf8.hpp"

namespace tegami::sasl {

namespace {

bool is_utf8(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t length = mail::utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

class PlainServer final : public ServerMechanism {
  public:
    explicit PlainServer(Accounts& accounts) : accounts_(accounts) {}

    Step begin() override { return {Progress::challenge, {}, {}, {}}; }
    Step on_response(wire::Octets response) override
    {
        const auto message = decode_plain(response);
        if (!message) return {Progress::malformed, {}, {}, message.error().rule};
        Identity identity{message->user, message->act_as.empty() ? message->user : message->act_as};
        const bool good = accounts_.has_password(message->user, message->password) &&
                          accounts_.may_act_as(message->user, identity.authorization);
        return {good ? Progress::success : Progress::refused, {}, std::move(identity), {}};
    }

  private:
    Accounts& accounts_;
};

class PlainClient final : public ClientMechanism {
  public:
    explicit PlainClient(Credentials credentials) : credentials_(std::move(credentials)) {}

    std::optional<wire::OctetBuffer> initial_response() override
    {
        said_ = true;
        return message();
    }
    wire::Decoded<wire::OctetBuffer> on_challenge(wire::Octets challenge) override
    {
        if (said_ || !challenge.empty())
            return std::unexpected(wire::Malformed{0, "RFC 4616 §2: the server asks for one message, and once"});
        said_ = true;
        return message();
    }

  private:
    wire::OctetBuffer message() const
    {
        return encode({credentials_.act_as, credentials_.user, credentials_.password});
    }

    Credentials credentials_;
    bool said_ = false;
};

} // namespace

wire::Decoded<PlainMessage> decode_plain(wire::Octets octets)
{
    std::string_view rest = wire::as_text(octets);
    const auto wrong = [&](std::string_view rule) {
        return std::unexpected(wire::Malformed{octets.size() - rest.size(), rule});
    };
    PlainMessage message;
    std::string* const parts[] = {&message.act_as, &message.user, &message.password};
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t end = i < 2 ? rest.find('\0') : rest.size();
        if (end == rest.npos) return wrong("RFC 4616 §2: three parts with a NUL between each");
        const std::string_view part = rest.substr(0, end);
        if (part.size() > identity_limit) return wrong("RFC 4616 §2: a part of more than 255 octets");
        if (i > 0 && part.empty()) return wrong("RFC 4616 §2: authcid and passwd are not empty");
        if (part.contains('\0')) return wrong("RFC 4616 §2: no NUL in the password");
        if (!is_utf8(part)) return wrong("RFC 4616 §2: UTF-8");
        *parts[i] = part;
        rest.remove_prefix(i < 2 ? end + 1 : end);
    }
    return message;
}

wire::OctetBuffer encode(const PlainMessage& message)
{
    const std::string text = message.act_as + '\0' + message.user + '\0' + message.password;
    const wire::Octets octets = wire::as_octets(text);
    return {octets.begin(), octets.end()};
}

std::unique_ptr<ServerMechanism> make_plain_server(Accounts& accounts)
{
    return std::make_unique<PlainServer>(accounts);
}

std::unique_ptr<ClientMechanism> make_plain_client(Credentials credentials)
{
    return std::make_unique<PlainClient>(std::move(credentials));
}

} // namespace tegami::sasl
