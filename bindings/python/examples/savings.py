"""What planguard would have saved: a log replayed, and its months drawn.

A notebook as a script: every `# %%` starts a cell, for editors that run them one by one. As a program:

    python savings.py LOG [--catalog intl-2024] [--edition standard] [--png savings.png]

The replay is done by the workspace's `simulate` program, through cargo, or the one that `PLANGUARD_SIMULATE` names.
"""

# %% What is needed: matplotlib (`pip install planguard[plot]`), and the workspace for the replay.
import argparse
import json
import os
import subprocess
import sys
import textwrap
from decimal import Decimal
from pathlib import Path
from typing import Any

import matplotlib

if __name__ == "__main__" and "ipykernel" not in sys.modules:
    matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import planguard

WITHOUT, WITH = "#b0b7c3", "#2563eb"


# %% Replaying the log: what the chat SDK was asked for, and what is left of that with the guard.
def replay(log: Path, *options: str) -> dict[str, Any]:
    """The report of a log: months, totals, and the sentences that say what they mean."""
    given = os.environ.get("PLANGUARD_SIMULATE")
    workspace = Path(__file__).resolve().parents[3]
    program = [given] if given else ["cargo", "run", "--release", "--quiet", "-p", "planguard-simulate", "--"]
    run = [*program, str(log.resolve()), "--json", *options]
    done = subprocess.run(run, cwd=workspace, stdout=subprocess.PIPE, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


# %% The price of the next active user, from the same price list: what one avoided user is worth at most.
def worth_of_a_user(report: dict[str, Any]) -> str:
    """In words. An avoided user saves money only where a month lies beyond what the plan includes."""
    plan = report["plan"]
    catalog = planguard.Catalog.built_in(plan["catalog"])
    most = max((month["mau_without"] for month in report["months"]), default=0)
    marginal = planguard.marginal_mau_price(catalog, plan["edition"], most, None)
    return "" if marginal is None else marginal.explain()


# %% Drawing: each quantity on its own axis from zero, so that no saving looks larger than it is.
def draw(report: dict[str, Any]) -> Figure:
    """Active users, logins and cost per month, without and with planguard."""
    months = report["months"]
    names = [month["month"] for month in months]
    currency = report["plan"].get("currency") or ""
    figure, axes = plt.subplots(1, 3, figsize=(13, 5.2), layout="constrained")
    panels = (
        ("Monthly active users", "mau", "what the plan counts"),
        ("Logins that reach the chat SDK", "logins", "repeated logins of a user cost no money"),
        (f"Cost of the month ({currency})", "cost", "plan fee and overage, by this price list"),
    )
    for axis, (title, field, note) in zip(axes, panels, strict=True):
        pair = [[_number(month[f"{field}_{side}"]) for month in months] for side in ("without", "with")]
        places = range(len(names))
        axis.bar([place - 0.2 for place in places], pair[0], 0.4, color=WITHOUT, label="without planguard")
        axis.bar([place + 0.2 for place in places], pair[1], 0.4, color=WITH, label="with planguard")
        axis.set_xticks(list(places), names, rotation=45, ha="right")
        axis.set_ylim(0, max((value for side in pair for value in side if value == value), default=1) * 1.15 or 1)
        axis.set_title(f"{title}\n", fontsize=11)
        axis.text(0.5, 1.01, note, transform=axis.transAxes, ha="center", va="bottom", fontsize=8.5, color="#555")
        axis.spines[["top", "right"]].set_visible(False)
        if pair[0] == pair[1]:
            axis.text(0.5, 0.93, "no difference", transform=axis.transAxes, ha="center", fontsize=11, color="#555")
    figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, loc="outside lower left", fontsize=8.5)
    lines = [line for sentence in report["headline"] for line in textwrap.wrap(sentence, 150)]
    figure.suptitle("\n".join(lines), fontsize=10.5, ha="left", x=0.01)
    figure.supxlabel(worth_of_a_user(report), fontsize=8.5, color="#555")
    return figure


def _number(value: Any) -> float:
    # A price list may give no price: then there is no bar.
    return float("nan") if value is None else float(Decimal(str(value)))


# %% The program.
def main(arguments: "list[str] | None" = None) -> int:
    """Replays, says what it means, and draws."""
    parser = argparse.ArgumentParser(description="Draws what planguard would have saved.")
    parser.add_argument(
        "log", type=Path, help="a login log (at,user_id,device_id,intent) or message log, plain or gzip"
    )
    parser.add_argument("--catalog", default="intl-2024")
    parser.add_argument("--edition", default="standard")
    parser.add_argument("--png", type=Path, default=Path("savings.png"))
    given = parser.parse_args(arguments)
    report = replay(given.log, "--catalog", given.catalog, "--edition", given.edition)
    print("\n".join(report["headline"]))
    print(worth_of_a_user(report))
    print("What this rests on:")
    for assumption in report["assumptions"]:
        print(textwrap.fill(assumption, 100, initial_indent="- ", subsequent_indent="  "))
    draw(report).savefig(given.png, dpi=150)
    print(f"Drawn in {given.png}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
