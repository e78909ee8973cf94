"""The figures of ``evaluate triage`` as lines and as one page: no script, nothing from elsewhere, no text of a message.

Both take the plain figures as ``--json`` writes them; a value of None was not measured.
"""

import html
from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]
DIGITS = {"": 3, "points": 1, "ms": 1, "min": 1, "GB": 2}
WIDTH, HEIGHT, EDGE = 440, 300, 44  # of a drawing, in its own units
MOST_ALARMS = 0.4  # right end of the curve
LEVELS = range(5)
STYLE = """
:root { color-scheme: light dark; --line: #8a8f98; --ink: #1b5e8c; --bad: #b3261e; --good: #1e6b3a; --heat: 27, 94, 140; }
@media (prefers-color-scheme: dark) { :root { --ink: #7fc0ea; --bad: #ff8a80; --good: #84d69b; --heat: 127, 192, 234; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0 1.5rem; }
th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, var(--line) 35%, transparent); }
td.number { text-align: right; white-space: nowrap; }
.verdict { white-space: nowrap; }
.MISSED { color: var(--bad); font-weight: 600; }
.met, .goal { color: var(--good); }
svg { width: 100%; max-width: 34rem; height: auto; }
svg text { font-size: 11px; fill: currentColor; }
.axis { stroke: var(--line); fill: none; }
.curve { stroke: var(--ink); fill: none; stroke-width: 2; }
.dot { fill: var(--ink); }
.now { fill: var(--bad); }
.bar { fill: var(--ink); }
"""


def show(figures: Row) -> None:
    """Print everything but the drawings; the list of floors comes last."""
    print(f"triage {figures['triage']}; {figures['set']}, n {figures['n']}, of which {figures['crises']} crises")
    for name, one in figures["alone"].items():
        print(f"{name:46} {written(one)}")
    for title, rows in figures["groups"].items():
        print(f"\n{title}")
        for name, one in rows.items():
            print(f"  {name:44} {written(one)}")
    print("\ntyped otherwise (errors: the worst of five ways): before, after, and the fall in points (below 0: it rises)")
    for name, both in figures["falls"].items():
        for what, one in both.items():
            print(
                f"  {name + ', ' + what:44} {written(one['before'])} -> {number(one['after']['value'])}: {written(one['points'], 'points')}"
            )
    print()
    for title, counts in figures["errors"].items():
        print(f"{title}: {counts}")
    print()
    for line in floor_lines(figures):
        print(line)


def floor_lines(figures: Row) -> list[str]:
    """Return the list of floors as lines, and how many are met."""
    lines = [f"{'what':54} {'value':>8} {'95% interval':>17} {'n':>6} {'floor':>6} {'goal':>6}"]
    for row in figures["floors"]:
        value, low, high = (number(row[key], row["unit"]) for key in ("value", "low", "high"))
        name = f"{row['name']} ({row['unit']})" if row["unit"] not in ("", "points") else row["name"]
        lines.append(f"{name:54} {value:>8} {f'[{low} : {high}]':>17} {row['n']:>6} {row['floor']:>6g} {row['goal']:>6g}  {row['verdict']}")
    return [*lines, *summary(figures)]


def summary(figures: Row) -> list[str]:
    """Return how many floors are met, and how far that counts."""
    floors = figures["floors"]
    named = {verdict: [row["name"] for row in floors if row["verdict"] == verdict] for verdict in ("goal", "MISSED", "not measured")}
    lines = [f"floors met: {figures['met']} of {len(floors)}, {len(named['goal'])} of them at the goal; missed: {len(named['MISSED'])}"]
    if named["not measured"]:
        lines.append("not measured here, so not met: " + "; ".join(named["not measured"]))
    if figures["crises"] < figures["enough"]:
        lines.append(f"a floor of recall counts on {figures['enough']} crises or more; here are {figures['crises']}")
    return lines


def number(value: float | None, unit: str = "") -> str:
    """Return a value with the digits that its unit deserves."""
    return "-" if value is None else f"{value:.{DIGITS[unit]}f}"


def written(figure: Row, unit: str = "") -> str:
    """Return a value with its interval and n."""
    if figure["value"] is None:
        return f"- (n {figure['n']})"
    return f"{number(figure['value'], unit)} [{number(figure['low'], unit)} : {number(figure['high'], unit)}] (n {figure['n']})"


def page(figures: Row) -> str:
    """Return the page."""
    title = f"Triage {figures['triage']}"
    parts = [
        f"<h1>{_safe(title)}</h1><p>{_safe(figures['set'])}, n {figures['n']}, of which {figures['crises']} crises.</p>",
        "<h2>Floors</h2>" + _floors(figures),
        "<h2>Recall against alarms</h2>" + _curve(figures),
        "<h2>Urgency: labelled (rows) and read (columns)</h2>" + _confusion(figures["confusion"]),
        "<h2>Reliability</h2>" + "".join(_reliability(name, bins) for name, bins in figures["reliability"].items()),
        "<h2>Typed otherwise</h2>" + _falls(figures["falls"]),
        "<h2>Errors by kind</h2>" + "".join(_bars(name, counts) for name, counts in figures["errors"].items()),
        "<h2>Themes</h2>" + _themes(figures),
        "<h2>By kind, theme, writer and phenomenon</h2>" + "".join(_group(name, rows) for name, rows in figures["groups"].items()),
    ]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{_safe(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body><main>\n' + "\n".join(parts) + "\n</main></body></html>\n"


def _safe(value: object) -> str:
    return html.escape(str(value))


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{_safe(name)}</th>' for name in heads)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _row(name: str, *cells: str) -> str:
    return f'<tr><th scope="row">{_safe(name)}</th>{"".join(cells)}</tr>'


def _cell(value: object, style: str = "") -> str:
    return f'<td class="number"{style}>{_safe(value)}</td>'


def _floors(figures: Row) -> str:
    rows = []
    for row in figures["floors"]:
        values = [_cell(written(row, row["unit"])), _cell(f"{row['floor']:g}"), _cell(f"{row['goal']:g}"), f"<td>{_safe(row['unit'])}</td>"]
        rows.append(_row(row["name"], *values, f'<td class="verdict {_safe(row["verdict"])}">{_safe(row["verdict"])}</td>'))
    end = "".join(f"<p>{_safe(line)}.</p>" for line in summary(figures))
    return _table(["what", "value [95% interval] (n)", "floor", "goal", "unit", ""], rows) + end


def _confusion(matrix: list[list[int]]) -> str:
    rows = []
    for level in LEVELS:
        total = sum(matrix[level]) or 1
        shades = [f' style="background: rgba(var(--heat), {0.6 * count / total:.2f})"' for count in matrix[level]]
        rows.append(_row(str(level), *[_cell(count, shade) for count, shade in zip(matrix[level], shades, strict=True)]))
    return _table(["", *map(str, LEVELS)], rows)


def _themes(figures: Row) -> str:
    if not figures["themes"]:
        return "<p>Not measured: Rasa was left out.</p>"
    rows = []
    for theme, read in figures["themes"].items():
        others = ", ".join(f"{name} {count}" for name, count in read.items() if name != theme)
        rows.append(_row(theme, _cell(f"{read.get(theme, 0)} of {sum(read.values())}"), f"<td>{_safe(others)}</td>"))
    return _table(["theme", "right", "read as another"], rows)


def _falls(falls: dict[str, dict[str, Row]]) -> str:
    rows = []
    for name, both in falls.items():
        for what, one in both.items():
            cells = [number(one["before"]["value"]), number(one["after"]["value"]), written(one["points"], "points")]
            rows.append(_row(f"{name}: {what}", *map(_cell, cells)))
    return _table(["", "before", "after", "fall in points"], rows)


def _group(title: str, figures: dict[str, Row]) -> str:
    """Draw each value as a dot on a line from 0 to 1 with its interval."""
    rows = []
    for name, one in figures.items():
        low, value, high = (200 * (one[key] or 0) for key in ("low", "value", "high"))
        line = f'<line class="axis" x1="{low:.0f}" x2="{high:.0f}" y1="8" y2="8"/><circle class="dot" cx="{value:.0f}" cy="8" r="4"/>'
        drawn = f'<svg viewBox="-6 0 212 16" style="width: 13rem" aria-hidden="true">{line}</svg>'
        rows.append(_row(name, _cell(written(one)), f"<td>{drawn}</td>"))
    return f"<h3>{_safe(title)}</h3>" + _table(["", "value [95% interval] (n)", "0 to 1"], rows)


def _bars(title: str, counts: dict[str, int]) -> str:
    most = max(counts.values(), default=1)
    rows = []
    for name, count in counts.items():
        width = 200 * count / most
        drawn = (
            f'<svg viewBox="0 0 200 12" style="width: 13rem" aria-hidden="true"><rect class="bar" width="{width:.0f}" height="12"/></svg>'
        )
        rows.append(_row(name, _cell(count), f"<td>{drawn}</td>"))
    return f"<h3>{_safe(title)}</h3>" + (_table(["", "n", ""], rows) if rows else "<p>None.</p>")


def _curve(figures: Row) -> str:
    points = [p for p in figures["curve"] if p["recall"] is not None and p["alarms"] is not None and p["alarms"] <= MOST_ALARMS]
    now = figures["shipped"]
    if not points or now["recall"] is None or now["alarms"] is None:
        return "<p>Not measured.</p>"
    x, y = _scale(MOST_ALARMS)
    path = " ".join(f"{x(p['alarms']):.1f},{y(p['recall']):.1f}" for p in points)
    drawn = f'<polyline class="curve" points="{path}"/>'
    for p in points:
        tip = f"threshold {p['threshold']:.2f}: recall {p['recall']:.3f}, alarms {p['alarms']:.3f}"
        drawn += f'<circle class="dot" cx="{x(p["alarms"]):.1f}" cy="{y(p["recall"]):.1f}" r="2.5"><title>{tip}</title></circle>'
    said = f"as shipped: recall {now['recall']:.3f} with {now['alarms']:.3f} of the messages below 3 called a crisis"
    if now["alarms"] <= MOST_ALARMS:
        drawn += f'<circle class="now" cx="{x(now["alarms"]):.1f}" cy="{y(now["recall"]):.1f}" r="5"><title>{_safe(said)}</title></circle>'
    about = "Each dot is a threshold of the model, together with the screen; the large dot is the triage"
    return _drawing("alarms among messages below 3", "recall", MOST_ALARMS, drawn) + f"<p>{about} {_safe(said)}.</p>"


def _reliability(name: str, bins: list[Row]) -> str:
    if not bins:
        return f"<h3>{_safe(name)}</h3><p>Not measured.</p>"
    x, y = _scale(1.0)
    most = max(one["n"] for one in bins)
    drawn = f'<line class="axis" stroke-dasharray="4" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>'
    for one in bins:
        size, tip = 3 + 7 * (one["n"] / most) ** 0.5, f"says {one['confidence']:.2f}, right {one['right']:.2f}, n {one['n']}"
        drawn += (
            f'<circle class="dot" cx="{x(one["confidence"]):.1f}" cy="{y(one["right"]):.1f}" r="{size:.1f}"><title>{tip}</title></circle>'
        )
    rows = [_row(f"{one['confidence']:.2f}", _cell(f"{one['right']:.2f}"), _cell(one["n"])) for one in bins]
    return f"<h3>{_safe(name)}</h3>" + _drawing("probability", "share that is so", 1.0, drawn) + _table(["says", "is so", "n"], rows)


def _scale(most: float) -> tuple[Callable[[float], float], Callable[[float], float]]:
    return lambda v: EDGE + v / most * (WIDTH - 2 * EDGE), lambda v: HEIGHT - EDGE - v * (HEIGHT - 2 * EDGE)


def _drawing(across: str, up: str, most: float, inside: str) -> str:
    """Return a drawing with axes from 0 to ``most`` and from 0 to 1."""
    x, y = _scale(most)
    axes = f'<path class="axis" d="M{x(0)} {y(1)}V{y(0)}H{x(most)}"/>'
    axes += "".join(f'<text x="{x(most * i / 4):.0f}" y="{y(0) + 16:.0f}" text-anchor="middle">{most * i / 4:g}</text>' for i in range(5))
    axes += "".join(f'<text x="{x(0) - 6:.0f}" y="{y(i / 4) + 4:.0f}" text-anchor="end">{i / 4:g}</text>' for i in range(5))
    axes += f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">{across}</text><text x="{EDGE - 30}" y="{EDGE - 16}">{up}</text>'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{up} against {across}">{axes}{inside}</svg>'
