#include "sim/scenario/fact_fields.hpp"

#include "sim/run/choices.hpp"
#include "sim/run/codec.hpp"

namespace tegami::scenario {

namespace {

template <class Visit, std::size_t... i>
void for_each_kind(Visit&& visit, std::index_sequence<i...>)
{
    (visit(std::variant_alternative_t<i + 1, run::AnyFact>{}), ...);
}

/// Calls `visit` with an empty fact of each kind.
template <class Visit>
void for_each_kind(Visit&& visit)
{
    for_each_kind(visit, std::make_index_sequence<std::variant_size_v<run::AnyFact> - 1>{});
}

template <class T>
std::optional<std::string> text_of(const T& value, const run::RunHeader& header)
{
    using run::FieldType;
    constexpr FieldType type = run::field_type<T>();
    if constexpr (type == FieldType::text)
        return std::string{value};
    else if constexpr (type == FieldType::time || type == FieldType::duration)
        return std::to_string(value.ns);
    else if constexpr (type == FieldType::address)
        return value == wire::Address{} ? std::string{} : wire::format(value);
    else if constexpr (type == FieldType::mac)
        return link::format(value);
    else if constexpr (type == FieldType::node) {
        const auto index = static_cast<std::size_t>(value);
        return index < header.nodes.size() ? header.nodes[index] : std::string{};
    } else if constexpr (type == FieldType::nic) {
        const auto index = static_cast<std::size_t>(value);
        return index < header.nics.size() ? header.nics[index].name : std::string{};
    } else if constexpr (type == FieldType::choice)
        return std::string{run::choice_name(value)};
    else if constexpr (type == FieldType::boolean)
        return std::string{value ? "true" : "false"};
    else if constexpr (type == FieldType::number)
        return std::to_string(static_cast<std::uint64_t>(value));
    else
        return std::nullopt;
}

} // namespace

std::vector<std::string_view> fact_keys()
{
    std::vector<std::string_view> keys;
    for_each_kind([&](const auto& fact) { keys.push_back(fact.key); });
    return keys;
}

std::vector<std::string_view> fields_of(std::string_view key)
{
    std::vector<std::string_view> names;
    for_each_kind([&](const auto& fact) {
        if (fact.key == key)
            run::for_each_field(fact, [&](std::string_view name, const auto&) { names.push_back(name); });
    });
    return names;
}

std::string_view key_of(const run::Event& event)
{
    return std::visit(
        []<class Fact>(const Fact&) {
            if constexpr (std::same_as<Fact, std::monostate>)
                return std::string_view{};
            else
                return Fact::key;
        },
        event.what);
}

std::optional<std::string> field_text(const run::Event& event, std::string_view field, const run::RunHeader& header)
{
    std::optional<std::string> text;
    std::visit(
        [&]<class Fact>(const Fact& fact) {
            if constexpr (!std::same_as<Fact, std::monostate>)
                run::for_each_field(fact, [&](std::string_view name, const auto& value) {
                    if (name == field) text = text_of(value, header);
                });
        },
        event.what);
    return text;
}

} // namespace tegami::scenario
