"""What kind of text a file is: its encoding, its separator, its header."""

import unicodedata

# Files that people upload by mistake: zip (xlsx, docx), old Excel, PDF, images, executables.
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF")
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"


def is_binary(head: bytes) -> bool:
    return head.startswith(_BINARY)


def encoding_of(head: bytes, whole_is_utf8: bool) -> str:
    """The encoding, from the first bytes and from whether the whole file decodes as UTF-8.

    Chinese files that are not Unicode are read as GB18030, which contains GBK and GB2312.
    """
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) >= 4 and odd > len(head) // 8 and even < odd // 4:
        return "utf-16-le"
    if len(head) >= 4 and even > len(head) // 8 and odd < even // 4:
        return "utf-16-be"
    return "utf-8" if whole_is_utf8 else "gb18030"


def separator_of(line: str) -> str:
    """The separator that cuts the first line into most cells, quoted text left aside."""
    bare, quoted = [], False
    for letter in line:
        if letter == '"':
            quoted = not quoted
        elif not quoted:
            bare.append(letter)
    text = "".join(bare)
    return max([",", ";", "\t", "，", "|"], key=lambda mark: (text.count(mark), mark == ","))


def header_key(text: str) -> str:
    """Headers are compared without case, width, blanks and the asterisk that marks a required column."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
