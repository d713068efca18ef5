"""HTML in one file: WCAG 2.2 AA, no script, nothing loaded from elsewhere, prints well, reads on a telephone."""

from collections.abc import Sequence
from html import escape
from typing import Any

from app.documents.blocks import Block, Composed, Inline
from app.documents.looks.template import DEFAULT, Logo, Template, box_of, data_uri
from app.documents.words import Words


def render(composed: Composed, *, template: Template = DEFAULT) -> bytes:
    writer = _Writer()
    words = Words.of(composed.language)
    body = "".join(writer.block(block) for block in composed.body)
    return _page(composed, template, words, body, _contents(composed)).encode()


def _page(composed: Composed, template: Template, words: Words, body: str, contents: str) -> str:
    cover = composed.cover
    draft = f'<p class="draft">{escape(composed.draft)}</p>' if composed.draft else ""
    logo = _logo(template.logo) if template.logo else ""
    rows = "".join(f"<div><dt>{escape(label)}</dt><dd>{_lines(value)}</dd></div>" for label, value in cover["rows"])
    subtitle = f"<p>{escape(cover['subtitle'])}</p>" if cover["subtitle"] else ""
    note = f"<p>{_lines(cover['note'])}</p>" if cover["note"] else ""
    return (
        f'<!doctype html>\n<html lang="{escape(composed.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(composed.title)}</title>\n'
        f'<meta name="author" content="{escape(composed.author)}">\n'
        f"<style>{_style(composed, template)}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#text">{escape(words("html.skip"))}</a>\n'
        f'<header class="cover">{draft}<p class="eyebrow">{escape(cover["eyebrow"])}</p><h1>{escape(cover["title"])}</h1>'
        f'{subtitle}</header>\n<section class="about" aria-label="{escape(words("html.about"))}">{logo}<dl class="facts">{rows}</dl>{note}</section>\n'
        f'{contents}<main id="text">\n{body}</main>\n<footer>{draft}<p>{escape(composed.footer)}</p></footer>\n</body>\n</html>\n'
    )


def _logo(logo: Logo) -> str:
    """The logo as an image of its own, in which no script runs, with its text alternative."""
    width, height = (f"{side:.2f}cm" for side in box_of(logo))
    return f'<p class="logo"><img src="{data_uri(logo)}" alt="{escape(logo.alt)}" style="width:{width};height:{height}"></p>'


def _contents(composed: Composed) -> str:
    """Parts and chapters; the headings that people wrote within their texts stay out."""
    entries = [b for b in composed.body if b["type"] == "heading" and b["level"] < 3 and b.get("id")]
    if not composed.contents_title or not entries:
        return ""
    items = "".join(
        f'<li class="level{b["level"]}"><a href="#{escape(b["id"])}">{_numbered(b, _inline(b["content"]))}</a></li>'
        for b in entries
    )
    title = escape(composed.contents_title)
    return f'<nav aria-labelledby="contents"><h2 id="contents">{title}</h2><ul>{items}</ul></nav>\n'


def _numbered(block: Block, title: str) -> str:
    return f"{escape(block['number'])} {title}" if block.get("number") else title


class _Writer:
    """Blocks as HTML. Headings move one level down, since the page's own title is its `h1`."""

    def __init__(self) -> None:
        self.figures = 0

    def block(self, block: Block) -> str:
        return str(getattr(self, f"_{block['type']}")(block))

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "".join(self.block(block) for block in blocks)

    def _heading(self, b: Block) -> str:
        level = min(b["level"] + 1, 6)
        identity = f' id="{escape(b["id"])}"' if b.get("id") else ""
        return f"<h{level}{identity}{_language(b)}>{_numbered(b, _inline(b['content']))}</h{level}>\n"

    def _paragraph(self, b: Block) -> str:
        kinds = " ".join(filter(None, [b["role"] if b["role"] != "body" else "", b.get("align")]))
        role = f' class="{kinds}"' if kinds else ""
        number = f"<span class='number'>{escape(b['number'])}</span> " if b.get("number") else ""
        return f"<p{role}{_language(b)}>{number}{_inline(b['content'])}</p>\n"

    def _bulletList(self, b: Block) -> str:
        return f"<ul{_language(b)}>{self._items(b)}</ul>\n"

    def _orderedList(self, b: Block) -> str:
        start = f' start="{int(b["start"])}"' if b["start"] != 1 else ""
        form = f' type="{b["form"]}"' if b["form"] != "1" else ""
        return f"<ol{form}{start}{_language(b)}>{self._items(b)}</ol>\n"

    def _items(self, b: Block) -> str:
        return "".join(f"<li>{self.blocks(item['content'])}</li>" for item in b["content"])

    def _blockquote(self, b: Block) -> str:
        return f"<blockquote{_language(b)}>{self.blocks(b['content'])}</blockquote>\n"

    def _codeBlock(self, b: Block) -> str:
        return f'<pre tabindex="0"><code>{escape(b["text"])}</code></pre>\n'

    def _rule(self, _: Block) -> str:
        return "<hr>\n"

    def _callout(self, b: Block) -> str:
        return f'<div class="callout">{self.blocks(b["content"])}</div>\n'

    def _facts(self, b: Block) -> str:
        rows = "".join(f"<div><dt>{escape(label)}</dt><dd>{_lines(value)}</dd></div>" for label, value in b["rows"])
        return f'<dl class="facts">{rows}</dl>\n'

    def _figure(self, b: Block) -> str:
        self.figures += 1
        drawing = svg_image(b["svg"], b["alt"], f"figure-{self.figures}")
        return f"<figure>{drawing}<figcaption>{escape(b['caption'])}</figcaption></figure>\n"

    def _dataTable(self, b: Block) -> str:
        kinds = [f' class="{c["align"]}"' if c["align"] != "left" else "" for c in b["columns"]]
        head = "".join(
            f'<th scope="col"{k}>{escape(c["label"])}</th>' for c, k in zip(b["columns"], kinds, strict=True)
        )
        rows = []
        for index, row in enumerate(b["rows"]):
            total = ' class="total"' if b["total"] and index == len(b["rows"]) - 1 else ""
            first = f'<th scope="row">{_lines(row[0])}</th>'
            cells = "".join(f"<td{k}>{_lines(cell)}</td>" for cell, k in zip(row[1:], kinds[1:], strict=True))
            rows.append(f"<tr{total}>{first}{cells}</tr>")
        caption = f"<caption>{escape(b['caption'])}</caption>" if b["caption"] else ""
        label = f' role="region" aria-label="{escape(b["caption"])}"' if b["caption"] else ""
        table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        return f'<div class="wide" tabindex="0"{label}>{table}</div>\n'

    def _table(self, b: Block) -> str:
        head = "".join(self._row(row, True) for row in b["rows"][: b["headers"]])
        body = "".join(self._row(row, False) for row in b["rows"][b["headers"] :])
        inside = _columns(b) + f"<thead>{head}</thead>" + (f"<tbody>{body}</tbody>" if body else "")
        return f'<div class="wide" tabindex="0"{_language(b)}><table class="own">{inside}</table></div>\n'

    def _row(self, row: Sequence[dict[str, Any]], head: bool) -> str:
        cells = []
        for cell in row:
            spans = "".join(f' {name}="{cell[name]}"' for name in ("colspan", "rowspan") if cell[name] > 1)
            inside = self.blocks(cell["content"])
            if (head or cell["header"]) and inside:
                cells.append(f'<th scope="{"col" if head else "row"}"{spans}>{inside}</th>')
            else:
                cells.append(f"<td{spans}>{inside}</td>")
        return f"<tr>{''.join(cells)}</tr>"


def _columns(b: Block) -> str:
    """The widths of columns where a person drew them; a browser chooses better than we do where nobody did."""
    if not b["sized"]:
        return ""
    whole = sum(b["widths"])
    drawn = "".join(f'<col style="width:{100 * width / whole:.1f}%">' for width in b["widths"])
    return f"<colgroup>{drawn}</colgroup>"


def _language(block: Block) -> str:
    found = f' lang="{escape(block["lang"])}"' if block.get("lang") else ""
    return found + (' dir="rtl"' if block.get("dir") == "rtl" else "")


def _lines(value: str) -> str:
    return "<br>".join(escape(line) for line in value.split("\n"))


def _inline(runs: Sequence[Inline]) -> str:
    return "".join(_run(run) for run in runs)


_TAGS = (("code", "code"), ("strike", "s"), ("underline", "u"), ("italic", "em"), ("bold", "strong"))


def _run(run: Inline) -> str:
    if run["type"] == "break":
        return "<br>"
    out = escape(run["text"])
    for mark, tag in _TAGS:
        if run.get(mark):
            out = f"<{tag}>{out}</{tag}>"
    if run.get("link"):
        out = f'<a href="{escape(run["link"])}" rel="noreferrer">{out}</a>'
    return out


def svg_image(svg: str, alt: str, identity: str) -> str:
    """The drawing within the page, which screen readers present as one picture. Its ids are made unique in the page."""
    unique = svg.replace('id="shade', f'id="{identity}-shade').replace("url(#shade", f"url(#{identity}-shade")
    head = f'<svg role="img" aria-labelledby="{identity}" '
    return unique.replace("<svg ", head, 1).replace(">", f'><title id="{identity}">{escape(alt)}</title>', 1)


def _families(template: Template) -> str:
    names = dict.fromkeys([template.font, "FiraGO", "Noto Sans"])
    return ",".join(f"'{name}'" if " " in name else name for name in names)


_SMALL = ".note,.count,.facts dt,table,caption,figcaption,footer,pre,code"


def _printed(template: Template) -> str:
    """Paper and sizes for print; on a screen, readers choose their own."""
    paper = "size:letter;" if template.paper == "us-letter" else ""
    least = template.minimum_size
    small = f"{_SMALL}{{font-size:max({least:g}pt,.9rem)}}" if least else ""
    return f"@page{{{paper}margin:20mm 18mm}}body{{font-size:{template.size:g}pt}}{small}"


def _style(composed: Composed, template: Template) -> str:
    mark = ""
    if composed.draft:
        words = composed.draft.replace("\\", "").replace('"', "").replace("<", "")
        mark = f'@media print{{body::before{{content:"{words}";position:fixed;top:4mm;right:6mm;font-weight:700}}}}'
    return (
        f":root{{--accent:{template.accent};--tint:{template.tint};--quiet:#4A5462;--hair:#C3CBD6}}"
        "*{box-sizing:border-box}body{margin:0;font:1rem/1.55 "
        f"{_families(template)},system-ui,sans-serif;"
        "color:#1A1A1A;"
        "background:#fff;overflow-wrap:break-word}"
        ".skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:#fff;color:#000;padding:.6rem}"
        "header.cover{background:var(--accent);color:#fff;padding:4rem max(1.2rem,calc(50vw - 24rem)) 2rem}"
        "header h1{font-size:2.4rem;line-height:1.15;margin:3rem 0 .6rem}.eyebrow{letter-spacing:.05em;margin:0}"
        ".draft{float:right;margin:0;border:2px solid;border-radius:3px;padding:.1rem .7rem;font-weight:700;letter-spacing:.08em}"
        "nav,main,.about,footer{max-width:50rem;margin:0 auto;padding:1.2rem}"
        "nav ul{list-style:none;padding:0}nav .level2{padding-left:1.6rem}nav .level1{font-weight:700;margin-top:.5rem}"
        "nav a{display:inline-block;max-width:100%;padding:.2rem 0}"
        "h2,h3,h4,h5,h6{color:var(--accent);line-height:1.25;margin:2rem 0 .7rem}"
        "h2{font-size:1.8rem;border-bottom:2px solid var(--accent);padding-bottom:.3rem;margin-top:3rem}"
        "h3{font-size:1.35rem}h4{font-size:1.12rem}h5,h6{font-size:1rem}"
        "a{color:var(--accent)}a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}"
        ".note,.question{color:var(--quiet)}.note{font-size:.9rem}.question{font-style:italic}"
        ".count{color:var(--accent);font-size:.92rem;font-weight:500}.clause .number{font-weight:700;margin-right:.6rem}"
        ".wide{overflow-x:auto;margin:1.2rem 0}table{border-collapse:collapse;width:100%;font-size:.94rem}"
        "caption{text-align:left;font-weight:700;color:var(--quiet);padding-bottom:.4rem}"
        "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--hair)}"
        "tbody th{font-weight:400}thead th{background:var(--tint);border-top:2px solid var(--accent)}"
        ".own tbody th,.total th,.total td{font-weight:700}.own th{background:var(--tint)}.own p{margin:.2rem 0}"
        ".total th,.total td{border-top:2px solid var(--accent);background:var(--tint)}"
        ".left{text-align:left}.right{text-align:right}.center{text-align:center}.justify{text-align:justify}"
        ".facts{border-left:4px solid var(--accent);padding-left:1rem;margin:1rem 0}"
        ".facts div{display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin:.35rem 0}.facts dt{flex:0 0 11rem;color:var(--quiet)}"
        ".facts dd{margin:0;flex:1 1 16rem;min-width:0}"
        "blockquote{margin:1rem 0;padding-left:1rem;border-left:4px solid var(--hair)}"
        "pre{background:var(--tint);padding:.8rem;overflow-x:auto}figure{margin:1.4rem 0}svg{max-width:100%;height:auto}"
        "figcaption{font-weight:700;color:var(--quiet);font-size:.94rem}"
        ".callout{background:var(--tint);border-left:5px solid var(--accent);padding:.4rem 1rem;margin:1rem 0}"
        "footer{border-top:1px solid var(--hair);color:var(--quiet);font-size:.9rem}"
        "@media print{" + _printed(template) + "nav,.skip{display:none}"
        "h2,h3,h4{break-after:avoid}tr,figure{break-inside:avoid}thead{display:table-header-group}"
        "header.cover{-webkit-print-color-adjust:exact;print-color-adjust:exact}}" + mark
    )
