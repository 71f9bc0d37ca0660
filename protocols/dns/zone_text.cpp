#include "protocols/dns/zone_text.hpp"

#include "protocols/dns/data_text.hpp"
#include "protocols/dns/zone_scan.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tegami::dns {

namespace {

/// What holds from entry to entry. RFC 1035 §5.1.
class ZoneTextReader {
  public:
    ZoneTextReader(const Name& origin, ZoneProblems& problems, const ZoneTextOptions& options)
        : origin_(origin), problems_(problems), default_ttl_(options.default_ttl)
    {
    }

    void read(const ZoneEntry& entry)
    {
        const ZoneWord& first = entry.words.front();
        if (!entry.begins_blank && !first.quoted && first.text.starts_with('$'))
            read_directive(entry);
        else
            read_record(entry);
    }
    std::vector<PlacedRecord> take() { return std::move(records_); }

  private:
    void read_directive(const ZoneEntry& entry)
    {
        const ZoneWord& directive = entry.words.front();
        std::string word{directive.text};
        for (char& c : word)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (word == "$INCLUDE") return problems_.report(directive.at, "zone.include");
        if (word == "$GENERATE") return problems_.report(directive.at, "zone.generate");
        if (word != "$ORIGIN" && word != "$TTL")
            return problems_.report(directive.at, "zone.unknown_directive", {quotable_word(directive.text)});
        if (entry.words.size() != 2)
            return problems_.report(entry.words.back().at, "zone.directive_argument", {std::move(word)});
        if (word == "$TTL") {
            if (const auto ttl = read_ttl(entry.words[1])) default_ttl_ = ttl;
        } else if (const auto origin = parse_zone_name(entry.words[1], origin_, problems_)) {
            origin_ = *origin;
        }
    }

    std::optional<std::uint32_t> read_ttl(const ZoneWord& word)
    {
        const auto ttl = parse_period(word.text);
        if (!ttl) {
            problems_.report(word.at, "zone.bad_ttl", {quotable_word(word.text)});
            return std::nullopt;
        }
        if (*ttl <= largest_ttl) return ttl;
        problems_.report(word.at, "zone.large_ttl", {quotable_word(word.text)});
        return std::nullopt;
    }

    void read_record(const ZoneEntry& entry)
    {
        std::size_t next = 0;
        if (!entry.begins_blank) {
            owner_ = parse_zone_name(entry.words[next++], origin_, problems_);
            owner_is_broken_ = !owner_;
        }
        if (!owner_) { // what goes with a broken owner's name is not reported once more
            if (!owner_is_broken_) problems_.report(entry.at, "zone.no_owner");
            return;
        }

        // [<TTL>] [<class>] <type>, the first two in either order.
        std::optional<std::uint32_t> ttl;
        bool has_ttl = false, has_class = false;
        for (; next < entry.words.size(); ++next) {
            const ZoneWord& word = entry.words[next];
            if (!has_ttl && !word.text.empty() && word.text[0] >= '0' && word.text[0] <= '9') {
                ttl = read_ttl(word);
                if (!ttl) return;
                has_ttl = true;
            } else if (const auto rr_class = parse_class(word.text); rr_class && !has_class) {
                if (*rr_class != Class::in)
                    return problems_.report(word.at, "zone.wrong_class", {quotable_word(word.text)});
                has_class = true;
            } else {
                break;
            }
        }
        if (next == entry.words.size()) return problems_.report(entry.words.back().at, "zone.no_type");
        const ZoneWord& type_word = entry.words[next++];
        const auto type = parse_type(type_word.text);
        if (!type) return problems_.report(type_word.at, "zone.unknown_type", {quotable_word(type_word.text)});
        if (is_meta(*type)) return problems_.report(type_word.at, "zone.meta_type", {quotable_word(type_word.text)});

        auto data = parse_data(*type, type_word.at, std::span{entry.words}.subspan(next), origin_, problems_);
        if (!data) return;
        if (ttl)
            last_ttl_ = ttl;
        else if (default_ttl_)
            ttl = default_ttl_;
        else if (last_ttl_)
            ttl = last_ttl_;
        else if (*type == Type::soa)
            ttl = default_ttl_ = std::min(read_data<Soa>(*data)->minimum, largest_ttl);
        else
            return problems_.report(type_word.at, "zone.no_ttl");
        add({{*owner_, *type, Class::in, *ttl, *std::move(data)}, entry.at});
    }

    /// A set has one TTL (RFC 2181 §5.2), its first record's.
    void add(PlacedRecord placed)
    {
        Record& record = placed.record;
        const auto [set, is_new] = sets_.try_emplace({record.owner, record.type}, records_.size());
        if (!is_new) {
            const PlacedRecord& first = records_[set->second];
            if (record.ttl != first.record.ttl) {
                problems_.report(placed.at, "zone.differing_ttl",
                                 {format(record.owner), format(record.type), std::to_string(first.at.line)});
                record.ttl = first.record.ttl;
            }
        }
        records_.push_back(std::move(placed));
    }

    Name origin_;
    ZoneProblems& problems_;
    std::optional<std::uint32_t> default_ttl_; ///< by $TTL
    std::optional<std::uint32_t> last_ttl_;    ///< the last one written with a record
    std::optional<Name> owner_;
    bool owner_is_broken_ = false;
    std::map<std::pair<Name, Type>, std::size_t> sets_; ///< the first record of each
    std::vector<PlacedRecord> records_;
};

} // namespace

std::vector<PlacedRecord> parse_zone_text(std::string_view text, const Name& origin, ZoneProblems& problems,
                                          const ZoneTextOptions& options)
{
    ZoneTextReader reader{origin, problems, options};
    ZoneScanner scanner{text, problems};
    for (ZoneEntry entry; scanner.next(entry);) reader.read(entry);
    return reader.take();
}

std::string format_zone(const Name& origin, std::vector<Record> records)
{
    const auto before = [&](const Record& a, const Record& b) {
        // The SOA opens the zone (RFC 1035 §5.2).
        const auto is_soa = [&](const Record& record) { return record.type == Type::soa && record.owner == origin; };
        if (is_soa(a) != is_soa(b)) return is_soa(a);
        if (const auto order = a.owner <=> b.owner; order != 0) return order < 0;
        if (a.type != b.type) return a.type < b.type;
        return compare_data(a.type, a.data, b.data) < 0;
    };
    std::ranges::sort(records, before);
    const auto same = [](const Record& a, const Record& b) {
        return a.owner == b.owner && a.type == b.type && same_data(a.type, a.data, b.data);
    };
    const auto twice = std::ranges::unique(records, same); // a set holds no record twice (RFC 2181 §5)
    records.erase(twice.begin(), twice.end());
    std::string text = "$ORIGIN " + format(origin) + '\n';
    for (const Record& record : records) text += format(record) + '\n';
    return text;
}

} // namespace tegami::dns
