#pragma once
/// Packets larger than a link: cut into fragments, and put together again, in both families. RFC 791 §3.2, RFC 8200 §4.5,
/// with RFC 815 (what is missing is what lies between what is there), RFC 5722 (overlaps) and RFC 6864 (whom an
/// identification belongs to).
///
/// Simplified: the congestion mark of a whole packet is that of its first fragment (RFC 3168 §5.3); no queue here marks.

#include "protocols/inet/ipv6.hpp"
#include "protocols/wire/stream.hpp"
#include "protocols/wire/time.hpp"

#include <vector>

namespace tegami::inet {

// Cutting. -------------------------------------------------------------------------------------------------------------

/// What a link of some MTU does with an IPv4 packet.
enum class Ipv4Fit : std::uint8_t {
    whole,
    cut,
    refused, ///< it is too big and forbids to be cut: its sender is told (RFC 1191 §4)
};
constexpr Ipv4Fit fit_ipv4(bool dont_fragment, std::size_t packet_size, std::size_t mtu)
{
    if (packet_size <= mtu) return Ipv4Fit::whole;
    return dont_fragment ? Ipv4Fit::refused : Ipv4Fit::cut;
}

/// What every IPv4 link must carry: the largest header and the smallest piece. RFC 791 §3.2.
inline constexpr std::size_t ipv4_minimum_mtu = 68;

/// An IPv4 packet in pieces, which may be a fragment already:
///
///     for (Ipv4Cut cut{packet, mtu}; !cut.done(); cut.advance()) cut.write(room_for(cut.size()));
///
/// The first piece has all options, the others those that say so (RFC 791 §3.1). Views the packet.
class Ipv4Cut {
  public:
    /// `mtu` is at least ipv4_minimum_mtu.
    Ipv4Cut(const Ipv4Packet& packet, std::size_t mtu);

    bool done() const { return begin_ == packet_.payload.size(); }
    void advance();
    /// Octets of this fragment with its header.
    std::size_t size() const { return header_size() + piece_; }
    /// Which octets of the packet's payload it carries.
    std::size_t begin() const { return begin_; }
    std::size_t end() const { return begin_ + piece_; }
    /// Returns the place behind it.
    std::uint8_t* write(std::uint8_t* at) const;

  private:
    std::size_t header_size() const { return ipv4_header_size + (begin_ == 0 ? packet_.options.size() : copied_size_); }
    void measure();

    Ipv4Packet packet_;
    std::size_t mtu_;
    std::size_t begin_ = 0;
    std::size_t piece_ = 0;
    std::array<std::uint8_t, ipv4_largest_header - ipv4_header_size> copied_{}; ///< options of the later fragments
    std::size_t copied_size_ = 0;
};

/// A packet that its sender cuts, for IPv6 routers cut nothing. `header` tells what `payload` is; it gets a fragment
/// header in each piece. An identification is not used again for the same two addresses within a minute, and is not to
/// be guessed. Views the payload.
class Ipv6Cut {
  public:
    /// `mtu` is at least ipv6_minimum_mtu.
    Ipv6Cut(const Ipv6Header& header, wire::Octets payload, std::size_t mtu, std::uint32_t identification);

    bool done() const { return begin_ == payload_.size(); }
    void advance();
    std::size_t size() const { return ipv6_header_size + ipv6_fragment_header_size + piece_; }
    std::size_t begin() const { return begin_; }
    std::size_t end() const { return begin_ + piece_; }
    std::uint8_t* write(std::uint8_t* at) const;

  private:
    void measure();

    Ipv6Header header_;
    wire::Octets payload_;
    std::size_t most_; ///< octets of a piece that others follow
    std::uint32_t identification_;
    std::size_t begin_ = 0;
    std::size_t piece_ = 0;
};

// Putting together. ----------------------------------------------------------------------------------------------------

/// From the first fragment that came to giving up. RFC 8200 §4.5; RFC 1122 §3.3.2 wants 60 to 120 s of IPv4 too.
inline constexpr wire::Duration reassembly_timeout = wire::seconds(60);
/// What a host holds at most, of both families together: where more comes, the oldest goes.
inline constexpr std::size_t reassembly_datagrams_at_most = 64;
inline constexpr std::size_t reassembly_octets_at_most = 256 * 1024;
/// A piece counts for so many octets more than it has: without that, the smallest would cost most of what they take.
inline constexpr std::size_t reassembly_piece_cost = 64;

/// Whose a fragment is. RFC 791 §3.2 (RFC 6864 §4: with the protocol), RFC 8200 §4.5 (without).
struct FragmentKey {
    wire::Address source;
    wire::Address destination;
    Protocol protocol{}; ///< IPv6: always 0
    std::uint32_t identification = 0;

    auto operator<=>(const FragmentKey&) const = default;
};

/// What a piece brought beside its octets: nothing here looks at it.
struct FragmentTag {
    wire::Spans serves;
    std::uint64_t cause = 0;

    bool operator==(const FragmentTag&) const = default;
};

/// A piece of a packet's payload (behind the IPv4 header, or where the fragment header stood).
struct FragmentPiece {
    std::size_t begin = 0;
    std::size_t end = 0;
    FragmentTag tag;

    bool operator==(const FragmentPiece&) const = default;
};

/// A packet that will not be put together.
struct AbandonedPacket {
    enum class Why : std::uint8_t {
        timed_out,
        overlap, ///< its fragments contradict each other: nobody is told (RFC 5722 §4)
        evicted, ///< too much else was under way
    };

    FragmentKey key;
    Why why{};
    std::vector<FragmentPiece> pieces; ///< those that had come, in order
    /// timed_out, and only where the first fragment had come: that fragment as it came, for ICMP's time exceeded to
    /// quote (RFC 792, RFC 4443 §3.3).
    wire::OctetBuffer first;
};

/// What became of a fragment.
struct ReassemblyStep {
    enum class Kind : std::uint8_t {
        kept,      ///< others are missing
        complete,  ///< `packet` is whole
        duplicate, ///< the very same had come before
        dropped,   ///< by `rule`; what it belonged to is in `abandoned`, where that was not dropped before
    };

    Kind kind = Kind::kept;
    std::string_view rule;
    wire::OctetBuffer packet;               ///< with its IP header, to be read like one that came whole
    std::vector<FragmentPiece> pieces;      ///< complete: what it was made of, in order
    std::vector<AbandonedPacket> abandoned; ///< what had to go
};

/// The packets that a host is putting together. Overlaps drop a packet whole, what is still to come of it included
/// (RFC 5722 §4, RFC 8200 §4.5; held here of IPv4 as well); a piece that comes twice, octet by octet, is no overlap.
class Reassembly {
  public:
    /// `octets`: the whole packet, without padding, of which `packet` is the view; it is a fragment.
    ReassemblyStep add(wire::Time now, const Ipv4Packet& packet, wire::Octets octets, FragmentTag tag);
    /// `walk` ended at a fragment in it.
    ReassemblyStep add(wire::Time now, const Ipv6Packet& packet, const Ipv6Walk& walk, wire::Octets octets,
                       FragmentTag tag);

    /// When `on_timer` is to be called: never, where nothing is under way.
    wire::Time deadline() const { return datagrams_.empty() ? wire::Time::never() : datagrams_.front().until; }
    std::vector<AbandonedPacket> on_timer(wire::Time now);

    /// The host stopped.
    void clear();

    std::size_t datagrams() const { return datagrams_.size(); }
    std::size_t octets_held() const { return octets_held_; }

  private:
    struct Held {
        FragmentPiece piece;
        wire::OctetBuffer octets;
    };
    struct Datagram {
        FragmentKey key;
        wire::Time until;
        std::vector<Held> pieces;  ///< by their begin
        wire::OctetBuffer headers; ///< of the first fragment, up to its piece; empty: it is missing
        std::size_t named_at = 0;  ///< IPv6: where in there the fragment header is named
        std::size_t size = 0;      ///< of the payload; 0: the last fragment is missing
        std::size_t received = 0;
        bool refused = false; ///< dropped for an overlap: what comes is dropped as well
    };
    /// One fragment of either family.
    struct Arrived {
        FragmentKey key;
        std::size_t offset = 0;
        bool more = false;
        wire::Octets headers;
        wire::Octets piece;
        std::size_t named_at = 0;
        FragmentTag tag;
    };

    ReassemblyStep add(wire::Time now, const Arrived& arrived);
    std::size_t place_of(const FragmentKey& key, wire::Time now);
    bool contradicts(const Datagram& datagram, const Arrived& arrived, std::size_t& at) const;
    std::vector<FragmentPiece> release(Datagram& datagram);
    void abandon_oldest(AbandonedPacket::Why why, std::vector<AbandonedPacket>& gone);
    static std::string_view put_together(const Datagram& datagram, wire::OctetBuffer& packet);

    std::vector<Datagram> datagrams_; ///< the oldest first
    std::size_t octets_held_ = 0;
};

} // namespace tegami::inet
