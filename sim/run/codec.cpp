#include "sim/run/codec.hpp"

namespace tegami::run {

std::uint8_t* SpanNumbers::define(std::uint8_t* at, Spans set)
{
    if (set.id >= sets_.size()) sets_.resize(set.id + 1);
    sets_[set.id] = ++set_count_;
    const auto members = table_.members(set);
    at = put_varint(at, set_count_);
    at = put_varint(at, members.size());
    for (const SpanId member : members) at = put(at, member);
    return at;
}

std::uint8_t* SpanNumbers::define(std::uint8_t* at, SpanId span)
{
    const auto index = static_cast<std::size_t>(span);
    if (index >= spans_.size()) spans_.resize(index + 1);
    spans_[index] = ++span_count_;
    const Span& what = table_[span];
    at = put_varint(at, span_count_);
    at = put_varint(at, static_cast<std::uint64_t>(what.kind));
    at = put_varint(at, index_of(what.node));
    at = put_varint(at, what.number);
    if (what.kind == SpanKind::session) return at;
    at = put_varint(at, index_of(what.mail.maker));
    at = put_varint(at, what.mail.number);
    at = put_varint(at, static_cast<std::uint64_t>(what.step));
    return put_varint(at, what.tries);
}

std::uint64_t LogReader::bad_varint()
{
    fail(left() < longest_varint ? "a fact ends too early" : "a number is longer than 64 bits, or than it must be");
    return 0;
}

wire::Address LogReader::address()
{
    wire::Address address;
    switch (u8()) {
    case 0: break;
    case 4:
        if (const Octets four = octets(4); !four.empty()) address = wire::Address::v4(wire::load_u32(four.data()));
        break;
    case 6:
        if (const Octets all = octets(16); !all.empty()) std::memcpy(address.octets.data(), all.data(), 16);
        break;
    default: fail("an address is of family 4 or 6, or 0 for none");
    }
    return address;
}

link::MacAddress LogReader::mac()
{
    link::MacAddress address;
    if (const Octets six = octets(6); !six.empty()) std::memcpy(address.octets.data(), six.data(), 6);
    return address;
}

} // namespace tegami::run
