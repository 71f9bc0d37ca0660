#include "protocols/dns/message.hpp"

namespace tegami::dns {

Message make_query(std::uint16_t id, Question question, bool recursion_desired)
{
    Message query;
    query.header.id = id;
    query.header.recursion_desired = recursion_desired;
    query.questions.push_back(std::move(question));
    return query;
}

Message make_response(const Message& query, Rcode rcode)
{
    Message response;
    response.header.id = query.header.id;
    response.header.response = true;
    response.header.opcode = query.header.opcode;
    response.header.recursion_desired = query.header.recursion_desired;
    response.header.checking_disabled = query.header.checking_disabled;
    response.header.rcode = rcode;
    response.questions = query.questions;
    return response;
}

} // namespace tegami::dns
