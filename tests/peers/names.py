"""dig, delv and dnsperf agree with our name servers and resolver, and named-checkzone with our zones."""

import peers
import worlds

import re
import tempfile
import unittest
from pathlib import Path


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = peers.World(worlds.PLAIN, worlds.LINE).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.world.__exit__(None, None, None)

    def dig(self, *words, server=worlds.RESOLVER[0]):
        said = self.world.run("dig", f"@{server}", "+tries=1", "+time=5", *words)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertNotIn("WARNING", said.stdout)
        self.assertNotIn("malformed", said.stdout.lower())
        return said.stdout

    def short(self, *words, **more):
        return sorted(self.dig("+short", *words, **more).splitlines())

    def test_the_resolver_finds_every_kind(self):
        for server in worlds.RESOLVER:
            with self.subTest(server):
                self.assertEqual(self.short("example.com", "MX", server=server), ["10 mx1.example.com."])
                self.assertEqual(self.short("mail.example.com", "A", server=server), [worlds.MAIL[0]])
                self.assertEqual(self.short("mail.example.com", "AAAA", server=server), [worlds.MAIL[1]])
                self.assertEqual(self.short("www.example.com", "A", server=server), sorted(["mail.example.com.", worlds.MAIL[0]]))
                self.assertEqual(self.short("example.com", "TXT", server=server), ['"v=spf1 mx -all"'])
                self.assertEqual(self.short("example.com", "NS", server=server), ["ns1.example.com."])

    def test_what_is_not_there(self):
        self.assertIn("status: NXDOMAIN", self.dig("nobody.example.com", "A"))
        nothing = self.dig("mx1.example.com", "TXT")
        self.assertIn("status: NOERROR", nothing)
        self.assertIn("ANSWER: 0", nothing)

    def test_by_tcp(self):
        self.assertEqual(self.short("+tcp", "example.com", "MX"), ["10 mx1.example.com."])
        # Too big for a datagram: dig asks again by TCP, unless it is told to take what fits.
        self.assertEqual(len(self.short("big.example.com", "TXT", server=worlds.NS1[0])), 10)
        cut = self.dig("+ignore", "+norec", "+bufsize=512", "big.example.com", "TXT", server=worlds.NS1[0])
        self.assertRegex(cut, r"flags:[^;]* tc")

    def test_from_the_root(self):
        self.world.ask(worlds.RESOLVER[0])
        said = self.world.run("dig", f"@{worlds.RESOLVER[0]}", ".", "NS", "+short").stdout.split()
        self.assertTrue(said)
        traced = self.world.run("dig", f"@{worlds.RESOLVER[0]}", "+trace", "+nodnssec", "example.com", "MX").stdout
        self.assertIn("10 mx1.example.com.", traced)
        for zone in (".", "com.", "example.com."):
            self.assertRegex(traced, rf"(?m)^{re.escape(zone)}\s+\d+\s+IN\s+(NS|MX)\s")

    def test_authority(self):
        flags = self.dig("example.com", "MX", "+norec", server=worlds.NS1[0])
        self.assertRegex(flags, r"flags: qr aa\b")
        self.assertIn("status: REFUSED", self.dig("example.org", "A", "+norec", server=worlds.NS1[0]))
        refused = self.world.run("dig", f"@{worlds.NS1[0]}", "+tries=1", "example.com", "AXFR").stdout
        self.assertIn("Transfer failed", refused)

    def test_table_of_rfc_8906(self):
        """RFC 8906 §8: each question of the table, and what a server that is in order says to it."""
        zone = "example.com"
        table = [
            # words, status, flags that must (not) be there, a pattern, a pattern that must not be
            (("+noedns", "+noad", "+norec", zone, "SOA"), "NOERROR", r"flags: qr aa;", r"IN\s+SOA", "OPT PSEUDOSECTION"),
            (("+noedns", "+noad", "+norec", zone, "TYPE1000"), "NOERROR", r"flags: qr aa;", r"ANSWER: 0", "OPT PSEUDOSECTION"),
            (("+noedns", "+norec", zone, "SOA", "+cd"), "NOERROR", r"flags: qr aa", r"IN\s+SOA", None),
            (("+noedns", "+norec", zone, "SOA", "+ad"), "NOERROR", r"flags: qr aa", r"IN\s+SOA", None),
            (("+noedns", "+noad", "+norec", zone, "SOA", "+zflag"), "NOERROR", r"flags: qr aa;", r"IN\s+SOA", "MBZ"),
            (("+noedns", "+noad", "+header-only", "+opcode=15", "+norec"), "NOTIMP", r"flags: qr", None, None),
            (("+edns=0", "+nocookie", "+noad", "+norec", zone, "SOA"), "NOERROR", r"flags: qr aa;", r"EDNS: version: 0", None),
            (("+edns=100", "+noednsneg", "+nocookie", "+noad", "+norec", zone, "SOA"), "BADVERS", r"flags: qr", r"EDNS: version: 0", r"IN\s+SOA\s"),
            (("+edns=0", "+ednsopt=100", "+nocookie", "+noad", "+norec", zone, "SOA"), "NOERROR", r"flags: qr aa;", r"EDNS: version: 0", "OPT=100"),
            (("+edns=0", "+ednsflags=0x40", "+nocookie", "+noad", "+norec", zone, "SOA"), "NOERROR", r"flags: qr aa;", r"EDNS: version: 0", "MBZ"),
            (("+edns=100", "+noednsneg", "+ednsopt=100", "+nocookie", "+noad", "+norec", zone, "SOA"), "BADVERS", r"flags: qr", r"EDNS: version: 0", "OPT=100"),
            (("+edns=0", "+bufsize=512", "+nocookie", "+noad", "+norec", "+ignore", "big." + zone, "TXT"), "NOERROR", r"flags: qr aa tc", r"EDNS: version: 0", None),
            (("+dnssec", "+nocookie", "+noad", "+norec", zone, "SOA"), "NOERROR", r"flags: qr aa;", r"IN\s+SOA", None),
            (("+edns=0", "+nocookie", "+noad", "+norec", "+tcp", zone, "SOA"), "NOERROR", r"flags: qr aa;", r"IN\s+SOA", None),
        ]
        for words, status, flags, there, not_there in table:
            with self.subTest(words=words):
                said = self.world.run("dig", f"@{worlds.NS1[0]}", "+tries=1", "+time=3", *words).stdout
                self.assertIn(f"status: {status}", said)
                self.assertRegex(said, flags)
                if there:
                    self.assertRegex(said, there)
                if not_there:
                    answer = [line for line in said.splitlines() if not line.startswith(("; <<>>", ";" + zone))]
                    self.assertNotRegex("\n".join(answer), not_there)

    def test_delv(self):
        said = self.world.run("delv", f"@{worlds.RESOLVER[0]}", "-i", "example.com", "MX")
        self.assertIn("10 mx1.example.com.", said.stdout, said.stderr)

    def test_dnsperf_loses_nothing(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as questions:
            questions.write("example.com MX\nmail.example.com A\nmail.example.com AAAA\nwww.example.com A\n"
                            "nobody.example.com A\nexample.com TXT\n")
            questions.flush()
            said = self.world.run("dnsperf", "-s", worlds.NS1[0], "-d", questions.name, "-l", 3, "-q", 20, "-Q", 2000)
        lost, = peers.figures(r"Queries lost:\s+(\d+)", said.stdout)
        done, = peers.figures(r"Queries completed:\s+(\d+)", said.stdout)
        self.assertEqual(lost, "0", said.stdout)
        self.assertGreater(int(done), 1000)

    def test_named_checkzone_takes_our_zones(self):
        expanded = peers.tegami("expand", self.write(worlds.PLAIN))
        self.assertEqual(expanded.returncode, 0, expanded.stderr)
        zones = re.findall(r"(?ms)^\[zone\.\"?([^\]\"]+)\"?\]\n.*?^text\s*=\s*'''\n(.*?)^'''", expanded.stdout)
        self.assertGreater(len(zones), 3, expanded.stdout)
        for origin, text in zones:
            with self.subTest(origin), tempfile.NamedTemporaryFile("w", suffix=".zone") as file:
                file.write(text)
                file.flush()
                said = self.world.run("named-checkzone", "-i", "local", origin, file.name)
                self.assertEqual(said.returncode, 0, said.stdout + text)

    def write(self, text):
        path = Path(self.world.folder.name) / "again.toml"
        path.write_text(text)
        return path


peers.main("dig", "delv", "dnsperf", "named-checkzone")
