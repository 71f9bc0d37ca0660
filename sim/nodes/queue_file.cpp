#include "sim/nodes/queue_file.hpp"

#include <charconv>

namespace tegami::nodes {

namespace {

template <class Number>
bool read_number(std::string_view text, Number& number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

bool read_path_line(std::string_view value, mail::Path& path)
{
    const auto read = mail::read_path(value);
    if (!read || read->length != value.size()) return false;
    path = read->path;
    return true;
}

} // namespace

std::string format(const QueueFile& file)
{
    std::string text = "from " + mail::format(file.reverse_path) + '\n';
    for (const mail::Mailbox& to : file.forward_paths) text += "to " + mail::format(mail::Path{to}) + '\n';
    text += "server " + wire::format(file.server.address) + '\n';
    text += "port " + std::to_string(static_cast<std::uint16_t>(file.server.port)) + '\n';
    text += "name " + file.server_name + '\n';
    text += "tries " + std::to_string(file.tries) + '\n';
    text += "written " + std::to_string(file.written.ns) + '\n';
    return text + '\n' + file.message;
}

wire::Decoded<QueueFile> parse_queue_file(std::string_view text)
{
    const std::string_view whole = text;
    const auto malformed = [&](std::string_view rule) {
        return std::unexpected(wire::Malformed{static_cast<std::size_t>(text.data() - whole.data()), rule});
    };
    QueueFile file;
    for (;;) {
        const std::size_t end = text.find('\n');
        if (end == text.npos) return malformed("an outbox file's envelope ends with an empty line");
        const std::string_view line = text.substr(0, end);
        if (line.empty()) {
            file.message = text.substr(1);
            return file;
        }
        const std::size_t space = line.find(' ');
        if (space == line.npos) return malformed("an envelope line is a word, a space and a value");
        const std::string_view word = line.substr(0, space), value = line.substr(space + 1);
        bool good = true;
        std::uint16_t port = 0;
        if (word == "from") {
            good = read_path_line(value, file.reverse_path);
        } else if (word == "to") {
            mail::Path path;
            good = read_path_line(value, path) && path.mailbox.has_value();
            if (good) file.forward_paths.push_back(*path.mailbox);
        } else if (word == "server") {
            const auto address = wire::parse_address(value);
            good = address.has_value();
            if (good) file.server.address = *address;
        } else if (word == "port") {
            good = read_number(value, port);
            file.server.port = wire::Port{port};
        } else if (word == "name") {
            file.server_name = value;
        } else if (word == "tries") {
            good = read_number(value, file.tries);
        } else if (word == "written") {
            good = read_number(value, file.written.ns);
        } else
            good = false;
        if (!good) return malformed("an envelope line that cannot be read");
        text.remove_prefix(end + 1);
    }
}

} // namespace tegami::nodes
