"""What the tests with real programs share: a network namespace of their own in which `tegami serve` runs a world and the
Linux kernel is a host of it. Nothing of the machine's own network is used or changed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEGAMI = sys.argv.pop() if len(sys.argv) > 1 else str(ROOT / "build" / "release" / "tegami")
SKIPPED = 77


def lacking(*programs):
    """Why these tests cannot run here; empty where they can."""
    if os.geteuid() != 0:
        return "a TAP device and a network namespace need root"
    if not os.path.exists("/dev/net/tun"):
        return "this kernel has no /dev/net/tun"
    gone = [p for p in ("ip", *programs) if not shutil.which(p)]
    if gone:
        return "not installed: " + ", ".join(gone)
    probe = subprocess.run(["ip", "netns", "add", f"tegami-probe-{os.getpid()}"], capture_output=True, text=True)
    if probe.returncode != 0:
        return "no network namespace can be made: " + probe.stderr.strip()
    inside = subprocess.run(["ip", "netns", "exec", f"tegami-probe-{os.getpid()}", "ip", "link", "set", "lo", "up"],
                            capture_output=True, text=True)
    subprocess.run(["ip", "netns", "delete", f"tegami-probe-{os.getpid()}"], capture_output=True)
    if inside.returncode != 0:
        return "nothing can be run in a network namespace: " + inside.stderr.strip().replace("\n", "; ")
    return ""


def main(*programs):
    """Runs the tests of the calling file, or says why not and ends with the status for that."""
    if why := lacking(*programs):
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    unittest.main(module="__main__")


class Namespace:
    """A network namespace with its loopback interface up, gone at the end."""

    count = 0

    def __enter__(self):
        Namespace.count += 1
        self.name = f"tegami-{os.getpid()}-{Namespace.count}"
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.run("ip", "link", "set", "lo", "up", check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "delete", self.name], check=False)
        shutil.rmtree(Path("/etc/netns") / self.name, ignore_errors=True)

    def ask(self, resolver):
        """Programs of the namespace ask this resolver: ip-netns(8) puts the file in place of /etc/resolv.conf."""
        folder = Path("/etc/netns") / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "resolv.conf").write_text(f"nameserver {resolver}\n")

    def words(self, *command):
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def run(self, *command, timeout=60, check=False, text=True, **more):
        done = subprocess.run(self.words(*command), capture_output=True, text=text, timeout=timeout, **more)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def start(self, *command, **more):
        return subprocess.Popen(self.words(*command), **more)


class World(Namespace):
    """A scenario served in a namespace: `tap` is the kernel's name there, plugged into `link`."""

    def __init__(self, scenario, link, tap="kernel", more=()):
        self.scenario = scenario  # TOML text, or a path
        self.link = link
        self.tap = tap
        self.more = more

    def __enter__(self):
        super().__enter__()
        try:
            self.folder = tempfile.TemporaryDirectory()
            if isinstance(self.scenario, Path):
                path = self.scenario
            else:
                path = Path(self.folder.name) / "world.toml"
                path.write_text(self.scenario)
            self.run_file = Path(self.folder.name) / "run.pcapng"
            self.said = open(Path(self.folder.name) / "said.txt", "w+")
            taps = ["--tap", f"{self.tap}={self.link}"] if self.link else []  # none: as the run has it
            self.server = self.start(
                TEGAMI, "serve", path, *taps, "--lang", "en", "--save", self.run_file, *self.more, stdout=self.said, stderr=subprocess.STDOUT)
            self.wait_until_ready()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def wait_until_ready(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.server.poll() is not None:
                raise AssertionError(f"tegami serve ended with status {self.server.returncode}:\n{self.output()}")
            # An address is usable once the kernel has seen that nobody else has it.
            shown = self.run("ip", "-o", "address", "show", "dev", self.tap).stdout
            if "inet" in shown and "tentative" not in shown and "Ctrl-C" in self.output():
                return
            time.sleep(0.05)
        raise AssertionError("the world was not ready within 20 s:\n" + self.output())

    def output(self):
        self.said.flush()
        return Path(self.said.name).read_text()

    def stop(self):
        """Ends serving in order, so that the run is whole; returns what was said."""
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=60)
        return self.output()

    def __exit__(self, *_):
        server = getattr(self, "server", None)
        if server and server.poll() is None:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        if hasattr(self, "said"):
            self.said.close()
        super().__exit__()
        if hasattr(self, "folder"):
            self.folder.cleanup()


def tegami(*words, timeout=120):
    return subprocess.run([TEGAMI, *map(str, words)], capture_output=True, text=True, timeout=timeout)


def figures(pattern, text):
    """The groups of the first place where a pattern is found; an assertion where it is not."""
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        raise AssertionError(f"nothing like {pattern!r} in:\n{text}")
    return found.groups()
