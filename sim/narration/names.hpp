#pragma once
/// The names that sentences call things by.

#include "sim/run/facts.hpp"

#include <string>
#include <vector>

namespace tegami::run {
struct RunHeader;
}

namespace tegami::narration {

class Names {
  public:
    Names() = default;
    /// `people`: by NodeId, in the language of the telling, the person whose machine a node is; shorter, or empty where
    /// it is nobody's.
    explicit Names(const run::RunHeader& header, std::vector<std::string> people = {});

    /// "alice-pc"; "node 17" for one that the run does not know.
    std::string node(run::NodeId node) const;
    /// The host of an interface.
    std::string host_of(run::NicId nic) const;
    /// "alice-pc:sakura-edge".
    std::string nic(run::NicId nic) const;
    /// The interface at the other end of its link.
    run::NicId peer_of(run::NicId nic) const;
    /// The person whose machine it is, or empty.
    std::string person(run::NodeId node) const;

  private:
    struct Nic {
        run::NodeId host{};
        std::string name;
        run::NicId peer{};
    };
    std::vector<std::string> nodes_;
    std::vector<Nic> nics_;
    std::vector<std::string> people_;
};

} // namespace tegami::narration
