#include "sim/export/dissector.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tegami::exporting {

const Layer* Dissection::wrong() const
{
    const auto found = std::ranges::find_if(layers, [](const Layer& layer) { return !layer.wrong.empty(); });
    return found == layers.end() ? nullptr : &*found;
}

Octets LayerReader::need(std::size_t size)
{
    if (failed_) return {};
    if (size <= left() && at_ + size <= frame_.size()) {
        const Octets result = frame_.subspan(at_, size);
        at_ += size;
        return result;
    }
    if (captured_whole_)
        fail("the octets end too early");
    else
        cut();
    return {};
}

Octets LayerReader::take(std::size_t size) { return need(size); }

namespace {

std::uint32_t big_endian(Octets octets)
{
    std::uint32_t value = 0;
    for (const std::uint8_t octet : octets) value = value << 8 | octet;
    return value;
}

std::string hex_digits(Octets octets)
{
    constexpr std::size_t shown = 16;
    std::string text;
    for (const std::uint8_t octet : octets.first(std::min(octets.size(), shown))) text += fmt::format("{:02x}", octet);
    return octets.size() > shown ? text + "…" : text;
}

} // namespace

std::uint32_t LayerReader::number(std::string_view key, std::size_t size)
{
    const std::size_t from = at_;
    const std::uint32_t value = big_endian(need(size));
    note({key, fmt::format("{}", value), {}, from, size});
    return value;
}

std::uint32_t LayerReader::hex(std::string_view key, std::size_t size)
{
    const std::size_t from = at_;
    const std::uint32_t value = big_endian(need(size));
    note({key, fmt::format("0x{:0{}x}", value, 2 * size), {}, from, size});
    return value;
}

std::string LayerReader::mac(std::string_view key, link::MacAddress* into)
{
    const std::size_t from = at_;
    link::MacAddress address;
    const Octets octets = need(address.octets.size());
    std::ranges::copy(octets, address.octets.begin());
    std::string text = format(address);
    note({key, text, {}, from, octets.size()});
    if (into != nullptr) *into = address;
    return text;
}

wire::Address LayerReader::v4(std::string_view key)
{
    const std::size_t from = at_;
    const auto address = wire::Address::v4(big_endian(need(4)));
    note({key, format(address), {}, from, 4});
    return address;
}

wire::Address LayerReader::v6(std::string_view key)
{
    const std::size_t from = at_;
    wire::Address address;
    std::ranges::copy(need(address.octets.size()), address.octets.begin());
    note({key, format(address), {}, from, address.octets.size()});
    return address;
}

Octets LayerReader::octets(std::string_view key, std::size_t size)
{
    const std::size_t from = at_;
    const Octets octets = need(size);
    if (size > 0) note({key, hex_digits(octets), {}, from, size});
    return octets;
}

void LayerReader::means(std::string value, std::string_view word)
{
    if (Field* field = last()) {
        if (!value.empty()) field->value = std::move(value);
        field->word = word;
    }
}

void LayerReader::open(std::string_view key, std::string value, std::string_view word)
{
    open_.push_back({key, std::move(value), word, at_, 0});
}

void LayerReader::close()
{
    Field field = std::move(open_.back());
    open_.pop_back();
    field.size = at_ - field.offset;
    fields().push_back(std::move(field)); // what was read before a failure is still there
}

void LayerReader::cut()
{
    if (failed_) return;
    failed_ = true;
    layer_.cut = true;
}

void LayerReader::fail(std::string_view rule, std::size_t at)
{
    if (failed_) return;
    failed_ = true;
    layer_.wrong = rule;
    layer_.wrong_at = at;
}

Dissection dissect(Octets frame, const DissectionContext& context)
{
    Dissection result;
    const bool whole = frame.size() >= context.original_length;
    Dissector{frame, context, result, std::max<std::size_t>(frame.size(), context.original_length), whole}.ethernet();
    return result;
}

std::string_view protocol_by_port(std::uint16_t port)
{
    switch (port) {
    case 24: return "LMTP"; // RFC 2033 §6 wants none; this is IANA's "any private mail system"
    case 25:
    case 587: return "SMTP";
    case 53: return "DNS";
    case 110: return "POP3";
    default: return {};
    }
}

} // namespace tegami::exporting
