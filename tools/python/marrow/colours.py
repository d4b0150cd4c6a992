# SPDX-License-Identifier: BSD-3-Clause
"""Names and colours of all pictures, from io/palette/palette.json."""

import json
import pathlib

FILE = pathlib.Path(__file__).resolve().parents[3] / "io" / "palette" / "palette.json"


def palette():
    """{list: {value: (name, "#rrggbb")}}; the lists are tissue, niche type, cell kind, cell state, genotype, clone,
    clinical state, curve, process."""
    lists = {}
    for preset in json.loads(FILE.read_text(encoding="utf-8")):
        words, shares = preset["Annotations"], preset["IndexedColors"]
        lists[preset["Name"].removeprefix("marrow ")] = {
            int(words[2 * i]): (words[2 * i + 1], "#" + "".join(f"{round(255 * c):02x}" for c in shares[3 * i:3 * i + 3]))
            for i in range(len(words) // 2)}
    return lists
