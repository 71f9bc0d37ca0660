#include "sim/run/choices.hpp"
#include "sim/run/decode.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

using namespace tegami;
using namespace tegami::run;

namespace {

/// How a field stands in the file, as the table says it.
std::string_view encoding_of(FieldType type)
{
    switch (type) {
    case FieldType::number: return "number";
    case FieldType::boolean: return "0 or 1";
    case FieldType::time: return "signed, ns";
    case FieldType::duration: return "signed, ns";
    case FieldType::text: return "text";
    case FieldType::octets: return "octets";
    case FieldType::address: return "address";
    case FieldType::mac: return "6 octets";
    case FieldType::mail: return "mail";
    case FieldType::frame_ref: return "frames back";
    case FieldType::fact_ref: return "facts back";
    case FieldType::span: return "span";
    case FieldType::node: return "node";
    case FieldType::nic: return "interface";
    case FieldType::choice: return "choice";
    }
    return {};
}

struct FieldRows {
    std::ostringstream& out;
    std::map<std::string, std::string>& choices;
    bool first = true;

    template <class T>
    void operator()(std::string_view name, const T&)
    {
        if (!first) out << ", ";
        first = false;
        out << '`' << name << "` " << encoding_of(field_type<T>());
        if constexpr (field_type<T>() == FieldType::choice) {
            std::ostringstream values;
            for (std::size_t i = 0; i < Choices<T>::count; ++i) {
                const std::string_view word = Choices<T>::name(i);
                values << (i == 0 ? "" : ", ") << i << ' ' << (word.empty() ? "(none)" : word);
            }
            choices[values.str()] +=
                (choices[values.str()].empty() ? "`" : ", `") + current + '.' + std::string(name) + '`';
        }
    }
    std::string current;
};

std::string tables()
{
    std::ostringstream out;
    std::map<std::string, std::string> choices; // values: the fields that take them
    out << "| kind | key | from level | fields |\n|---|---|---|---|\n";
    std::map<int, std::string> rows;
    for_each_kind([&]<class Fact>(Fact fact) {
        std::ostringstream row;
        row << "| " << static_cast<int>(Fact::kind) << " | `" << Fact::key << "` | " << choice_name(Fact::level)
            << " | ";
        FieldRows fields{row, choices, true, std::string(Fact::key)};
        for_each_field(fact, fields);
        row << " |\n";
        rows[static_cast<int>(Fact::kind)] = row.str();
    });
    for (const auto& [kind, row] : rows) out << row;
    out << "\n| choice | values |\n|---|---|\n";
    std::map<std::string, std::string> by_field;
    for (const auto& [values, fields] : choices) by_field[fields] = values;
    for (const auto& [fields, values] : by_field) out << "| " << fields << " | " << values << " |\n";
    return out.str();
}

} // namespace

TEST_CASE("docs/run-format.md has the tables of facts and choices as they are")
{
    constexpr std::string_view begin =
        "<!-- tables of facts and choices, held by tests/unit/run/format_doc_test.cpp -->\n";
    constexpr std::string_view end = "<!-- end of tables -->";
    std::ifstream file(TEGAMI_SOURCE_DIR "/docs/run-format.md");
    REQUIRE(file);
    std::stringstream text;
    text << file.rdbuf();
    const std::string document = text.str();
    const std::size_t from = document.find(begin);
    const std::size_t to = document.find(end);
    REQUIRE(from != document.npos);
    REQUIRE(to != document.npos);
    const std::string there = document.substr(from + begin.size(), to - from - begin.size());
    const std::string wanted = tables();
    if (there == wanted) return;
    std::printf("docs/run-format.md wants between its two marks:\n%s", wanted.c_str()); // Catch would fold the lines
    FAIL("docs/run-format.md differs from the field lists; what it wants is printed above");
}

TEST_CASE("each kind of fact has one number, one key, and a place among the kinds")
{
    std::map<int, std::string_view> kinds;
    std::map<std::string_view, int> keys;
    std::size_t count = 0;
    for_each_kind([&]<class Fact>(Fact) {
        kinds[static_cast<int>(Fact::kind)] = Fact::key;
        ++keys[Fact::key];
        ++count;
        CHECK(static_cast<int>(Fact::kind) > 0);
        CHECK(static_cast<int>(Fact::kind) < 128);
    });
    CHECK(kinds.size() == count);
    CHECK(keys.size() == count);
}

TEST_CASE("numbers are as long as they must be")
{
    const auto octets = [](std::uint64_t value) {
        std::array<std::uint8_t, longest_varint> out{};
        const auto* const end = put_varint(out.data(), value);
        LogReader in(Octets(out.data(), end));
        CHECK(in.varint() == value);
        CHECK(in.left() == 0);
        CHECK_FALSE(in.failed());
        // No proper prefix is a number.
        for (const auto* cut = out.data(); cut != end; ++cut) {
            LogReader short_in(Octets(out.data(), cut));
            short_in.varint();
            CHECK(short_in.failed());
        }
        return end - out.data();
    };
    CHECK(octets(0) == 1);
    CHECK(octets(127) == 1);
    CHECK(octets(128) == 2);
    CHECK(octets(16'383) == 2);
    CHECK(octets(16'384) == 3);
    CHECK(octets(~std::uint64_t{0}) == 10);
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}, INT64_MAX, INT64_MIN})
        CHECK(wire::unzigzag(wire::zigzag(value)) == value);
    CHECK(wire::zigzag(-1) == 1);
    CHECK(wire::zigzag(1) == 2);

    const std::array<std::uint8_t, 11> too_long = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x00};
    LogReader in(too_long);
    in.varint();
    CHECK(in.failed());
    CHECK(in.failure().rule == "a number is longer than 64 bits, or than it must be");
}
