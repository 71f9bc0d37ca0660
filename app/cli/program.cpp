#include "app/cli/commands.hpp"
#include "app/cli/common.hpp"

namespace tegami::cli {

Status run_program(std::span<const std::string> arguments, Console& console, const Environment& environment)
{
    const narration::Language language = narration::language_of(environment.locale);
    const auto parsed = parse_arguments(arguments, language, console.utf8() || language == narration::Language::ja);
    Status status = Status::wrong_input;
    if (!parsed) {
        const auto catalogue = narration::Catalogue::load(language);
        const Context context{console, language, {}};
        for (const std::string& sentence : parsed.error().sentences) complain(context, catalogue, sentence);
    } else if (const auto* information = std::get_if<Information>(&parsed->command)) {
        console.write(information->text);
        status = Status::good;
    } else {
        const Context context{console, parsed->language, parsed->depth};
        status = std::visit(
            [&]<class Chosen>(const Chosen& command) {
                if constexpr (std::same_as<Chosen, Information>)
                    return Status::good;
                else
                    return carry_out(command, context);
            },
            parsed->command);
    }
    return console.flush() ? status : Status::wrong_input;
}

} // namespace tegami::cli
