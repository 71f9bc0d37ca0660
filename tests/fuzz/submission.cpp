/// Any message to the first server: what it completes it leaves alone the second time, without a Bcc and with one From.
#include "protocols/mail/address_list.hpp"
#include "protocols/mail/completion.hpp"
#include "protocols/mail/header.hpp"
#include "tests/fuzz/feeding.hpp"

using namespace tegami;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view message = wire::as_text({data, size});
    mail::Submission submission;
    submission.message_id = "1@msa.example.test";
    for (const bool known : {true, false}) {
        if (known)
            submission.identity = *mail::parse_mailbox("alice@example.test");
        else
            submission.identity.reset();
        const auto completed = mail::complete(message, submission);
        if (!completed) continue;
        const mail::Header header = mail::read_header(completed->message);
        fuzz::require(header.count("From") == 1 && header.count("Bcc") == 0);
        fuzz::require(header.find("Date") && header.find("Message-ID"));
        const auto again = mail::complete(completed->message, submission);
        fuzz::require(header.over_limit || (again && again->changes.empty() && again->message == completed->message));
    }
    const auto list = mail::parse_address_list(message);
    if (list)
        for (const mail::NamedMailbox& one : *list)
            fuzz::require(!one.mailbox.local_part.empty() && !one.mailbox.domain.empty());
    return 0;
}
