"""The kernel's TCP and ours carry octets to each other: many on a clean line, some on a bad one; what arrives is what was
sent."""

import peers
import worlds

import hashlib
import sys
import unittest

# Runs inside the namespace: sends octets to the echo port and compares what comes back, both at once.
CLIENT = r"""
import hashlib, random, socket, sys, threading, time
address, octets = sys.argv[1], int(sys.argv[2])
peer = socket.create_connection((address, 7), timeout=300)
piece = random.Random(1).randbytes(1 << 20)
sent = hashlib.sha256(); heard = hashlib.sha256()
def send():
    left = octets
    while left:
        part = piece[: min(left, len(piece))]
        peer.sendall(part); sent.update(part); left -= len(part)
    peer.shutdown(socket.SHUT_WR)
begun = time.monotonic()
thread = threading.Thread(target=send); thread.start()
got = 0
while part := peer.recv(1 << 18):
    heard.update(part); got += len(part)
thread.join()
print(got, sent.hexdigest() == heard.hexdigest(), f"{time.monotonic() - begun:.2f}")
"""


class Transfer(unittest.TestCase):
    def carry(self, world, address, octets):
        said = world.run(sys.executable, "-c", CLIENT, address, octets, timeout=600)
        self.assertEqual(said.returncode, 0, said.stderr + world.output())
        got, same, length = said.stdout.split()
        self.assertEqual((int(got), same), (octets, "True"))
        print(f"{octets} octets each way with {address}: {length} s", file=sys.stderr)

    def test_a_hundred_megabytes_each_way(self):
        with peers.World(worlds.FAST, worlds.LINE, more=("--record", "story")) as world:
            for address in ("198.51.100.65", "2001:db8:2::65"):
                self.carry(world, self.lab(world, address), 100_000_000)

    def test_one_megabyte_each_way_on_a_bad_line(self):
        with peers.World(worlds.BAD, worlds.LINE) as world:
            for v6 in (False, True):
                self.carry(world, self.lab(world, v6), 1_000_000)

    def lab(self, world, v6):
        kind = "AAAA" if v6 is True or (isinstance(v6, str) and ":" in v6) else "A"
        said = world.run("dig", f"@{worlds.RESOLVER[0]}", "+short", "+time=10", "lab.example.com", kind).stdout.split()
        self.assertTrue(said, "the resolver does not know lab.example.com")
        return said[0]


peers.main("dig")
