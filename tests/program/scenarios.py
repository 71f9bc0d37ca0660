"""`tegami check` over every scenario that comes along: each holds what it says of itself, and a check that is wrong
does not hold."""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEGAMI = sys.argv.pop()
SCENARIOS = sorted((ROOT / "scenarios").glob("**/*.toml"))


def tegami(*words):
    done = subprocess.run([TEGAMI, *map(str, words)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


class Scenarios(unittest.TestCase):
    def test_each_holds_its_checks(self):
        self.assertTrue(SCENARIOS, "no scenario was found")
        for path in SCENARIOS:
            with self.subTest(path.name):
                status, out, err = tegami("check", path, "--lang", "en")
                self.assertEqual(status, 0, out + err)
                held = re.search(r"(\d+) checks? holds?\s*$", out)
                self.assertTrue(held and int(held[1]) > 0, out)

    def test_a_check_that_does_not_hold_is_told(self):
        text = (ROOT / "scenarios" / "two-letters.toml").read_text()
        wrong = text.replace("retransmissions = 1", "retransmissions = 2")
        self.assertNotEqual(wrong, text)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "wrong.toml"
            path.write_text(wrong)
            status, out, err = tegami("check", path, "--lang", "en")
        self.assertEqual(status, 1, out + err)
        self.assertIn("one-repair", out)


if __name__ == "__main__":
    unittest.main()
