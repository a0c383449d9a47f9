"""headless_summary.py OUT SECONDS: Markdown that sets what the models of ./bootstrap run --headless reached beside the truth
planted in the demo study: median correlation per ROI from OUT/scores-rois.csv, median ceiling of the same vertices from
OUT/study/truth. Standard library only; numbers are joined by subject, hemisphere and column, never by position in a file."""
import ast
import csv
import os
import statistics
import struct
import sys

FORMATS = {"<f4": "f", "<f8": "d"}


def fail(where, why):
    sys.exit(f"error: write the summary: {where}: {why}; run ./bootstrap run --headless with an empty folder")


def read_npy(path):
    """A one-dimensional .npy array of floats as a tuple."""
    with open(path, "rb") as file:
        if file.read(6) != b"\x93NUMPY":
            fail(path, "it is not an npy file")
        major = file.read(2)[0]
        length = struct.unpack("<H", file.read(2))[0] if major == 1 else struct.unpack("<I", file.read(4))[0]
        header = ast.literal_eval(file.read(length).decode("latin1"))
        if header["descr"] not in FORMATS or len(header["shape"]) != 1:
            fail(path, f"it holds {header['descr']} {header['shape']}, not one float per vertex")
        data = file.read()
    count = header["shape"][0]
    return struct.unpack(f"<{count}{FORMATS[header['descr']]}", data)


def ceilings(study):
    """(subject, hemisphere) -> planted ceiling per column, as a correlation."""
    found = {}
    for folder, _, files in os.walk(os.path.join(study, "truth")):
        for name in files:
            if "ceiling" not in name or not name.endswith(".npy"):
                continue
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, study)
            subject = next((part for part in inside.replace("_", "/").split("/") if part.startswith("subj")), None)
            hemisphere = next((h for h in ("lh", "rh") if name.startswith(h) or f"_{h}" in name), None)
            if subject and hemisphere:
                found[subject, hemisphere] = read_npy(path)
    if not found:
        fail(os.path.join(study, "truth"), "there is no ceiling in it")
    return found


def read_scores(path):
    """(subject, hemisphere, roi) -> {column: correlation}; a correlation that is undefined is left out and counted."""
    rois, undefined = {}, 0
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        missing = {"subject", "hemisphere", "roi", "column", "correlation"} - set(reader.fieldnames or [])
        if missing:
            fail(path, "it has no column named " + ", ".join(sorted(missing)))
        for row in reader:
            text = row["correlation"]
            value = float(text) if text else float("nan")
            if value != value:
                undefined += 1
                continue
            rois.setdefault((row["subject"], row["hemisphere"], row["roi"]), {})[int(row["column"])] = value
    return rois, undefined


def main():
    out, seconds = sys.argv[1], int(sys.argv[2])
    planted = ceilings(os.path.join(out, "study"))
    rois, undefined = read_scores(os.path.join(out, "scores-rois.csv"))
    if not rois:
        fail(os.path.join(out, "scores-rois.csv"), "it has no scores")
    print("# Demo study: what the models reached, and what could be reached\n")
    print("Median over the vertices of each ROI. Correlation is Pearson's r on the validation pictures; the ceiling is the")
    print("correlation that a perfect model would have, as planted in the data. Models: linear, on Gabor features.\n")
    print("| subject | hemisphere | ROI | vertices | correlation | planted ceiling | share of the ceiling |")
    print("|---|---|---|---:|---:|---:|---:|")
    shares = []
    for (subject, hemisphere, roi), values in rois.items():
        if (subject, hemisphere) not in planted:
            fail(os.path.join(out, "study", "truth"), f"it has no ceiling for {subject} {hemisphere}")
        truth = planted[subject, hemisphere]
        if max(values) >= len(truth):
            fail(os.path.join(out, "scores-rois.csv"),
                 f"column {max(values)} of {subject} {hemisphere} is beyond the {len(truth)} vertices of truth")
        reached = statistics.median(values.values())
        ceiling = statistics.median(truth[column] for column in values)
        share = f"{100 * reached / ceiling:.0f} %" if ceiling > 0 else "-"
        if ceiling > 0:
            shares.append(reached / ceiling)
        print(f"| {subject} | {hemisphere} | {roi} | {len(values)} | {reached:.3f} | {ceiling:.3f} | {share} |")
    print()
    if shares:
        print(f"Over all {len(rois)} ROIs the median share of the ceiling is {100 * statistics.median(shares):.0f} %.")
    if undefined:
        print(f"{undefined} vertices have no correlation (constant response or prediction) and are left out.")
    check = open(os.path.join(out, "submission-check.txt")).read().strip() or "passed its check"
    print(f"\nSubmission `submission.zip`: {check.splitlines()[-1]}.")
    if os.path.exists(os.path.join(out, "figure.png")):
        print("Correlations on the inflated cortex: `figure.png`, drawn from `figure.json`.")
    print(f"Table: `table.csv`, `table.md`. Maps: `maps-rois/`, `maps-hemispheres/`. All of it took {seconds} s.")


main()
