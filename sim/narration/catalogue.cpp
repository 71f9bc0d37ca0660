#include "sim/narration/catalogue.hpp"

#include <boost/locale/gnu_gettext.hpp>
#include <boost/locale/message.hpp>
#include <fmt/args.h>
#include <fmt/format.h>

#include <locale>
#include <optional>
#include <vector>

namespace tegami::narration {

// Made by the build from the .po files (cmake/Catalogue.cmake).
extern const std::string_view catalogue_en;
extern const std::string_view catalogue_ja;

namespace {

constexpr const char* gettext_domain = "tegami";

std::string fill_in(std::string_view key, const char* format, std::optional<std::int64_t> count,
                    std::span<const Argument> arguments)
{
    fmt::dynamic_format_arg_store<fmt::format_context> store;
    if (count) store.push_back(fmt::arg("n", *count));
    for (const Argument& argument : arguments)
        std::visit([&](const auto& value) { store.push_back(fmt::arg(std::string{argument.name}.c_str(), value)); },
                   argument.value);
    try {
        return fmt::vformat(format, store);
    } catch (const fmt::format_error& error) {
        return fmt::format("⟦{}: {}⟧", key, error.what());
    }
}

} // namespace

/// One language's .mo file in Boost.Locale's facet. A facet alone needs no locale of the machine: the file comes from
/// the callback, and conversion is never asked for, since both sides are UTF-8.
class Catalogue::Table {
  public:
    explicit Table(Language language, std::string_view mo)
    {
        namespace gettext = boost::locale::gnu_gettext;
        gettext::messages_info info;
        info.language = std::string{name(language)};
        info.encoding = "UTF-8";
        info.paths.emplace_back("");
        info.domains.emplace_back(gettext_domain);
        info.callback = [mo](const std::string&, const std::string&) {
            return std::vector<char>(mo.begin(), mo.end());
        };
        locale_ = std::locale{std::locale::classic(), gettext::create_messages_facet<char>(info)};
        messages_ = &std::use_facet<boost::locale::message_format<char>>(locale_);
        domain_ = messages_->domain(gettext_domain);
    }

    /// The text, or null.
    const char* find(const std::string& key) const { return messages_->get(domain_, nullptr, key.c_str()); }
    const char* find(const std::string& key, std::int64_t count) const
    {
        // Plural rules look at the last digits and at small numbers: what is beyond an int is like its last nine digits.
        const std::int64_t positive = count < 0 ? -count : count;
        const auto small =
            static_cast<int>(positive > 999'999'999 ? 1'000'000'000 + positive % 1'000'000'000 : positive);
        return messages_->get(domain_, nullptr, key.c_str(), small);
    }

  private:
    std::locale locale_;
    const boost::locale::message_format<char>* messages_ = nullptr;
    int domain_ = 0;
};

Catalogue::Catalogue(Language language, std::shared_ptr<const Table> table)
    : language_{language}, table_{std::move(table)}
{
}

Catalogue Catalogue::load(Language language)
{
    return from_mo(language, language == Language::ja ? catalogue_ja : catalogue_en);
}

Catalogue Catalogue::from_mo(Language language, std::string_view mo)
{
    return {language, std::make_shared<const Table>(language, mo)};
}

bool Catalogue::has(std::string_view key) const
{
    return !key.empty() && table_->find(std::string{key}) != nullptr; // the empty key is the file's header
}

std::string Catalogue::text(std::string_view key, Arguments arguments) const
{
    const char* format = table_->find(std::string{key});
    if (!format) return fmt::format("⟦{}⟧", key);
    return fill_in(key, format, std::nullopt, {arguments.begin(), arguments.size()});
}

std::string Catalogue::text(std::string_view key, const NamedTexts& arguments) const
{
    const char* format = table_->find(std::string{key});
    if (!format) return fmt::format("⟦{}⟧", key);
    std::vector<Argument> views;
    for (const auto& [name, value] : arguments) views.emplace_back(name, value);
    return fill_in(key, format, std::nullopt, views);
}

std::string Catalogue::count(std::string_view key, std::int64_t count, Arguments arguments) const
{
    const char* format = table_->find(std::string{key}, count);
    if (!format) return fmt::format("⟦{}⟧", key);
    return fill_in(key, format, count, {arguments.begin(), arguments.size()});
}

} // namespace tegami::narration
