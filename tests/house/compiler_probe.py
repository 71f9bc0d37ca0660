"""The compiler probe lets the right compilers pass, and refuses the one of Debian 12 that miscompiles coroutines."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import house


def ask(compiler, probe=house.ROOT / "cmake" / "probe"):
    with tempfile.TemporaryDirectory() as build:
        return subprocess.run(
            ["cmake", "-S", probe, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}"],
            capture_output=True, text=True, timeout=300, env=os.environ | {"LC_ALL": "C"})


def installed(compiler):
    return unittest.skipUnless(shutil.which(compiler), f"{compiler} is not installed")


class CompilerProbe(house.Case):
    @installed("g++-12")
    def test_gcc_12_is_refused_in_words_that_help(self):
        said = ask("g++-12")
        self.assertNotEqual(said.returncode, 0)
        words = " ".join(said.stderr.split())
        self.assertIn("it miscompiles coroutines (an await in a condition", words)
        self.assertIn("apt install clang-19 lld-19", words)
        self.assertIn("./dev", words)

    @installed("clang++-19")
    def test_clang_19_passes(self):
        said = ask("clang++-19")
        self.assertEqual(said.returncode, 0, said.stderr)

    def test_others_are_judged_where_they_are_installed(self):
        for compiler, right in (("clang++-22", True), ("clang++-14", False)):  # the latter has no std::expected here
            if shutil.which(compiler):
                said = ask(compiler)
                self.assertEqual(said.returncode == 0, right, compiler + said.stderr)
                self.assertEqual("cannot build tegami" in " ".join(said.stderr.split()), not right)

    @installed("clang++-19")
    def test_the_case_that_went_wrong_is_named(self):
        """A right compiler is refused too when a case gives the wrong answer: here the last, turned round."""
        name = "an await in one branch of a conditional expression"
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "cmake"
            shutil.copytree(house.ROOT / "cmake", copy)
            main = copy / "probe" / "main.cpp"
            text = main.read_text()
            turned = text.replace(f'"{name}", conditional', f'"{name}", [] {{ return !conditional(); }}')
            self.assertNotEqual(text, turned)
            main.write_text(turned)
            said = ask("clang++-19", copy / "probe")
            self.assertNotEqual(said.returncode, 0)
            self.assertIn(f"({name}: the program it made ended with 1)", " ".join(said.stderr.split()))


if __name__ == "__main__":
    house.main()
