#pragma once
/// The answer to an MX question that the DNS benchmarks read and write, ours and the peers' alike: two exchanges, a name
/// server, the exchanges' addresses; 122 octets compressed.

#include <cstddef>
#include <cstdint>

namespace tegami::bench::sample {

inline constexpr std::uint16_t id = 0x1234;
inline constexpr char domain[] = "sender.example";
inline constexpr char mx1[] = "mx1.sender.example", mx2[] = "mx2.sender.example", ns1[] = "ns1.sender.example";
inline constexpr std::uint16_t preference1 = 10, preference2 = 20;
inline constexpr char address1[] = "192.0.2.10", address2[] = "192.0.2.11";
inline constexpr std::uint32_t ttl = 3'600, ns_ttl = 86'400; // seconds
inline constexpr std::size_t octets = 122;

} // namespace tegami::bench::sample
