"""Files that mean harm, or are broken, and what is said of each."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq

MIB = 2**20
GOOD = """\
imgsim: 1
name: small
run: {horizon: 1h}
regions:
  r:
    image_quota: 5
    snapshot_service: {slots: 2, duration: 5m}
instances:
  - {id: i-1, region: r, disks: [{kind: system, size: 40 GiB}]}
load:
  ci:
    arrivals: {poisson: {rate: 30/h}}
    mix:
      - instances: {ids: [i-1]}
"""


def good(old, new):
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def arrivals(text):
    return good("{poisson: {rate: 30/h}}", text)


def bomb(levels, width=10):
    lines = [f"a0: &a0 [{', '.join(['x'] * width)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


NINES = "9" * 5000
REFUSED = {
    "object by tag": (good("small", "!!python/object/apply:os.system [ls]"), "tag python/object"),
    "object by key": ("? !!python/name:os.system x\n: 1\n" + GOOD, "tag python/name"),
    "object of a mapping": (good("{horizon: 1h}", "!!python/object:os.Run {a: 1}"), "is not allow"),
    "own tag": (good("small", "!thing small"), "tag !thing is not allowed"),
    "binary tag": (good("small", "!!binary aGk="), "tag binary is not allowed"),
    "alias bomb": (bomb(9), "more than 200000 values"),
    "alias bomb, narrow": (bomb(40, 2), "more than 200000 values"),
    "alias of itself": ("a: &a [*a, *a]", "nested deeper than 100 levels"),
    "merge bomb": ("a: &a {b: 1}\nc: {<<: [*a, *a]}\n", "merge keys are not read"),
    "duplicate key": (GOOD + "name: again\n", "the key stands twice, first in line 2"),
    "many duplicate keys": (GOOD + "name: x\n" * 5000, "... and more faults"),
    "many unknown keys": (
        GOOD + "".join(f"k{n}: 1\n" for n in range(5000)),
        "... and more faults",
    ),
    "huge": ("# " + "x" * (10 * MIB), "larger than 10 MiB"),
    "binary": (bytes(range(256)) * 100, "not UTF-8 text"),
    "packed": (gzip.compress(GOOD.encode()), "not UTF-8 text"),
    "characters of control": (GOOD + "\x00\x07", "s.yaml:15:1: the character #x0000 may not stand"),
    "bad UTF-8": (GOOD.encode() + b"# \xc3\x28", "s.yaml:15:1: the file is not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "not UTF-8 text"),
    "empty": ("", "the file is empty"),
    "blanks": (" \n\n \n", "the file is empty"),
    "byte-order mark alone": (b"\xef\xbb\xbf", "the file is empty"),
    "comment": ("# nothing\n", "the file is empty"),
    "null": ("---\n", "a scenario is a mapping of keys"),
    "two documents": (GOOD + "---\n" + GOOD, "s.yaml:15:1: a second document begins here"),
    "YAML 1.1": ("%YAML 1.1\n---\n" + GOOD, "the version of YAML is 1.2"),
    "nested lists": ("[" * 1000 + "]" * 1000, "nested deeper than 100 levels"),
    "nested lists, unclosed": ("[" * 100_000, "nested deeper than 100 levels"),
    "nested maps": (
        "".join(" " * n + "a:\n" for n in range(1000)),
        "nested deeper than 100 levels",
    ),
    "nested hyphens": ("- " * 1000 + "x", "nested deeper than 100 levels"),
    "nested keys": ("? " * 1000 + "x", "nested deeper than 100 levels"),
    "too large a number": (
        good("    mix", "    scale: 1e999\n    mix"),
        "inf is not a finite number",
    ),
    "not a number": (good("    mix", "    scale: .nan\n    mix"), "nan is not a finite number"),
    "a number of 5000 digits": (good("quota: 5", f"quota: {NINES}"), "5000 characters is too long"),
    "in hexadecimal": (good("quota: 5", "quota: 0x" + "f" * 5000), "5002 characters is too long"),
    "in quotes": (good("quota: 5", f"quota: '{NINES}'"), "is not a whole number from 0 on"),
    "as a duration": (good("1h", f"{NINES}h"), "a text of 5001 characters is not a duration"),
    "as a version": (good("imgsim: 1", f"imgsim: {NINES}"), "5000 characters is too long"),
    "no such escape": (good("small", r'"\Uffffffff"'), "not YAML"),
    "half a character": (good("small", r'"\ud800"'), "an escape in the text is no character"),
    "1969": (good("run:", "start: 1969-12-31\nrun:"), "outside the years 1970 to 9998"),
    "9999": (good("run:", "start: 9999-01-01\nrun:"), "outside the years 1970 to 9998"),
    "end of time": (
        good("run:", "start: 9899-12-31\nrun:"),
        "beyond the year 9899",
    ),
    "30 February": (good("run:", "start: 2026-02-30\nrun:"), "is not a calendar instant"),
    "long key": ("x" * 1000 + ": 1\n" + GOOD, "x...: unknown key"),
    "key of a terminal": (r'"\e[2J\n": 1' + "\n" + GOOD, r"s.yaml:1:1: \x1b[2J\n: unknown key"),
    "10**12 instances": (
        good("id: i-1", "group: g, count: 1000000000000"),
        "more than 1000000 inst",
    ),
    "10**6 instances, twice": (
        good(
            "instances:\n",
            "instances:\n"
            "  - {group: g, count: 1000000, region: r, disks: [{kind: system, size: 1 GiB}]}\n",
        ),
        "more than 1000000 instances with those before",
    ),
    "many unknown ids": (
        good("ids: [i-1]", "ids: [" + "x, " * 3_000 + "]").replace(
            "id: i-1", "group: g, count: 100000"
        ),
        "... and more faults",
    ),
    "10**12 images": (
        good("load:", "images: [{region: r, count: 1000000000000}]\nload:"),
        "more than 1000000 images",
    ),
    "10**300 calls a second": (arrivals("{poisson: {rate: 1e300/s}}"), "'1e300/s' is not a rate"),
    "10**90 calls a second": (
        arrivals(f"{{poisson: {{rate: {10**90}/s}}}}"),
        "a run holds 50000000",
    ),
    "10**12 calls of clients": (
        arrivals("{closed-loop: {clients: 1, calls: 1000000000000}}"),
        "a run holds 50000000",
    ),
    "10**12 clients": (
        arrivals("{closed-loop: {clients: 1000000000000, calls: 1}}"),
        "clients must",
    ),
    "10**12 bursts": (
        arrivals("{burst: {calls: 1, every: 1us, times: 1000000000000}}"),
        "a run holds 50000000",
    ),
    "10**12 days of cron": (
        good("{horizon: 1h}", "{horizon: 1000000000000d}").replace(
            "poisson: {rate: 30/h}", "cron: {schedule: '* * * * *'}"
        ),
        "'1000000000000d' is too large",
    ),
    "10**7 days of cron": (
        good("{horizon: 1h}", "{horizon: 10000000d}").replace(
            "poisson: {rate: 30/h}", "cron: {schedule: '* * * * *'}"
        ),
        "s.yaml:3:16: run.horizon: horizon must be at most 36525d",
    ),
    "drain without end": (
        good("horizon: 1h", "horizon: 1h, drain: 10000000d"),
        "drain must be at most",
    ),
    "seed of no end": (
        good("horizon: 1h", f"horizon: 1h, seed: {10**30}"),
        "is not a whole number",
    ),
    "extends itself": ("extends: s.yaml\n" + GOOD, "the files extend each other"),
    "extends a folder": ("extends: .\n" + GOOD, "it is a folder"),
    "extends a device": ("extends: /dev/zero\n" + GOOD, "it is a pipe or a device"),
    "extends no path": ('extends: "a\\0b"\n' + GOOD, "null byte"),
    "extends a long path": (f"extends: {'x' * 5000}\n" + GOOD, "File name too long"),
    "trace is a folder": (arrivals("{trace: {file: .}}"), "there is no file ."),
    "trace is a device": (arrivals("{trace: {file: /dev/zero}}"), "there is no file /dev/zero"),
    "trace has a long path": (arrivals(f"{{trace: {{file: {'x' * 5000}}}}}"), "there is no file"),
}


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


TRACES = {
    "empty": ("t.csv", b"", "the trace cannot be read: Empty CSV file"),
    "binary": ("t.csv", bytes(range(256)) * 100, "the trace cannot be read"),
    "bad UTF-8": ("t.csv", b"at_s,ImageName\n1,\xff\xfe\n", "invalid UTF8 data"),
    "one column less": ("t.csv", b"at_s,ImageName\n1\n", "Expected 2 columns, got 1"),
    "a gap": ("t.csv", b"at_s,ImageName\n1,a\n,b\n", "the column at_s is empty in row 2"),
    "a text": ("t.csv", b"at_s,ImageName\n1,a\nsoon,b\n", "at_s is 'soon' in row 2; write for"),
    "comma for point": ("t.csv", b'at_s\n1\n"1,5"\n', "at_s is '1,5' in row 2"),
    "nan": ("t.csv", b"at_s\n1\nnan\n", "at_s is no finite number in row 2"),
    "1e999": ("t.csv", b"at_s\n1e999\n", "at_s is no finite number in row 1"),
    "1e300": ("t.csv", b"at_s\n1\n1e300\n", "at_s lies beyond the calendar in row 2: 1e300"),
    "no instant": ("t.csv", b"time\n2026-01-05T00:00:00Z\nsoon\n", "time is 'soon' in row 2"),
    "a number for an instant": ("t.csv", b"time\n12\n", "time is '12' in row 1"),
    "30 February": ("t.csv", b"time\n2026-02-30\n", "time is '2026-02-30' in row 1"),
    "both": ("t.csv", b"at_s,time\n1,2026-01-05\n", "a trace has a column time"),
    "neither": ("t.csv", b"when\n1\n", "a trace has a column time"),
    "twice": ("t.csv", b"at_s,at_s\n1,2\n", "stands there twice"),
    "unknown column": ("t.csv", b"at_s,Instance\n1,i-1\n", "'Instance' is no documented request"),
    "disk 99": ("t.csv", b"at_s,DiskDeviceMapping.99.Size\n1,5\n", "is no documented request"),
    "huge field": ("t.csv", b"at_s,ImageName\n1," + b"x" * 20 * MIB + b"\n", "cannot be read"),
    "huge name": ("t.csv", b"at_s," + b"x" * 10_000 + b"\n1,2\n", "xxx' is no documented"),
    "no Parquet": ("t.parquet", b"at_s\n1\n", "the trace cannot be read: "),
    "cut Parquet": ("t.parquet", parquet(at_s=[1.0])[:-20], "the trace cannot be read: "),
    "Parquet of nulls": ("t.parquet", parquet(at_s=[1.0, None]), "at_s is empty in row 2"),
    "Parquet of truths": ("t.parquet", parquet(at_s=[True]), "does not hold seconds, but bool"),
    "Parquet of lists": (
        "t.parquet",
        parquet(at_s=[1], ImageName=[["a"]]),
        "the column ImageName does not hold texts, but list",
    ),
    "Parquet of numbers": (
        "t.parquet",
        parquet(time=[1]),
        "does not hold calendar instants, but int64",
    ),
    "Parquet of NaN": ("t.parquet", parquet(at_s=[1.0, float("nan")]), "no finite number in row 2"),
}
