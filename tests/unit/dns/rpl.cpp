#include "tests/unit/dns/rpl.hpp"

#include <algorithm>
#include <sstream>

namespace tegami::dns::rpl {

namespace {

std::string without_comment(const std::string& line)
{
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') quoted = !quoted;
        if (!quoted && (line[i] == ';' || line[i] == '#')) return line.substr(0, i);
    }
    return line;
}

std::vector<std::string> words_of(const std::string& line)
{
    std::istringstream in{line};
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

bool contains(const std::vector<std::string>& words, const std::string& word)
{
    return std::ranges::find(words, word) != words.end();
}

} // namespace

bool Entry::matches_on(const std::string& what) const { return contains(match, what); }
bool Entry::adjusts(const std::string& what) const { return contains(adjust, what); }
bool Entry::says(const std::string& flag) const { return contains(reply, flag); }

std::string Scenario::setting(const std::string& key) const
{
    for (const std::string& line : configuration) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos) continue;
        const auto before = words_of(line.substr(0, colon)), behind = words_of(line.substr(colon + 1));
        if (before.size() == 1 && before[0] == key && !behind.empty()) return behind[0];
    }
    return {};
}

Scenario read(const std::string& text)
{
    Scenario scenario;
    std::istringstream in{text};
    enum class Where { configuration, scenario, range } where = Where::configuration;
    bool in_entry = false, raw_next = false;
    Entry entry;
    std::vector<std::string>* section = nullptr;
    Range* range = nullptr;
    bool step_waits = false; // for its entry

    for (std::string raw_line; std::getline(in, raw_line);) {
        const std::string line = without_comment(raw_line);
        const auto words = words_of(line);
        if (words.empty()) continue;
        const std::string& first = words[0];
        if (where == Where::configuration) {
            if (first == "CONFIG_END")
                where = Where::scenario;
            else
                scenario.configuration.push_back(line);
            continue;
        }
        if (in_entry) {
            if (first == "ENTRY_END") {
                in_entry = false;
                if (range)
                    range->entries.push_back(std::move(entry));
                else if (step_waits)
                    scenario.steps.back().entry = std::move(entry);
                step_waits = false;
            } else if (first == "MATCH" || first == "ADJUST" || first == "REPLY") {
                auto& into = first == "MATCH" ? entry.match : first == "ADJUST" ? entry.adjust : entry.reply;
                into.insert(into.end(), words.begin() + 1, words.end());
            } else if (first == "SECTION" && words.size() > 1) {
                section = words[1] == "QUESTION"    ? &entry.question
                          : words[1] == "ANSWER"    ? &entry.answer
                          : words[1] == "AUTHORITY" ? &entry.authority
                                                    : &entry.additional;
            } else if (first == "RAW") {
                raw_next = true;
            } else if (raw_next) {
                entry.raw = first;
                raw_next = false;
            } else if (section) {
                section->push_back(line);
            }
            continue;
        }
        if (first == "ENTRY_BEGIN") {
            in_entry = true;
            raw_next = false;
            entry = {};
            section = nullptr;
        } else if (first == "SCENARIO_BEGIN") {
            scenario.title = line.substr(line.find("SCENARIO_BEGIN") + 15);
        } else if (first == "RANGE_BEGIN" && words.size() >= 3) {
            scenario.ranges.push_back({static_cast<std::uint32_t>(std::stoul(words[1])),
                                       static_cast<std::uint32_t>(std::stoul(words[2])),
                                       {words.begin() + 3, words.end()},
                                       {}});
            range = &scenario.ranges.back();
        } else if (first == "ADDRESS" && range && words.size() > 1) {
            range->addresses.insert(range->addresses.end(), words.begin() + 1, words.end());
        } else if (first == "RANGE_END") {
            range = nullptr;
        } else if (first == "STEP" && words.size() >= 3) {
            Step step;
            step.number = static_cast<std::uint32_t>(std::stoul(words[1]));
            using What = Step::What;
            step.what = words[2] == "QUERY"             ? What::query
                        : words[2] == "CHECK_ANSWER"    ? What::check_answer
                        : words[2] == "REPLY"           ? What::reply
                        : words[2] == "TIME_PASSES"     ? What::time_passes
                        : words[2] == "CHECK_OUT_QUERY" ? What::check_out_query
                                                        : What::other;
            if (step.what == What::time_passes && words.size() >= 5) step.seconds = std::stoll(words[4]);
            step_waits = step.what != What::time_passes;
            scenario.steps.push_back(std::move(step));
        } else if (first == "SCENARIO_END") {
            break;
        }
    }
    return scenario;
}

} // namespace tegami::dns::rpl
