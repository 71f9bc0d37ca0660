"""The stories in the READMEs are what the program tells: each line between the marks stands in its output, in that order;
a line `[…]` stands for any number of lines."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEGAMI = sys.argv.pop()


class Readme(unittest.TestCase):
    maxDiff = None

    def hold(self, name, language):
        block = re.search(r"<!-- story:[^\n]*-->\n```\n(.*?)```\n<!-- /story -->", (ROOT / name).read_text(), re.DOTALL)
        self.assertTrue(block, f"{name} has no story")
        scenario = ROOT / "scenarios" / "first-mail.toml"
        told = subprocess.run([TEGAMI, "run", str(scenario), "--lang", language], capture_output=True, text=True, check=True)
        ahead = [line.rstrip() for line in told.stdout.splitlines()]
        lines = [line.rstrip() for line in block[1].splitlines() if line.strip() not in ("", "[…]")]
        self.assertGreater(len(lines), 10)
        for line in lines:
            self.assertIn(line, ahead, f"{name}: the program does not say this here")
            del ahead[: ahead.index(line) + 1]

    def test_english(self):
        self.hold("README.md", "en")

    def test_japanese(self):
        self.hold("README.ja.md", "ja")


if __name__ == "__main__":
    unittest.main()
