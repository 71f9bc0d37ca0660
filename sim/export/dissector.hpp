#pragma once
/// How the layers of a frame are read: a cursor that notes a field for every octet it passes. For the files dissect*.cpp.

#include "protocols/wire/endian.hpp"
#include "sim/export/dissection.hpp"

#include <string>

namespace tegami::exporting {

/// Reads the fields of one layer, front to back. It fails once and reads zeros from then on, without noting more.
class LayerReader {
  public:
    /// `frame`: all of it; the layer may reach from `from` up to `to`. `captured_whole`: nothing of the frame is missing.
    LayerReader(Layer& layer, Octets frame, std::size_t from, std::size_t to, bool captured_whole)
        : layer_{layer}, frame_{frame}, at_{from}, end_{to}, captured_whole_{captured_whole}
    {
        layer_.offset = from;
    }

    std::size_t at() const { return at_; }
    std::size_t left() const { return end_ > at_ ? end_ - at_ : 0; }
    bool failed() const { return failed_; }
    Layer& layer() { return layer_; }
    Octets frame() const { return frame_; }

    /// A number of 1 to 4 octets, noted in decimal.
    std::uint32_t number(std::string_view key, std::size_t size);
    /// The same, noted in hexadecimal.
    std::uint32_t hex(std::string_view key, std::size_t size);
    std::string mac(std::string_view key, link::MacAddress* into = nullptr);
    wire::Address v4(std::string_view key);
    wire::Address v6(std::string_view key);
    /// Octets without further meaning, as hexadecimal digits (the first of them).
    Octets octets(std::string_view key, std::size_t size);
    /// Octets that are passed without a field, for who notes them himself.
    Octets take(std::size_t size);
    /// The word of the field noted last, and its value where given.
    void means(std::string_view word) { means({}, word); }
    void means(std::string value, std::string_view word);
    Field* last() { return failed_ || fields().empty() ? nullptr : &fields().back(); }
    void note(Field field)
    {
        if (!failed_) fields().push_back(std::move(field));
    }

    /// Fields noted from here on are parts of a field of this key; up to `close`, which gives it its octets.
    void open(std::string_view key, std::string value = {}, std::string_view word = {});
    void close();

    /// The capture ends where the layer goes on.
    void cut();
    bool captured_whole() const { return captured_whole_; }
    void fail(std::string_view rule) { fail(rule, at_); }
    void fail(std::string_view rule, std::size_t at);
    /// The layer is over: what was read is its size.
    void finish() { layer_.size = at_ - layer_.offset; }

  private:
    std::vector<Field>& fields() { return open_.empty() ? layer_.fields : open_.back().parts; }
    Octets need(std::size_t size);

    Layer& layer_;
    Octets frame_;
    std::size_t at_;
    std::size_t end_;
    bool captured_whole_;
    bool failed_ = false;
    std::vector<Field> open_;
};

/// Where a layer is in a frame, and all that has been read so far.
struct Dissector {
    Octets frame;
    const DissectionContext& context;
    Dissection& result;
    std::size_t end; ///< of what the layer around says is there; at most the frame's captured size
    bool whole;      ///< nothing of the frame is missing
    int quoted = 0;  ///< how many errors quote each other here

    LayerReader layer(std::string_view protocol, std::size_t from)
    {
        result.layers.push_back({protocol, from});
        return {result.layers.back(), frame, from, end, whole};
    }

    void ethernet();
    void arp(std::size_t from);
    void ipv4(std::size_t from);
    void ipv6(std::size_t from);
    void transport(std::uint8_t protocol, std::size_t from);
    void icmp(std::size_t from);
    void icmpv6(std::size_t from);
    void udp(std::size_t from);
    void tcp(std::size_t from);
    void application(std::size_t from, std::uint16_t source, std::uint16_t destination);
    void dns(std::size_t from);
    void mail_lines(std::string_view protocol, std::size_t from);

    /// Notes whether the checksum field read last is right, with the pseudo-header of the network layer.
    void judge_checksum(LayerReader& in, std::size_t from, bool optional);
};

} // namespace tegami::exporting
