#pragma once
/// Facts told as sentences. Whoever decided recorded a fact under a stable key with typed arguments; here, last of all,
/// the catalogue makes words of it.

#include "sim/narration/catalogue.hpp"
#include "sim/narration/names.hpp"
#include "sim/run/facts.hpp"

#include <string>

namespace tegami::narration {

class Narrator {
  public:
    /// Both must outlive the narrator.
    Narrator(const Catalogue& catalogue, const Names& names) : catalogue_{catalogue}, names_{names} {}

    /// What happened, in one or two sentences. `exam` and `rfc` exist for steps and verdicts, `rfc` also where TCP's
    /// rules decided; elsewhere they tell what `plain` does. Text from the wire is made terminal_safe.
    /// `peer`: for the end of a step, whom it was done with, where the caller knows.
    std::string tell(const run::Event& event, Depth depth = Depth::plain, std::string_view peer = {}) const;

    /// Why TCP did something: part of a sentence.
    std::string reason(tcp::Rule rule, Depth depth) const;
    /// Why a step ended as it did: a sentence, or empty where it just was done.
    std::string reason(const run::StepEnded& ended, std::string_view peer = {}) const;

    /// The clause of an RFC behind the end of a step, or empty where none speaks of it.
    std::string clause(const run::StepEnded& ended) const;

    /// "Submit", "投函".
    std::string step(run::Step step) const;
    /// "S3.1 Find MX".
    std::string numbered(run::Step step) const;
    /// "Alice’s program", or the host's name where it is no person's.
    std::string who(run::NodeId node) const;
    /// Whether a node is somebody's machine.
    bool is_of_person(run::NodeId node) const { return !names_.person(node).empty(); }
    /// What an ICMP message says, in a few words; of ICMPv6 where `v6`. `neighbour`: whom neighbour discovery is about.
    std::string icmp(std::uint8_t type, std::uint8_t code, bool v6 = false, std::string_view neighbour = {}) const;
    /// The rule that octets broke, as a codec names it: "RFC 791 §3.1: the version is 4".
    std::string rule(std::string_view broken) const;

    const Catalogue& catalogue() const { return catalogue_; }
    const Names& names() const { return names_; }

  private:
    const Catalogue& catalogue_;
    const Names& names_;
};

} // namespace tegami::narration
