/// Both sides of every mechanism against any other side: they come to an end, and nobody succeeds without a password.
#include "protocols/sasl/line.hpp"
#include "protocols/sasl/plain.hpp"
#include "protocols/sasl/registry.hpp"
#include "tests/fuzz/feeding.hpp"

using namespace tegami;

namespace {

class Users final : public sasl::Accounts {
  public:
    bool has_password(std::string_view user, std::string_view password) override
    {
        return good = user == "bob" && password == "bob-secret";
    }
    bool good = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = wire::as_text({data, size});
    if (const auto message = sasl::decode_plain({data, size}))
        fuzz::require(sasl::encode(*message) == wire::OctetBuffer(data, data + size));
    if (const auto octets = sasl::parse_line(text)) fuzz::require(sasl::format_line(*octets) == text);
    static_cast<void>(sasl::choose_mechanism(text, sasl::Secrecy::password_may_show));

    for (const sasl::Mechanism& mechanism : sasl::mechanisms()) {
        Users users;
        const auto server = mechanism.make_server(users);
        const auto client = mechanism.make_client({"bob", "bob-secret", {}});
        auto step = server->begin();
        bool client_is_in = true;
        int turns = 0;
        for (std::string_view rest = text;
             !rest.empty() && step.progress == sasl::ServerMechanism::Progress::challenge;) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            step = server->on_response(wire::as_octets(line));
            if (client_is_in) client_is_in = client->on_challenge(wire::as_octets(line)).has_value();
            fuzz::require(++turns <= 3);
        }
        if (step.progress == sasl::ServerMechanism::Progress::success)
            fuzz::require(users.good && step.identity.authentication == "bob" && step.identity.authorization == "bob");
    }
    return 0;
}
