"""Drawings as SVG, each with its text alternative and its data as a table: structure, money, timeline.

Readable in black and white: areas differ by pattern as well as by tone, lines by dash, and every area carries its
words. Text in them is set in the document's font; sizes are in points at the width of the printed line (480).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

from app.documents.blocks import Block, column, data_table

if TYPE_CHECKING:
    from app.documents.bid.reading import Json, Reading

WIDTH = 480
INK = "#1A1A1A"
LINE = "#5A6472"
SMALL = 9
TALLEST = 620
"""A drawing of this height fits on a page with the words above and beneath it; rows move closer together for it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    svg: str
    alt: str
    tables: tuple[Block, ...] = ()
    """The same facts as a table, unless the document shows them next to the drawing anyway."""


class _Canvas:
    """Collects SVG elements; text is escaped here and nowhere else."""

    def __init__(self, font: str) -> None:
        self.font = font
        self.parts: list[str] = []

    def rect(self, x: float, y: float, w: float, h: float, fill: str, stroke: str = LINE, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="3" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="0.9"{dashed}/>'
        )

    def line(
        self, points: Sequence[tuple[float, float]], stroke: str = LINE, dash: str = "", arrow: bool = False
    ) -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="1.2"{dashed}/>')
        if arrow:
            self._head(points[-2], points[-1], stroke)

    def _head(self, start: tuple[float, float], end: tuple[float, float], fill: str) -> None:
        (x0, y0), (x, y) = start, end
        length = max(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5, 0.01)
        ux, uy = (x - x0) / length, (y - y0) / length
        corners = [
            (x, y),
            (x - 7 * ux - 3.5 * uy, y - 7 * uy + 3.5 * ux),
            (x - 7 * ux + 3.5 * uy, y - 7 * uy - 3.5 * ux),
        ]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
        self.parts.append(f'<polygon points="{path}" fill="{fill}"/>')

    def text(
        self, x: float, y: float, value: str, size: float = SMALL, anchor: str = "start", weight: str = "normal",
        fill: str = INK,
    ) -> None:  # fmt: skip
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-family="{escape(self.font)}, sans-serif" font-size="{size:g}" '
            f'text-anchor="{anchor}" font-weight="{weight}" fill="{fill}">{escape(value)}</text>'
        )

    def lines(self, x: float, y: float, values: Sequence[str], size: float = SMALL, weight: str = "normal") -> None:
        for index, value in enumerate(values):
            self.text(x, y + index * size * 1.25, value, size, "middle", weight)

    def svg(self, height: float, defs: str = "") -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
            f'height="{height:.0f}">{defs}{"".join(self.parts)}</svg>'
        )


def wrapped(value: str, width: float, size: float, most: int = 3) -> list[str]:
    """Lines of at most `width`, measured roughly (0.55 em a character); the last ends in an ellipsis when cut."""
    room = max(4, int(width / (size * 0.55)))
    lines: list[str] = [""]
    for word in value.split():
        while len(word) > room:
            lines.append(word[:room])
            word = word[room:]
        if len(lines[-1]) + len(word) + 1 > room and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    lines = [line for line in lines if line]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: room - 1] + "…"]
    return lines


def structure_drawing(reading: "Reading") -> Drawing | None:
    """Draws the commissioner, who contracts and is paid, and who works through them. None while nobody contracts."""
    w, s = reading.words, reading.structure
    vehicle = s["vehicle"] if s["liability"] == "vehicle" or not s["contracting_partner_ids"] else None
    first = [vehicle["name"]] if vehicle else [reading.short(p) for p in s["contracting_partner_ids"]]
    if not first:
        return None
    direct = set() if vehicle else set(s["contracting_partner_ids"])
    paid = set(s["paid_partner_ids"])
    rest = [p for p in reading.partners if p["id"] not in direct]
    buyer = reading.document["opportunity"]["buyer"] or w("structure.the_commissioner")
    canvas = _Canvas(reading.template.font)
    height = _draw_structure(reading, canvas, buyer, first, rest, bool(vehicle))
    rows = [
        [
            reading.short(p["id"]), w.code("partner_role", p["role"]), _yes(reading, p["id"] in direct), _yes(reading, p["id"] in paid),
            _answers_to(reading, p, first),
        ]
        for p in reading.partners
    ]  # fmt: skip
    columns = [
        column(w("structure.col.partner")),
        column(w("structure.col.role")),
        column(w("structure.col.contracts"), "center"),
        column(w("structure.col.paid"), "center"),
        column(w("structure.col.answers_to")),
    ]
    together = len(first) > 1 and not vehicle
    return Drawing(
        canvas.svg(height),
        w(
            "structure.alt_together" if together else "structure.alt",
            buyer=buyer,
            first=w.listed(first),
            rest=w.listed(p["name"] for p in rest) or w("none"),
        ),
        (data_table(w("structure.table"), columns, rows),),
    )


def _draw_structure(
    reading: "Reading", canvas: _Canvas, buyer: str, first: Sequence[str], rest: Sequence["Json"], vehicle: bool
) -> float:  # fmt: skip
    w, accent, tint = reading.words, reading.template.accent, reading.template.tint
    middle = WIDTH / 2
    canvas.rect(middle - 110, 4, 220, 40, "#FFFFFF", accent)
    canvas.lines(middle, 20, wrapped(buyer, 205, SMALL, 2), SMALL, "bold")
    top = 96.0
    bottom = _row(canvas, first, top, tint, accent, "")
    _fan(canvas, middle, 44, _centres(len(first)), top, accent)
    canvas.text(middle + 6, 66, w("structure.contract_label"), 8, fill=LINE)
    if not rest:
        return bottom + 6
    start = bottom
    if len(first) > 1:  # they contract side by side: what follows hangs from all of them
        start = bottom + 14
        _bracket(canvas, _centres(len(first)), bottom + 3, start)
    second = start + 56
    notes = [w.code("partner_role", p["role"]) if not vehicle else w("structure.owner_label") for p in rest]
    _fan(canvas, middle, start, _centres(len(rest)), second, LINE, "4 3")
    bottom = _row(canvas, [reading.short(p["id"]) for p in rest], second, "#FFFFFF", LINE, "4 3", notes)
    label = w("structure.own_label") if vehicle else w("structure.agreement_label")
    canvas.text(middle + 6, start + 22, label, 8, fill=LINE)
    return bottom + 6


def _bracket(canvas: _Canvas, centres: Sequence[float], top: float, bottom: float) -> None:
    """One bracket beneath all boxes of a row."""
    left, right = centres[0] - 60, centres[-1] + 60
    canvas.line([(left, top), (left, bottom - 4), (right, bottom - 4), (right, top)], LINE)
    canvas.line([((left + right) / 2, bottom - 4), ((left + right) / 2, bottom)], LINE)


def _centres(count: int) -> list[float]:
    per_row = min(count, 4)
    return [WIDTH * (2 * i + 1) / (2 * per_row) for i in range(per_row)]


def _row(
    canvas: _Canvas, names: Sequence[str], top: float, fill: str, stroke: str, dash: str, notes: Sequence[str] = ()
) -> float:
    bottom = top
    for start in range(0, len(names), 4):
        chunk = names[start : start + 4]
        width = min(200.0, WIDTH / len(chunk) - 12)
        lines = [wrapped(name, width - 10, SMALL, 3 if len(names) < 20 else 2) for name in chunk]
        height = 20 + SMALL * 1.25 * max(len(found) for found in lines) + (10 if notes else 0)
        for index, (centre, found) in enumerate(zip(_centres(len(chunk)), lines, strict=True)):
            canvas.rect(centre - width / 2, top, width, height, fill, stroke, dash)
            canvas.lines(centre, top + 16, found, SMALL, "bold")
            if notes:
                canvas.text(centre, top + height - 7, notes[start + index], 8, "middle", fill=LINE)
        bottom = top + height
        top = bottom + 6
    return bottom


def _fan(
    canvas: _Canvas, x: float, start: float, centres: Sequence[float], end: float, stroke: str, dash: str = ""
) -> None:
    bend = (start + end) / 2 + 4
    for centre in centres:
        canvas.line([(x, start), (x, bend), (centre, bend), (centre, end)], stroke, dash, arrow=True)


def _yes(reading: "Reading", value: bool) -> str:
    return reading.words("yes" if value else "no")


def _answers_to(reading: "Reading", partner: "Json", first: Sequence[str]) -> str:
    """Whom this partner answers to by the facts of the structure, or by its role where they do not say."""
    w, s = reading.words, reading.structure
    buyer = reading.document["opportunity"]["buyer"] or w("structure.the_commissioner")
    known = {"commissioner": buyer, "vehicle": s["vehicle"]["name"] if s["vehicle"] else ""}
    all_first = {reading.short(p) for p in s["contracting_partner_ids"]}
    duties = [duty for duty in s["liable_to"] if duty["partner_id"] == partner["id"]]
    if named := [known.get(duty["to"]) or reading.short(duty["to_partner_id"]) for duty in duties]:
        if len(all_first) > 1 and set(named) == all_first:
            return w("structure.all_contractors")
        return w.listed(dict.fromkeys(named))
    if partner["main_contractor_id"]:
        return reading.short(partner["main_contractor_id"])
    return w("structure.no_contract") if partner["role"] == "associate" else w.listed(first)


def money_by_partner(reading: "Reading") -> Drawing | None:
    """One bar a partner, cut by year; the pattern tells the years apart without colour."""
    w, budget = reading.words, reading.document["budget"]
    if not budget:
        return None
    rows = [(reading.short(p["partner_id"]), p) for p in budget["by_partner"] if Decimal(p["requested"]["amount"]) > 0]
    if not 1 < len(rows) <= MOST_PARTNERS:
        return None
    years = [row["year"] for row in budget["by_year"]]
    most = max(Decimal(p["requested"]["amount"]) for _, p in rows)
    canvas = _Canvas(reading.template.font)
    _legend(canvas, [w.year(year) for year in years], reading.template.accent)
    amounts = w.amounts(p["requested"] for _, p in rows)
    y, left = 30.0, 150.0
    room = max(WIDTH - left - 10 - max(map(len, amounts)) * SMALL * 0.62, 60)
    pitch = min(32.0, (TALLEST - y) / len(rows))
    for (name, partner), amount in zip(rows, amounts, strict=True):
        lines = wrapped(name, left - 12, SMALL, 2 if pitch > 24 else 1)
        for index, line in enumerate(lines):
            canvas.text(left - 8, y + pitch * 0.4 + (index - (len(lines) - 1) / 2) * 11, line, SMALL, "end")
        x = left
        for year in partner["years"]:
            width = float(Decimal(year["requested"]["amount"]) / most) * room
            if width > 0:
                canvas.rect(x, y, width, pitch * 0.62, _shade(years.index(year["year"]), reading.template.accent), INK)
                x += width
        canvas.text(x + 6, y + pitch * 0.4, amount, SMALL, weight="bold")
        y += pitch
    parts = [w("budget.alt_row", partner=name, amount=w.money(p["requested"])) for name, p in rows]
    return Drawing(canvas.svg(y, _patterns(reading.template.accent)), w("budget.alt", rows="; ".join(parts)))


_SHADES = 6


def _shade(index: int, accent: str) -> str:
    return accent if index == 0 else f"url(#shade{index % _SHADES})" if index % _SHADES else accent


def _patterns(accent: str) -> str:
    """Hatchings that differ from solid and from one another also on a black and white printer."""
    marks = {
        1: f'<path d="M0 0H6" stroke="{accent}" stroke-width="1.4"/>',
        2: f'<path d="M0 6L6 0" stroke="{accent}" stroke-width="1.2"/>',
        3: f'<circle cx="3" cy="3" r="1.2" fill="{accent}"/>',
        4: f'<path d="M0 0H6M0 0V6" stroke="{accent}" stroke-width="1"/>',
        5: f'<path d="M0 0L6 6" stroke="{accent}" stroke-width="2.2"/>',
    }
    return "<defs>" + "".join(
        f'<pattern id="shade{i}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="#FFFFFF"/>{mark}</pattern>'
        for i, mark in marks.items()
    ) + "</defs>"  # fmt: skip


def _legend(canvas: _Canvas, labels: Sequence[str], accent: str) -> None:
    x = 150.0
    for index, label in enumerate(labels[:_SHADES]):
        canvas.rect(x, 4, 14, 12, _shade(index, accent), INK)
        canvas.text(x + 19, 14, label, SMALL)
        x += (WIDTH - 150) / _SHADES


WORK = frozenset({"staff_time", "secondment", "volunteer_time", "professional_services", "expertise", "management"})
"""Contributions that are work. Halls, money and equipment are there all the time, and say nothing about when."""


def timeline(reading: "Reading") -> Drawing | None:
    """When each partner's dated work runs, and when outcomes are due; needs at least two dates to be worth drawing."""
    w = reading.words
    order = {p["id"]: at for at, p in enumerate(reading.partners)}
    spans = [
        (c["partner_id"], c["title"], date.fromisoformat(c["starts"]), date.fromisoformat(c["ends"]))
        for c in reading.document["contributions"]
        if c["kind"] in WORK and c["starts"] and c["ends"] and c["starts"] <= c["ends"]
    ]
    due = [
        (reading.outcome(o), date.fromisoformat(o["target_date"]))
        for o in reading.document["outcomes"]
        if o["target_date"]
    ]
    if len(spans) + len(due) < 2:
        return None
    spans.sort(key=lambda span: (order.get(span[0], 0), span[2], span[3], span[1]))
    due.sort(key=lambda item: (item[1], item[0]))
    first = min([span[2] for span in spans] + [day for _, day in due])
    last = max([span[3] for span in spans] + [day for _, day in due])
    canvas = _Canvas(reading.template.font)
    height = _draw_timeline(reading, canvas, spans[:MOST_BARS], due[:MOST_BARS], first, last)
    columns = [column(w(f"delivery.col.{code}")) for code in ("who", "what", "start", "end")]
    rows = [[reading.short(who), title, w.day(start), w.day(end)] for who, title, start, end in spans]
    rows += [[w("delivery.outcome_due"), outcome, "", w.day(day)] for outcome, day in due]
    alt = w("delivery.alt", count=len(rows), first=w.day(first), last=w.day(last))
    return Drawing(
        canvas.svg(height, _patterns(reading.template.accent)), alt, (data_table(w("delivery.table"), columns, rows),)
    )


MOST_PARTNERS = 40
MOST_BARS = 24
"""More bars than this cannot be read on a page; the table beneath holds them all."""


def _draw_timeline(
    reading: "Reading", canvas: _Canvas, spans: Sequence[tuple[str, str, date, date]], due: Sequence[tuple[str, date]],
    first: date, last: date,
) -> float:  # fmt: skip
    left, right = 190.0, WIDTH - 8.0
    days = max((last - first).days, 1)

    def at(day: date) -> float:
        return left + (right - left) * (day - first).days / days

    heads = [reading.short(who) for who in dict.fromkeys(span[0] for span in spans)]
    heads += [reading.words("delivery.outcomes")] if due else []
    pitch = min(20.0, (TALLEST - 26) / (len(spans) + len(due) + len(heads)))
    height = 26 + pitch * (len(spans) + len(due) + len(heads))
    for year in range(first.year, last.year + 1):
        x = max(at(max(date(year, 1, 1), first)), left)
        canvas.line([(x, 16), (x, height)], "#B8C0CA", "2 3")
        if at(min(date(year, 12, 31), last)) - x > 26:
            canvas.text(x + 3, 12, str(year), 8, fill=LINE)
    y = 24.0

    def head(value: str) -> None:
        nonlocal y
        canvas.text(0, y + pitch * 0.6, wrapped(value, left, 8.5, 1)[0], 8.5, weight="bold")
        y += pitch

    whose = ""
    for who, title, start, end in spans:
        if who != whose:
            head(reading.short(who))
            whose = who
        canvas.text(left - 8, y + pitch * 0.5, wrapped(title, left - 12, 8.5, 1)[0], 8.5, "end")
        canvas.rect(
            at(start), y + 1, max(at(end) - at(start), 3), pitch * 0.6, reading.template.tint, reading.template.accent
        )
        y += pitch
    if due:
        head(heads[-1])
    for outcome, day in due:
        canvas.text(left - 8, y + pitch * 0.5, wrapped(outcome, left - 12, 8.5, 1)[0], 8.5, "end")
        x = at(day)
        canvas.parts.append(
            f'<polygon points="{x - 5:.1f},{y + pitch * 0.4:.1f} {x:.1f},{y + pitch * 0.4 - 6:.1f} '
            f'{x + 5:.1f},{y + pitch * 0.4:.1f} {x:.1f},{y + pitch * 0.4 + 6:.1f}" '
            f'fill="{reading.template.accent}"/>'
        )
        y += pitch
    return y + 4
