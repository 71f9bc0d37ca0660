"""The documents: what they point to is there, and both READMEs say the same commands."""

import re

import house


def documents():
    return house.files("README.md", "README.ja.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "protocols/RFCS.md",
                       endings=(".md",))


class Links(house.Case):
    def test_links_lead_somewhere(self):
        wrong = []
        for path in documents():
            text = path.read_text()
            for found in re.finditer(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
                target = found[1]
                if re.match(r"[a-z]+:", target):
                    continue
                if not (path.parent / target).exists():
                    line = text.count("\n", 0, found.start()) + 1
                    wrong.append(f"{house.short(path)}:{line}: {target} is not there")
        self.none(wrong, "Links that lead nowhere:")

    def test_both_readmes_name_the_same_commands(self):
        def commands(name):
            text = (house.ROOT / name).read_text()
            return sorted(set(re.findall(r"(?:^ {4}|`)((?:\./dev|tegami) [a-z]+)", text, re.MULTILINE)))

        self.assertEqual(commands("README.md"), commands("README.ja.md"))
        self.assertIn("./dev run", commands("README.md"))
        self.assertIn("./dev test", commands("README.md"))


if __name__ == "__main__":
    house.main()
