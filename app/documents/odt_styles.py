"""The styles of the OpenDocument text: named as LibreOffice names its own, so that people can change them there."""

from collections.abc import Callable
from xml.sax.saxutils import escape

from app.documents.blocks import Composed
from app.documents.looks.template import DEFAULT, Template, sized
from app.documents.words import tag

LINE_CM = 16.4
QUIET = "#4A5462"
HAIR = "#C3CBD6"


def styles_xml(composed: Composed, template: Template, namespaces: str) -> str:
    font = template.font
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {namespaces} office:version="1.3">'
        f"<office:font-face-decls><style:font-face style:name=\"{font}\" svg:font-family=\"'{font}';Calibri;Carlito;Arial;'Liberation Sans'\"/>"
        '<style:font-face style:name="Courier New" svg:font-family="\'Courier New\'"/></office:font-face-decls>'
        f"<office:styles>{_defaults(composed, template)}{_paragraphs(template)}{_lists()}</office:styles>"
        f"<office:automatic-styles>{_layout(template)}</office:automatic-styles>"
        f"<office:master-styles>{_master(composed)}</office:master-styles></office:document-styles>"
    )


def _defaults(composed: Composed, template: Template) -> str:
    language, country = tag(composed.language).split("-")
    return (
        '<style:default-style style:family="paragraph"><style:paragraph-properties fo:orphans="2" fo:widows="2"/>'
        f'<style:text-properties style:font-name="{template.font}" fo:font-size="{DEFAULT.size}pt" '
        f'style:font-size-complex="{DEFAULT.size}pt" fo:language="{language}" fo:country="{country}" fo:color="#1A1A1A"/>'
        "</style:default-style>"
        '<style:default-style style:family="table"><style:table-properties table:border-model="collapsing"/></style:default-style>'
    )


def _style(name: str, paragraph: str = "", text: str = "", parent: str = "Standard", outline: int = 0) -> str:
    shown = name.replace("_20_", " ")
    level = f' style:default-outline-level="{outline}"' if outline else ""
    inside = f"<style:paragraph-properties {paragraph}/>" if paragraph and "<" not in paragraph else paragraph
    inside += f"<style:text-properties {text}/>" if text else ""
    above = f' style:parent-style-name="{parent}"' if parent else ""
    return (
        f'<style:style style:name="{name}" style:display-name="{shown}" style:family="paragraph"{above}{level}>'
        f"{inside}</style:style>"
    )


def _spaced(top: float, bottom: float, more: str = "") -> str:
    return f'fo:margin-top="{top}cm" fo:margin-bottom="{bottom}cm" {more}'


def _tab(position: float, more: str = "", kind: str = "left") -> str:
    stop = f'<style:tab-stop style:position="{position}cm" style:type="{kind}"/>'
    return f"<style:paragraph-properties {more}><style:tab-stops>{stop}</style:tab-stops></style:paragraph-properties>"


def _dotted(indent: float, top: float) -> str:
    """A line of the contents: dots up to its page number."""
    stop = (
        f'<style:tab-stop style:position="{LINE_CM - indent}cm" style:type="right" '
        'style:leader-style="dotted" style:leader-text="."/>'
    )
    more = _spaced(top, 0.05, f'fo:margin-left="{indent}cm" fo:margin-right="0.8cm"')
    return f"<style:paragraph-properties {more}><style:tab-stops>{stop}</style:tab-stops></style:paragraph-properties>"


def _paragraphs(template: Template) -> str:
    accent, tint = template.accent, template.tint
    quiet, strong = f'fo:color="{QUIET}"', f'fo:color="{accent}" fo:font-weight="bold"'
    body = _spaced(0, 0.25, 'fo:line-height="125%"')
    fact = round(4.2 * sized(DEFAULT.size, template) / DEFAULT.size, 2)
    rtl = ' style:writing-mode="rl-tb" fo:text-align="end"'
    made = [
        _style("Standard", parent=""),
        _style("Text_20_body", body),
        _style("Eyebrow", _spaced(3.5, 0.4), quiet),
        _style("Draft_20_Mark", _spaced(0, 0.2), f'{strong} fo:font-size="14pt"'),
        _style("Title", _spaced(0, 0.4), f'{strong} fo:font-size="30pt"'),
        _style("Subtitle", _spaced(0, 1.4), f'{quiet} fo:font-size="13pt"'),
        _style("Note", body, f'{quiet} fo:font-size="9pt"'),
        _style("Question", _spaced(0.1, 0.2, 'fo:keep-with-next="always"'), f'{quiet} fo:font-style="italic"'),
        _style("Count", _spaced(0, 0.25, 'fo:keep-with-next="always"'), f'fo:color="{accent}" fo:font-size="9.5pt"'),
        _style("Clause", _tab(1.3, _spaced(0.1, 0.2, 'fo:margin-left="1.3cm" fo:text-indent="-1.3cm"'))),
        _style("Fact", _tab(fact, _spaced(0, 0.1, f'fo:margin-left="{fact}cm" fo:text-indent="-{fact}cm"'))),
        _style("Quotations", _spaced(0.1, 0.25, f'fo:margin-left="0.8cm" fo:padding-left="0.3cm" fo:border-left="1.5pt solid {HAIR}"')),
        _style("Callout", _spaced(0.2, 0.3, f'fo:background-color="{tint}" fo:padding="0.25cm" fo:border-left="3pt solid {accent}"')),
        _style("Preformatted_20_Text", _spaced(0.1, 0.25, f'fo:background-color="{tint}" fo:padding="0.2cm"'), 'style:font-name="Courier New" fo:font-size="9pt"'),
        _style("Horizontal_20_Line", _spaced(0.2, 0.3, f'fo:border-bottom="0.5pt solid {HAIR}"')),
        _style("Page_20_Break", 'fo:break-before="page"'),
        _style("Gap", _spaced(0, 0.1), 'fo:font-size="6pt"'),
        _style("Figure", _spaced(0.2, 0.1, 'fo:keep-with-next="always"')),
        _style("Caption", _spaced(0, 0.35), f'{quiet} fo:font-weight="bold" fo:font-size="9.5pt"'),
        _style("Table_20_Caption", _spaced(0.3, 0.12, 'fo:keep-with-next="always"'), f'{quiet} fo:font-weight="bold" fo:font-size="9.5pt"'),
        _style("Table_20_Contents", _spaced(0.03, 0.03), 'fo:font-size="9.5pt"'),
        _style("Table_20_Contents_20_Right", 'fo:text-align="end"', parent="Table_20_Contents"),
        _style("Table_20_Heading", "", 'fo:font-weight="bold"', parent="Table_20_Contents"),
        _style("Table_20_Heading_20_Right", 'fo:text-align="end"', parent="Table_20_Heading"),
        _style("Table_20_Contents_20_Center", 'fo:text-align="center"', parent="Table_20_Contents"),
        _style("Table_20_Heading_20_Center", 'fo:text-align="center"', parent="Table_20_Heading"),
        _style("List_20_Text", _spaced(0, 0.1, 'fo:line-height="120%"')),
        _style("Contents_20_Heading", _spaced(0, 0.4, 'fo:break-before="page"'), f'{strong} fo:font-size="19pt"'),
        _style("Contents_20_1", _dotted(0, 0.15), 'fo:font-weight="bold"'),
        _style("Contents_20_2", _dotted(0.7, 0)),
        _style("Header", _tab(LINE_CM, kind="right"), f'{quiet} fo:font-size="8.5pt"'),
        _style("Footer", _tab(LINE_CM, kind="right"), f'{quiet} fo:font-size="8.5pt"'),
        _style("Text_20_body_20_RTL", body + rtl, parent="Text_20_body"),
    ]  # fmt: skip
    made += [
        _style(f"{name}_20_RTL", rtl, parent=name)
        for name in (
            "Note",
            "Question",
            "Quotations",
            "Callout",
            "Table_20_Contents",
            "Table_20_Heading",
            "List_20_Text",
        )
    ]
    for level, size in ((1, 19), (2, 14), (3, 12), (4, 11), (5, 10.5), (6, 10.5)):
        line = f' fo:border-bottom="1.2pt solid {accent}" fo:padding-bottom="0.12cm"' if level == 1 else ""
        spaced = _spaced(0.8 if level == 1 else 0.55, 0.3 if level == 1 else 0.2, f'fo:keep-with-next="always"{line}')
        made.append(_style(f"Heading_20_{level}", spaced, f'{strong} fo:font-size="{size}pt"', outline=level))
    made.append(_style("Heading_20_1_20_Page", 'fo:break-before="page"', parent="Heading_20_1", outline=1))
    made.append(
        '<style:style style:name="Index_20_Link" style:display-name="Index Link" style:family="text">'
        '<style:text-properties fo:color="#1A1A1A" style:text-underline-style="none"/></style:style>'
    )
    made.append(f'<style:style style:name="Quiet" style:family="text"><style:text-properties {quiet}/></style:style>')
    return "".join(made)


def cells(template: Template) -> str:
    """Tables and their cells: automatic styles of the content, since LibreOffice knows no common ones."""
    line = f'fo:border-top="0.5pt solid {HAIR}" fo:border-bottom="0.5pt solid {HAIR}"'
    cell = '<style:style style:name="{}" style:family="table-cell"><style:table-cell-properties fo:padding="0.09cm" {} {}/></style:style>'
    return (
        _table("Table", parted="true")
        + _table("Table_20_Together", parted="false")
        + cell.format("BodyCell", line, "")
        + cell.format("HeadCell", line, f'fo:background-color="{template.tint}"')
    )


def _table(name: str, *, parted: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table"><style:table-properties style:width="{LINE_CM}cm" '
        f'table:align="left" fo:keep-with-next="auto" style:may-break-between-rows="{parted}"/></style:style>'
    )


def aligned(name: str, style: str, side: str) -> str:
    """A paragraph style of the content: `style`, aligned to a side by a person."""
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{style}">'
        f'<style:paragraph-properties fo:text-align="{side}"/></style:style>'
    )


NUMBERS = {"1": "Numbers", "a": "Small_20_Letters", "A": "Letters", "i": "Small_20_Roman", "I": "Roman"}
"""The list style for each form of an ordered list."""


HANGING = 0.6
"""The room before an item of a list, in centimetres."""


def _list_style(name: str, number: Callable[[int], str], hanging: float = HANGING) -> str:
    """A list style that looks the same on each of its levels but for the indent and what `number` gives for the level."""
    made = []
    for level in range(1, 11):
        indent = f'fo:margin-left="{HANGING * (level - 1) + hanging:.2f}cm" fo:text-indent="-{hanging:.2f}cm"'
        place = (
            '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
            f'<style:list-level-label-alignment text:label-followed-by="listtab" {indent}/></style:list-level-properties>'
        )
        kind, _, attributes = number(level).partition(" ")
        tag_name = f"text:list-level-style-{kind}"
        made.append(f'<{tag_name} text:level="{level}" {attributes}>{place}</{tag_name}>')
    shown = f' style:display-name="{name.replace("_20_", " ")}"'
    return f'<text:list-style style:name="{name}"{shown}>{"".join(made)}</text:list-style>'


def number_style(name: str, form: str, label: str, hanging: float) -> str:
    """A list style for one list whose numbers need more room, or for one item with `label` in place of a number."""
    words = f'style:num-prefix="{label}"' if label else 'style:num-suffix="."'
    return _list_style(name, lambda _: f'number style:num-format="{form}" {words}', hanging)


def _lists() -> str:
    bullets = _list_style("Bullets", lambda level: f'bullet text:bullet-char="{"•" if level % 2 else "–"}"')
    return bullets + "".join(number_style(name, form, "", HANGING) for form, name in NUMBERS.items())


def _layout(template: Template) -> str:
    width, height = ("21.59cm", "27.94cm") if template.paper == "us-letter" else ("21cm", "29.7cm")
    space = '<style:{0}-style><style:header-footer-properties fo:min-height="0.8cm" fo:margin-{1}="0.3cm"/></style:{0}-style>'
    return (
        f'<style:page-layout style:name="Page"><style:page-layout-properties fo:page-width="{width}" '
        f'fo:page-height="{height}" fo:margin="2cm" fo:margin-left="2.3cm" fo:margin-right="2.3cm"/>'
        + space.format("header", "bottom")
        + space.format("footer", "top")
        + "</style:page-layout>"
    )


def _master(composed: Composed) -> str:
    draft = f"<text:tab/>{escape(composed.draft)}" if composed.draft else ""
    before, _, rest = composed.page_words.partition("{page}")
    between, _, after = rest.partition("{pages}")
    pages = (
        f'{escape(before)}<text:page-number text:select-page="current">1</text:page-number>{escape(between)}'
        f"<text:page-count>1</text:page-count>{escape(after)}"
    )
    footer = escape(composed.footer) if composed.footer != composed.title else ""
    return (
        '<style:master-page style:name="Standard" style:page-layout-name="Page">'
        f'<style:header><text:p text:style-name="Header">{escape(composed.title)}{draft}</text:p></style:header>'
        f'<style:footer><text:p text:style-name="Footer">{footer}<text:tab/>{pages}</text:p></style:footer></style:master-page>'
    )
