/// Any octets as a domain name, as text and as octets of a message. Names keep to their limits, come back from their text,
/// and are in an order.

#include "protocols/dns/name.hpp"

#include <cstdlib>

using namespace tegami;
using namespace tegami::dns;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

void check_name(const Name& name)
{
    require(name.size() >= 1 && name.size() <= largest_name && name.label_count() <= 127);
    const auto again = parse_name(format(name));
    require(again && again->is_identical(name));
    const Name lower = name.lower_case();
    require(lower == name && lower.hash() == name.hash() && (lower <=> name) == 0);
    require(name.is_at_or_below(Name{}) && name.common_labels(lower) == name.label_count());
    std::size_t labels = 0;
    for (Name at = name; !at.is_root(); at = at.parent(), ++labels) {
        require(name.is_at_or_below(at) && (at <=> name) <= 0);
        require(at.parent().with_first(at.first_label())->is_identical(at));
    }
    require(labels == name.label_count());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const wire::Octets octets{data, size};
    const Name origin = *parse_name("origin.example");
    const auto text = parse_name(wire::as_text(octets), origin);
    if (text)
        check_name(*text);
    else
        require(text.error().offset <= size);

    for (std::size_t at = 0; at < std::min<std::size_t>(size, 64); ++at)
        for (const bool compressed : {false, true}) {
            wire::Reader in{octets};
            in.seek(at);
            const auto name = in.finish_prefix(compressed ? read_name(in) : read_uncompressed_name(in));
            if (!name) continue;
            check_name(*name);
            if (text) {
                require((*name == *text) == ((*name <=> *text) == 0));
                require(((*name <=> *text) < 0) == ((*text <=> *name) > 0));
                require(name->common_labels(*text) == text->common_labels(*name));
            }
        }
    return 0;
}
