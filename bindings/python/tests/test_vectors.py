"""The cases that every language answers alike: `tests/vectors/*.json`, whose README says what they mean."""

import json
import unittest

import planguard as pg
from planguard.testing import ManualClock, MemoryStore
from support import APP, ROOT, Case, Chat, at, strict
from test_money import request

FOLDER = ROOT / "tests" / "vectors"
NAMES = ["bills", "checks", "explanations", "features", "lifecycle", "logins"]
ANSWERS = ("feature", "check", "perform", "login", "lifecycle", "bill")


def files():
    """Every file of cases."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def texts(answer):
    """What goes on a screen."""
    return {"en": answer.explain(pg.Locale.EN), "zh-Hans": answer.explain(pg.Locale.ZH_HANS)}


def build(kind, given):
    """An action or observation of a case."""
    fields = dict(given)
    name = fields.pop("type")
    if (kind, name) == (pg.Observation, "group"):
        fields.setdefault("own_max", None)
    return getattr(kind, name)(**fields)


class World:
    """One guard of a case, and the steps it takes."""

    def __init__(self, case):
        self.case = case
        self.clock = ManualClock(at(case["now"]))
        self.store = MemoryStore()

    async def open(self):
        """Opens the guard of the case."""
        case, options = self.case, {}
        if "plan" in case:
            options["fallback"] = (case["plan"]["catalog"], case["plan"]["edition"])
        if "document" in case:
            options["seed"] = json.dumps({"issued_at": case["now"], **case["document"]})
        if case.get("multi_user"):
            options["session_mode"] = pg.SessionMode.MULTI_USER
        if case.get("enforce"):
            options["decisions"] = strict()
        if "mau_budget" in case:
            options["logins"] = policy(mau_budget=case["mau_budget"], on_budget=pg.Enforcement.ENFORCE)
        self.guard = await pg.open(APP, clock=self.clock, store=self.store, **options)

    async def take(self, step):
        """Takes a step and says what came of it."""
        (kind,) = [name for name in step if hasattr(self, f"step_{name}")]
        return await getattr(self, f"step_{kind}")(step) or {}

    async def step_feature(self, step):
        decision = self.guard.feature(step["feature"])
        return {"granted": decision.granted, "reason": decision.reason.as_str(), **texts(decision)}

    async def step_check(self, step):
        verdict = self.guard.check(build(pg.Action, step["check"]))
        found = {"allowed": verdict.decision != pg.Decision.DENIED, "reason": verdict.reason.as_str(), **texts(verdict)}
        tightest = verdict.tightest
        if tightest is not None:
            most = tightest.max
            if most is not None:
                most = most[0] if isinstance(most, pg.Max.OF) else "unlimited"
            found.update(limit=str(tightest.limit), used=tightest.used, max=most, fits=tightest.fits)
        return found

    async def step_perform(self, step):
        chat = Chat(code=step["code"])
        performed = await self.guard.perform(build(pg.Action, step["perform"]), chat)
        return {"done": performed.is_done(), "calls": chat.calls}

    async def step_record(self, step):
        await self.guard.record(build(pg.Action, step["record"]))

    async def step_observe(self, step):
        await self.guard.observe(build(pg.Observation, step["observe"]))

    async def step_login(self, step):
        chat = Chat(code=step["code"])
        try:
            outcome = await self.guard.login(step["login"], intent(step["intent"]), chat)
        except pg.PlanguardError.Login as error:
            kind = error.failure.failure_class.as_str()
            return {"outcome": "failed", "class": kind, "calls": chat.calls, **texts(error)}
        found = {"outcome": outcome.as_str(), "calls": chat.calls, **texts(outcome)}
        if isinstance(outcome, pg.LoginOutcome.EXECUTED):
            found["new_in_month"] = outcome.mau.new_in_month
        elif isinstance(outcome, (pg.LoginOutcome.DEFERRED, pg.LoginOutcome.DENIED)):
            found["reason"] = outcome.reason.as_str()
        return found

    async def step_session(self, step):
        await getattr(self.guard.session(step["session"]), step["event"])()

    async def step_lifecycle(self, _step):
        return {"state": self.guard.lifecycle().as_str()}

    async def step_bill(self, step):
        total = pg.bill(request(step["catalog"], step["edition"], step["bill"], **step["usage"])).total
        return {"total": format(total.amount.normalize(), "f"), "currency": total.currency.name}

    async def step_advance(self, step):
        self.clock.advance(step["advance"])

    async def step_restart(self, _step):
        await self.guard.flush()
        self.guard.shutdown()
        await self.open()


def policy(**chosen):
    """A login policy that leaves the rest to the core."""
    return pg.LoginPolicy(**chosen)


def intent(name):
    """An intent by its word."""
    if name.startswith("after_kick"):
        return pg.LoginIntent.after_kick(name == "after_kick_confirmed")
    return getattr(pg.LoginIntent, name)()


async def differences(case, where):
    """Where a case came out otherwise than expected."""
    world, found = World(case), []
    await world.open()
    for number, step in enumerate(case["steps"], 1):
        answer = await world.take(step)
        for field, expected in step.get("expect", {}).items():
            if answer.get(field) != expected:
                found.append(f"{where}, step {number}: {field} is {answer.get(field)!r}, expected {expected!r}")
    world.guard.shutdown()
    return found


class Vectors(Case):
    """One test a file; which cases there are is checked below."""

    def test_every_file_is_run(self):
        self.assertEqual(list(files()), NAMES)
        for name in NAMES:
            self.assertTrue(hasattr(self, f"test_{name}"), name)

    def test_every_step_with_an_answer_says_what_is_expected(self):
        for name, content in files().items():
            self.assertTrue(content["cases"], name)
            for case in content["cases"]:
                self.assertTrue(case["steps"], case["name"])
                for step in case["steps"]:
                    answers = any(kind in step for kind in ANSWERS)
                    self.assertEqual(answers, bool(step.get("expect")), f"{name}: {step}")

    async def run_file(self, name):
        found = []
        for case in files()[name]["cases"]:
            found += await self.within(differences(case, f"{name}.json: {case['name']}"))
        self.assertEqual(found, [], "\n".join(found))


def _add(name):
    async def run(self):
        await self.run_file(name)

    setattr(Vectors, f"test_{name}", run)


for _name in NAMES:
    _add(_name)

if __name__ == "__main__":
    unittest.main()
