/// Any fragments of both families in any order, held against a model that remembers every piece: what comes out whole is
/// what went in, without gap or overlap, and what is held stays within its limits.
///
/// Eight octets a fragment: family and identification, offset, length, flags and contents, pause.

#include "protocols/inet/fragments.hpp"

#include <cstdlib>
#include <map>

using namespace tegami;
using namespace tegami::inet;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

struct ModelPiece {
    std::size_t begin = 0;
    wire::OctetBuffer octets;
};
struct Model {
    std::vector<ModelPiece> pieces;
    std::size_t headers = 0;
};

class Harness {
  public:
    void give(const std::uint8_t* command)
    {
        const bool v4 = (command[0] & 0x80) == 0;
        const std::uint32_t identification = command[0] & 0x7F;
        std::size_t offset = wire::load_u16(command + 1) & 0xFFF8;
        const std::size_t length = wire::load_u16(command + 3) & 0x07FF;
        bool more = (command[5] & 0x80) != 0;
        const auto fill = static_cast<std::uint8_t>(command[5] & 0x01);
        now_ = now_ + wire::milliseconds(std::int64_t{command[6]} * command[7]);
        if ((command[5] & 0x02) != 0) forget(reassembly_.on_timer(now_)); // else the next fragment finds them late
        if (offset == 0 && !more) more = true;                            // an atomic one is no fragment
        if (offset + length + 60 > 65'535) offset = 8;

        wire::OctetBuffer piece(length);
        for (std::size_t i = 0; i < length; ++i) piece[i] = static_cast<std::uint8_t>((offset + i) * 31 + fill);
        wire::OctetBuffer octets;
        if (v4) {
            octets.resize(ipv4_header_size + length);
            encode(Ipv4Header{.source = 0xC0000201,
                              .destination = 0xC0000202,
                              .protocol = Protocol::udp,
                              .identification = static_cast<std::uint16_t>(identification),
                              .fragment_offset = static_cast<std::uint16_t>(offset),
                              .dont_fragment = false,
                              .more_fragments = more},
                   length, octets.data());
        } else {
            octets.resize(ipv6_header_size + ipv6_fragment_header_size + length);
            wire::Address a, b;
            a.octets[0] = b.octets[0] = 0x20;
            a.octets[15] = 1;
            b.octets[15] = 2;
            std::uint8_t* const at =
                encode(Ipv6Header{.source = a, .destination = b, .next_header = Protocol::fragment},
                       ipv6_fragment_header_size + length, octets.data());
            encode(Ipv6FragmentHeader{Protocol{200}, static_cast<std::uint16_t>(offset), more, identification}, at);
        }
        std::copy(piece.begin(), piece.end(), octets.end() - static_cast<std::ptrdiff_t>(length));

        ReassemblyStep step;
        FragmentKey key;
        if (v4) {
            const auto packet = decode_ipv4(octets);
            require(packet.has_value());
            key = {wire::Address::v4(0xC0000201), wire::Address::v4(0xC0000202), Protocol::udp, identification};
            step = reassembly_.add(now_, *packet, octets, {});
        } else {
            const auto packet = decode_ipv6(octets);
            require(packet.has_value());
            const Ipv6Walk walk = walk_headers(*packet);
            if (walk.end != Ipv6Walk::End::fragment) return; // no multiple of 8
            key = {packet->header.source, packet->header.destination, {}, identification};
            step = reassembly_.add(now_, *packet, walk, octets, {});
        }
        on_step(step, key, offset, piece, octets);
        if (more && length % 8 != 0) require(step.kind == ReassemblyStep::Kind::dropped);
    }

    void end()
    {
        while (reassembly_.deadline() != wire::Time::never()) forget(reassembly_.on_timer(reassembly_.deadline()));
        require(model_.empty());
        require(reassembly_.datagrams() == 0 && reassembly_.octets_held() == 0);
    }

  private:
    void on_step(const ReassemblyStep& step, const FragmentKey& key, std::size_t offset, const wire::OctetBuffer& piece,
                 const wire::OctetBuffer& octets)
    {
        using Kind = ReassemblyStep::Kind;
        // Those out of time went before this one was looked at.
        bool own_is_gone = false;
        for (const AbandonedPacket& gone : step.abandoned)
            if (gone.key == key && gone.why == AbandonedPacket::Why::evicted) own_is_gone = true;
        if (step.kind == Kind::kept || step.kind == Kind::complete || own_is_gone) {
            for (const AbandonedPacket& gone : step.abandoned) // an older one of the same key
                if (gone.key == key && gone.why == AbandonedPacket::Why::timed_out) model_.erase(key);
            Model& model = model_[key];
            for (const ModelPiece& each : model.pieces)
                require(each.begin + each.octets.size() <= offset || offset + piece.size() <= each.begin);
            model.pieces.push_back({offset, piece});
            if (offset == 0) model.headers = octets.size() - piece.size();
        }
        if (step.kind == Kind::duplicate) {
            bool same = false;
            for (const ModelPiece& each : model_.at(key).pieces)
                same = same || (each.begin == offset && each.octets == piece);
            require(same);
        }
        if (step.kind == Kind::complete) {
            const bool v4 = key.source.is_v4();
            const std::size_t headers = v4 ? ipv4_header_size : ipv6_header_size;
            std::size_t covered = 0;
            for (const ModelPiece& each : model_.at(key).pieces) {
                require(headers + each.begin + each.octets.size() <= step.packet.size());
                require(std::equal(each.octets.begin(), each.octets.end(),
                                   step.packet.begin() + static_cast<std::ptrdiff_t>(headers + each.begin)));
                covered += each.octets.size();
            }
            require(headers + covered == step.packet.size());
            require(step.pieces.size() == model_.at(key).pieces.size());
            if (v4) {
                const auto packet = decode_ipv4(step.packet);
                require(packet && !packet->header.is_fragment() && packet->payload.size() == covered);
            } else {
                const auto packet = decode_ipv6(step.packet);
                require(packet && packet->header.next_header == Protocol{200} && packet->payload.size() == covered);
            }
            model_.erase(key);
        }
        for (const AbandonedPacket& gone : step.abandoned)
            if (!(gone.key == key && gone.why == AbandonedPacket::Why::timed_out)) model_.erase(gone.key);
        if (step.kind == Kind::dropped) // what timed out, and then began anew with something to be dropped
            for (const AbandonedPacket& gone : step.abandoned)
                if (gone.key == key) model_.erase(key);

        std::size_t held = 0;
        for (const auto& [each, model] : model_) {
            held += model.headers;
            for (const ModelPiece& p : model.pieces) held += p.octets.size() + reassembly_piece_cost;
        }
        require(held == reassembly_.octets_held());
        require(held <= reassembly_octets_at_most && reassembly_.datagrams() <= reassembly_datagrams_at_most);
        require(step.kind != Kind::kept || reassembly_.deadline() > now_);
    }
    void forget(const std::vector<AbandonedPacket>& abandoned)
    {
        for (const AbandonedPacket& gone : abandoned) {
            const Model& model = model_.at(gone.key);
            require(gone.pieces.size() == model.pieces.size());
            require(gone.first.empty() == (model.headers == 0));
            model_.erase(gone.key);
        }
    }

    Reassembly reassembly_;
    std::map<FragmentKey, Model> model_;
    wire::Time now_{1'000'000'000};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Harness harness;
    for (std::size_t at = 0; at + 8 <= std::min<std::size_t>(size, 8 * 512); at += 8) harness.give(data + at);
    harness.end();
    return 0;
}
