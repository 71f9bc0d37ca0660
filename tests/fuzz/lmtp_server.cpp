/// The LMTP server against any client: octet by octet as at once, and as many answers behind a message as it has recipients.
#include "protocols/lmtp/server.hpp"
#include "tests/fuzz/feeding.hpp"
#include "tests/unit/smtp/mailroom.hpp"

using namespace tegami;

namespace {

class Filer final : public lmtp::Delivery {
  public:
    std::size_t answers = 0;

    wire::Task<smtp::Reply> recipient(const smtp::Envelope&, const mail::Mailbox& to, wire::Spans) override
    {
        co_return mailroom::judge(to);
    }
    wire::Task<std::vector<smtp::Reply>> accept(const smtp::Envelope& envelope, const mail::Message& message,
                                                wire::Spans) override
    {
        fuzz::require(!envelope.forward_paths.empty() && message.octets.size() <= 1'000);
        std::vector<smtp::Reply> replies;
        for (const mail::Mailbox& to : envelope.forward_paths)
            replies.push_back(to.local_part == "carol" ? smtp::Reply{452, {4, 2, 2}, "No room"}
                                                       : smtp::Reply{250, {2, 0, 0}, "Filed with care"});
        answers += replies.size();
        co_return replies;
    }
};

std::string serve_stranger(wire::Octets octets, std::size_t piece)
{
    smtp::Policy policy;
    policy.message_limit = 1'000;
    lmtp::Session session{policy};
    Filer filer;
    std::string said = fuzz::feed([&](wire::Stream& peer) { return lmtp::serve(peer, session, filer); }, octets, piece);
    std::size_t answers = 0;
    for (const std::string_view answer : {"250 2.0.0 Filed with care\r\n", "452 4.2.2 No room\r\n"})
        for (std::size_t at = 0; (at = said.find(answer, at)) != said.npos; at += answer.size()) ++answers;
    fuzz::require(answers == filer.answers);
    return said;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string said = serve_stranger({data, size}, std::max<std::size_t>(size, 1));
    fuzz::require(said == serve_stranger({data, size}, 1));
    return 0;
}
