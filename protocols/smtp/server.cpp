#include "protocols/smtp/server.hpp"

#include "protocols/smtp/conversation.hpp"

namespace tegami::smtp {

wire::Task<void> serve(wire::Stream& peer, Session& session, Delivery& delivery, wire::Pause* pause)
{
    return converse(peer, session, delivery, pause);
}

} // namespace tegami::smtp
