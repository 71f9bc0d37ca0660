#include "protocols/dns/record.hpp"
#include "tests/unit/dns/hex.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace tegami;
using namespace tegami::dns;
using test::hex;
using test::name;

TEST_CASE("dns record: data comes back as what it was made of")
{
    const auto host = name("ns.example.jp");
    CHECK(read_data<A>(A{*wire::parse_address("192.0.2.1")})->address == *wire::parse_address("192.0.2.1"));
    CHECK(read_data<Aaaa>(Aaaa{*wire::parse_address("2001:db8::1")})->address == *wire::parse_address("2001:db8::1"));
    CHECK(read_data<Ns>(Ns{host}) == Ns{host});
    CHECK(read_data<Cname>(Cname{host}) == Cname{host});
    CHECK(read_data<Ptr>(Ptr{host}) == Ptr{host});
    CHECK(read_data<Mx>(Mx{10, host}) == Mx{10, host});
    CHECK(read_data<Mx>(Mx{0, Name{}})->is_null());
    CHECK(read_data<Srv>(Srv{1, 2, 3, host}) == Srv{1, 2, 3, host});
    CHECK(read_data<Txt>(Txt{{"a", "", std::string(255, 'b')}}) == Txt{{"a", "", std::string(255, 'b')}});
    const Soa soa{host, name("hostmaster.example.jp"), 1, 2, 3, 4, 5};
    CHECK(read_data<Soa>(soa) == soa);
}

TEST_CASE("dns record: octets that are no such data are not read as it")
{
    CHECK_FALSE(read_data<A>(Rdata{hex("010203")}).has_value());
    CHECK_FALSE(read_data<Aaaa>(Rdata{hex("01020304")}).has_value());
    CHECK_FALSE(read_data<Mx>(Rdata{hex("0001")}).has_value());
    CHECK_FALSE(read_data<Mx>(Rdata{hex("0001 0161 00 00")}).has_value());
    CHECK_FALSE(read_data<Txt>(Rdata{}).has_value());
    CHECK_FALSE(read_data<Txt>(Rdata{hex("0261")}).has_value());
    CHECK_FALSE(read_data<Cname>(Rdata{hex("c00c")}).has_value());
    CHECK_FALSE(read_data<Soa>(Rdata{hex("00 00 00000001 00000002")}).has_value());
    CHECK_FALSE(Record{Name{}, Type::a, Class::any, 0, Rdata{}}.as<A>().has_value());
}

TEST_CASE("dns record: data is the same but for the case of its names")
{
    CHECK(same_data(Type::mx, Mx{1, name("A.example")}, Mx{1, name("a.EXAMPLE")}));
    CHECK_FALSE(same_data(Type::mx, Mx{1, name("a.example")}, Mx{2, name("a.example")}));
    CHECK_FALSE(same_data(Type::txt, Txt{{"A"}}, Txt{{"a"}}));
    CHECK_FALSE(same_data(Type{731}, Rdata{hex("0141 00")}, Rdata{hex("0161 00")}));
    CHECK((compare_data(Type::mx, Mx{2, name("a")}, Mx{10, name("a")}) < 0));
}

TEST_CASE("dns record: a record is a line of a zone file")
{
    const auto owner = name("example.jp");
    CHECK(format(make_record(owner, 60, A{*wire::parse_address("192.0.2.1")})) == "example.jp. 60 IN A 192.0.2.1");
    CHECK(format(make_record(owner, 60, Aaaa{*wire::parse_address("2001:db8::1")})) ==
          "example.jp. 60 IN AAAA 2001:db8::1");
    CHECK(format(make_record(owner, 60, Aaaa{wire::Address::v4(0xC0000201)})) ==
          "example.jp. 60 IN AAAA ::ffff:192.0.2.1");
    CHECK(format(make_record(owner, 60, Mx{10, name("mx")})) == "example.jp. 60 IN MX 10 mx.");
    CHECK(format(make_record(owner, 60, Mx{0, Name{}})) == "example.jp. 60 IN MX 0 .");
    CHECK(format(make_record(owner, 60, Txt{{"v=spf1 \"a\" -all", "\x01\\\xE3"}})) ==
          R"(example.jp. 60 IN TXT "v=spf1 \"a\" -all" "\001\\\227")");
    CHECK(format(make_record(name("_smtp._tcp.example.jp"), 60, Srv{1, 2, 25, owner})) ==
          "_smtp._tcp.example.jp. 60 IN SRV 1 2 25 example.jp.");
    CHECK(format(make_record(owner, 60, Soa{owner, name("host\\.master.example.jp"), 4'294'967'295, 2, 3, 4, 5})) ==
          "example.jp. 60 IN SOA example.jp. host\\.master.example.jp. 4294967295 2 3 4 5");
    CHECK(format(Record{owner, Type{731}, Class{32}, 0, Rdata{hex("0a000001")}}) ==
          "example.jp. 0 CLASS32 TYPE731 \\# 4 0a000001");
    CHECK(format(Record{owner, Type::a, Class::ch, 0, Rdata{hex("0a000001")}}) == "example.jp. 0 CH A \\# 4 0a000001");
    CHECK(format(Record{owner, Type::a, Class::any, 0, Rdata{}}) == "example.jp. 0 ANY A \\# 0");
    CHECK(format(Record{owner, Type::naptr, Class::in, 0, Rdata{hex("0001 0002 0155 00 0161 00")}}) ==
          R"(example.jp. 0 IN NAPTR 1 2 "U" "" "a" .)");
}

TEST_CASE("dns type: numbers have names, or their number for one (RFC 3597 §5)")
{
    CHECK(format(Type::mx) == "MX");
    CHECK(format(Type{731}) == "TYPE731");
    CHECK(parse_type("mx") == Type::mx);
    CHECK(parse_type("TYPE15") == Type::mx);
    CHECK(parse_type("type65535") == Type{65535});
    CHECK_FALSE(parse_type("TYPE65536").has_value());
    CHECK_FALSE(parse_type("TYPE").has_value());
    CHECK_FALSE(parse_type("TYPE+1").has_value());
    CHECK_FALSE(parse_type("TYPE1x").has_value());
    CHECK_FALSE(parse_type("MXX").has_value());
    CHECK(format(Class::in) == "IN");
    CHECK(format(Class{32}) == "CLASS32");
    CHECK(parse_class("class1") == Class::in);
    CHECK(format(Rcode::badvers) == "BADVERS");
    CHECK(format(Rcode{12}) == "RCODE12");
    CHECK(format(Opcode{3}) == "OPCODE3");
    for (unsigned number = 0; number < 0x10000; ++number)
        if (parse_type(format(Type{static_cast<std::uint16_t>(number)})) != Type{static_cast<std::uint16_t>(number)})
            FAIL(number);
}
