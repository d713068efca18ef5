"""Logos for the tests: good ones as other programs write them, and ones that were made to do harm."""

import base64
import struct
import zlib

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120"><rect width="300" height="120" rx="12" fill="#9A3412"/>'
    b'<circle cx="60" cy="60" r="34" fill="#fff"/><path d="M110 40h150v14H110zM110 68h110v14H110z" fill="#fff"/></svg>'
)


def svg(inside: str, attributes: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 40" '
        f"{attributes}>{inside}</svg>"
    ).encode()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 90, height: int = 30, *, rows: int | None = None, more: bytes = b"", colour: int = 2) -> bytes:
    """A plain picture; `rows` other than `height` is a lie about its size, `more` stands before its pixels."""
    row = b"\0" + b"\x9a\x34\x12" * width
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    pixels = zlib.compress(row * (height if rows is None else rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4QA2RXhpZgAATU0AKgAAAAgAAQEOAAIAAAAUAAAAGgAAAABUQUtFTiBBVCBIT01FIDUxLjVOAP/bAEMADQ"
    "kKCwoIDQsKCw4ODQ8TIBUTEhITJxweFyAuKTEwLiktLDM6Sj4zNkY3LC1AV0FGTE5SU1IyPlphWlBgSlFST//bAEMBDg4OExETJhUVJk81LTVP"
    "T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT//AABEIACgAeAMBIgACEQEDEQH/xAAaAAEAAwEBAQAAAA"
    "AAAAAAAAAABAUHBgID/8QAKhAAAgICAQIEBQUAAAAAAAAAAAECAwQRBRIhBjFBgQciUWFxIzKhweH/xAAZAQEAAwEBAAAAAAAAAAAAAAAAAgQF"
    "AwH/xAAdEQEBAAMBAQADAAAAAAAAAAAAAQIDEQQhIkFh/9oADAMBAAIRAxEAPwChPdNNuRbGqiqdtkvKEIuTfshRTZkX10Ux6rLJKEFvW23pGq"
    "8FwuNxGHXGFUHkuP6tvm5N62k9b6drsvt9Shr13Otjfvmqf1wEPCnOWVxnHAklJJrqshF+6b2iryMbIxbFXlUW0za2o2QcW19dM2ch8nxmHymM"
    "6cymM1pqM9fNDfrF+nkv7O2XnnPlVcPbe/lPjHwSOQwruOzrcPJUVbU9Ppe0+201+U0RyrZxoSyzsAAHoAAAAAAAAAALnwhCFnifCjOMZJOT01"
    "vuoNp+zSZqZjGLfPFy6cmtRc6ZxsipeTae+5rfFcjTynH1ZdEo6kvninvol6xf4/0tefKcsZ3twvZl+kwA+WVk04mNZkZNka6q1uUn6FlRk6z/"
    "AOIEIR56uUYxTnjxcml+59Ult+yS9jmCZy2fPlOTvzZ1xrdrXyp70kkl/CRDM7O9ytjb1Y3HCSgAIugAAAAAAAAAABIwc7K47JWRhXSqtSa2tP"
    "afo0+zAEvHlks5V/Dxzy0a4xlViTaSTlKEty+71LRScjymdylkJ52RK1wWo9kkvZdgCVzyvy1DHVhjeyIYAIugAAAAAAAAAAAAA//Z"
)
"""120 × 40, with a note in its EXIF data on where it was taken."""
PROGRESSIVE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4QA2RXhpZgAATU0AKgAAAAgAAQEOAAIAAAAUAAAAGgAAAABUQUtFTiBBVCBIT01FIDUxLjVOAP/bAEMADQ"
    "kKCwoIDQsKCw4ODQ8TIBUTEhITJxweFyAuKTEwLiktLDM6Sj4zNkY3LC1AV0FGTE5SU1IyPlphWlBgSlFST//bAEMBDg4OExETJhUVJk81LTVP"
    "T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT//CABEIACgAeAMBIgACEQEDEQH/xAAaAAEAAwADAAAAAA"
    "AAAAAAAAAAAwQGAQIF/8QAGAEBAAMBAAAAAAAAAAAAAAAAAAIDBAH/2gAMAwEAAhADEAAAAaHLV59mfq7SGdWPSR1aAAAAALmqxeutzzHS2jP+"
    "ZNDm2hyQAAACQL9I7GEckAAAAB//xAAhEAADAAEDBAMAAAAAAAAAAAABAgMwAAQUBRAREhMhM//aAAgBAQABBQLQBY8W5DKynGAWMIrJNUmlVo"
    "hm+Lafe579Q/fEp9WlQVnpmCrV/lpjR2m3Or4pV6nH/8QAHREAAgIBBQAAAAAAAAAAAAAAAQIDIAAQERJBUf/aAAgBAwEBPwF344JvbzDvRRsL"
    "hQL/AP/EABsRAAEEAwAAAAAAAAAAAAAAAAECAxEgABAx/9oACAECAQE/AUpnC3ds6Pbyb//EACMQAAEDAgUFAAAAAAAAAAAAAAEAAhEwMRASIS"
    "JBIDJxcqH/2gAIAQEABj8CUASV2fVDgR5qAC5Q03cnCHhFjrimzoHrTDhxqg4YFzjACL4iamZhgqzVvdNT/8QAIhABAAEDAwQDAAAAAAAAAAAA"
    "AREAIVEwMWEQIEFxobHh/9oACAEBAAE/IaMKTwE0EI75BUibgRqGXKQUKAs9n50jFcPk9VBRwaZBIO/12AGAuJ5u6bxyWCaSMvuYcdCwbhp1hg"
    "1J4aAQK8o3+aCLQ21P/9oADAMBAAIAAwAAABBrIIMMMMOoSMMMMMMKMMMMMMP/xAAaEQEAAwEBAQAAAAAAAAAAAAABABEgIUFh/9oACAEDAQE/"
    "EDP2PfHIIlmns8QLjCOkEpi1hv8A/8QAGREBAAMBAQAAAAAAAAAAAAAAAQARICEQ/9oACAECAQE/EEcCuMStBSeO0mhqLcXf/8QAIxABAQABAw"
    "MEAwAAAAAAAAAAAREhADCBMUFRECBhcaHB4f/aAAgBAQABPxDXQr45PBowoAlLkWmhCaUSk8x3JFAOyqw02O/LUygy5GD48+jkDEj1e67dD96F"
    "UPGqOKJ9ibZ2gVEuRo8IPsGAWIOqFeAONsakUdCjc6mODE3zL6/voLIqnbS3hmDYAB+A3AYmJSNHsjh04HAGl8mRphiZgAcGNz//2Q=="
)

GOOD = {
    "plain": SVG,
    "without a namespace": b'<svg viewBox="0 0 10 5"><rect width="10" height="5" fill="green"/></svg>',
    "a size and no box": b'<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="10mm"><path d="M0 0h9v9z"/></svg>',
    "with a byte order mark": b"\xef\xbb\xbf" + SVG,
    "Illustrator": b"""<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 27.0.0, SVG Export Plug-In -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" id="Layer_1" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" x="0px"
 y="0px" viewBox="0 0 200 80" style="enable-background:new 0 0 200 80;" xml:space="preserve">
<style type="text/css">.st0{fill:#0B6E4F;}.st1{clip-path:url(#SVGID_2_);}</style>
<g><defs><rect id="SVGID_1_" width="200" height="80"/></defs>
<clipPath id="SVGID_2_"><use xlink:href="#SVGID_1_" style="overflow:visible;"/></clipPath>
<path class="st0 st1" d="M0,0h200v80H0V0z"/></g></svg>""",
    "Inkscape": b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink" width="60mm" height="20mm" viewBox="0 0 60 20" inkscape:version="1.3">
<sodipodi:namedview id="base" inkscape:zoom="2"/><metadata><rdf:RDF/></metadata>
<defs><linearGradient id="a"><stop offset="0" style="stop-color:#123456"/></linearGradient>
<linearGradient id="b" xlink:href="#a" gradientUnits="userSpaceOnUse" x1="0" x2="60"/></defs>
<g inkscape:label="Layer 1"><rect width="60" height="20" style="fill:url(#b)"/>
<text x="4" y="14" style="font-size:10px;font-family:sans-serif;fill:#ffffff"><tspan>Hafan</tspan></text></g></svg>""",
}

_ENTITIES = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"ha") for n in range(9))
_USES = "".join(f'<g id="u{n}">' + f'<use xlink:href="#u{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))
EVIL = {
    "a script": svg("<script>alert(1)</script>"),
    "a script in no namespace": b'<svg viewBox="0 0 9 9"><script>alert(1)</script></svg>',
    "a script by another prefix": b'<x:svg xmlns:x="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><x:script/></x:svg>',
    "a handler": svg('<rect width="9" height="9" onclick="alert(1)"/>'),
    "a handler on the root": svg("", 'onload="alert(1)"'),
    "a handler in capitals": svg("", 'ONLOAD="alert(1)"'),
    "a web page inside": svg('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>'),
    "XHTML beside the shapes": svg('<h:iframe xmlns:h="http://www.w3.org/1999/xhtml" src="https://evil.example"/>'),
    "a picture from elsewhere": svg('<image href="https://evil.example/x.png" width="9" height="9"/>'),
    "a picture inside": svg('<image xlink:href="data:image/png;base64,AAAA" width="9" height="9"/>'),
    "a drawing from elsewhere": svg('<use xlink:href="https://evil.example/x.svg#a"/>'),
    "a file of the server": svg('<use href="file:///etc/passwd#a"/>'),
    "a script as an address": svg('<use href="javascript:alert(1)"/>'),
    "data as an address": svg('<use href="data:image/svg+xml,x#a"/>'),
    "a link": svg('<a xlink:href="https://evil.example"><rect width="9" height="9"/></a>'),
    "a fill from elsewhere": svg('<rect width="9" height="9" fill="url(https://evil.example/x.svg#a)"/>'),
    "a fill in quotes": svg("""<rect width="9" height="9" style="fill:url( 'https://evil.example/#a')"/>"""),
    "an import": svg("<style>@import url(https://evil.example/x.css);</style>"),
    "a font": svg("<style>@font-face{font-family:x;src:url(//evil.example/x.woff)}</style>"),
    "an escaped address": svg("<style>rect{fill:u\\72l(https://evil.example)}</style>"),
    "a hidden address": svg("<style>rect{fill:ur/**/l(https://evil.example)}</style>"),
    "an expression": svg('<rect width="9" height="9" style="width:expression(alert(1))"/>'),
    "an animation": svg('<rect width="9" height="9"><animate attributeName="x" to="9"/></rect>'),
    "a setting": svg('<rect width="9" height="9"><set attributeName="href" to="javascript:alert(1)"/></rect>'),
    "a filter": svg('<filter id="f"><feImage href="https://evil.example/x"/></filter>'),
    "entities": b"<!DOCTYPE svg [" + _ENTITIES + b"]>" + svg("<text>&e8;</text>"),
    "an entity from a file": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"),
    "a parameter entity": b'<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://evil.example/x.dtd">%x;]>' + svg(""),
    "uses of uses": svg('<rect id="u0" width="1" height="1"/>' + _USES + '<use xlink:href="#u8"/>'),
    "a use of itself": svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
    "a chain of uses": svg("".join(f'<g id="c{n}"><use href="#c{n + 1}"/></g>' for n in range(2_000))),
    "very many shapes": svg("<g/>" * 6_000),
    "very deep": svg("<g>" * 60_000 + "</g>" * 60_000),
    "no size": b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
    "a size of no number": svg("").replace(b"0 0 100 40", b"0 0 nan inf"),
    "a size of nothing": svg("").replace(b"0 0 100 40", b"0 0 0 40"),
    "a line": svg("").replace(b"0 0 100 40", b"0 0 1000 4"),
    "another kind of XML": b"<html><body>hello</body></html>",
    "no XML at all": b"<svg",
    "a packed SVG": b"\x1f\x8b\x08\x00",
    "nothing": b"",
    "a GIF": b"GIF89a\x01\x00\x01\x00",
    "a page that says it is a picture": b"GIF89a<script>alert(1)</script>",
    "a PDF": b"%PDF-1.7",
    "a PNG cut off": png()[:-20],
    "a PNG that is damaged": png().replace(b"IDAT", b"IDAX"),
    "a PNG with other pixels than it says": png(rows=3),
    "a PNG that unfolds to far more": png(rows=200_000),
    "a PNG that is too large": png(4_001, 20),
    "a PNG that is too small": png(8, 8),
    "a PNG of no known colour": png(colour=5),
    "a JPEG cut off": JPEG[:-9],
    "a JPEG of nothing": b"\xff\xd8\xff\xd9",
    "a JPEG for a printing press": JPEG.replace(b"\x08\x00\x28\x00\x78\x03", b"\x08\x00\x28\x00\x78\x04"),
    "a JPEG without losses": JPEG.replace(b"\xff\xc0", b"\xff\xc3"),
}
