"""What the tests of the house share: the tree, its sources without their comments, and a runner that says what it skips."""

import os
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("protocols", "sim", "viz", "app")  # each may look left, never right
CODE = (".hpp", ".cpp")


def files(*folders, endings=None):
    """Every file below the folders (of the root, or files themselves), in order; caches and build folders left out."""
    found = []
    for folder in folders:
        path = ROOT / folder
        if path.is_file():
            found.append(path)
        for at, below, names in os.walk(path):
            below[:] = sorted(n for n in below if n not in ("build", "__pycache__") and not n.startswith("."))
            found += [Path(at) / name for name in sorted(names)]
    return [p for p in found if endings is None or p.suffix in endings]


def short(path):
    return path.relative_to(ROOT).as_posix()


TOKEN = re.compile(
    r"""(?<=[0-9A-Fa-f])'(?=[0-9A-Fa-f]) | //[^\n]* | /\*.*?\*/ | R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+' """,
    re.DOTALL | re.VERBOSE,
)


def without_comments_and_texts(source):
    """The same source, line for line, with comments gone and string and character literals empty."""

    def blank(found):
        piece = found[0]
        if piece == "'":
            return piece  # 1'000'000: a digit separator opens no literal
        return "\n" * piece.count("\n") or ('""' if piece[0] in "\"R'" else "")

    return TOKEN.sub(blank, source)


def targets():
    """{folder: (the folders its line in CMake names, "file:line" of it)}, from tegami_folder() and tegami_program()."""
    named = {}
    for layer in LAYERS:
        path = ROOT / layer / "CMakeLists.txt"
        if not path.exists():
            continue
        text = re.sub(r"#[^\n]*", "", path.read_text())
        for call in re.finditer(r"tegami_(folder|program)\(\s*([^\s)]+)([^)]*)\)", text):
            words = call[3].split()
            uses = []
            taking = False
            for word in words:
                if word.isupper():
                    taking = word == "USES"
                elif taking:
                    uses.append(word)
            folder = call[2] if call[1] == "folder" else layer
            line = text.count("\n", 0, call.start()) + 1
            named[folder] = (uses, f"{short(path)}:{line}")
    return named


class Case(unittest.TestCase):
    maxDiff = None

    def none(self, wrong, what):
        """Fails with every line of `wrong` under the sentence `what`."""
        if wrong:
            self.fail(what + "\n  " + "\n  ".join(wrong))


class Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(f"\nskipped: {test._testMethodName}: {reason}", flush=True)  # on a line of its own, behind the dots


def main():
    unittest.main(testRunner=unittest.TextTestRunner(stream=sys.stdout, resultclass=Result))
