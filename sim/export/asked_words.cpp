#include "sim/export/asked_words.hpp"

#include "sim/export/name_words.hpp"
#include "sim/narration/terminal_text.hpp"
#include "sim/narration/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tegami::exporting {

std::string question_words(std::span<const Asked* const> asked)
{
    std::string words{without_dot(asked.front()->name)};
    for (const Asked* one : asked) words += fmt::format(" {}?", narration::record_type_name(one->type));
    if (asked.front()->by_tcp) words += " (TCP)";
    return narration::terminal_safe(words);
}

std::string answer_words(const narration::Catalogue& catalogue, std::span<const Asked* const> asked)
{
    std::vector<std::string> answers;
    for (const Asked* one : asked) {
        std::string answer = one->answered ? answer_text(catalogue, one->outcome, one->rcode, one->type, one->records)
                                           : catalogue.text("dns.outcome.waiting");
        const bool is_empty =
            !one->answered || one->outcome == run::DnsOutcome::no_data || one->outcome == run::DnsOutcome::timed_out;
        if (is_empty && asked.size() > 1) answer = narration::record_type_name(one->type) + ": " + answer;
        if (std::ranges::find(answers, answer) == answers.end()) answers.push_back(std::move(answer));
    }
    return narration::terminal_safe(fmt::format("{}", fmt::join(answers, ", ")));
}

std::string remembered_words(const narration::Narrator& narrator, const Remembered& remembered)
{
    const narration::Catalogue& catalogue = narrator.catalogue();
    std::string data = data_text(sections_of(remembered.records), remembered.type);
    if (remembered.type == 0)
        data = catalogue.text("dns.outcome.no_such_name");
    else if (remembered.negative || data.empty())
        data = catalogue.text("dns.outcome.no_data");
    return catalogue.text("story.remembered", {{"node", narrator.names().node(remembered.node)},
                                               {"question", question_text(remembered.name, remembered.type)},
                                               {"data", data},
                                               {"ttl", ttl_text(catalogue, remembered.ttl)}});
}

bool is_bad(const Asked& asked)
{
    using enum run::DnsOutcome;
    return asked.answered && asked.outcome != answer && asked.outcome != alias && asked.outcome != referral &&
           asked.outcome != no_data;
}

} // namespace tegami::exporting
