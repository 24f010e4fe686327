#!/usr/bin/env python3
"""Draws a flame graph (SVG) of what `perf script` prints.

    perf record -e cpu-clock -F 997 -g -p PID -- sleep 10
    perf script -F comm,ip,sym | bench/flame/flame_graph.py --title "order4, C=256: the server" > flame.svg

Widths are shares of the samples. Frames below `--least` percent are left out, and so are frames that say nothing: `--hide` is a
regular expression of those (asio's and the standard library's plumbing by default).
"""

import argparse
import html
import re
import sys

PLUMBING = r"^(boost::|std::|void boost::|void std::|decltype|start_thread|clone|__libc|_start|\[unknown\]|main$|\(below)"
ROW = 17
WIDTH = 1200


class Frame:
    def __init__(self):
        self.count = 0
        self.below = {}


def short(name):
    """Without arguments, template arguments and the project's own namespace."""
    text, depth = [], 0
    for letter in name.replace("(anonymous namespace)", "").replace("operator()", "call"):
        if letter in "<(":
            depth += 1
        elif letter in ">)":
            depth -= 1
        elif depth == 0:
            text.append(letter)
    joined = re.sub(r"\s*(const|\[clone.*\])\s*$", "", "".join(text)).strip()
    joined = joined.replace("perdure::", "").replace("google::protobuf::", "pb::").replace("temporal::api::", "")
    return re.sub(r"::::", "::", joined.split(" ")[-1] if "operator" not in joined else joined)


def read_samples(lines):
    """Yields each sample's frames, the outermost first."""
    stack = []
    for line in lines:
        line = line.rstrip()
        if not line:
            if stack:
                yield stack[::-1]
            stack = []
        elif line[0].isspace():
            parts = line.split(None, 1)
            stack.append(parts[1] if len(parts) > 1 else "[unknown]")
    if stack:
        yield stack[::-1]


def build(samples, hidden):
    root = Frame()
    for stack in samples:
        at = root
        at.count += 1
        last = None
        for name in stack:
            if hidden.search(name):
                continue
            label = short(name)
            if label == last:
                continue
            last = label
            at = at.below.setdefault(label, Frame())
            at.count += 1
    return root


def draw(root, title, least):
    boxes = []

    def place(frame, label, x, depth):
        share = frame.count / root.count
        boxes.append((label, share, x, depth))
        for name, inner in sorted(frame.below.items()):
            if inner.count / root.count * 100 >= least:
                place(inner, name, x, depth + 1)
            x += inner.count / root.count

    place(root, "all", 0.0, 0)
    height = (max(depth for _, _, _, depth in boxes) + 1) * ROW + 40
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="11">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="8" y="18" font-size="14">{html.escape(title)}</text>',
    ]
    for label, share, x, depth in boxes:
        left, width, top = x * WIDTH, share * WIDTH, height - (depth + 1) * ROW - 4
        hue = 20 + sum(map(ord, label)) % 35
        fits = int(width / 6.7)
        shown = label if len(label) <= fits else label[: max(fits - 1, 0)] + "…" if fits > 3 else ""
        out.append(
            f'<g><title>{html.escape(label)}: {share * 100:.1f} %</title>'
            f'<rect x="{left:.1f}" y="{top}" width="{max(width - 0.5, 0.5):.1f}" height="{ROW - 1}" fill="hsl({hue},85%,68%)"/>'
            f'<text x="{left + 3:.1f}" y="{top + 12}">{html.escape(shown)}</text></g>'
        )
    out.append("</svg>")
    return "\n".join(out)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--title", default="Where the time goes")
    options.add_argument("--least", type=float, default=0.4, help="percent below which a frame is left out")
    options.add_argument("--hide", default=PLUMBING, help="frames to leave out")
    given = options.parse_args()
    root = build(read_samples(sys.stdin), re.compile(given.hide))
    if root.count == 0:
        sys.exit("flame_graph.py: no samples; was `perf record` run with -g?")
    print(draw(root, given.title, given.least))


if __name__ == "__main__":
    main()
