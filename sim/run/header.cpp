#include "sim/run/header.hpp"

#include <array>

namespace tegami::run {

namespace {

struct HeaderEncoder {
    wire::OctetBuffer& out;

    void number(std::uint64_t value)
    {
        std::array<std::uint8_t, longest_varint> octets;
        out.insert(out.end(), octets.data(), put_varint(octets.data(), value));
    }
    void text(std::string_view value)
    {
        number(value.size());
        out.insert(out.end(), value.begin(), value.end());
    }
    template <class T>
    void field(const T& value)
    {
        static const SpanTable no_spans;
        SpanNumbers none(no_spans);
        std::array<std::uint8_t, 32> octets;
        FieldEncoder encoder{octets.data(), 0, 0, none};
        encoder({}, value);
        out.insert(out.end(), octets.data(), encoder.at);
    }
};

} // namespace

void encode(const RunHeader& header, wire::OctetBuffer& out)
{
    HeaderEncoder to{out};
    to.text(header.title);
    to.text(header.scenario_file);
    to.text(header.variant);
    to.text(header.scenario);
    to.number(header.seed);
    to.field(header.start);
    to.number(wire::zigzag(header.zone_minutes));
    to.field(header.level);
    to.number(header.nodes.size());
    for (const std::string& node : header.nodes) to.text(node);
    to.number(header.nics.size());
    for (const NicRow& nic : header.nics) {
        to.field(nic.host);
        to.text(nic.name);
        to.text(nic.link);
        to.field(nic.mac);
        to.field(nic.address);
        to.number(nic.prefix_length);
        to.field(nic.peer);
        to.field(nic.kind);
        to.number(nic.others.size());
        for (const NicAddress& own : nic.others) {
            to.field(own.address);
            to.number(own.prefix_length);
        }
    }
    to.number(header.names.size());
    for (const auto& [address, name] : header.names) {
        to.field(address);
        to.text(name);
    }
}

RunHeader read_header(LogReader& in)
{
    const auto text = [&] { return std::string(wire::as_text(in.octets(in.varint()))); };
    // Every row takes at least one octet: so no count can make us reserve more than the file is long.
    const auto count = [&] { return in.below(in.left() + 1, "a count is greater than what follows it"); };

    const auto prefix_length = [&] {
        return static_cast<std::uint8_t>(in.below(129, "a prefix has at most 128 bits"));
    };

    RunHeader header;
    header.title = text();
    header.scenario_file = text();
    header.variant = text();
    header.scenario = text();
    header.seed = in.varint();
    header.start = {wire::unzigzag(in.varint())};
    header.zone_minutes =
        static_cast<std::int32_t>(wire::unzigzag(in.below(2 * 24 * 60 + 1, "a time zone is at most a day off")));
    header.level = static_cast<Level>(in.below(4, "no such level of recording"));
    for (std::uint64_t left = count(); left > 0 && !in.failed(); --left) header.nodes.push_back(text());
    if (header.nodes.size() < 2) in.fail("a run has the nodes scenario and outside");
    const std::uint64_t nics = count();
    for (std::uint64_t left = nics; left > 0 && !in.failed(); --left) {
        NicRow nic;
        nic.host = static_cast<NodeId>(in.below(header.nodes.size(), "no such node"));
        nic.name = text();
        nic.link = text();
        nic.mac = in.mac();
        nic.address = in.address();
        nic.prefix_length = prefix_length();
        nic.peer = static_cast<NicId>(in.below(nics, "no such interface"));
        nic.kind = static_cast<NicKind>(in.below(3, "no such kind of interface"));
        for (std::uint64_t own = count(); own > 0 && !in.failed(); --own) {
            const wire::Address address = in.address();
            nic.others.push_back({address, prefix_length()});
        }
        header.nics.push_back(std::move(nic));
    }
    for (std::uint64_t left = count(); left > 0 && !in.failed(); --left) {
        const wire::Address address = in.address();
        header.names.emplace_back(address, text());
    }
    return header;
}

} // namespace tegami::run
