"""protocols/RFCS.md and the sources held against each other: what is cited is listed, what is listed is there."""

import re
import unittest

import house

TABLE = house.ROOT / "protocols" / "RFCS.md"
COLUMNS = ["RFC", "Section", "State", "File", "Note"]
STATES = ("done", "simplified", "left out")
# RFC 5321, RFCs 6298 and 5681, RFC 9293's
CITED = re.compile(r"\bRFCs?\s+(\d{3,5}(?:(?:,| and|, and)\s+\d{3,5})*)")


def cited(text):
    """(number, line) of every RFC that a text cites."""
    for found in CITED.finditer(text):
        for number in re.findall(r"\d{3,5}", found[1]):
            yield int(number), text.count("\n", 0, found.start()) + 1


def rows():
    """(line, RFC, section, state, files, note) of each row of the tables in RFCS.md."""
    for line, text in enumerate(TABLE.read_text().split("\n"), 1):
        if not text.startswith("|"):
            continue
        cells = [c.strip() for c in re.split(r"(?<!\\)\|", text.strip("|"))]
        if cells == COLUMNS or all(set(c) <= set("-: ") for c in cells):
            continue
        if cells[0].startswith("MUST"):
            continue  # RFC 9293's own table, which musts.py holds
        yield line, cells


def files_of(cell):
    """`tcp/segment.cpp`, `link/` … , from protocols/ or from the root; an em dash where there is none."""
    return [] if cell in ("", "–", "—") else re.findall(r"`([^`]+)`", cell)


def find(name):
    for path in (house.ROOT / "protocols" / name, house.ROOT / name):
        if path.exists():
            return path
    return None


def text_of(path):
    parts = house.files(house.short(path), endings=house.CODE) if path.is_dir() else [path]
    return "\n".join(p.read_text() for p in parts)


class Rfcs(house.Case):
    def setUp(self):
        self.rows = list(rows())
        self.assertTrue(self.rows, "RFCS.md holds no row")

    def test_rows_are_well_formed(self):
        wrong = []
        for line, cells in self.rows:
            if len(cells) != len(COLUMNS):
                wrong.append(f"RFCS.md:{line}: {len(cells)} cells instead of {len(COLUMNS)}: {', '.join(COLUMNS)}")
                continue
            number, section, state, file, note = cells
            if not re.fullmatch(r"\[?\d{3,5}\]?(\(https?://[^)]+\))?", number):
                wrong.append(f"RFCS.md:{line}: {number} is no RFC number")
            if state not in STATES:
                wrong.append(f"RFCS.md:{line}: {state} is none of {', '.join(STATES)}")
            if state != "left out" and not files_of(file):
                wrong.append(f"RFCS.md:{line}: {state}, but no `file` is named")
            if state != "done" and not note:
                wrong.append(f"RFCS.md:{line}: {state}, and no note says what or why")
        self.none(wrong, "Rows of RFCS.md that cannot be read:")

    def test_what_is_cited_is_listed(self):
        listed = {int(re.search(r"\d+", cells[0])[0]) for _, cells in self.rows}
        wrong = []
        for path in house.files(*house.LAYERS, endings=house.CODE):
            for number, line in cited(path.read_text()):
                if number not in listed:
                    wrong.append(f"{house.short(path)}:{line}: RFC {number} has no row in protocols/RFCS.md")
        self.none(wrong, "RFCs cited, but not listed:")

    def test_what_is_listed_is_there(self):
        wrong = []
        for line, (number, section, state, file, note) in self.rows:
            number = int(re.search(r"\d+", number)[0])
            found = [(name, find(name)) for name in files_of(file)]
            wrong += [f"RFCS.md:{line}: {name} is no file" for name, path in found if path is None]
            texts = [text_of(path) for _, path in found if path]
            if texts and state != "left out" and not any(number == n for text in texts for n, _ in cited(text)):
                wrong.append(f"RFCS.md:{line}: none of {file} cites RFC {number}")
        self.none(wrong, "RFCS.md says what is not so:")

    def test_what_is_simplified_says_so_in_both_places(self):
        listed = set()
        for _, (_, _, state, file, _) in self.rows:
            if state == "simplified":
                listed |= {find(name) for name in files_of(file)}
        wrong = []
        for path in house.files("protocols", endings=house.CODE):
            if re.search(r"//.*\bSimplified:", path.read_text()) and path not in listed and path.parent not in listed:
                wrong.append(f"{house.short(path)}: says `Simplified:`, and no row of RFCS.md that is simplified names it")
        for path in listed - {None}:
            if not re.search(r"//.*\bSimplified:", text_of(path)):
                wrong.append(f"{house.short(path)}: RFCS.md calls it simplified; a comment `Simplified:` has to say where")
        self.none(wrong, "Simplifications that only one side knows of:")

    def test_citations_are_recognised(self):
        text = "RFC 5321 §4.5\nby RFCs 6298, 5681 and 6582; RFC 9293's; an RFC of 1982"
        self.assertEqual(list(cited(text)), [(5321, 1), (6298, 2), (5681, 2), (6582, 2), (9293, 2)])


if __name__ == "__main__":
    if not TABLE.exists():
        raise SystemExit("protocols/RFCS.md is missing")
    house.main()
