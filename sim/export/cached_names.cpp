#include "sim/export/cached_names.hpp"

#include "sim/export/name_words.hpp"

namespace tegami::exporting {

void tell_cached(Page& page, const narration::Catalogue& catalogue, const std::pair<std::string, std::uint16_t>& key,
                 const run::CachedNames& cached, run::Time now, int column)
{
    constexpr int type_column = 45, left_column = 52, data_column = 66;
    std::string data;
    for (const RecordLine& line : sections_of(cached.records).answer)
        data +=
            (data.empty() ? "" : ", ") + std::string{line.data.ends_with(" .") ? line.data : without_dot(line.data)};
    if (cached.negative) data = catalogue.text(key.second == 0 ? "dns.outcome.no_such_name" : "dns.outcome.no_data");
    const std::uint32_t left = cached.left(now);
    const std::string time = left == 0 ? catalogue.text("dns.view.over") : ttl_text(catalogue, left);
    page.labelled({{column, std::string{without_dot(key.first)}},
                   {type_column, type_text(key.second)},
                   {left_column, time, left == 0 ? Style::held : Style::plain}},
                  {data_column, data});
}

} // namespace tegami::exporting
