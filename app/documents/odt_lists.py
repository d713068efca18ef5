"""Lists in an OpenDocument text, with their numbers or letters, their own styles, and the tables among their items."""

from collections.abc import Callable, Sequence

from app.documents.blocks import Block
from app.documents.looks.template import Template
from app.documents.odt_styles import HANGING, NUMBERS, number_style
from app.platform.richtext.list_labels import standard

_WIDE = frozenset({"table", "dataTable", "figure"})
"""What stands in no list of an OpenDocument text."""
CM_OF_POINT = 2.54 / 72


class Lists:
    """Writes lists, and collects the styles that they need. `block` writes what stands in an item."""

    def __init__(self, template: Template, block: Callable[[Block, str], str]) -> None:
        self._size, self._block = template.size, block
        self._styles: dict[tuple[str, str, float], str] = {}
        """Names of list styles, by the form of their numbers or the words in their place, and the room for them."""

    def styles(self) -> str:
        return "".join(number_style(name, *key) for key, name in self._styles.items())

    def of(self, b: Block, level: int = 1) -> str:
        """The items of a list share one element, unless a number must be written out, or tables stand among them."""
        if any(_WIDE & _kinds(item["content"]) for item in b["content"]):
            return self._apart(b, level)
        if b["type"] == "orderedList" and not _counted(b):
            return "".join(self._items([item], self._list_style(b, item), 1) for item in b["content"])
        return self._items(b["content"], self._list_style(b, b["content"][0]), b.get("start"))

    def _items(self, items: Sequence[Block], style: str, start: int | None) -> str:
        made = []
        for index, item in enumerate(items):
            first = f' text:start-value="{start}"' if start is not None and index == 0 else ""
            inside = "".join(self._block(child, "List_20_Text") for child in item["content"])
            made.append(f"<text:list-item{first}>{inside}</text:list-item>")
        return f'<text:list text:style-name="{style}">{"".join(made)}</text:list>'

    def _apart(self, b: Block, level: int) -> str:
        """A list with tables among its items. No item of ODF holds a table, so each item is a list of its own, which says
        at what number it begins."""
        made = []
        for index, item in enumerate(b["content"]):
            style = self._list_style(b, item)
            number = f' text:start-value="{b["start"] + index if _counted(b) else 1}"' if "start" in b else ""
            opened, closed = f'<text:list text:style-name="{style}">', "</text:list>"
            outer = (level - 1) * f"{opened}<text:list-item>", (level - 1) * f"</text:list-item>{closed}"
            for place, child in enumerate(item["content"]):
                if child["type"] in ("bulletList", "orderedList"):
                    made.append(self._apart(child, level + 1))
                elif _WIDE & _kinds([child]):
                    made.append(self._block(child, "List_20_Text"))
                else:
                    kind = ("list-item", number) if place == 0 else ("list-header", "")
                    inside = f"<text:{kind[0]}{kind[1]}>{self._block(child, 'List_20_Text')}</text:{kind[0]}>"
                    made.append(f"{outer[0]}{opened}{inside}{closed}{outer[1]}")
        return "".join(made)

    def _list_style(self, b: Block, item: Block) -> str:
        """The name of the style for this list, or for this item where its number must be written out."""
        if b["type"] == "bulletList":
            return "Bullets"
        hanging = round((b["widest"] + 0.35) * self._size * CM_OF_POINT, 2)
        form, label = (b["form"], "") if _counted(b) else ("", item["label"])
        if form and hanging <= HANGING:
            return NUMBERS[form]
        return self._styles.setdefault((form, label, max(hanging, HANGING)), f"L{len(self._styles) + 1}")


def _counted(b: Block) -> bool:
    """Whether word processors write the numbers of this list by themselves."""
    return standard(b["form"], b["start"], b["start"] + len(b["content"]) - 1) if "start" in b else False


def _kinds(blocks: Sequence[Block]) -> set[str]:
    """The kinds of these blocks, and of those in their lists and quotations."""
    found = {block["type"] for block in blocks}
    for block in blocks:
        if block["type"] in ("bulletList", "orderedList", "listItem", "blockquote"):
            found |= _kinds(block["content"])
    return found
