"""The example and the measurements run."""

import contextlib
import importlib.util
import io
import json
import random
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from support import PACKAGE, program


def savings():
    """The example as a module."""
    path = PACKAGE / "examples" / "savings.py"
    spec = importlib.util.spec_from_file_location("savings", path)
    module = importlib.util.module_from_spec(spec)
    import matplotlib

    matplotlib.use("Agg")
    spec.loader.exec_module(module)
    return module


def log(path, users):
    """Two months of a log in which half of the users are only ever woken by pushes."""
    draw, start, rows = random.Random(7), datetime(2024, 6, 1, tzinfo=timezone.utc), []
    for user in range(users):
        for day in range(60):
            at = start + timedelta(days=day, seconds=draw.randrange(86_000))
            rows.append((at, user, "open_chat" if user % 2 else "push_wake"))
    rows.sort()
    lines = [f"{at.isoformat()},user{user},device{user},{intent}" for at, user, intent in rows]
    path.write_text("\n".join(["at,user_id,device_id,intent", *lines, ""]), encoding="utf-8")


class Savings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        program("PLANGUARD_SIMULATE")

    def test_a_log_is_replayed_and_drawn(self):
        log(self.folder / "log.csv", 40)
        picture, printed = self.folder / "savings.png", io.StringIO()
        with contextlib.redirect_stdout(printed):
            savings().main([str(self.folder / "log.csv"), "--png", str(picture)])
        self.assertTrue(picture.read_bytes().startswith(b"\x89PNG"))
        said = " ".join(printed.getvalue().split())
        # Twenty of forty users never open chat, in each of the months.
        self.assertIn("active users (50.0 %) avoided", said)
        self.assertIn("the cost does not change", said)
        self.assertIn("Suppressed logins save no monthly active user and no money", said)

    def test_the_picture_does_not_make_a_saving_of_none(self):
        example = savings()
        log(self.folder / "log.csv", 10)
        report = example.replay(self.folder / "log.csv")
        figure = example.draw(report)
        users, logins, cost = figure.axes
        for axis in figure.axes:
            self.assertEqual(axis.get_ylim()[0], 0, "every axis starts at zero")
        self.assertIn("no difference", [text.get_text() for text in cost.texts])
        self.assertNotIn("no difference", [text.get_text() for text in users.texts])
        self.assertIn("repeated logins of a user cost no money", [text.get_text() for text in logins.texts])
        self.assertEqual(
            [patch.get_height() for patch in users.patches[: len(report["months"])]],
            [month["mau_without"] for month in report["months"]],
        )
        json.dumps(report)


class Benches(unittest.TestCase):
    def test_every_row_has_a_figure(self):
        run = [sys.executable, str(PACKAGE / "benches" / "calls.py"), "20"]
        done = subprocess.run(run, capture_output=True, text=True, timeout=300)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = done.stdout.splitlines()[1:]
        self.assertEqual(len(rows), 11)
        for row in rows:
            self.assertGreater(float(row.split()[-1]), 0, row)
