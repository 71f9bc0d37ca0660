#include "sim/export/view.hpp"

namespace tegami::exporting {

bool Selection::admits_step(run::Step name) const
{
    const std::string_view shown = run::step_name(name);
    return step.empty() || shown == step || (shown.starts_with(step) && shown[step.size()] == '.');
}

} // namespace tegami::exporting
