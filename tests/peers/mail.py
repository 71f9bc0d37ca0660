"""Real mail programs in the world: swaks submits through what the resolver answers, curl fetches by POP3, and the run
replays without the kernel."""

import peers
import worlds

import time
import unittest


class Mail(unittest.TestCase):
    def test_a_letter_goes_through_and_the_run_replays(self):
        with peers.World(worlds.PLAIN, worlds.LINE) as world:
            msa = world.run("dig", f"@{worlds.RESOLVER[0]}", "+short", "msa.sakura.example.jp", "A").stdout.split()
            self.assertEqual(msa, [worlds.MSA[0]])
            said = world.run("swaks", "--server", msa[0], "--port", 587, "--auth", "PLAIN", "--auth-user", "alice",
                             "--auth-password", "alice-secret", "--from", "alice@sakura.example.jp", "--to",
                             "bob@example.com", "--header", "Subject: from outside", "--body", "Hello from a real program.")
            self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
            self.assertIn("235 ", said.stdout)

            refused = world.run("swaks", "--server", msa[0], "--port", 587, "--from", "alice@sakura.example.jp", "--to",
                                "bob@example.com")
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("530 ", refused.stdout)

            letter = ""
            for _ in range(50):
                fetched = world.run("curl", "-s", "--user", "bob:bob-secret", f"pop3://{worlds.MAIL[0]}/1")
                if fetched.returncode == 0:
                    letter = fetched.stdout
                    break
                time.sleep(0.2)
            self.assertIn("Subject: from outside", letter)
            self.assertIn("Hello from a real program.", letter)
            self.assertIn("Return-Path: <alice@sakura.example.jp>", letter)
            self.assertEqual(letter.count("Received: "), 4, letter)  # MSA, MTA, MTA, MDA
            world.stop()

            again = peers.tegami("run", world.run_file, "--quiet", "--save", str(world.run_file) + ".again")
            self.assertEqual(again.returncode, 0, again.stderr)
            first = peers.tegami("show", world.run_file, "--json").stdout
            second = peers.tegami("show", str(world.run_file) + ".again", "--json").stdout
            self.assertTrue(first)
            self.assertEqual(first, second)


peers.main("dig", "swaks", "curl")
