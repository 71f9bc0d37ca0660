#include "protocols/dns/record.hpp"

#include "protocols/dns/rdata_layout.hpp"
#include "protocols/wire/endian.hpp"
#include "protocols/wire/writer.hpp"

#include <algorithm>
#include <cassert>

namespace tegami::dns {

namespace {

using wire::Octets;
using wire::Reader;

/// Data of at most two names and a few numbers, while it is put together.
class DataBuilder {
  public:
    DataBuilder& u16(std::uint16_t value)
    {
        wire::store_u16(octets_ + size_, value);
        size_ += 2;
        return *this;
    }
    DataBuilder& u32(std::uint32_t value)
    {
        wire::store_u32(octets_ + size_, value);
        size_ += 4;
        return *this;
    }
    DataBuilder& name(const Name& name)
    {
        std::memcpy(octets_ + size_, name.wire().data(), name.size());
        size_ += name.size();
        return *this;
    }
    Rdata finish() const { return Rdata{octets_, size_}; }

  private:
    std::uint8_t octets_[2 * largest_name + 20];
    std::size_t size_ = 0;
};

template <class T>
std::optional<T> whole(const Reader& in, T value)
{
    if (in.failed() || in.left() != 0) return std::nullopt;
    return value;
}

std::optional<Name> only_name(const Rdata& data)
{
    Reader in{data.octets()};
    Name name = read_uncompressed_name(in);
    return whole(in, std::move(name));
}

/// A character-string, RFC 1035 §3.3.
std::string_view read_string(Reader& in) { return in.text(in.u8()); }

void read_part(Reader& in, Part part, std::size_t end)
{
    switch (part) {
    case Part::name: read_name(in); break;
    case Part::octets_2: in.skip(2); break;
    case Part::octets_4: in.skip(4); break;
    case Part::octets_16: in.skip(16); break;
    case Part::string: read_string(in); break;
    case Part::strings:
        do read_string(in);
        while (!in.failed() && in.offset() < end);
        break;
    case Part::anything:
        if (in.offset() < end) in.skip(end - in.offset());
        break;
    }
}

/// Calls `plain(octets)` and `name(octets)` for the parts of data, in turn; data that is not well-formed is plain.
template <class Plain, class Named>
void split(Type type, Octets data, Plain plain, Named named)
{
    const RdataLayout& layout = layout_of(type, Class::in);
    if (layout.names == NamesInside::none || !is_well_formed(type, Class::in, data)) return plain(data);
    Reader in{data};
    for (const char part : layout.parts) {
        const std::size_t begin = in.offset();
        if (Part{part} == Part::name) {
            read_uncompressed_name(in);
            named(data.subspan(begin, in.offset() - begin));
        } else {
            read_part(in, Part{part}, data.size());
            plain(data.subspan(begin, in.offset() - begin));
        }
    }
}

} // namespace

Rdata::Rdata(const A& data) : octets_(Octets{data.address.octets}.last(4)) { assert(data.address.is_v4()); }
Rdata::Rdata(const Aaaa& data) : octets_(Octets{data.address.octets}) {}
Rdata::Rdata(const Ns& data) : octets_(data.nsdname.wire()) {}
Rdata::Rdata(const Cname& data) : octets_(data.cname.wire()) {}
Rdata::Rdata(const Ptr& data) : octets_(data.ptrdname.wire()) {}
Rdata::Rdata(const Mx& data)
{
    std::uint8_t preference[2];
    wire::store_u16(preference, data.preference);
    octets_.fill([&](Filler& to) {
        to.add(preference, sizeof preference, sizeof preference);
        to.add(data.exchange.wire().data(), data.exchange.readable(), data.exchange.size());
        return true;
    });
}
Rdata::Rdata(const Soa& data)
    : Rdata(DataBuilder{}
                .name(data.mname)
                .name(data.rname)
                .u32(data.serial)
                .u32(data.refresh)
                .u32(data.retry)
                .u32(data.expire)
                .u32(data.minimum)
                .finish())
{
}
Rdata::Rdata(const Srv& data)
    : Rdata(DataBuilder{}.u16(data.priority).u16(data.weight).u16(data.port).name(data.target).finish())
{
}
Rdata::Rdata(const Txt& data)
{
    assert(!data.strings.empty());
    wire::OctetBuffer octets;
    wire::Writer out{octets};
    for (const std::string& string : data.strings) {
        assert(string.size() <= largest_character_string);
        out.u8(static_cast<std::uint8_t>(string.size()));
        out.text(string);
    }
    *this = Rdata{Octets{octets}};
}

bool Rdata::operator==(const Rdata& other) const { return std::ranges::equal(octets(), other.octets()); }

template <>
std::optional<A> read_data(const Rdata& data)
{
    if (data.size() != 4) return std::nullopt;
    return A{wire::Address::v4(wire::load_u32(data.octets().data()))};
}

template <>
std::optional<Aaaa> read_data(const Rdata& data)
{
    if (data.size() != 16) return std::nullopt;
    Aaaa aaaa;
    std::ranges::copy(data.octets(), aaaa.address.octets.begin());
    return aaaa;
}

template <>
std::optional<Ns> read_data(const Rdata& data)
{
    auto name = only_name(data);
    if (!name) return std::nullopt;
    return Ns{*std::move(name)};
}

template <>
std::optional<Cname> read_data(const Rdata& data)
{
    auto name = only_name(data);
    if (!name) return std::nullopt;
    return Cname{*std::move(name)};
}

template <>
std::optional<Ptr> read_data(const Rdata& data)
{
    auto name = only_name(data);
    if (!name) return std::nullopt;
    return Ptr{*std::move(name)};
}

template <>
std::optional<Mx> read_data(const Rdata& data)
{
    Reader in{data.octets()};
    Mx mx;
    mx.preference = in.u16();
    mx.exchange = read_uncompressed_name(in);
    return whole(in, std::move(mx));
}

template <>
std::optional<Txt> read_data(const Rdata& data)
{
    Reader in{data.octets()};
    Txt txt;
    do txt.strings.emplace_back(read_string(in));
    while (!in.failed() && in.left() != 0);
    return whole(in, std::move(txt));
}

template <>
std::optional<Soa> read_data(const Rdata& data)
{
    Reader in{data.octets()};
    Soa soa;
    soa.mname = read_uncompressed_name(in);
    soa.rname = read_uncompressed_name(in);
    soa.serial = in.u32();
    soa.refresh = in.u32();
    soa.retry = in.u32();
    soa.expire = in.u32();
    soa.minimum = in.u32();
    return whole(in, std::move(soa));
}

template <>
std::optional<Srv> read_data(const Rdata& data)
{
    Reader in{data.octets()};
    Srv srv;
    srv.priority = in.u16();
    srv.weight = in.u16();
    srv.port = in.u16();
    srv.target = read_uncompressed_name(in);
    return whole(in, std::move(srv));
}

std::optional<Name> host_of(const Record& record)
{
    if (const auto ns = record.as<Ns>()) return ns->nsdname;
    if (const auto mx = record.as<Mx>()) return mx->exchange;
    if (const auto srv = record.as<Srv>()) return srv->target;
    return std::nullopt;
}

wire::OctetBuffer canonical_data(Type type, const Rdata& data)
{
    wire::OctetBuffer octets;
    octets.reserve(data.size());
    wire::Writer out{octets};
    split(
        type, data.octets(), [&](Octets plain) { out.octets(plain); },
        [&](Octets name) { out.octets(Name::from_checked_wire(name).lower_case().wire()); });
    return octets;
}

bool same_data(Type type, const Rdata& a, const Rdata& b) { return compare_data(type, a, b) == 0; }

std::strong_ordering compare_data(Type type, const Rdata& a, const Rdata& b)
{
    if (a == b) return std::strong_ordering::equal;
    const auto order = [](Octets one, Octets other) {
        return std::lexicographical_compare_three_way(one.begin(), one.end(), other.begin(), other.end());
    };
    if (layout_of(type, Class::in).names == NamesInside::none) return order(a.octets(), b.octets());
    return order(canonical_data(type, a), canonical_data(type, b));
}

// Inside messages. -----------------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view lengths_disagree = "RFC 1035 §3.2.1: RDLENGTH is not the length of the data";

/// Data with no names in it: `size` octets that are there.
void read_plain_rdata(Reader& in, std::string_view parts, Type type, Class rr_class, std::size_t size, Rdata& data)
{
    const std::size_t begin = in.offset(), readable = in.left();
    const Octets octets = in.octets(size);
    bool good = true;
    switch (Part{parts[0]}) {
    case Part::anything: break;
    case Part::octets_4: good = size == 4; break;
    case Part::octets_16: good = size == 16; break;
    default: good = is_well_formed(type, rr_class, octets);
    }
    if (!good) {
        in.seek(begin);
        in.fail(lengths_disagree);
        return;
    }
    data.fill([&](Filler& to) {
        to.add(octets.data(), readable, size);
        return true;
    });
}

/// Data of these parts, which end `size` octets behind where `in` stands.
void read_rdata_with_names(Reader& in, std::string_view parts, std::size_t size, FirstName first, Rdata& data)
{
    const std::size_t begin = in.offset(), end = begin + size;
    data.fill([&](Filler& to) {
        in.seek(begin);
        const auto take = [&](std::size_t count) {
            const Octets left = in.whole().subspan(in.offset());
            in.skip(count);
            if (!in.failed()) to.add(left.data(), left.size(), count);
        };
        for (const char part : parts) {
            if (in.offset() > end) in.fail(lengths_disagree);
            if (in.failed()) return false;
            switch (Part{part}) {
            case Part::name: read_name(in, to, first); break;
            case Part::octets_2: take(2); break;
            case Part::octets_4: take(4); break;
            case Part::octets_16: take(16); break;
            case Part::string: take(in.left() == 0 ? 1 : 1u + in.whole()[in.offset()]); break;
            case Part::strings:
            case Part::anything: take(end - in.offset()); break;
            }
        }
        if (in.offset() != end) in.fail(lengths_disagree);
        if (to.size() > largest_rdata) in.fail("RFC 1035 §3.2.1: uncompressed, the data is over 65,535 octets");
        return !in.failed();
    });
}

} // namespace

void read_rdata(Reader& in, Type type, Class rr_class, std::size_t size, FirstName first, Rdata& data)
{
    if (size > in.left()) in.fail("RFC 1035 §3.2.1: RDLENGTH is more than what is left of the message");
    if (in.failed()) return;
    // An update's record may have no data (RFC 2136 §2.4); no other class or type but NULL's kind has none.
    if (size == 0 && (rr_class == Class::any || rr_class == Class::none)) return;
    const RdataLayout& layout = layout_of(type, rr_class);
    if (layout.names == NamesInside::none)
        read_plain_rdata(in, layout.parts, type, rr_class, size, data);
    else
        read_rdata_with_names(in, layout.parts, size, first, data);
}

bool is_well_formed(Type type, Class rr_class, Octets data)
{
    Reader in{data};
    for (const char part : layout_of(type, rr_class).parts) {
        if (Part{part} == Part::name)
            read_uncompressed_name(in);
        else
            read_part(in, Part{part}, data.size());
    }
    return !in.failed() && in.left() == 0;
}

} // namespace tegami::dns
