"""Whatever a scenario or a command names, the program opens no socket: nothing is looked up, and nothing leaves this
machine. The system calls are watched by strace."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEGAMI = sys.argv.pop()
SKIPPED = 77
NETWORK = re.compile(r"\b(socket|connect|bind|sendto|sendmsg|sendmmsg|recvfrom|recvmsg|getaddrinfo)\(")


def traced(*words):
    """(exit status, output, the lines of the trace that are about the network)"""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        done = subprocess.run(
            ["strace", "-f", "-qq", "-e", "trace=network", "-o", trace, *map(str, words)],
            capture_output=True, text=True, timeout=240, cwd=folder,
            # LeakSanitizer cannot look at a process that is traced.
            env={**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"},
        )
        lines = trace.read_text().splitlines() if trace.exists() else []
    return done.returncode, done.stdout + done.stderr, [line for line in lines if NETWORK.search(line)]


class Offline(unittest.TestCase):
    def nothing(self, *words, status=None):
        got, out, calls = traced(TEGAMI, *words)
        if status is not None:
            self.assertEqual(got, status, out)
        self.assertEqual(calls, [], out)
        return out

    def test_the_watcher_sees_a_look_up(self):
        ask = "import socket; socket.getaddrinfo('name.tegami.invalid', 25)"
        _, out, calls = traced(sys.executable, "-c", f"try:\n {ask}\nexcept OSError: pass")
        self.assertTrue(calls, out)

    def test_every_scenario(self):
        scenarios = sorted((ROOT / "scenarios").glob("**/*.toml"))
        self.assertTrue(scenarios)
        for path in scenarios:
            with self.subTest(path.name):
                self.nothing("check", path, "--lang", "en", status=0)

    def test_a_filter_that_names_hosts(self):
        scenario = sorted((ROOT / "scenarios").glob("**/*.toml"))[0]
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run.pcapng"
            self.nothing("run", scenario, "--save", run, status=0)
            for text in ("host name.tegami.invalid", "src name.tegami.invalid", "net name.tegami.invalid",
                         "port 25 and dst name.tegami.invalid", "tcp and gateway name.tegami.invalid",
                         "ether host name.tegami.invalid", "host www"):
                with self.subTest(text):
                    out = self.nothing("show", run, "--view", "packets", "--filter", text, "--lang", "en")
                    self.assertIn("addresses", out)
            self.nothing("show", run, "--view", "packets", "--filter", "tcp port 25", status=0)


if __name__ == "__main__":
    works = shutil.which("strace") and subprocess.run(
        ["strace", "-qq", "-e", "trace=network", "-o", os.devnull, "true"], capture_output=True).returncode == 0
    if not works:
        print("skipped: what the program asks the machine for is watched by strace, which is not here or may not trace")
        sys.exit(SKIPPED)
    unittest.main()
