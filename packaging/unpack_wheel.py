"""unpack_wheel.py WHEEL PREFIX FOLDER: the files of WHEEL whose names begin with PREFIX (up to its last slash left off)
go under FOLDER, with the times they have in the wheel, so that unpacking again makes no build think they changed."""
import os
import shutil
import sys
import time
import zipfile

wheel, prefix, folder = sys.argv[1:]
root = prefix[: prefix.rfind("/") + 1]
found = 0
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.is_dir() or not entry.filename.startswith(prefix):
            continue
        name = entry.filename[len(root):]
        if name.startswith("/") or ".." in name.split("/"):
            sys.exit(f"{wheel}: {entry.filename} would leave its folder")
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(entry) as source, open(path, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        stamp = time.mktime(entry.date_time + (0, 0, -1))
        os.utime(path, (stamp, stamp))
        found += 1
if not found:
    sys.exit(f"{wheel}: holds nothing under {prefix}")
