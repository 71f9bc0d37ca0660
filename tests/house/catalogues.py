"""The message catalogues: every text in both languages, with the same things to fill in."""

import re

import house

LANGUAGES = ("en", "ja")
FOLDER = house.ROOT / "assets" / "locale"


def read_po(path):
    """({key: text}, [what is wrong]) of a PO file; the key is msgctxt and msgid. The header has the empty key."""
    entries = {}
    wrong = []
    parts = {}
    at = None
    begun = 0

    def finish():
        if "msgid" not in parts:
            return
        key = (parts["msgctxt"] + "\x04" if "msgctxt" in parts else "") + parts["msgid"]
        if key in entries:
            wrong.append(f"{house.short(path)}:{begun}: {key} stands there twice")
        entries[key] = "".join(text for name, text in parts.items() if name.startswith("msgstr"))

    for number, line in enumerate(path.read_text().split("\n") + [""], 1):
        line = line.strip()
        if line.startswith("#"):
            continue
        if found := re.fullmatch(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+"(.*)"', line):
            if found[1] == "msgctxt" or (found[1] == "msgid" and "msgid" in parts):
                finish()
                parts = {}
            if not parts:
                begun = number
            at = found[1]
            parts[at] = found[2]
        elif (found := re.fullmatch(r'"(.*)"', line)) and at:
            parts[at] += found[1]
        elif line:
            wrong.append(f"{house.short(path)}:{number}: this is no line of a PO file: {line}")
    finish()
    return entries, wrong


def blanks(text):
    """What a text leaves to be filled in: {host}, {0}, {}, not {{."""
    return sorted(re.findall(r"\{[^{}]*\}", text.replace("{{", "").replace("}}", "")))


class Catalogues(house.Case):
    def setUp(self):
        paths = [FOLDER / f"{language}.po" for language in LANGUAGES]
        if not any(p.exists() for p in paths):
            self.skipTest("there is no catalogue in assets/locale yet")
        self.assertTrue(all(p.exists() for p in paths), f"one language lacks its catalogue: {', '.join(map(str, paths))}")
        self.texts = {}
        self.malformed = []
        for language, path in zip(LANGUAGES, paths):
            self.texts[language] = {}
            # An area may bring a part of its own; where both know a key, the catalogue itself is right.
            for each in [path, *sorted((FOLDER / "parts").glob(f"*.{language}.po"))]:
                entries, wrong = read_po(each)
                self.texts[language] = entries | self.texts[language]
                self.malformed += wrong

    def test_they_can_be_read(self):
        self.none(self.malformed, "Catalogues that cannot be read:")

    def test_every_key_stands_in_both(self):
        en, ja = (set(self.texts[language]) for language in LANGUAGES)
        self.none(
            [f"{key}: missing in ja.po" for key in sorted(en - ja)] + [f"{key}: missing in en.po" for key in sorted(ja - en)],
            "Texts that one language lacks:",
        )

    def test_no_text_is_empty(self):
        wrong = [f"{lang}.po: {key}" for lang in LANGUAGES for key, text in self.texts[lang].items() if not text.strip()]
        self.none(wrong, "Empty texts:")

    def test_both_leave_the_same_to_be_filled_in(self):
        en, ja = (self.texts[language] for language in LANGUAGES)
        wrong = [
            f"{key}: {' '.join(blanks(en[key]))} in en.po, {' '.join(blanks(ja[key]))} in ja.po"
            for key in sorted(set(en) & set(ja))
            if key and set(blanks(en[key])) != set(blanks(ja[key]))
        ]
        self.none(wrong, "Texts whose blanks differ:")


if __name__ == "__main__":
    house.main()
