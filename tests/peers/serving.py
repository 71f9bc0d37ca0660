"""What serving keeps: the variant, the machines that were plugged in, and the narration as comments for Wireshark; and
that a run is served again with all of these, or played again without the kernel."""

import peers

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SCENARIO = peers.ROOT / "scenarios" / "port-25-blocked.toml"
EDGE = "192.0.2.1"
MX1 = "203.0.113.25"


def head(run):
    return json.loads(peers.tegami("show", run, "--json").stdout.splitlines()[0])


def comments(run):
    shown = subprocess.run(["tshark", "-n", "-r", str(run), "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"],
                           capture_output=True, text=True, timeout=60)
    return shown.stdout


class Serving(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def served(self, *more, scenario=SCENARIO, link="home-alice", do=lambda world: None):
        """A run that was served while `do` was done in it."""
        with peers.World(scenario, link, more=more) as world:
            do(world)
            said = world.stop()
            self.assertEqual(world.server.returncode, 0, said)
            kept = Path(self.folder.name) / f"run-{len(list(Path(self.folder.name).iterdir()))}.pcapng"
            shutil.copy(world.run_file, kept)
        return kept, said

    def connects(self, world):
        probe = world.run("bash", "-c", f"exec 3<>/dev/tcp/{MX1}/25 && read -t 5 line <&3 && echo \"$line\"", timeout=30)
        return probe.returncode == 0 and probe.stdout.startswith("220")

    def test_a_variant_is_served_and_kept(self):
        def through(world):
            self.assertTrue(self.connects(world), world.output())

        kept, _ = self.served("--variant", "no-filter", do=through)
        self.assertEqual(head(kept)["variant"], "no-filter")
        # Played again without the kernel it is the same world, octet for octet but for who plays it.
        again = Path(self.folder.name) / "again.pcapng"
        played = peers.tegami("run", kept, "-q", "--lang", "en", "--save", again)
        self.assertEqual(played.returncode, 0, played.stderr)
        self.assertEqual(again.read_bytes(), kept.read_bytes())

    def test_the_file_has_the_narration_in_comments(self):
        def wait_for_the_wall(world):
            world.run("sleep", "2")  # at 1 s Alice's program tries port 25

        plain, _ = self.served(do=wait_for_the_wall)
        self.assertRegex(comments(plain), r"S1 Submit .*: Alice’s program")
        self.assertIn("Rule 2 of filter op25b drops the packet", comments(plain))
        deep, _ = self.served("--depth", "rfc", do=wait_for_the_wall)
        self.assertNotEqual(comments(plain), comments(deep))

    def test_a_run_is_served_again_with_what_was_plugged_in(self):
        def ping(world):
            self.assertEqual(world.run("ping", "-c", 1, "-W", 5, EDGE).returncode, 0, world.output())

        def opened(world):
            ping(world)
            self.assertTrue(self.connects(world), world.output())

        kept, _ = self.served("--variant", "no-filter", do=ping)
        # The same machine at the same place, named or not, is plugged in once.
        again, said = self.served(scenario=kept, do=opened)
        self.assertEqual(said.count("this machine is a host of the world"), 1, said)
        self.assertEqual(head(again)["variant"], "no-filter")
        third, said = self.served(scenario=kept, link=None, do=opened)
        self.assertEqual(said.count("this machine is a host of the world"), 1, said)
        self.assertIn("kernel", head(third)["nodes"])

    def test_a_run_takes_no_other_variant(self):
        kept, _ = self.served()
        for command in (("serve", kept, "--tap", "kernel=home-alice"), ("run", kept)):
            said = peers.tegami(*command, "--variant", "no-filter", "--lang", "en")
            self.assertEqual(said.returncode, 2)
            self.assertIn("--variant goes with a scenario", said.stderr)


peers.main("ping", "tshark", "bash")
