#include "viz/parts/signs.hpp"

namespace tegami::parts {

draw::StepSign sign_of(model::StepStanding standing)
{
    using model::StepStanding;
    switch (standing) {
    case StepStanding::not_yet: return draw::StepSign::not_yet;
    case StepStanding::now: return draw::StepSign::now;
    case StepStanding::done: return draw::StepSign::done;
    case StepStanding::skipped: return draw::StepSign::skipped;
    case StepStanding::deferred: return draw::StepSign::deferred;
    case StepStanding::quarantined: return draw::StepSign::quarantined;
    case StepStanding::blocked: return draw::StepSign::blocked;
    case StepStanding::refused: return draw::StepSign::refused;
    case StepStanding::failed: return draw::StepSign::failed;
    case StepStanding::bounced: return draw::StepSign::bounced;
    case StepStanding::discarded: return draw::StepSign::discarded;
    }
    return draw::StepSign::not_yet;
}

draw::Packet packet_of(model::MarkShape shape)
{
    using model::MarkShape;
    switch (shape) {
    case MarkShape::dns_query: return draw::Packet::dns_query;
    case MarkShape::dns_answer: return draw::Packet::dns_answer;
    case MarkShape::dns_no_name: return draw::Packet::dns_no_name;
    case MarkShape::syn: return draw::Packet::syn;
    case MarkShape::ack: return draw::Packet::ack;
    case MarkShape::rst: return draw::Packet::rst;
    case MarkShape::command: return draw::Packet::command;
    case MarkShape::reply: return draw::Packet::reply;
    case MarkShape::data: return draw::Packet::data;
    case MarkShape::retrieval: return draw::Packet::retrieval;
    case MarkShape::neighbour: return draw::Packet::neighbour;
    case MarkShape::icmp: return draw::Packet::icmp;
    }
    return draw::Packet::ack;
}

std::optional<draw::Icon> icon_of(model::Figure figure)
{
    using model::Figure;
    switch (figure) {
    case Figure::mua: return draw::Icon::mua;
    case Figure::msa: return draw::Icon::msa;
    case Figure::mta: return draw::Icon::mta;
    case Figure::mda: return draw::Icon::mda;
    case Figure::mailbox: return draw::Icon::mailbox;
    case Figure::mra: return draw::Icon::mra;
    case Figure::resolver: return draw::Icon::resolver;
    case Figure::name_server: return draw::Icon::name_server;
    case Figure::root_server: return draw::Icon::root_server;
    case Figure::tld_server: return draw::Icon::tld_server;
    case Figure::router: return draw::Icon::router;
    case Figure::home_router: return draw::Icon::home_router;
    case Figure::gate: return draw::Icon::gate;
    case Figure::network_switch: return draw::Icon::network_switch;
    case Figure::other: return std::nullopt;
    }
    return std::nullopt;
}

} // namespace tegami::parts
