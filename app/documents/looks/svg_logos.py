"""Makes an SVG logo safe: a parser that knows no entities reads it, and only what a logo needs is written again.

What other programs leave in such a file (their own names, comments, data about it) is dropped silently. What could do
something (a script, a handler, an address, a foreign document, a picture inside the picture) is refused, so that nobody
wonders why their logo looks different.
"""

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml import ElementTree, common

from app.documents.looks.rules import LogoRefused

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MOST_ELEMENTS = 5_000
MOST_DRAWN = 20_000
"""The limit on elements drawn when every `use` is followed: a few lines of SVG can ask for millions."""
MOST_DEPTH = 40
ELEMENTS = frozenset({
    "svg", "g", "defs", "symbol", "use", "title", "desc", "style", "path", "rect", "circle", "ellipse", "line",
    "polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "id", "class", "style", "transform", "d", "x", "y", "dx", "dy", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
    "fx", "fy", "points", "width", "height", "viewBox", "preserveAspectRatio", "version", "offset", "gradientUnits",
    "gradientTransform", "spreadMethod", "clipPathUnits", "maskUnits", "maskContentUnits", "pathLength", "fill",
    "fill-opacity", "fill-rule", "clip-path", "clip-rule", "mask", "stroke", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity", "opacity",
    "color", "display", "visibility", "overflow", "stop-color", "stop-opacity", "vector-effect", "paint-order",
    "font-family", "font-size", "font-style", "font-weight", "text-anchor", "letter-spacing", "word-spacing",
    "dominant-baseline", "isolation", "mix-blend-mode", "enable-background", "shape-rendering", "text-rendering",
})  # fmt: skip
_DATA = frozenset({"metadata", "namedview"})
_URL = re.compile(r"url\s*\(\s*['\"]?\s*(.?)", re.IGNORECASE | re.DOTALL)
_LOCAL = re.compile(r"#[A-Za-z_][\w.:-]*")
_RUNS = re.compile(r"@|expression|javascript:|behavior|-moz-binding|image-set|src\s*\(", re.IGNORECASE)
register_namespace("", SVG)
register_namespace("xlink", XLINK)


def rebuilt(content: bytes) -> tuple[bytes, float, float]:
    """The drawing written again, its width and its height. `LogoRefused` says what a logo may not hold."""
    root = _parsed(content)
    if _name(root) not in ((SVG, "svg"), ("", "svg")):
        raise LogoRefused.because("It is XML, but no SVG drawing.")
    _check_size(root)
    width, height, box = _size(root)
    made = _copy(root)
    try:
        _check_uses(made)
    except RecursionError as error:
        raise LogoRefused.because("Its parts use one another too deeply. Save it as plain shapes.") from error
    made.attrib |= {"viewBox": box, "width": f"{width:g}", "height": f"{height:g}"}
    return tostring(made, encoding="utf-8", xml_declaration=False), width, height


def _parsed(content: bytes) -> Element:
    try:
        found: Element = ElementTree.fromstring(content, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except common.DefusedXmlException as error:
        raise LogoRefused.because(
            "It declares entities or takes something from elsewhere. Save it as a plain SVG."
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise LogoRefused.because(f"It cannot be read as XML: {error}.") from error
    return found


def _check_size(root: Element) -> None:
    """Limits elements and depth without recursion, so that what follows can safely recurse."""
    count, waiting = 0, [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if count > MOST_ELEMENTS or depth > MOST_DEPTH:
            raise LogoRefused.because(
                f"It has more than {MOST_ELEMENTS:,} elements, or {MOST_DEPTH} inside one another."
            )
        waiting += [(child, depth + 1) for child in element]


def _name(element: Element) -> tuple[str, str]:
    """Namespace and local name; comments and processing instructions have no name."""
    if not isinstance(element.tag, str):
        return "", ""
    space, _, name = element.tag.rpartition("}")
    return space.lstrip("{"), name


def _copy(element: Element) -> Element:
    _, name = _name(element)
    made = Element(f"{{{SVG}}}{name}", dict(_attributes(element)))
    made.text, made.tail = element.text, element.tail
    if name == "style":
        _check_style(element.text or "")
    for child in element:
        space, name = _name(child)
        if space in (SVG, "") and name in ELEMENTS:
            made.append(_copy(child))
        elif space in (SVG, "") and name and name not in _DATA:
            raise LogoRefused.because(f"It holds <{name}>, which a logo may not: only shapes, colours and plain text.")
        elif space.endswith("/xhtml"):
            raise LogoRefused.because("It holds a web page. Save it as a plain SVG of shapes.")
    return made


def _attributes(element: Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        space, _, name = key.rpartition("}")
        space = space.lstrip("{")
        if name.lower().startswith("on"):
            raise LogoRefused.because(f"It holds a handler ({name}) that would run a program. Save it without scripts.")
        if name == "href" and space in ("", XLINK):
            if not _LOCAL.fullmatch(value.strip()):
                raise LogoRefused.because(
                    "It refers to something outside itself. A logo may refer only to its own parts (#…)."
                )
            yield f"{{{XLINK}}}href", value.strip()
        elif not space and name in ATTRIBUTES:
            _check_style(value)
            yield name, value


def _check_style(value: str) -> None:
    """A style names colours and the drawing's own parts: no address, no import, no escapes that could hide one."""
    if "\\" in value or "/*" in value or _RUNS.search(value):
        raise LogoRefused.because("Its styles import or run something. Save it with plain colours.")
    if any(first != "#" for first in _URL.findall(value)):
        raise LogoRefused.because("Its styles refer to something outside itself. Save it with plain colours.")


def _size(root: Element) -> tuple[float, float, str]:
    """Width, height and view box. The view box decides; `width` and `height` are read only where there is none."""
    box = _numbers(root.get("viewBox", "").replace(",", " ").split())
    if len(box) != 4:
        sides = _numbers([_plain(root.get("width", "")), _plain(root.get("height", ""))])
        if len(sides) != 2:
            raise LogoRefused.because("It does not say how large it is: give it a viewBox.")
        box = [0.0, 0.0, *sides]
    if not (0.01 < box[2] < 1e6 and 0.01 < box[3] < 1e6):
        raise LogoRefused.because("Its viewBox has no size that can be drawn.")
    return box[2], box[3], " ".join(f"{side:g}" for side in box)


def _plain(length: str) -> str:
    return re.sub(r"(px|pt|mm|cm|in|pc)$", "", length.strip())


def _numbers(values: list[str]) -> list[float]:
    try:
        found = [float(value) for value in values]
    except ValueError:
        return []
    return found if all(math.isfinite(number) for number in found) else []


def _check_uses(root: Element) -> None:
    """Refuses a `use` that leads back to itself, and a drawing of too many elements once every `use` is followed."""
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    known: dict[int, int] = {}
    open_: set[int] = set()

    def drawn(element: Element) -> int:
        if id(element) in known:
            return known[id(element)]
        if id(element) in open_:
            raise LogoRefused.because("One of its parts uses itself.")
        open_.add(id(element))
        total = 1 + sum(drawn(child) for child in element)
        target = by_id.get((element.get(f"{{{XLINK}}}href") or "").removeprefix("#"))
        if target is not None:
            total += drawn(target)
        if total > MOST_DRAWN:
            raise LogoRefused.because("It repeats its own parts far too often. Save it as plain shapes.")
        open_.discard(id(element))
        known[id(element)] = total
        return total

    drawn(root)
