"""The XML of Word that python-docx leaves to hand: fields, bookmarks, links, numberings, languages, SVG."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt


def element(tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def font(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = name, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), name)
    for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(kind), None)


def lines(paragraph: Any, value: str, bold: bool = False) -> None:
    for index, line in enumerate(value.split("\n")):
        run = paragraph.add_run()
        if index:
            run.add_break()
        run.add_text(line)
        run.bold = bold or None


def bottom_line(styled: Any, colour: str) -> None:
    target = styled.element if hasattr(styled, "element") else styled._p
    borders = OxmlElement("w:pBdr")
    borders.append(element("w:bottom", val="single", sz="8", space="4", color=colour.lstrip("#")))
    target.get_or_add_pPr().append(borders)


def field(paragraph: Any, instruction: str, shown: str) -> None:
    field_start(paragraph, instruction)
    paragraph.add_run(shown)
    field_end(paragraph)


def field_start(paragraph: Any, instruction: str) -> None:
    begin = paragraph.add_run()
    begin._r.append(element("w:fldChar", fldCharType="begin"))
    words = OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {instruction} "
    paragraph.add_run()._r.append(words)
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="separate"))


def field_end(paragraph: Any) -> None:
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))


def bookmark_name(identity: str) -> str:
    return "_" + identity.replace("-", "_")[:38]


def bookmark(paragraph: Any, name: str, identity: int) -> None:
    start = element("w:bookmarkStart", id=str(identity), name=name)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(element("w:bookmarkEnd", id=str(identity)))


def internal_link(paragraph: Any, bookmark: str, words: str) -> None:
    link = element("w:hyperlink", anchor=bookmark, history="1")
    run = paragraph.add_run(words)
    link.append(run._r)
    paragraph._p.append(link)


def external_link(paragraph: Any, address: str, words: str) -> Any:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(words)
    link.append(run._r)
    paragraph._p.append(link)
    return run


NUMBER_FORMATS: Final[Mapping[str, str]] = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
}  # fmt: skip


def new_numbering(
    document: Any, style: str, start: int, form: str = "1", label: str | None = None, wider: int = 0
) -> int:
    """A numbering of its own for each ordered list: otherwise the second list would go on counting from the first.

    With `label` its numbers are these words, for an item whose number Word would write in another way. `wider`: by how
    many twentieths of a point its numbers need more room than usual.
    """
    numbering = document.part.numbering_part.element
    shared = document.styles[style].element.pPr.numPr.numId.val
    abstract = next(num for num in numbering.num_lst if num.numId == shared).abstractNumId.val
    made = numbering.add_num(abstract)
    override = made.add_lvlOverride(ilvl=0)
    override.add_startOverride(start)
    if form != "1" or label is not None or wider:
        [level] = numbering.xpath(f"w:abstractNum[@w:abstractNumId='{abstract}']/w:lvl[@w:ilvl='0']")
        level = deepcopy(level)
        level.remove(level.find(qn("w:pStyle")))
        level.find(qn("w:start")).set(qn("w:val"), str(start))
        level.find(qn("w:numFmt")).set(qn("w:val"), "none" if label is not None else NUMBER_FORMATS[form])
        if label is not None:
            level.find(qn("w:lvlText")).set(qn("w:val"), label)
        for part, names in ((".//w:tab", ("w:pos",)), (".//w:ind", ("w:left", "w:hanging"))):
            place = level.find(part, {"w": level.nsmap["w"]})
            for name in names:
                place.set(qn(name), str(int(place.get(qn(name))) + wider))
        override.append(level)
    return int(made.numId)


def numbered(paragraph: Any, number: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number


def svg_extension(related: str) -> Any:
    main, office = (
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        "http://schemas.microsoft.com/office/drawing",
    )
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return parse_xml(
        f'<a:extLst xmlns:a="{main}"><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
        f'<asvg:svgBlip xmlns:asvg="{office}/2016/SVG/main" xmlns:r="{relations}" r:embed="{related}"/></a:ext></a:extLst>'
    )
