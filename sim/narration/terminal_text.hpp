#pragma once
/// Text as a terminal shows it: made harmless, measured, cut and wrapped. Widths are columns of a terminal: a CJK
/// character takes two (East Asian Width W and F, UAX #11; ambiguous ones count one), a combining mark none.

#include <string>
#include <string_view>
#include <vector>

namespace tegami::narration {

/// Combining marks that one character may carry; what is stacked above them is escaped.
constexpr int combining_limit = 4;

/// The text with everything that could steer a terminal, or make a line read as what it is not, written out: control
/// characters of C0 and C1 (so escape sequences, OSC and CSI with them), DEL, octets that are not UTF-8, bidirectional
/// controls, other invisible format characters, line and paragraph separators, private and unassigned characters.
/// Octets become \xHH, characters \uHHHH or \u{HHHHH}, and \t, \r, \n, as they are. A backslash stays one, so the
/// result made safe again is the same; it is for reading and not for decoding.
std::string terminal_safe(std::string_view text);

/// Columns of text that is terminal_safe. An octet that is not UTF-8 counts one.
int width(std::string_view text);

/// The characters of a text, one by one: each octet that is not UTF-8 by itself.
std::vector<std::string> characters(std::string_view text);

/// Cut to at most `columns`, ending in "…" where something was cut.
std::string fit(std::string_view text, int columns);

/// Spaces added up to `columns`; wider text stays as it is.
std::string pad(std::string_view text, int columns);

/// Lines of at most `columns` (at least 2), broken at spaces and between CJK characters. No line begins with a closing
/// bracket, a full stop or a small kana, none ends with an opening bracket (kinsoku), where `columns` leaves a choice.
/// A word that is wider than a line is broken where the line ends.
std::vector<std::string> wrap(std::string_view text, int columns);

/// For terminals that know no UTF-8: our marks, arrows and quotation marks in their ASCII forms, '?' for the rest.
std::string ascii_only(std::string_view text);

} // namespace tegami::narration
