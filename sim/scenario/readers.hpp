#pragma once
/// Readers of the parts of a scenario, one file each: read_site.cpp, read_user.cpp, read_link.cpp, read_filter.cpp,
/// read_act.cpp, read_deed.cpp, read_check.cpp, read_lesson.cpp. They see one part alone; what names mean to each other is checked afterwards (meaning.hpp).

#include "sim/scenario/keys.hpp"
#include "sim/scenario/values.hpp"

namespace tegami::scenario {

constexpr std::size_t acts_limit = 100'000;
constexpr std::size_t recipients_limit = 1'000; ///< of one mail; RFC 5321 §4.5.3.1.8 asks for at least 100

constexpr std::size_t rows_limit = 1'000; ///< of one filter

void read_site(Problems& problems, const Node& node, SiteKind kind, Placed<std::string> name, Scenario& scenario);
void read_user(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario);
void read_link(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario);
void read_filter(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario);
void read_zone(Problems& problems, const Node& node, Placed<std::string> origin, Scenario& scenario);
void read_variant(Problems& problems, const Node& node, Placed<std::string> name, Scenario& scenario);
/// `{ rate = …, delay = … }`.
void read_figures(Problems& problems, const Node& node, Position at, LinkFigures& figures);
void read_says(Problems& problems, const Node& node, std::vector<Say>& says);
void read_asks(Problems& problems, const Node& node, std::vector<Ask>& asks);
void read_acts(Problems& problems, const Node& node, std::vector<Act>& acts);
void read_checks(Problems& problems, const Node& node, std::vector<Check>& checks);

/// A list of [[name]] blocks; false where `node` is something else, and then that is said.
bool is_blocks(Problems& problems, const Node& node, std::string_view name);

/// Keys as the documentation shows them.
std::vector<Section> site_sections();
std::vector<Section> user_sections();
std::vector<Section> link_sections();
std::vector<Section> filter_sections();
std::vector<Section> act_sections();
std::vector<Section> deed_sections();
std::vector<Section> check_sections();
std::vector<Section> lesson_sections();

/// What a verb is about.
enum class SubjectKind : std::uint8_t { user, host, link, filter };

struct Verb {
    KeyText text;
    SubjectKind subject{};
    /// Says where the value makes no sense, and leaves that out.
    Deed (*read)(Problems&, const Entry&);
};
std::span<const Verb> verbs();
/// The names of verbs that go with a kind of subject.
std::vector<std::string_view> verb_names(SubjectKind kind);
std::vector<std::string_view> verb_names();

} // namespace tegami::scenario
