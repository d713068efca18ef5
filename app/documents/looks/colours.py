"""Colours that people can read: WCAG's contrast of two of them, and a light tint made from a strong one."""

WHITE, INK = "#FFFFFF", "#1A1A1A"
TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of ordinary size."""


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours written as #RRGGBB, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tint_of(accent: str) -> str:
    """The lightest wash of a colour on which text in that colour can still be read; white where there is none."""
    for share in (0.08, 0.06, 0.04, 0.02):
        tint = "#" + "".join(f"{round(255 - (255 - channel) * share):02X}" for channel in _channels(accent))
        if contrast(accent, tint) >= TEXT_CONTRAST:
            return tint
    return WHITE


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    channels = (value / 255 for value in _channels(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
