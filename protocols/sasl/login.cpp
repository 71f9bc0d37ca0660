#include "protocols/sasl/login.hpp"

namespace tegami::sasl {

namespace {

wire::OctetBuffer octets_of(std::string_view text)
{
    const wire::Octets octets = wire::as_octets(text);
    return {octets.begin(), octets.end()};
}

class LoginServer final : public ServerMechanism {
  public:
    explicit LoginServer(Accounts& accounts) : accounts_(accounts) {}

    Step begin() override { return {Progress::challenge, octets_of("Username:"), {}, {}}; }
    Step on_response(wire::Octets response) override
    {
        const std::string_view text = wire::as_text(response);
        if (text.empty() || text.size() > identity_limit || text.contains('\0'))
            return {Progress::malformed, {}, {}, "LOGIN: a name and a password of 1 to 255 octets without NUL"};
        if (user_.empty()) {
            user_ = text;
            return {Progress::challenge, octets_of("Password:"), {}, {}};
        }
        const bool good = accounts_.has_password(user_, text);
        return {good ? Progress::success : Progress::refused, {}, {user_, user_}, {}};
    }

  private:
    Accounts& accounts_;
    std::string user_;
};

class LoginClient final : public ClientMechanism {
  public:
    explicit LoginClient(Credentials credentials) : credentials_(std::move(credentials)) {}

    std::optional<wire::OctetBuffer> initial_response() override { return std::nullopt; }
    wire::Decoded<wire::OctetBuffer> on_challenge(wire::Octets) override
    {
        switch (asked_++) {
        case 0: return octets_of(credentials_.user);
        case 1: return octets_of(credentials_.password);
        default: return std::unexpected(wire::Malformed{0, "LOGIN: the server asks twice, not more"});
        }
    }

  private:
    Credentials credentials_;
    unsigned asked_ = 0;
};

} // namespace

std::unique_ptr<ServerMechanism> make_login_server(Accounts& accounts)
{
    return std::make_unique<LoginServer>(accounts);
}

std::unique_ptr<ClientMechanism> make_login_client(Credentials credentials)
{
    return std::make_unique<LoginClient>(std::move(credentials));
}

} // namespace tegami::sasl
