#include "protocols/inet/ipv6.hpp"

namespace tegami::inet {

namespace {

using End = Ipv6Walk::End;

/// The walk of one packet. `at` is a place in the payload; what it reports counts from the IPv6 header.
class Walker {
  public:
    Walker(const Ipv6Packet& packet, Ipv6Origin origin) : packet_(packet), octets_(packet.payload), origin_(origin) {}

    Ipv6Walk walk()
    {
        Protocol next = packet_.header.next_header;
        for (std::size_t count = 0; detail::is_extension_header(next); ++count) {
            if (count == ipv6_extension_headers_at_most)
                return discard("RFC 8504 §5.3: more extension headers than we care to follow");
            if (next == Protocol::fragment) {
                if (!fragment()) return result_;
                if (result_.end == End::fragment) return result_;
            } else if (!header(next, count == 0))
                return result_;
            result_.named_at = ipv6_header_size + begin_;
            next = static_cast<Protocol>(octets_[begin_]);
            begin_ = at_;
        }
        result_.end = next == Protocol::no_next_header ? End::nothing : End::upper_layer;
        result_.protocol = next;
        result_.offset = ipv6_header_size + at_;
        result_.payload = octets_.subspan(at_);
        return result_;
    }

  private:
    Ipv6Walk discard(std::string_view rule)
    {
        result_.end = End::discarded;
        result_.rule = rule;
        return result_;
    }
    /// False, for the caller to hand on. `at` in the payload.
    bool problem(ParameterProblemCode code, std::size_t at, std::string_view rule)
    {
        return problem_in_header(code, ipv6_header_size + at, rule);
    }
    bool problem_in_header(ParameterProblemCode code, std::size_t pointer, std::string_view rule)
    {
        result_.end = End::parameter_problem;
        result_.code = code;
        result_.pointer = static_cast<std::uint32_t>(pointer);
        result_.rule = rule;
        return false;
    }

    /// A header of the common form, which begins at `begin_`: options or a routing header. Moves `at_` behind it.
    bool header(Protocol kind, bool first)
    {
        if (kind == Protocol::hop_by_hop_options && !first)
            return problem_in_header(ParameterProblemCode::unrecognized_next_header, result_.named_at,
                                     "RFC 8200 §4.1: hop-by-hop options stand right behind the IPv6 header");
        const std::size_t left = octets_.size() - begin_;
        if (left < 8 || (std::size_t{octets_[begin_ + 1]} + 1) * 8 > left) {
            discard("RFC 8200 §4: the octets end within an extension header");
            return false;
        }
        at_ = begin_ + (std::size_t{octets_[begin_ + 1]} + 1) * 8;
        // RFC 8200 §4.4: a routing header that has done its work is skipped, whatever its type. Of those that have not,
        // type 0 is dead (RFC 5095 §3), and we know no other.
        if (kind == Protocol::routing)
            return octets_[begin_ + 3] == 0 ||
                   problem(ParameterProblemCode::erroneous_field, begin_ + 2,
                           octets_[begin_ + 2] == 0 ? "RFC 5095 §3: nobody follows a routing header of type 0"
                                                    : "RFC 8200 §4.4: a routing header of a type that we do not know");
        return options();
    }

    /// From behind the two octets at `begin_` up to `at_`. RFC 8200 §4.2.
    bool options()
    {
        std::size_t count = 0;
        for (std::size_t i = begin_ + 2; i < at_;) {
            const std::uint8_t type = octets_[i];
            if (type == 0) { // Pad1
                ++i;
                continue;
            }
            if (i + 1 >= at_ || i + 2 + octets_[i + 1] > at_) {
                discard("RFC 8200 §4.2: an option ends behind its header");
                return false;
            }
            if (type != 1) { // PadN
                if (++count > ipv6_options_at_most) {
                    discard("RFC 8504 §5.3: more options than we care to read");
                    return false;
                }
                if (!unknown_option(i)) return false;
            }
            i += 2u + octets_[i + 1];
        }
        return true;
    }

    /// We know no option, and its two highest bits say what those do who do not.
    bool unknown_option(std::size_t at)
    {
        constexpr std::string_view rule = "RFC 8200 §4.2: an option that we do not know and may not skip";
        switch (octets_[at] >> 6) {
        case 0: return true;
        case 2: return problem(ParameterProblemCode::unrecognized_option, at, rule);
        case 3:
            if (!is_v6_multicast(packet_.header.destination))
                return problem(ParameterProblemCode::unrecognized_option, at, rule);
            [[fallthrough]];
        default: discard(rule); return false;
        }
    }

    /// The fragment header at `begin_`: true where the walk ends with a fragment, or goes on behind an atomic one.
    bool fragment()
    {
        const std::size_t left = octets_.size() - begin_;
        if (left < ipv6_fragment_header_size) {
            discard("RFC 8200 §4: the octets end within an extension header");
            return false;
        }
        if (fragment_seen_ || origin_ == Ipv6Origin::reassembled) {
            discard("RFC 8200 §4.5: a fragment within a fragment");
            return false;
        }
        fragment_seen_ = true;
        const std::uint16_t field = wire::load_u16(&octets_[begin_ + 2]);
        Ipv6FragmentHeader& found = result_.fragment;
        found.next_header = static_cast<Protocol>(octets_[begin_]);
        found.fragment_offset = field & 0xFFF8;
        found.more_fragments = (field & 1) != 0;
        found.identification = wire::load_u32(&octets_[begin_ + 4]);
        at_ = begin_ + ipv6_fragment_header_size;
        if (found.is_atomic()) return true; // RFC 6946 §4: by itself, whatever else is under way

        const wire::Octets piece = octets_.subspan(at_);
        if (found.more_fragments && piece.size() % 8 != 0)
            return problem_in_header(ParameterProblemCode::erroneous_field, 4,
                                     "RFC 8200 §4.5: a fragment that others follow is a multiple of 8 octets long");
        // The payload of the whole packet: what stands before the fragment header, and all up to this piece's end.
        if (begin_ + found.fragment_offset + piece.size() > ipv6_largest_payload)
            return problem(ParameterProblemCode::erroneous_field, begin_ + 2,
                           "RFC 8200 §4.5: a fragment that ends behind the largest packet");
        if (found.fragment_offset == 0 && !chain_is_complete(found.next_header, piece))
            return problem_in_header(ParameterProblemCode::incomplete_chain, 0,
                                     "RFC 7112 §5: a first fragment has all the headers");
        result_.end = End::fragment;
        result_.protocol = found.next_header;
        result_.offset = ipv6_header_size + at_;
        result_.payload = piece;
        return true;
    }

    /// RFC 7112 §3: the chain reaches to the end of the upper-layer header, or to "no next header".
    static bool chain_is_complete(Protocol next, wire::Octets piece)
    {
        std::size_t at = 0;
        while (detail::is_extension_header(next)) {
            const std::size_t left = piece.size() - at;
            if (left < 8) return false;
            const std::size_t size = next == Protocol::fragment ? 8 : (std::size_t{piece[at + 1]} + 1) * 8;
            if (size > left) return false;
            next = static_cast<Protocol>(piece[at]);
            at += size;
        }
        switch (next) {
        case Protocol::tcp: return piece.size() - at >= 20;
        case Protocol::udp:
        case Protocol::icmpv6: return piece.size() - at >= 8;
        default: return true;
        }
    }

    const Ipv6Packet& packet_;
    wire::Octets octets_;
    Ipv6Origin origin_;
    Ipv6Walk result_;
    std::size_t begin_ = 0; ///< of the header that is looked at
    std::size_t at_ = 0;    ///< behind it
    bool fragment_seen_ = false;
};

} // namespace

Ipv6Walk detail::walk_extension_headers(const Ipv6Packet& packet, Ipv6Origin origin)
{
    return Walker{packet, origin}.walk();
}

Ipv6Walk Ipv6Walk::unknown_protocol() const
{
    Ipv6Walk walk = *this;
    walk.end = End::parameter_problem;
    walk.code = ParameterProblemCode::unrecognized_next_header;
    walk.pointer = static_cast<std::uint32_t>(named_at);
    walk.rule = "RFC 8200 §4: a next header that we do not know";
    return walk;
}

wire::Decoded<Ipv6Glance> glance_at_headers(const Ipv6Header& header, wire::Octets payload)
{
    const auto malformed = [](std::size_t offset, std::string_view rule) {
        return std::unexpected(wire::Malformed{ipv6_header_size + offset, rule});
    };
    Ipv6Glance glance;
    Protocol next = header.next_header;
    std::size_t at = 0;
    for (std::size_t count = 0; detail::is_extension_header(next); ++count) {
        if (count == ipv6_extension_headers_at_most)
            return malformed(at, "RFC 8504 §5.3: more extension headers than we care to follow");
        const std::size_t left = payload.size() - at;
        constexpr std::string_view too_short = "RFC 8200 §4: the octets end within an extension header";
        if (left < 8) return malformed(payload.size(), too_short);
        const bool is_fragment = next == Protocol::fragment;
        const std::size_t size = is_fragment ? 8 : (std::size_t{payload[at + 1]} + 1) * 8;
        if (size > left) return malformed(payload.size(), too_short);
        next = static_cast<Protocol>(payload[at]);
        if (is_fragment && !glance.fragment) {
            const std::uint16_t field = wire::load_u16(&payload[at + 2]);
            glance.fragment = Ipv6FragmentHeader{.next_header = next,
                                                 .fragment_offset = static_cast<std::uint16_t>(field & 0xFFF8),
                                                 .more_fragments = (field & 1) != 0,
                                                 .identification = wire::load_u32(&payload[at + 4])};
        }
        at += size;
        if (glance.fragment && glance.fragment->fragment_offset != 0) { // the rest is in the first one
            glance.protocol = next;
            glance.offset = ipv6_header_size + at;
            return glance;
        }
    }
    glance.protocol = next;
    glance.payload = payload.subspan(at);
    glance.offset = ipv6_header_size + at;
    return glance;
}

} // namespace tegami::inet
