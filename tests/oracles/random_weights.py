"""Weight files in the published formats with random values of the published shapes, to try `embed` without downloads.

Run: python3 tests/oracles/random_weights.py FOLDER [BACKBONE...]     (as backbone_parity.py; its backbones are known)
Writes FOLDER/BACKBONE/alexnet.pth or FOLDER/BACKBONE/model.safetensors.
"""

import pathlib
import sys

from backbone_parity import BACKBONES


def main():
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(BACKBONES):
        sys.exit(__doc__)
    for backbone in sys.argv[2:] or BACKBONES:
        folder = pathlib.Path(sys.argv[1]) / backbone
        folder.mkdir(parents=True, exist_ok=True)
        _, weights, *_ = next(BACKBONES[backbone](folder))
        print(folder / weights)


if __name__ == "__main__":
    main()
