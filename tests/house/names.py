"""Nobody here asks the machine's own resolver: names are looked up inside of a world, by its own hosts."""

import re

import house

CALLS = re.compile(
    r"\b(getaddrinfo\w*|freeaddrinfo|getnameinfo|gethostby\w+|gethostent|getnetby\w+|getservby\w+|getprotoby\w+|"
    r"res_n?(?:init|query|search|mkquery|send)|dn_expand|innetgr|pcap_nametoaddr\w*|pcap_nametonetaddr)\b"
)
HEADERS = re.compile(r"^\s*#\s*include\s+<(netdb\.h|resolv\.h|arpa/nameser\w*\.h)>", re.MULTILINE)


class Names(house.Case):
    def test_nothing_asks_the_machine_for_a_name(self):
        wrong = []
        looked_at = house.files(*house.LAYERS, endings=house.CODE)
        self.assertTrue(looked_at, "no source was found")
        for path in looked_at:
            text = house.without_comments_and_texts(path.read_text())
            for number, line in enumerate(text.split("\n"), 1):
                if found := CALLS.search(line):
                    wrong.append(f"{house.short(path)}:{number}: {found[1]}")
            for found in HEADERS.finditer(text):
                wrong.append(f"{house.short(path)}:{text.count(chr(10), 0, found.start()) + 1}: <{found[1]}>")
        self.none(wrong, "The machine's resolver is called:")

    def test_such_a_call_would_be_found(self):
        self.assertTrue(CALLS.search("  if (getaddrinfo(name, nullptr, &hints, &found) == 0)"))
        self.assertTrue(CALLS.search("gethostbyname_r(x)"))
        self.assertTrue(HEADERS.search("#include <netdb.h>\n"))


if __name__ == "__main__":
    house.main()
