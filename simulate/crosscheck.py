#!/usr/bin/env python3
"""Recomputes what `simulate --json` printed, from the same log, without any of planguard's code.

    cargo run --release -p planguard-simulate -- LOG --json > report.json
    python3 simulate/crosscheck.py LOG report.json

Reads nothing but the log and, from the report, what it was made under: the plan, the zone, the session length, the
form of the file, whether it was sorted, and the first and the last time that count.
Exit status 1 when a figure differs, 2 when the two cannot be compared.
"""

import gzip
import json
import re
import sys
from collections import defaultdict, deque
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

PERSON = {"open_chat", "after_kick_confirmed"}
INTENTS = PERSON | {"app_launch", "reconnect", "push_wake", "prefetch", "view_only", "renew_user_sig", "after_kick"}
# The guard's default policy breaks a loop of logins beyond this many of one user within this window.
LOOP_MAX, LOOP_WINDOW = 6, timedelta(minutes=1)
# What Rust calls white space: blanks around a field are no part of it.
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
# The codecs of the encodings that a report names.
CODECS = {"UTF-8": "utf-8", "UTF-8-SIG": "utf-8-sig", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "GB18030": "gb18030"}
LATEST = datetime(9999, 12, 30, 22, tzinfo=timezone.utc)


def zone_of(name):
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)?", name)
    if not offset:
        return ZoneInfo(name)
    sign = -1 if offset[1] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0)))


def field_pattern(separator):
    """A field with or without quotes (two of them stand for one), and its separator or the end of the line."""
    blanks, other, end = BLANKS.replace(separator, ""), f"[^{re.escape(separator)}]*", f"({re.escape(separator)}|$)"
    return re.compile(rf'[{blanks}]*"((?:[^"]|"")*)"?({other}){end}|({other}){end}')


def text_of(path, encoding):
    with open(path, "rb") as file:
        data = file.read()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return data.decode(CODECS[encoding]).removeprefix("\ufeff")


def fields(pattern, line):
    """The fields of one line; a stray quote spoils its own line only."""
    found, at = [], 0
    while True:
        match = pattern.match(line, at)
        quoted, tail, comma, plain, plain_comma = match.groups()
        text = plain if quoted is None else quoted.replace('""', '"') + tail
        found.append(text.strip(BLANKS))
        if not (comma or plain_comma):
            return found
        at = match.end()


def seconds(text):
    at = datetime.fromtimestamp(int(text), timezone.utc)
    if int(text) < 0 or at > LATEST:
        raise ValueError("out of range")
    return at


def user(text):
    bad = not text or len(text.encode()) > 32 or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text)
    if bad:
        raise ValueError("not a user id")
    return text


def rows_of(path, report):
    """The rows that count, in the order in which they are replayed."""
    rows = report["rows"]
    first, last = (datetime.fromisoformat(re.sub("Z$", "+00:00", rows[end])) for end in ("first", "last"))
    kept = [row for row in asks(path, report["format"]) if first <= row[0] <= last]
    return sorted(kept, key=lambda row: row[0]) if rows["sorted"] else kept


def asks(path, form):
    """Yields (time, [(user, device, intent)…]) for every row that can be read."""
    lines, pattern = iter(text_of(path, form["encoding"]).split("\n")), field_pattern(form["separator"])
    header = [name.lower() for name in fields(pattern, next(lines).removesuffix("\r"))]
    for line in lines:
        if not line.strip(BLANKS):
            continue
        row = fields(pattern, line.removesuffix("\r"))
        try:
            if len(row) != len(header):
                raise ValueError("fields")
            field = dict(zip(header, row))
            if "intent" in field:
                text = field["at"]
                # Python before 3.11 does not know the Z.
                at = seconds(text) if re.fullmatch(r"-?\d+", text) else datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
                if at.tzinfo is None or not field["device_id"]:
                    raise ValueError("time or device")
                intent = field["intent"].lower()
                if intent not in INTENTS:
                    raise ValueError("intent")
                yield at, [(user(field["user_id"]), field["device_id"], intent)]
            else:
                at = seconds(field["unix_seconds"])
                yield at, [(user(field["source"]), "", "open_chat"), (user(field["target"]), "", "push_wake")]
        except (ValueError, OverflowError, OSError):
            continue


class Month:
    def __init__(self):
        self.n = defaultdict(int)
        self.sets = defaultdict(set)


def replay(path, report):
    zone, plan = zone_of(report["zone"]), report["plan"]
    by_day = plan["billing_model"] == "dau_peak_groups"
    alive_for = timedelta(minutes=report["session_minutes"])
    quota = None if plan["overage"] else plan["free_active_users"]
    months, everyone, known = {}, set(), set()
    recent = defaultdict(lambda: deque(maxlen=LOOP_MAX))
    latest = day = None
    processes, sessions, kicked, seen_today, active_today = {}, set(), set(), set(), set()
    for at, wanted in rows_of(path, report):
        latest = at if latest is None else max(at, latest)
        local = latest.astimezone(zone)
        if local.date() != day:
            day = local.date()
            processes, sessions, seen_today, active_today = {}, set(), set(), set()
        month = months.setdefault(local.strftime("%Y-%m"), Month())
        for who, device, intent in wanted:
            everyone.add(who)
            month.n["logins_without"] += 1
            month.sets["mau_without"].add(who)
            seen_today.add(who)
            if who in processes:
                last_device, last = processes[who]
                if last_device != device or latest - last >= alive_for:
                    sessions.discard(who)
            processes[who] = (device, latest)
            # A kick outlives the process: only a person's login ends it.
            if intent.startswith("after_kick"):
                sessions.discard(who)
                kicked.add(who)
            period = active_today if by_day else month.sets["mau_with"]
            person = intent in PERSON
            if who in sessions and intent != "renew_user_sig":
                outcome = "suppressed"
            elif intent == "after_kick" or (who in kicked and not person):
                outcome = "denied"
            elif who not in period and not person:
                outcome = "deferred"
            elif who not in period and quota is not None and len(period) >= quota:
                outcome = "denied"
            elif who not in known and plan["max_users"] is not None and len(known) >= plan["max_users"]:
                outcome = "denied"
            elif sum(latest - LOOP_WINDOW < sent <= latest for sent in recent[who]) >= LOOP_MAX:
                outcome = "denied"
            else:
                recent[who].append(latest)
                outcome = "with"
                known.add(who)
                sessions.add(who)
                kicked.discard(who)
                month.sets["mau_with"].add(who)
                active_today.add(who)
            month.n["logins_with" if outcome == "with" else f"{outcome}_logins"] += 1
            if outcome in ("deferred", "denied"):
                month.sets[f"{outcome}_users"].add(who)
        month.n["peak_dau_without"] = max(month.n["peak_dau_without"], len(seen_today))
        month.n["peak_dau_with"] = max(month.n["peak_dau_with"], len(active_today))
    return months, everyone


def cost(plan, active):
    """The plan fee and the overage of a month."""
    if plan["price_per_month"] is None:
        return None
    over = max(0, active - plan["free_active_users"]) if plan["free_active_users"] is not None else 0
    rate = plan["overage_rate"]
    total = Decimal(plan["price_per_month"])
    if over and rate:
        blocks = Decimal(-(-over // rate["per"])) if rate["rounding"] == "started_block" else Decimal(over) / rate["per"]
        total += blocks * Decimal(rate["price"])
    return total


def figures(months, plan):
    billed = "peak_dau" if plan["billing_model"] == "dau_peak_groups" else "mau"
    for name, month in months.items():
        row = {key: month.n[key] for key in (
            "logins_without", "logins_with", "suppressed_logins", "deferred_logins", "denied_logins",
            "peak_dau_without", "peak_dau_with")}
        for key in ("mau_without", "mau_with", "deferred_users", "denied_users"):
            row[key] = len(month.sets[key])
        row["avoided_users"] = len(month.sets["deferred_users"] - month.sets["mau_with"] - month.sets["denied_users"])
        for side in ("without", "with"):
            row[f"cost_{side}"] = cost(plan, row[f"{billed}_{side}"])
        yield name, row


def total(rows):
    result = {}
    for key in rows[0] if rows else ():
        values = [row[key] for row in rows]
        if None in values:
            result[key] = None
        else:
            result[key] = max(values) if key.startswith("peak_") else sum(values)
    return result


def differences(name, mine, theirs):
    for key, value in mine.items():
        found = theirs.get(key)
        same = Decimal(found) == value if isinstance(value, Decimal) and found is not None else found == value
        if not same:
            yield f"{name} {key}: the report says {found}, recomputed {value}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        report = json.load(file)
    months, everyone = replay(sys.argv[1], report)
    mine = dict(figures(months, report["plan"]))
    theirs = {month["month"]: month for month in report["months"]}
    wrong = [f"{name}: only on one side" for name in mine.keys() ^ theirs.keys()]
    for name in mine.keys() & theirs.keys():
        wrong += differences(name, mine[name], theirs[name])
    sums = total(list(mine.values())) | {"users": len(everyone)}
    wrong += differences("totals", sums, report["totals"])
    for line in sorted(wrong):
        print(line)
    if wrong:
        sys.exit(1)
    print(f"{len(mine)} months agree, {sum(len(row) for row in mine.values()) + len(sums)} figures")


if __name__ == "__main__":
    try:
        main()
    except (OSError, KeyError, StopIteration, json.JSONDecodeError) as error:
        print(f"cannot compare: {error!r}", file=sys.stderr)
        sys.exit(2)
