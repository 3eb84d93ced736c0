"""Charts as SVG, drawn on the server: outcome bar, Pareto, control chart, load against failures, trend.

Pure functions of plain values. Every text comes in as it is to be read; `title` is the finding. A chart is
480 units wide; the stylesheet writes larger where that is narrow, and colours the classes. The colours
in the file are for where there is no stylesheet, as in a PDF. What a colour says is said by a shape too, and
the figures themselves stand in a table beside the chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from tracker.stats.rates import percent, percents

WIDE = 480
_LEFT, _RIGHT, _TOP, _FLOOR = 46, 474, 44, 206  # where the axes of a chart run
_LETTER = 10.4  # how wide a letter is at most
_LINE = 'fill="none" stroke='
_PAINT = {
    "c-text": 'fill="#51606d"', "c-strong": 'fill="#17212b" font-weight="600"', "c-find": 'fill="#b42318"',
    "c-grey": 'fill="#51606d" fill-opacity=".45"', "c-band": 'fill="#51606d" fill-opacity=".14"',
    "c-area": 'fill="#b42318" fill-opacity=".14"', "c-axis": f'{_LINE}"#51606d" stroke-opacity=".5"',
    "c-line": f'{_LINE}"#17212b" stroke-width="1.5"', "c-kink": f'{_LINE}"#b42318" stroke-width="2"',
    "c-dots": f'{_LINE}"#17212b" stroke-width="5" stroke-linecap="round"',
    "c-days": f'{_LINE}"#51606d" stroke-opacity=".5" stroke-width="6" stroke-linecap="round"',
    "c-flag": f'{_LINE}"#0f766e" stroke-width="1.5" stroke-dasharray="4 3"',
    "hf-bar-done": 'fill="#15803d" fill-opacity=".55"', "hf-bar-failed": 'fill="#b42318"',
    "hf-bar-skipped": f'{_LINE}"#92580a" stroke-width="8" stroke-dasharray="1.6 .6"',
    "hf-bar-omitted": 'fill="#6d3fc0" fill-opacity=".3" stroke="#6d3fc0"',
    "hf-bar-na": f'{_LINE}"#5b6873" stroke-width="2" stroke-dasharray="1 1"',
}  # fmt: skip
_BARS = {  # what came up, in the shape of its kind: a thin line, stripes, solid, hollow, dots
    "done": "M{x} 2h{w}v4h-{w}z", "skipped": "M{x} 4h{w}", "failed": "M{x} 0h{w}v8h-{w}z",
    "omitted": "M{x} .5h{w}v7h-{w}z", "na": "M{x} 4h{w}",
}  # fmt: skip


Write = Callable[[str], str]
"""How the reader's language writes a figure such as "12.5%"."""


class Point(NamedTuple):
    """A period. `share` is None where there are too few to say; the limits are shares too."""

    label: str
    share: float | None
    low: float
    high: float


class Ceiling(NamedTuple):
    """The load from which failures climb: about `at`, plausibly between `low` and `high`."""

    low: float
    at: float
    high: float
    label: str


def outcome_bar(counts: Mapping[str, int], title: str) -> Markup:
    """What became of a step; what came up at all is wide enough to be seen, at the cost of the widest."""
    total = sum(counts.values()) or 1
    widths = {o: max(1.5, 100 * counts[o] / total) for o in _BARS if counts.get(o)}
    if widths:
        widths[max(widths, key=lambda o: widths[o])] -= sum(widths.values()) - 100
    body, x = "", 0.0
    for outcome, width in widths.items():
        body += _path(f"hf-bar-{outcome}", _BARS[outcome].format(x=_n(x), w=_n(width)))
        x += width
    return _svg("hf-outcomes", 100, 8, title, "", body, ' preserveAspectRatio="none"')


def pareto(
    rows: Sequence[tuple[str, int, float | None]], title: str, desc: str = "", write: Write = str
) -> Markup:
    """What loses most, first: (label, count, cumulative share, None where it would say too much).

    Those that make up four fifths together are the finding, the others are context. Each is written with its
    own share, which is what people take a figure beside a bar for; these add up to 100.
    """
    most, before, body = max((count for _, count, _ in rows), default=1) or 1, 0.0, ""
    parts = percents([count for _, count, _ in rows])
    for y, (label, count, share) in enumerate(rows):
        few, figure = before < 0.8, f"{count}" if share is None else f"{count} · {write(parts[y].own)}"
        room = int(WIDE / _LETTER) - len(figure) - 2
        short = label if len(label) <= room else label[: room - 1].rstrip() + "…"
        body += _text("c-strong" if few else "c-text", 0, 42 * y + 16, short)
        body += _text("c-text", WIDE, 42 * y + 16, figure, "end")
        bar = f"M0 {42 * y + 22}h{_n(WIDE * count / most)}v{12 if few else 7}H0z"
        body += _path("c-find" if few else "c-grey", bar)
        before = share or 0.0
    return _svg("hf-chart", WIDE, max(1, 42 * len(rows)), title, desc, body)


def control(
    points: Sequence[Point], revisions: Sequence[tuple[float, str]], title: str, desc: str = "",
    usual: tuple[float, str] = (0.0, ""), limit: str = "", write: Write = str,
) -> Markup:  # fmt: skip
    """Shares by period between their limits, those outside as triangles, and revisions as flags.

    A revision is (the index of the point before which it came, its label); 2.5 is within the third.
    `usual`: the share that is expected, and its label; `limit` is the label of the upper limit.
    """
    wide = (_RIGHT - _LEFT) / max(1, len(points))
    shown = [(_LEFT + wide * (i + 0.5), p.share, p) for i, p in enumerate(points) if p.share is not None]
    highest = max((share for _, share, _ in shown), default=usual[0])
    up, body = _upright(
        [1.2 * highest, min(max((p.high for p in points), default=1.0), 1.6 * highest)], write
    )
    body += _path("c-axis", f"M{_LEFT} {_n(up(usual[0]))}H{_RIGHT}")
    band = "".join(f"V{_n(up(p.high))}h{_n(wide)}" for p in points)
    band += "".join(f"V{_n(up(p.low))}h-{_n(wide)}" for p in reversed(points))
    body += _path("c-band", f"M{_LEFT} {_FLOOR}{band}z")
    free = 0.0
    for index, label in revisions:
        x, room = _LEFT + wide * index, _LETTER * len(label)
        body += _path("c-flag", f"M{_n(x)} 20V{_FLOOR}")
        if x >= free:  # a label that would lie on another one stands in the table alone
            body += _text("c-text", min(x + 4, WIDE - room), 32, label)
            free = x + room + 8
    body += _line((x, up(share)) for x, share, _ in shown)
    body += _dots("c-dots", [(x, up(share)) for x, share, p in shown if p.low <= share <= p.high])
    outside = [(x, up(share), share, p) for x, share, p in shown if not p.low <= share <= p.high]
    for x, y, share, p in outside:
        k = 1 if share > p.high else -1
        body += _path("c-find", f"M{_n(x)} {_n(y - 7 * k)}l7 {12 * k}h-14z")
    for x, y, share, _ in sorted(outside, key=lambda o: o[1])[:1]:  # the highest says how high
        body += _text("c-strong", min(max(x, 60), 450), y - 11, write(percent(share)), "middle")
    body += _text("c-text", _LEFT + 4, up(usual[0]) - 5, usual[1])
    if points:
        body += _text("c-text", _LEFT + 4, up(points[0].high) - 5, limit)
        body += _across(_FLOOR + 20, points[0].label, points[-1].label if points[1:] else "")
    return _svg("hf-chart", WIDE, 232, title, desc, body)


def load(
    days: Sequence[tuple[float, float]], ceiling: Ceiling | None, title: str, desc: str = "",
    across: str = "", upright: str = "", fit: Sequence[tuple[float, float]] = (),
    write: Write = str,
) -> Markup:  # fmt: skip
    """Days as dots: (load, share that failed); the ceiling as a band, `fit` as a line of (load, share)."""
    busiest = max((v for v, _ in days), default=0.0) or 1.0
    up, body = _upright([share for _, share in [*days, *fit]], write)
    wide = (_RIGHT - 6 - _LEFT) / busiest
    body += _dots("c-days", [(_LEFT + wide * v, up(share)) for v, share in days])
    body += _line((_LEFT + wide * v, up(share)) for v, share in fit)
    if ceiling:
        low, at, high = (_LEFT + wide * min(v, busiest) for v in ceiling[:3])
        body += _path("c-area", f"M{_n(low)} {_TOP}H{_n(high)}V{_FLOOR}H{_n(low)}z")
        body += _path("c-kink", f"M{_n(at)} {_TOP}V{_FLOOR}")
        body += _text("c-strong", at, _TOP - 7, ceiling.label, "start" if at < WIDE / 2 else "end")
    body += _text("c-text", 0, 14, upright) + _text("c-text", _RIGHT, _FLOOR + 38, across, "end")
    body += _across(_FLOOR + 20, "0", f"{busiest:.0f}")
    return _svg("hf-chart", WIDE, 250, title, desc, body)


def trend(values: Sequence[float | None], title: str) -> Markup:
    """A small line without text: how a figure went; the dot is where it is now. None is left out."""
    most = max((value for value in values if value is not None), default=0.0) or 1.0
    wide = 114 / max(1, len(values) - 1)
    places = [(3 + wide * i, 25 - 22 * value / most) for i, value in enumerate(values) if value is not None]
    return _svg("hf-trend", 120, 28, title, "", _line(places) + _dots("c-dots", places[-1:]))


def _svg(kind: str, wide: int, high: int, title: str, desc: str, body: str, more: str = "") -> Markup:
    about = f"<title>{escape(title)}</title><desc>{escape(desc)}</desc>"
    frame = f'xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {wide} {high}"{more} role="img"'
    return Markup(f'<svg {frame} font-family="sans-serif" font-size="12">{about}{body}</svg>')


def _path(kind: str, d: str) -> str:
    return f'<path class="{kind}" {_PAINT[kind]} d="{d}"/>' if len(d) > 1 else ""


def _line(places: Iterable[tuple[float, float]]) -> str:
    return _path("c-line", "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in places))


def _dots(kind: str, places: Iterable[tuple[float, float]]) -> str:
    """Lines without length: their round ends make them dots, at a sixth of the size of circles."""
    return _path(kind, "".join(f"M{_n(x)} {_n(y)}h0" for x, y in places))


def _text(kind: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    place = f'x="{_n(x)}" y="{_n(y)}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
    return f'<text class="{kind}" {_PAINT[kind]} {place}>{escape(text)}</text>' if text else ""


def _upright(shares: Iterable[float], write: Write) -> tuple[Callable[[float], float], str]:
    """The upright axis for these shares: where a share lies, and its lines with their figures."""
    highest = max(shares, default=0.0)
    most = next((end for end in (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8) if highest <= end), 1.0)

    def up(share: float) -> float:
        return _FLOOR - (_FLOOR - _TOP) * min(share / most, 1)

    lines = _path("c-axis", "".join(f"M{_LEFT} {y}H{_RIGHT}" for y in (_TOP, (_TOP + _FLOOR) // 2, _FLOOR)))
    return up, lines + "".join(
        _text("c-text", 0, up(s) + 5, write(percent(s))) for s in (0.0, most / 2, most)
    )


def _across(y: float, first: str, last: str) -> str:
    """The two ends of the level axis."""
    return _text("c-text", _LEFT, y, first) + _text("c-text", _RIGHT, y, last, "end")


def _n(value: float) -> str:
    """A number no longer than a drawing needs it."""
    return f"{value:.1f}".removesuffix(".0")
