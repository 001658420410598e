"""The public surface: nothing of the library is forgotten, and a change of it is seen."""

import inspect
import unittest

import planguard as pg
import surface
from planguard import _generated as g
from support import PACKAGE

# What the package has in another form.
REPLACED = {
    "InternalError": "a panic of the library, or a bug of the generated module",
    "Builder": "open",
    "OpenOptions": "open",
    "EventStream": "Events",
    "Next": "Events",
    "LoginRequest": "login",
    "RejectionContext": "report_rejection",
    "uniffi_set_event_loop": "open",
}
METHODS = {
    "open": "planguard.open",
    "login_with": "login",
    "begin_login_with": "begin_login",
    "perform_with": "perform",
    "reserve_for": "reserve",
    "subscribe": "events",
}


def public(cls):
    """The public methods of a class."""
    return {name for name, _ in inspect.getmembers(cls, callable) if not name.startswith("_")}


class Surface(unittest.TestCase):
    def test_everything_that_is_generated_is_exported_or_replaced(self):
        generated = {name for name in g.__all__ if not name.endswith(("Protocol", "Impl"))}
        self.assertEqual(generated - set(pg.__all__) - set(REPLACED), set())
        self.assertEqual(set(REPLACED) & set(pg.__all__), set())

    def test_every_call_of_the_library_has_its_own(self):
        self.assertEqual(public(g.Planguard) - public(pg.Planguard) - set(METHODS), set())
        for name, own in METHODS.items():
            self.assertTrue(hasattr(g.Planguard, name), f"{name} is gone: take it from the list")
            self.assertTrue(own == "planguard.open" or hasattr(pg.Planguard, own))

    def test_every_option_of_the_library_is_one_of_open(self):
        options = set(inspect.signature(g.OpenOptions.__init__).parameters) - {"self"}
        hosts = {"transport", "credentials", "store", "clock"}
        self.assertEqual(public(g.Builder) - {"open"}, hosts)
        given = set(inspect.signature(pg.open).parameters) | {"store_path", "fallback_catalog", "fallback_edition"}
        self.assertEqual(options - given, set())

    def test_a_star_import_leaves_pythons_own_open_alone(self):
        names = {}
        exec("from planguard import *", names)
        self.assertNotIn("open", names)
        self.assertIn("Planguard", names)

    def test_every_public_thing_is_documented(self):
        for name in [*pg.__all__, "open"]:
            thing = getattr(pg, name)
            self.assertTrue((inspect.getdoc(thing) or "").strip(), name)
            if thing is pg.Planguard:
                for method in public(thing):
                    self.assertTrue(inspect.getdoc(getattr(thing, method)), method)

    def test_the_surface_is_the_committed_one(self):
        committed = (PACKAGE / "surface.txt").read_text(encoding="utf-8").splitlines()
        self.assertEqual(surface.lines(), committed, "if that is meant: python tests/surface.py > surface.txt")
