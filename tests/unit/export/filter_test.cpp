// Filters that name hosts would make this machine ask the real name system.

#include "sim/export/filter.hpp"

#include <catch2/catch.hpp>

using namespace tegami;
using exporting::Filter;

TEST_CASE("a filter cannot name a host or a network", "[filter][names]")
{
    for (const char* const text :
         {"host www", "host localhost", "www", "not www", "src mx1.example.com", "dst host mx1.example.com",
          "net example", "gateway core", "port 25 and src www", "port smtp and tcp www", "ether host alice",
          "(host 192.0.2.1 or www)", "host 192.0.2.1 or bob-pc", "ip host cafe", "host de.ad", "ip6 host beef.example",
          "\twww\n", "src portal", "broadcast or www"}) {
        INFO(text);
        const auto filter = Filter::compile(text);
        REQUIRE_FALSE(filter);
        CHECK(filter.error().find("addresses") != std::string::npos);
    }
}

TEST_CASE("what names no host is libpcap's to understand", "[filter][names]")
{
    for (const char* const text : {"",
                                   "host 192.0.2.1",
                                   "src host 192.0.2.1 or 192.0.2.2",
                                   "ip6 host 2001:db8::1",
                                   "net 192.0.2.0/24",
                                   "net 192.0.2.0 mask 255.255.255.0",
                                   "ether host 02:00:00:00:00:01",
                                   "ether src 0200.0000.0001",
                                   "tcp port smtp",
                                   "port domain or pop3",
                                   "udp port 53 and not arp",
                                   "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
                                   "icmp[icmptype] == icmp-echo",
                                   "icmp6 or arp",
                                   "ip proto \\tcp",
                                   "ip proto 17",
                                   "ether[0] & 1 = 0",
                                   "len > 100",
                                   "less 64",
                                   "greater 0x40",
                                   "portrange 1024-65535",
                                   "ether proto 0x86dd",
                                   "ip[2:2] > 576",
                                   "ip6[6] == 17",
                                   "tcp dst port 25 && src net 10",
                                   "!(udp)",
                                   "ether broadcast",
                                   "ip multicast"}) {
        INFO(text);
        const auto filter = Filter::compile(text);
        INFO((filter ? std::string{} : filter.error()));
        CHECK(filter);
    }
}
