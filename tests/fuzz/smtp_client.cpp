/// The SMTP client against any server. Every mail that the outbox gave gets its results, and none is called accepted that
/// was not wholly sent.
#include "tests/fuzz/feeding.hpp"
#include "tests/unit/smtp/mailroom.hpp"

using namespace tegami;

namespace {

std::vector<smtp::OutgoingMail> fuzz_mails()
{
    std::vector<smtp::OutgoingMail> mails;
    mails.push_back(mailroom::outgoing(1, "alice@example.org", {"bob@example.test", "carol@example.test"},
                                       "Subject: one\r\n\r\n.x\r\n"));
    mails.push_back(mailroom::outgoing(2, "", {"bob@example.test"}, "Subject: two\r\n\r\n\xE3\x81\x93\r\n"));
    mails.push_back(mailroom::outgoing(3, "alice@example.org", {"bob@example.test"}, "Subject: three\r\n\r\nx\r\n"));
    return mails;
}

std::string deliver_to_stranger(wire::Octets octets, std::size_t piece, bool with_password)
{
    mailroom::Queue queue;
    queue.mails = fuzz_mails();
    smtp::ClientOptions options;
    options.hello = "client.example.org";
    if (with_password) options.credentials = sasl::Credentials{"bob", "bob-secret", {}};
    smtp::SessionEnd end;
    bool done = false;
    std::string said = fuzz::feed(
        [&](wire::Stream& peer) { return mailroom::run_client(peer, options, queue, end, done); }, octets, piece);
    fuzz::require(done);
    for (const std::uint64_t id : queue.given) {
        fuzz::require(queue.results.contains(id));
        const auto& recipients = queue.results[id].recipients;
        fuzz::require(recipients.size() == (id == 1 ? 2 : 1));
        for (const auto& recipient : recipients) {
            fuzz::require((recipient.fate == smtp::Fate::accepted) ==
                          (recipient.stage == smtp::Stage::content && recipient.reply.positive()));
            const char* const subjects[] = {"one", "two", "three"};
            const std::string text = std::string{"Subject: "} + subjects[id - 1];
            if (recipient.fate == smtp::Fate::accepted || recipient.fate == smtp::Fate::uncertain)
                fuzz::require(said.find(text) != said.npos);
        }
    }
    return said;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    for (const bool with_password : {false, true}) {
        const std::string said = deliver_to_stranger({data, size}, std::max<std::size_t>(size, 1), with_password);
        fuzz::require(said == deliver_to_stranger({data, size}, 1, with_password));
    }
    return 0;
}
