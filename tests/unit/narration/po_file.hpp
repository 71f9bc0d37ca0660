#pragma once
/// The .po files as a translator sees them, for tests that hold one language against the other.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tegami::narration::testing {

/// By key: its forms, one for each plural form where it has those.
using PoEntries = std::map<std::string, std::vector<std::string>>;

inline std::string unquoted(std::string_view line)
{
    line = line.substr(line.find('"') + 1);
    line = line.substr(0, line.rfind('"'));
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\\') {
            text += line[i];
            continue;
        }
        ++i;
        text += line[i] == 'n' ? '\n' : line[i];
    }
    return text;
}

inline void read_po_file(const std::filesystem::path& path, PoEntries& entries)
{
    std::ifstream file{path};
    if (!file) throw std::runtime_error{"cannot read " + path.string()};
    std::string key, line;
    std::string* target = nullptr;
    while (std::getline(file, line)) {
        if (line.starts_with("msgid_plural ")) {
            target = nullptr;
        } else if (line.starts_with("msgid ")) {
            key = unquoted(line);
            target = &key;
        } else if (line.starts_with("msgstr")) {
            target = &entries[key].emplace_back(unquoted(line));
        } else if (line.starts_with("\"") && target) {
            *target += unquoted(line);
        }
    }
}

/// A language's texts, the areas' parts included.
inline PoEntries read_catalogue_source(const std::string& language)
{
    const std::filesystem::path folder = TEGAMI_SOURCE_DIR "/assets/locale";
    PoEntries entries;
    read_po_file(folder / (language + ".po"), entries);
    for (const auto& file : std::filesystem::directory_iterator{folder / "parts"})
        if (file.path().string().ends_with("." + language + ".po")) read_po_file(file.path(), entries);
    entries.erase(""); // the header
    return entries;
}

/// The names between braces of a format string.
inline std::set<std::string> arguments_of(const std::string& format)
{
    std::set<std::string> names;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '{') continue;
        if (i + 1 < format.size() && format[i + 1] == '{') {
            ++i;
            continue;
        }
        const std::size_t end = format.find_first_of(":}", i);
        if (end == std::string::npos) throw std::runtime_error{"no closing brace in: " + format};
        names.insert(format.substr(i + 1, end - i - 1));
        i = format.find('}', i);
    }
    return names;
}

} // namespace tegami::narration::testing
