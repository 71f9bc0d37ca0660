#include "protocols/lmtp/client.hpp"

namespace tegami::lmtp {

wire::Task<smtp::SessionEnd> deliver(wire::Stream& peer, smtp::ClientOptions options, smtp::Outbox& outbox)
{
    options.dialect = smtp::Dialect::lmtp;
    co_return co_await smtp::deliver(peer, options, outbox);
}

} // namespace tegami::lmtp
