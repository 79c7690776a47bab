"""PDF files made by hand: glyphs drawn one by one, wherever and in whatever order a test wants them."""

import re
from dataclasses import dataclass

EM = 10
WIDTH = 0.5  # of an em, for every glyph


@dataclass(frozen=True)
class Drawn:
    """What one glyph says it is (several letters for a ligature), and where it stands."""

    text: str
    x: float
    y: float
    size: float = EM


def line(text: str, right: float, y: float, *, size: float = EM, spaces: bool = True) -> list[Drawn]:
    """Draw Arabic from right to left and words of ASCII from left to right, one glyph a letter, in the text's order.

    A lam with its alef is one glyph, a vowel sign stands over the letter before it. Without `spaces` gaps do.
    """
    drawn: list[Drawn] = []
    x = right
    for piece in re.findall(r"[0-9A-Za-z]+(?:[./:-][0-9A-Za-z]+)*|ل[اأإآ]|.", text):
        if "\u064b" <= piece <= "\u0652":
            drawn.append(Drawn(piece, x, y + 0.2 * size, size))
            continue
        letters = [piece] if piece[0] == "ل" else list(piece)
        x -= size * WIDTH * len(letters)
        if piece != " " or spaces:
            drawn += [Drawn(letter, x + size * WIDTH * place, y, size) for place, letter in enumerate(letters)]
    return drawn


def pdf(*pages: list[Drawn], title: str = "", locked: bool = False, picture: bool = False) -> bytes:
    """A PDF of these pages; `picture` draws an image on each, `locked` needs a password that nobody knows."""
    codes = {text: code for code, text in enumerate(sorted({one.text for page in pages for one in page}), 1)}
    objects: list[bytes] = []

    def add(body: str | bytes) -> int:
        objects.append(body.encode("ascii") if isinstance(body, str) else body)
        return len(objects)

    def stream(content: str, head: str = "") -> str:
        return f"<< /Length {len(content)} {head} >>\nstream\n{content}\nendstream"

    def utf16(text: str) -> str:
        return text.encode("utf-16-be").hex()

    add("<< /Type /Catalog /Pages 2 0 R >>")
    add("")  # the tree of pages, when they are numbered
    mapped = "".join(f"<{code:02x}> <{utf16(text)}>\n" for text, code in codes.items())
    names = add(
        stream(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            "1 begincodespacerange <00> <ff> endcodespacerange\n"
            f"{len(codes)} beginbfchar\n{mapped}endbfchar\nendcmap end end"
        )
    )
    box = add(stream("500 0 0 0 500 700 d1 0 0 500 700 re f"))
    blank = add(stream("500 0 d0"))
    glyphs = " ".join(f"/g{code}" for code in codes.values())
    drawings = " ".join(f"/g{code} {blank if text == ' ' else box} 0 R" for text, code in codes.items())
    font = add(
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [0.001 0 0 0.001 0 0] /Resources << >> "
        f"/FirstChar 1 /LastChar {len(codes)} /Widths [{' 500' * len(codes)}] /ToUnicode {names} 0 R "
        f"/Encoding << /Differences [1 {glyphs}] >> /CharProcs << {drawings} >> >>"
    )
    image = add(
        stream("00>", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
               "/Filter /ASCIIHexDecode")
    )  # fmt: skip
    kids = []
    for page in pages:
        shown = "\n".join(
            f"/F {one.size} Tf 1 0 0 1 {one.x:.2f} {one.y:.2f} Tm <{codes[one.text]:02x}> Tj" for one in page
        )
        content = add(stream(("q 99 0 0 99 50 50 cm /I Do Q\n" if picture else "") + f"BT\n{shown}\nET"))
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {content} 0 R "
                f"/Resources << /Font << /F {font} 0 R >> /XObject << /I {image} 0 R >> >> >>"
            )
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode()
    info = add(f"<< /Title <feff{utf16(title)}> /CreationDate (D:20200102030405Z) >>")
    trailer = f"/Root 1 0 R /Info {info} 0 R"
    if locked:
        lock = add(f"<< /Filter /Standard /V 1 /R 2 /O <{'ab' * 32}> /U <{'cd' * 32}> /P -4 >>")
        trailer += f" /Encrypt {lock} 0 R /ID [<{'ef' * 16}> <{'ef' * 16}>]"
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer\n<< /Size {len(objects) + 1} {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
