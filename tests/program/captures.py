"""What the program writes, looked at by tshark: no malformed packet, no wrong checksum, no complaint."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GATE = ROOT / "tests" / "tools" / "capture-gate"
TEGAMI = sys.argv.pop()


def tegami(*words):
    subprocess.run([TEGAMI, *map(str, words)], check=True, capture_output=True, timeout=120)


def gate(*words):
    done = subprocess.run([str(GATE), *map(str, words)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


class Captures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.run_file = self.folder / "run.pcapng"
        tegami("run", ROOT / "scenarios" / "two-letters.toml", "--save", self.run_file, "--quiet")

    def test_tshark_complains_about_nothing(self):
        sniffed = [self.run_file]
        for place in ("alice-pc", "core", "example-mail"):
            for ending in (".pcapng", ".pcap"):
                sniffed.append(self.folder / f"{place}{ending}")
                tegami("export", self.run_file, "--sniff", place, "-o", sniffed[-1])
        status, said = gate(*sniffed)
        self.assertEqual(status, 0, said)

    def test_the_gate_sees_what_is_wrong(self):
        wire = self.folder / "wire.pcap"
        tegami("export", self.run_file, "--sniff", "alice-pc", "-o", wire)
        octets = bytearray(wire.read_bytes())
        at = octets.find(b"EHLO alice-pc")
        self.assertGreater(at, 0)
        octets[at] ^= 1  # the segment's checksum is wrong now
        wire.write_bytes(octets)
        status, said = gate(wire)
        self.assertEqual(status, 1, said)


if __name__ == "__main__":
    if not shutil.which("tshark") or not shutil.which("capinfos"):
        print("skipped: tshark is not installed")
        sys.exit(77)
    unittest.main()
