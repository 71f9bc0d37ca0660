"""./dev, as far as it can be asked without building anything: its help, its refusals, and how it counts."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import house

sys.path.insert(0, str(house.ROOT / "tests"))
import summary  # noqa: E402  # it lies one folder up


def dev(*arguments, **environment):
    return subprocess.run([house.ROOT / "dev", *arguments], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, env=os.environ | {"TEGAMI_NO_INSTALL": "1"} | environment)


# Where the programs come from that tests/peers talks with.
PACKAGE_OF = {
    "arping": "iputils-arping", "curl": "curl", "delv": "bind9-dnsutils", "dig": "bind9-dnsutils", "dnsperf": "dnsperf",
    "ip": "iproute2", "named-checkzone": "bind9-utils", "nmap": "nmap", "ping": "iputils-ping", "swaks": "swaks",
    "tracepath": "iputils-tracepath", "traceroute": "traceroute", "tshark": "tshark",
}


class Dev(house.Case):
    def test_help_names_every_command(self):
        said = dev("--help")
        self.assertEqual(said.returncode, 0, said.stderr)
        for command in ("run", "test", "bench", "fuzz", "format", "tegami", "setup"):
            self.assertRegex(said.stdout, rf"(?m)^  {command}\b")

    def test_a_wrong_word_names_the_right_one(self):
        for wrong, right in (("tset", "test"), ("bnech", "bench"), ("fromat", "format"), ("rum", "run"), ("tegmai", "tegami")):
            said = dev(wrong)
            self.assertEqual(said.returncode, 2)
            self.assertIn(f'Did you mean "{right}"?', said.stderr)
        self.assertIn('Did you mean "--long"?', dev("test", "--lnog").stderr)
        self.assertNotIn("Did you mean", dev("quadrophonic").stderr)

    def test_without_apt_it_says_what_to_do(self):
        with tempfile.TemporaryDirectory() as folder:
            for tool in ("bash", "dirname", "nproc", "env", "cat"):
                (Path(folder) / tool).symlink_to(shutil.which(tool))
            said = dev("setup", PATH=folder)
            self.assertEqual(said.returncode, 1)
            self.assertIn("dpkg is not here", said.stderr)
            self.assertIn("clang-19", said.stderr)

    def test_what_the_peers_call_for_is_installed(self):
        lists = (house.ROOT / "dev").read_text().split("declare -A packages=(")[1]
        packages = re.search(r'^    \[test\]="([^"]+)"$', lists, re.MULTILINE)[1].split()
        called = set()
        for path in house.files("tests/peers", endings=(".py",)):
            for main in re.finditer(r"^peers\.main\(([^)]*)\)", path.read_text(), re.MULTILINE):
                called |= set(re.findall(r'"([^"]+)"', main[1]))
        self.assertTrue(called, "no program was found: this test would hold nothing")
        for program in (called | {"ip"}) - {"bash"}:
            self.assertIn(program, PACKAGE_OF, "which package has it?")
            self.assertIn(PACKAGE_OF[program], packages, program)

    def test_sources_are_laid_out(self):
        if not shutil.which("clang-format-19"):
            self.skipTest("clang-format-19 is not installed")
        said = dev("format", "--check")
        self.assertEqual(said.returncode, 0, said.stderr)


RESULTS = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite>
  <testcase name="unit_good" status="run"><system-out>skipped: b: no tshark
All tests passed (9 assertions in 4 test cases)</system-out></testcase>
  <testcase name="unit_bad" status="fail"><failure message=""/><system-out>
test cases: 5 | 2 passed | 2 failed | 1 failed as expected
assertions: 9 | 7 passed | 2 failed</system-out></testcase>
  <testcase name="unit_empty" status="run"><system-out>No tests ran</system-out></testcase>
  <testcase name="house" status="run"><system-out>skipped: x: y
Ran 3 tests in 0.001s

OK (skipped=1)</system-out></testcase>
  <testcase name="peer" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>skipped: no cow</system-out></testcase>
  <testcase name="gone" status="notrun"><skipped message="Unable to find executable"/><system-out/></testcase>
  <testcase name="crash" status="fail"><failure message="SEGFAULT"/><system-out/></testcase>
  <testcase name="plain" status="run"><system-out/></testcase>
</testsuite>
"""


class Summary(house.Case):
    def ask(self, results, *more):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "results.xml"
            path.write_text(results)
            said = subprocess.run([sys.executable, summary.__file__, f"release={path}", *more], capture_output=True, text=True)
            return said.returncode, said.stdout

    def test_it_counts_cases(self):
        status, said = self.ask(RESULTS)
        # passed: 3 of unit_good, 2 of unit_bad, 2 of house, plain; failed: 2 of unit_bad, empty, gone, crash
        self.assertEqual(said.split("\n")[-2], "8 passed, 5 failed, 3 skipped")
        self.assertIn("peer (release): no cow", said)
        self.assertEqual(status, 1)

    def test_it_sees_what_the_house_skips(self):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "case.py"
            script.write_text(
                f"import sys; sys.path.insert(0, {str(house.ROOT / 'tests/house')!r}); import house\n"
                "class Some(house.Case):\n"
                "    def test_a(self): pass\n"
                "    def test_b(self): self.skipTest('no cow')\n"
                "house.main()\n")
            out = subprocess.run([sys.executable, "-B", script], capture_output=True, text=True).stdout
        status, said = self.ask(f'<testsuite><testcase name="h" status="run"><system-out>{out}</system-out></testcase></testsuite>')
        self.assertEqual((status, said.split("\n")[-2]), (0, "1 passed, 0 failed, 1 skipped"))
        self.assertIn("h (release): test_b: no cow", said)

    def test_what_did_not_build_has_failed(self):
        good = '<testsuite><testcase name="a" status="run"><system-out/></testcase></testsuite>'
        self.assertEqual(self.ask(good), (0, "\n1 passed, 0 failed, 0 skipped\n"))
        status, said = self.ask(good, "broken=build_asan")
        self.assertEqual((status, said.split("\n")[-2]), (1, "1 passed, 1 failed, 0 skipped"))

    def test_nothing_tested_is_no_success(self):
        status, said = self.ask("<testsuite/>")
        self.assertEqual((status, said.split("\n")[-2]), (1, "0 passed, 0 failed, 0 skipped"))


if __name__ == "__main__":
    house.main()
