"""Words that must not stand in some places: what differs between machines, what belongs to another layer, what was
left unfinished."""

import re

import house

# In the world there are only integers, its own clock, its own draws, and nothing that prints.
EVERYWHERE = {
    r"double|float": "floating point differs between processors: count in integers",
    r"(?:system|steady|high_resolution|file|utc)_clock|gettimeofday|clock_gettime": "time is an argument, or the world's",
    r"random_device|mt19937(?:_64)?|default_random_engine|srand|rand|\w+_distribution": "draws come from the world's streams",
    r"cout|cerr|clog": "what happens is recorded as a fact",
    r"setlocale|getenv|hardware_concurrency": "a run must not depend on the machine",
}
# protocols/ talk to nobody: no file, no socket, no thread, no simulator.
HEADERS_NOT_IN_PROTOCOLS = re.compile(
    r"^\s*#\s*include\s+<(chrono|random|fstream|iostream|filesystem|thread|mutex|future|locale|cstdio|ctime|"
    r"sys/[^>]+|netinet/[^>]+|arpa/[^>]+|unistd\.h|fcntl\.h|spdlog/[^>]+|pcap[^>]*)>",
    re.MULTILINE,
)
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "XX" + "X", "FIX" + "ME", "HA" + "CK")) + r")\b")
BRIDGE = "sim/bridge/"  # the one place that meets the real world


class Words(house.Case):
    def test_a_world_is_the_same_on_every_machine(self):
        patterns = {re.compile(rf"\b(?:std::)?({words})\b"): why for words, why in EVERYWHERE.items()}
        wrong = []
        looked_at = 0
        for path in house.files("protocols", "sim", endings=house.CODE):
            here = house.short(path)
            if here.startswith(BRIDGE):
                continue
            looked_at += 1
            for number, line in enumerate(house.without_comments_and_texts(path.read_text()).split("\n"), 1):
                for pattern, why in patterns.items():
                    if found := pattern.search(line):
                        wrong.append(f"{here}:{number}: {found[1]}: {why}")
        self.assertGreater(looked_at, 0)
        self.none(wrong, "Words that have no place in protocols/ and sim/:")

    def test_protocols_talk_to_nobody(self):
        wrong = []
        for path in house.files("protocols", endings=house.CODE):
            text = path.read_text()
            for found in HEADERS_NOT_IN_PROTOCOLS.finditer(text):
                line = text.count("\n", 0, found.start(1)) + 1
                wrong.append(f"{house.short(path)}:{line}: <{found[1]}>: no clock, no files, no sockets, no printing here")
        self.none(wrong, "Headers that have no place in protocols/:")

    def test_nothing_is_left_unfinished(self):
        wrong = []
        for path in house.files(*house.LAYERS, "tests", "cmake", "docs", "scenarios", "assets", "dev", "CMakeLists.txt",
                                "README.md", "README.ja.md", "CONTRIBUTING.md", "CHANGELOG.md",
                                endings=(".hpp", ".cpp", ".py", ".txt", ".cmake", ".md", ".toml", ".po", ".sh", "")):
            try:
                lines = path.read_text().split("\n")
            except UnicodeDecodeError:
                continue  # a seed or a picture
            if "/seeds/" in house.short(path):
                continue
            wrong += [
                f"{house.short(path)}:{number}: {found[1]}"
                for number, line in enumerate(lines, 1)
                if (found := UNFINISHED.search(line))
            ]
        self.none(wrong, "Marks of unfinished work; finish it, or write it into the issue tracker:")

    def test_names_of_files(self):
        wrong = [
            house.short(p)
            for p in house.files(*house.LAYERS, endings=house.CODE)
            if not re.fullmatch(r"[a-z][a-z0-9_]*\.[hc]pp", p.name)
        ]
        self.none(wrong, "File names are snake_case:")

    def test_the_reader_of_sources_sees_through_comments_and_texts(self):
        seen = house.without_comments_and_texts(
            'int a; // double\n/* float\n double */ auto b = "cout // rand"; long c = 1\'000; char d = \'"\'; double e;\n'
        )
        self.assertEqual(seen, 'int a; \n\n auto b = ""; long c = 1\'000; char d = ""; double e;\n')


if __name__ == "__main__":
    house.main()
