"""The table of RFC 9293's labelled MUSTs in protocols/RFCS.md: all 69, each with tests that exist or with a reason."""

import re

import house

TABLE = house.ROOT / "protocols" / "RFCS.md"
FOLDERS = ("tests/unit/tcp", "tests/unit/net", "tests/unit/inet")
COUNT = 69
CASE = re.compile(r'TEST_CASE\(\s*"((?:[^"\\]|\\.)*)"')


def rows():
    """(line, number, what, tests or reason) of each row."""
    for line, text in enumerate(TABLE.read_text().split("\n"), 1):
        found = re.fullmatch(r"\| MUST-(\d+) \| (.+?) \| (.*?) \|", text)
        if found:
            yield line, int(found[1]), found[2], found[3]


def cases():
    """The names of all test cases in the folders."""
    return {name for path in house.files(*FOLDERS, endings=house.CODE) for name in CASE.findall(path.read_text())}


def wrong_with(proof, known):
    """What is wrong with the last cell of a row; nothing where it is right."""
    if proof.startswith("reason:"):
        return "" if len(proof.split()) >= 6 else "a reason takes a sentence"
    missing = [name for name in re.split(r"; ", proof) if name not in known]
    return "no test is called " + " or ".join(f"\"{name}\"" for name in missing) if missing else ""


class Musts(house.Case):
    def test_each_is_there_once(self):
        self.assertEqual([number for _, number, _, _ in rows()], list(range(1, COUNT + 1)))

    def test_each_has_tests_or_a_reason(self):
        known = cases()
        self.assertGreater(len(known), 100)
        wrong = [(line, number, wrong_with(proof, known)) for line, number, _, proof in rows()]
        self.none([f"RFCS.md:{line}: MUST-{number}: {what}" for line, number, what in wrong if what], "MUSTs without proof:")

    def test_a_wrong_row_is_noticed(self):
        self.assertTrue(wrong_with("a test that nobody wrote", {"a test"}))
        self.assertTrue(wrong_with("a test; another", {"a test"}))
        self.assertTrue(wrong_with("reason: none", set()))
        self.assertTrue(wrong_with("", {"a test"}))
        self.assertFalse(wrong_with("a test; another", {"a test", "another"}))
        self.assertFalse(wrong_with("reason: nobody in this world would ever ask", set()))


if __name__ == "__main__":
    house.main()
