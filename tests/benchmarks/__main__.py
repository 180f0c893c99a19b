"""`make bench`, or `python -m tests.benchmarks [PART ...]`: measure, print, and append to RESULTS.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from importlib import import_module

from tests.benchmarks.report import Table, append, heading

PARTS = {
    "training": "seconds an epoch beside other programs, with the same learning curve",
    "quality": "seconds until a VAE is good",
    "convolution": "the convolutional network",
    "growth": "many epochs, many images",
    "clicks": "from the server's start to the page, from the click to the first point",
    "live": "what watching costs the training",
    "arrivals": "thirty visitors as soon as the server answers, and the memory of each",
    "door": "clicks while pages of others knock",
    "uploads": "memory of the server while a visitor sends it large files",
    "pages": "server time of an interaction",
    "screen": "frames and long tasks while a run trains, and what moves on each page",
    "decoding": "how long a browser takes to decode by itself",
}


def main() -> None:
    """Measure the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    said = "; ".join(f"{name}: {about}" for name, about in PARTS.items())
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure; left out, all. {said}.")
    wanted = parser.parse_args().parts or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    text = heading()
    print(text)
    append(text)
    for part in wanted:
        measure: Callable[[], Iterator[Table]] = import_module(f"tests.benchmarks.{part}").measure
        for table in measure():
            print(table.markdown(), flush=True)
            append(table.markdown())


if __name__ == "__main__":
    main()
