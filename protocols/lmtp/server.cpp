#include "protocols/lmtp/server.hpp"

#include "protocols/smtp/conversation.hpp"

namespace tegami::lmtp {

wire::Task<void> serve(wire::Stream& peer, Session& session, Delivery& delivery, wire::Pause* pause)
{
    return smtp::converse(peer, session, delivery, pause);
}

} // namespace tegami::lmtp
