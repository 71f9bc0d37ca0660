"""The tables of a scenario's keys in both languages. The English ones are what the reader's tables say (unit_scenario holds
them to these); the Japanese ones have the same keys, examples and figures, and say in Japanese what they mean."""

import re

import house

BEGIN, END = "<!-- keys: begin -->", "<!-- keys: end -->"
WORDS = {"The file": "ファイル", "Verbs": "動詞", "see below": "下の表"}
JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
# What stands in every language as it is: texts in quotes, code, numbers, names in capitals.
SIGNS = re.compile(r'"[^"]*"|`[^`]*`|\d[\d.]*|\b[A-Z][A-Z0-9]+\b')


def tables(text):
    """[(heading, [[cell, …], …]), …] of what stands between the two marks."""
    found = []
    for line in text[text.index(BEGIN) : text.index(END)].split("\n"):
        if line.startswith("### "):
            found.append((line[4:].strip("`"), []))
        elif line.startswith("| `"):
            found[-1][1].append(line.removeprefix("| ").removesuffix(" |").split(" | "))
    return found


def differences(english, japanese):
    wrong = []
    headings = [WORDS.get(heading, heading) for heading, _ in english]
    if headings != [heading for heading, _ in japanese]:
        return [f"tables: {headings} and {[heading for heading, _ in japanese]}"]
    for (heading, ours), (_, theirs) in zip(english, japanese):
        keys = [row[0] for row in ours]
        if keys != [row[0] for row in theirs]:
            wrong.append(f"{heading}: keys {keys} and {[row[0] for row in theirs]}")
            continue
        for one, other in zip(ours, theirs):
            place = f"{heading}, {one[0]}"
            if len(one) != len(other):
                wrong.append(f"{place}: {len(one)} and {len(other)} cells")
                continue
            if WORDS.get(one[-2].strip("`"), one[-2]) != other[-2]:
                wrong.append(f"{place}: the examples {one[-2]} and {other[-2]}")
            for cell, there in zip(one[1:-2], other[1:-2]):  # what it holds, and its default
                if sorted(SIGNS.findall(cell)) != sorted(SIGNS.findall(there)):
                    wrong.append(f"{place}: “{cell}” and “{there}”")
            for sign in re.findall(r"RFC \d+ §[\d.]+|`[^`]*`", one[-1]):
                if sign not in other[-1]:
                    wrong.append(f"{place}: {sign} is not in “{other[-1]}”")
            if not JAPANESE.search(other[-1]):
                wrong.append(f"{place}: no Japanese in “{other[-1]}”")
    return wrong


class ScenarioDocs(house.Case):
    def test_both_languages_have_the_same_tables(self):
        english, japanese = (tables((house.ROOT / "docs" / name).read_text()) for name in ("scenario.md", "scenario.ja.md"))
        self.assertGreater(sum(len(rows) for _, rows in english), 110)
        self.none(differences(english, japanese), "docs/scenario.md and docs/scenario.ja.md differ:")

    def test_a_difference_would_be_found(self):
        row = ["`port`", "integer, 1 to 65535", '"587"', "`25`", "The `port` (RFC 6409 §3.1)."]
        same = ["`port`", "整数（1 から 65535 まで）", '"587"', "`25`", "`port` のこと（RFC 6409 §3.1）。"]
        self.assertEqual(differences([("The file", [row])], [("ファイル", [same])]), [])
        for place, other in enumerate(["`prot`", "整数（1 から 65536 まで）", '"25"', "`26`", "The port."]):
            changed = same[:place] + [other] + same[place + 1 :]
            self.assertTrue(differences([("The file", [row])], [("ファイル", [changed])]), other)
        self.assertTrue(differences([("The file", [row])], [("ファイル", [])]))
        self.assertTrue(differences([("The file", [row])], []))


if __name__ == "__main__":
    house.main()
