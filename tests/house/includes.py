"""The arrows of the house: who includes whom. CMake's USES lists say who may; this reads what the sources do."""

import re

import house

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def includes(path):
    """(line, name, quoted) of every include."""
    text = path.read_text()
    for found in INCLUDE.finditer(text):
        line = text.count("\n", 0, found.start(1 if found[1] else 2)) + 1
        yield line, found[1] or found[2], found[1] is not None


def folder_of(name, targets):
    """The named folder that a path lies in: protocols/tcp for protocols/tcp/segment.hpp."""
    parts = name.split("/")[:-1]
    while parts and "/".join(parts) not in targets:
        parts.pop()
    return "/".join(parts)


def reach(folder, targets):
    """Everything that a folder is built on, directly and through others."""
    seen = []
    ahead = list(targets[folder][0])
    while ahead:
        used = ahead.pop()
        if used not in seen:
            seen.append(used)
            ahead += targets.get(used, ([], ""))[0]
    return seen


class Includes(house.Case):
    def setUp(self):
        self.targets = house.targets()
        self.assertIn("protocols/wire", self.targets, "the USES lists were not found: this test would hold nothing")

    def test_arrows_in_cmake_go_one_way(self):
        wrong = []
        for folder, (uses, place) in self.targets.items():
            for used in uses:
                if used not in self.targets:
                    wrong.append(f"{place}: {folder} is built on {used}, which no CMakeLists.txt names")
                elif house.LAYERS.index(used.split("/")[0]) > house.LAYERS.index(folder.split("/")[0]):
                    wrong.append(f"{place}: {folder} is built on {used}, which lies above it")
            if folder in reach(folder, self.targets):
                wrong.append(f"{place}: {folder} is built on itself, in a circle")
        self.none(wrong, "Arrows of the house point the wrong way:")

    def test_a_folder_includes_only_what_it_is_built_on(self):
        wrong = []
        looked_at = 0
        for path in house.files(*house.LAYERS, endings=house.CODE):
            here = house.short(path)
            own = folder_of(here, self.targets)
            layer = here.split("/")[0]
            if not own:
                wrong.append(f"{here}:1: lies in no folder that CMake knows")
                continue
            looked_at += 1
            # In protocols/ a folder names each of its neighbours; wire/ is everybody's. Above, what one's
            # neighbours are built on may be used too.
            may = [own, "protocols/wire"] + (
                self.targets[own][0] if layer == "protocols" else reach(own, self.targets)
            )
            for line, name, quoted in includes(path):
                target = folder_of(name, self.targets)
                if not quoted or not target:
                    continue
                if house.LAYERS.index(target.split("/")[0]) > house.LAYERS.index(layer):
                    wrong.append(f'{here}:{line}: "{name}" lies above {layer}/; arrows go down only')
                elif target not in may:
                    wrong.append(
                        f'{here}:{line}: {own} is not built on {target} ("{name}"); '
                        f"if it should be, {self.targets[own][1]} has to say so"
                    )
        self.assertGreater(looked_at, 0)
        self.none(wrong, "Includes that the house does not allow:")

    def test_includes_are_written_from_the_root(self):
        wrong = []
        for path in house.files(*house.LAYERS, "tests", endings=house.CODE):
            for line, name, quoted in includes(path):
                here = f"{house.short(path)}:{line}"
                if name.startswith("ns3/"):
                    continue  # the system's, though its own style puts it in quotes
                if quoted and not (house.ROOT / name).is_file() and not name.startswith("generated/"):
                    wrong.append(f'{here}: "{name}" is no file seen from the root')
                if not quoted and (house.ROOT / name).is_file():
                    wrong.append(f"{here}: <{name}> is ours: it is written with quotes")
        self.none(wrong, "Includes that are not written from the root:")

    def test_headers_stand_once(self):
        wrong = [
            f"{house.short(p)}:1: the first line of a header is #pragma once"
            for p in house.files(*house.LAYERS, "tests", endings=(".hpp",))
            if not p.read_text().startswith("#pragma once\n")
        ]
        self.none(wrong, "Headers without their guard:")


if __name__ == "__main__":
    house.main()
