#include "sim/nodes/hop.hpp"

#include "sim/nodes/words.hpp"

namespace tegami::nodes {

Task<std::expected<std::vector<wire::Address>, Handed>> find_hop(Host& host, const Hop& hop, Step question,
                                                                 const std::vector<MailId>& mails, Steps& waiting,
                                                                 const QueueFile& file)
{
    if (hop.at.address != wire::Address{}) co_return std::vector{hop.at.address};
    const auto failed = [&](std::string_view reason) {
        Handed handed;
        handed.outcome = Outcome::deferred;
        handed.reason = reason;
        handed.detail = hop.name;
        handed.left = file.forward_paths;
        return std::unexpected(std::move(handed));
    };
    if (!host.names()) co_return failed("dns.none");
    Steps asking{host};
    asking.begin(mails, {.mail = {}, .step = question, .recipients = {}, .peer = hop.name});
    waiting.wait_for(asking);
    auto addresses = co_await host.names()->addresses(hop.name, asking.spans());
    if (!addresses) {
        const std::string_view reason = reason_of(addresses.error());
        asking.end(Outcome::deferred, reason, hop.name);
        co_return failed(reason);
    }
    asking.end(Outcome::done, {}, listed(*addresses));
    co_return std::move(*addresses);
}

} // namespace tegami::nodes
