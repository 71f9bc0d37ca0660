#!/usr/bin/env python3
"""Counts what CTest's result files hold and ends with the line `N passed, N failed, N skipped`.

    summary.py release=build/release/results.xml … [broken=build_asan …]

A program made with Catch2 or unittest counts with its cases, any other test as one. A test that ended with the
status for skipping, or a line that begins with `skipped:`, counts as skipped; each reason is shown. What is `broken`
never came to run, and counts as failed. Exit status 0: something passed and nothing failed.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree


class Count:
    def __init__(self):
        self.passed = 0
        self.failures = []  # name, number of cases
        self.skips = []  # name, why

    def add(self, name, case):
        out = case.findtext("system-out") or ""
        passed, failed = cases(out)
        skip_lines = re.findall(r"^skipped: *(.*)$", out, re.MULTILINE)

        if case.find("failure") is not None or case.get("status") == "fail":
            self.passed += max(0, (passed or 0) - len(skip_lines))
            self.failures.append((name, max(1, failed)))
            self.skips += [(name, line) for line in skip_lines]
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            why = case.find("skipped")
            said = skip_lines[-1] if skip_lines else (why.get("message") if why is not None else "it did not run")
            # A program that could not be started was not skipped for want of anything.
            if "SKIP_RETURN_CODE" in said or skip_lines:
                self.skips.append((name, said))
            else:
                self.failures.append((name, 1))
        elif passed == 0:
            self.failures.append((name + ": no case ran in it", 1))
        else:
            self.passed += max(0, (passed or 1) - len(skip_lines))
            self.skips += [(name, line) for line in skip_lines]


def cases(out):
    """How many cases passed and failed by the program's own last word; (None, 0) where it has none."""
    if found := re.search(r"^All tests passed \(.* in (\d+) test cases?\)", out, re.MULTILINE):
        return int(found[1]), 0
    if found := re.search(r"^test cases: *(\d+) \|(.*)$", out, re.MULTILINE):
        figure = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed)(?! as)", found[2])}
        return figure.get("passed", 0), figure.get("failed", 0)
    if re.search(r"^No tests? ran", out, re.MULTILINE):
        return 0, 0
    if found := re.search(r"^Ran (\d+) tests? in ", out, re.MULTILINE):
        wrong = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", out))
        return int(found[1]) - wrong, wrong
    return None, 0


def main(arguments):
    count = Count()
    for argument in arguments:
        preset, _, path = argument.partition("=")
        if preset == "broken":
            count.failures.append((path, 1))
            continue
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            count.add(f"{case.get('name')} ({preset})", case)

    print()
    if count.skips:
        print("Skipped:")
        for name, why in dict.fromkeys(count.skips):
            print(f"  {name}: {why}")
    if count.failures:
        print("Failed:")
        for name, _ in count.failures:
            print(f"  {name}")
    failed = sum(number for _, number in count.failures)
    if not count.passed and not failed and not count.skips:
        print("No test is called so.")
    print(f"{count.passed} passed, {failed} failed, {len(count.skips)} skipped")
    return 0 if count.passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
