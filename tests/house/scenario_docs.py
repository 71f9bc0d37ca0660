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


def shape(text):
    """[(heading, paragraphs, list items, table rows and their cells, blocks of code), …] of what stands before the keys."""
    found = []
    for part in re.split(r"^## ", text[: text.index(BEGIN)], flags=re.MULTILINE):
        rows = [line.count(" | ") for line in part.split("\n") if line.startswith("| ")]
        blocks = re.sub(r"```.*?```", "CODE", part, flags=re.DOTALL).split("\n\n")
        items = len(re.findall(r"^- ", part, re.MULTILINE))
        empty = len(re.findall(r"\| +\|", part))
        found.append((len(blocks), items, rows, blocks.count("CODE"), empty))
    return found


def words_of(path, name):
    """The texts of an array `name` in a header."""
    array = re.search(rf"\b{name}\[\] = \{{([^}}]*)\}}", (house.ROOT / path).read_text())
    return re.findall(r'"([^"]+)"', array[1])


class ScenarioDocs(house.Case):
    def test_both_languages_say_as_much(self):
        english, japanese = ((house.ROOT / "docs" / name).read_text() for name in ("scenario.md", "scenario.ja.md"))
        self.assertGreater(len(shape(english)), 4)
        for number, (ours, theirs) in enumerate(zip(shape(english), shape(japanese), strict=True)):
            self.assertEqual(ours, theirs, f"section {number}: blocks, items, rows, code, empty cells")
            self.assertEqual(ours[-1], 0, f"section {number} has an empty cell")
        # Names and numbers of the world's defaults stand in both.
        part = english[english.index("## Rules") : english.index("## Keys")]
        for sign in set(re.findall(r"`[^`\n]*`|\b[\d.]+\d\b|\b2001:[\da-f:]+", part)):
            if "see" not in sign and not re.fullmatch(r"`NAME`", sign):
                self.assertIn(sign, japanese, "docs/scenario.ja.md does not have it")

    def test_a_lack_would_be_found(self):
        text = "# T\n\nA.\n\n## One\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n" + BEGIN
        for lack in ("- b\n", "A.\n\n", "| 1 | 2 |\n", "## One\n\n"):
            self.assertNotEqual(shape(text), shape(text.replace(lack, "")), lack)
        self.assertEqual(shape(text.replace("| 2 |", "| |"))[1][-1], 1)

    def test_every_word_that_reads_is_told(self):
        lists = {
            "dns_type_words": "sim/scenario/values.hpp",
            "exam_words": "sim/scenario/read_scenario.cpp",
            "power_words": "sim/scenario/read_deed.cpp",
            "way_words": "sim/scenario/read_deed.cpp",
            "reads_words": "sim/scenario/read_user.cpp",
        }
        for words in re.findall(r"(\w+_words)\[\] = ", (house.ROOT / "sim/scenario/scenario.hpp").read_text()):
            lists[words] = "sim/scenario/scenario.hpp"
        self.assertIn("role_words", lists)
        least = {"power_words": 1, "reads_words": 1}
        for name in ("scenario.md", "scenario.ja.md"):
            text = (house.ROOT / "docs" / name).read_text()
            for words, path in lists.items():
                found = words_of(path, words)
                self.assertGreaterEqual(len(found), least.get(words, 2), words)
                for word in found:
                    told = f"`{word}`" if words == "role_words" else word
                    is_told = re.search(rf"(?<!\w){re.escape(told)}(?!\w)", text)
                    self.assertTrue(is_told, f"{name} does not tell {word}, which {path} reads")

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
