#include "protocols/mail/maildir.hpp"

#include "protocols/mail/ascii.hpp"

#include <algorithm>

namespace tegami::mail {

namespace {

struct FlagLetter {
    char letter;
    bool MaildirFlags::* flag;
};
constexpr FlagLetter maildir_letters[] = {
    {'D', &MaildirFlags::draft},   {'F', &MaildirFlags::flagged}, {'P', &MaildirFlags::passed},
    {'R', &MaildirFlags::replied}, {'S', &MaildirFlags::seen},    {'T', &MaildirFlags::trashed},
};
constexpr std::string_view maildir_info = ":2,";

} // namespace

std::string maildir_unique(wire::Time at, std::uint64_t counter, std::string_view host)
{
    std::string name = std::to_string(at.ns / 1'000'000'000);
    name += ".M";
    name += std::to_string(at.ns / 1'000 % 1'000'000);
    name += 'Q';
    name += std::to_string(counter);
    name += '.';
    for (const char c : host) {
        if (is_visible(c) && c != '/' && c != ':') {
            name += c;
            continue;
        }
        const auto octet = static_cast<std::uint8_t>(c);
        name += '\\';
        for (const int shift : {6, 3, 0}) name += static_cast<char>('0' + (octet >> shift & 7));
    }
    return name;
}

std::string maildir_name(std::string_view unique, const MaildirFlags& flags)
{
    std::string name{unique};
    name += maildir_info;
    for (const FlagLetter& letter : maildir_letters)
        if (flags.*letter.flag) name += letter.letter;
    return name;
}

MaildirEntry parse_maildir_name(std::string_view name)
{
    MaildirEntry entry;
    const std::size_t info = name.rfind(maildir_info);
    entry.unique = name.substr(0, info);
    if (info == name.npos) return entry;
    for (const char c : name.substr(info + maildir_info.size()))
        for (const FlagLetter& letter : maildir_letters)
            if (letter.letter == c) entry.flags.*letter.flag = true;
    return entry;
}

bool is_maildir_name(std::string_view name)
{
    return !name.empty() && name.front() != '.' &&
           std::ranges::all_of(name, [](char c) { return is_visible(c) && c != '/'; });
}

} // namespace tegami::mail
