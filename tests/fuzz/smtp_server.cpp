/// The SMTP server against any client, with accounts. What comes octet by octet is answered like what comes at once, no
/// message that is kept holds a lone CR or LF, and nobody is authenticated but bob.
#include "tests/fuzz/feeding.hpp"
#include "tests/unit/smtp/mailroom.hpp"

using namespace tegami;

namespace {

std::string serve_stranger(wire::Octets octets, std::size_t piece, std::vector<mailroom::Stored>& stored)
{
    smtp::Policy policy;
    policy.host_name = "mx.example.test";
    policy.message_limit = 1'000;
    mailroom::Accounts accounts;
    policy.accounts = &accounts;
    smtp::Session session{policy};
    mailroom::Keeper keeper;
    std::string said =
        fuzz::feed([&](wire::Stream& peer) { return smtp::serve(peer, session, keeper); }, octets, piece);
    stored = std::move(keeper.stored);
    for (const mailroom::Stored& mail : stored)
        fuzz::require(mail.envelope.user.empty() || mail.envelope.user == "bob");
    return said;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::vector<mailroom::Stored> at_once, slowly;
    const std::string said = serve_stranger({data, size}, std::max<std::size_t>(size, 1), at_once);
    fuzz::require(said == serve_stranger({data, size}, 1, slowly));
    fuzz::require(at_once.size() == slowly.size());
    for (std::size_t i = 0; i < at_once.size(); ++i) {
        const std::string& text = at_once[i].text;
        fuzz::require(text == slowly[i].text && text.size() <= 1'000 && !at_once[i].forward_paths.empty());
        for (std::size_t at = 0; at < text.size(); ++at) {
            fuzz::require(text[at] != '\n' || (at > 0 && text[at - 1] == '\r'));
            fuzz::require(text[at] != '\r' || (at + 1 < text.size() && text[at + 1] == '\n'));
        }
    }
    return 0;
}
