#include "sim/scenario/reference.hpp"

namespace tegami::scenario {

std::string key_reference()
{
    std::string text;
    for (const Section& part : every_section()) {
        const bool has_defaults = part.heading != "verbs";
        text += "### ";
        text += has_defaults ? '`' + std::string{part.heading} + '`' : "Verbs";
        text += has_defaults ? "\n\n| key | holds | default | example | meaning |\n|---|---|---|---|---|\n"
                             : "\n\n| verb | holds | example | meaning |\n|---|---|---|---|\n";
        for (const KeyText& key : part.keys) {
            text += "| `" + std::string{key.name} + "` | " + std::string{key.type} + " | ";
            if (has_defaults) text += std::string{key.fallback} + " | ";
            text += '`' + std::string{key.example} + "` | " + std::string{key.meaning} + " |\n";
        }
        text += '\n';
    }
    return text;
}

} // namespace tegami::scenario
