#pragma once
/// What the text views have in common: in which words, on what, and which part of a run.

#include "sim/export/address_book.hpp"
#include "sim/export/page.hpp"
#include "sim/narration/narration.hpp"
#include "sim/run/header.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tegami::exporting {

/// Which part of a run is shown; everything where nothing is set.
struct Selection {
    std::optional<std::uint32_t> mail; ///< its number, as people count
    std::string step;                  ///< "S1", or "S3" for S3.1, S3.2 and S3.3
    std::string host;
    std::optional<engine::Time> at = std::nullopt; ///< only what had happened up to and including then

    bool admits_step(run::Step name) const;
};

/// A row of a packet filter as the scenario has it: what a match alone does not say.
struct FilterRow {
    std::string filter;
    std::uint32_t row = 0; ///< from 1
    std::string host;      ///< at which router
    std::string says;      ///< "out  192.0.2.64/26 → any  tcp 25": what it matches, as a table shows it
    run::FilterAction action{};
    std::uint32_t line = 0; ///< of the scenario's file
};

/// A lesson's own words for a step, in the reader's language.
struct LessonWords {
    run::Step step{};
    std::optional<std::uint32_t> mail = std::nullopt; ///< none: every mail's
    std::string head, text;                           ///< either may be empty
};

/// Everything a view needs beside the facts. Header and narrator must outlive it.
struct Telling {
    const run::RunHeader& header;
    const narration::Narrator& narrator;
    narration::Depth depth = narration::Depth::plain;
    Medium medium = {};
    Selection selection = {};
    std::vector<std::uint32_t> act_lines = {}; ///< by act, from 1: the line of the scenario's file that it stands in
    std::vector<FilterRow> filter_rows = {};   ///< of all filters, in the order of filter and row
    const AddressBook* book = nullptr;         ///< null: addresses are shown as they are
    std::vector<LessonWords> words = {};
    std::vector<std::string> questions = {}; ///< that the lesson asks, without their answers
};

} // namespace tegami::exporting
