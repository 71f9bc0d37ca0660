"""The kernel and the usual tools agree with our link and Internet layers: address resolution, echo with fragments, path
MTU, the way shown hop by hop, open ports."""

import peers
import worlds

import unittest


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = peers.World(worlds.PLAIN, worlds.LINE).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.world.__exit__(None, None, None)

    def test_somebody_has_the_gateways_address(self):
        # Duplicate address detection by ARP (RFC 5227): status 1, since the address is taken; 0 for a free one.
        said = self.world.run("arping", "-D", "-c", 2, "-w", 5, "-I", self.world.tap, worlds.EDGE[0])
        self.assertEqual(said.returncode, 1, said.stdout + said.stderr)
        said = self.world.run("arping", "-D", "-c", 2, "-w", 5, "-I", self.world.tap, "192.0.2.250")
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def ping(self, *words):
        said = self.world.run("ping", "-n", "-i", "0.05", "-c", 5, "-W", 3, *words)
        sent, received = peers.figures(r"(\d+) packets transmitted, (\d+) received", said.stdout)
        self.assertEqual((sent, received), ("5", "5"), said.stdout + said.stderr)

    def test_echo(self):
        for address in (*worlds.EDGE, *worlds.MX1):
            with self.subTest(address):
                self.ping(address)

    def test_echo_in_fragments(self):
        for address in worlds.MX1:
            with self.subTest(address):
                self.ping("-s", 4000, address)

    def test_echo_that_must_not_be_fragmented(self):
        self.ping("-M", "do", "-s", 1472, worlds.MX1[0])
        self.ping("-M", "do", "-s", 1452, worlds.MX1[1])

    def test_the_way_hop_by_hop(self):
        for address, words in ((worlds.MX1[0], ("-4",)), (worlds.MX1[1], ("-6",))):
            for method in ((), ("-I",), ("-T", "-p", "25")):
                with self.subTest(address=address, method=method):
                    said = self.world.run("traceroute", *words, "-n", "-w", 2, "-q", 1, *method, address)
                    hops = [line.split()[1] for line in said.stdout.splitlines()[1:]]
                    self.assertNotIn("*", hops, said.stdout)
                    self.assertEqual(hops[0], worlds.EDGE[":" in address], said.stdout)
                    self.assertEqual(hops[-1], address, said.stdout)
                    self.assertEqual(len(hops), 4, said.stdout)  # edge, core, the company's edge, the server

    def test_tracepath_finds_the_path_mtu(self):
        for address in worlds.MX1:
            with self.subTest(address):
                said = self.world.run("tracepath", "-n", address)
                self.assertIn("pmtu 1500", said.stdout)
                self.assertIn("reached", said.stdout)

    def test_open_ports(self):
        for address, words in ((worlds.MX1[0], ()), (worlds.MX1[1], ("-6",))):
            with self.subTest(address):
                said = self.world.run("nmap", *words, "-n", "-Pn", "-sT", "-p", "1-120", "--max-retries", 1, address,
                                      timeout=120)
                ports = [line.split("/")[0] for line in said.stdout.splitlines() if " open " in line]
                self.assertEqual(ports, ["25"], said.stdout)
                self.assertIn("conn-refused", said.stdout)

    def test_nothing_leaves(self):
        # No route of this namespace leads out of the world, and none was made beside the tap's.
        for family in ("-4", "-6"):
            routes = self.world.run("ip", family, "route").stdout.splitlines()
            self.assertFalse([r for r in routes if r.startswith("default")], routes)
            self.assertFalse([r for r in routes if self.world.tap not in r and " lo " not in r], routes)


peers.main("arping", "ping", "traceroute", "tracepath", "nmap")
