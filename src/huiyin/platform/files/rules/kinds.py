"""What kind of file this really is, by its content; and why some are not taken.

Taken: photographs, PDF without active content, plain text, sound, video, Office documents without macros.
Archives, programs, pages (HTML, SVG) and everything unknown are not.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from huiyin.platform.files.rules import limits
from huiyin.platform.files.rules.names import extensions

Why = Literal[
    "empty", "large", "type", "page", "script", "program", "archive", "macro", "locked", "image", "virus", "name"
]


@dataclass(frozen=True)
class Kind:
    extension: str
    mime: str
    also: frozenset[str] = frozenset()


class NotTaken(ValueError):
    """Why a file is refused."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


JPEG = Kind("jpg", "image/jpeg", frozenset({"jpeg", "jpe", "jfif"}))
PNG = Kind("png", "image/png")
GIF = Kind("gif", "image/gif")
WEBP = Kind("webp", "image/webp")
HEIC = Kind("heic", "image/heic", frozenset({"heif"}))
PDF = Kind("pdf", "application/pdf")
TEXT = Kind("txt", "text/plain", frozenset({"text", "log", "csv", "md", "eml"}))
MP3 = Kind("mp3", "audio/mpeg")
M4A = Kind("m4a", "audio/mp4", frozenset({"aac", "mp4"}))
WAV = Kind("wav", "audio/wav")
AMR = Kind("amr", "audio/amr")
OGG = Kind("ogg", "audio/ogg", frozenset({"oga", "opus"}))
MP4 = Kind("mp4", "video/mp4", frozenset({"mov", "m4v", "3gp", "m4a"}))
DOCX = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
PPTX = Kind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation")
TAKEN = (JPEG, PNG, GIF, WEBP, HEIC, PDF, TEXT, MP3, M4A, WAV, AMR, OGG, MP4, DOCX, XLSX, PPTX)
IMAGES = (JPEG, PNG, GIF, WEBP)

_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|form|base|meta|link|xsl:|\?xml)",
    re.IGNORECASE,
)
_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)
_ACTIVE_PDF = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFile|EmbeddedFiles|RichMedia|XFA|SubmitForm|ImportData|OpenAction|AA)(?=[\s/<\[({)>\]]|\Z)"
)
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_MOST_ESCAPES, _MOST_STREAMS = 500_000, 10_000
_STREAM = re.compile(rb"stream\r?\n")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!", b"dex\n")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"MSCF", b"xar!")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOISE = {"exe", "com", "bat", "cmd", "scr", "pif", "js", "jse", "vbs", "vbe", "wsf", "hta", "msi", "jar", "ps1", "sh",
          "php", "phtml", "asp", "aspx", "jsp", "py", "pl", "lnk", "dll", "apk", "html", "htm", "xhtml", "svg", "svgz",
          "swf", "iso", "img", "reg", "chm", "docm", "xlsm", "pptm", "dotm", "xltm"}  # fmt: skip


def kind_of(name: str, content: bytes) -> Kind:
    """The kind, or NotTaken. The name counts against a file, never for it."""
    if not content:
        raise NotTaken("empty")
    if _EICAR in content[:4096]:
        raise NotTaken("virus")
    said = extensions(name)
    if any(part in _NOISE for part in said):
        raise NotTaken("page" if said[-1] in ("html", "htm", "xhtml", "svg", "svgz") else "program")
    found = _by_content(content)
    if said and said[-1] not in {found.extension, *found.also} and said[-1] in _KNOWN_EXTENSIONS:
        raise NotTaken("name")
    return found


def _by_content(content: bytes) -> Kind:
    head = content[:64]
    if head.startswith(_PROGRAMS) and not head.startswith(b"#!AMR"):
        raise NotTaken("program")
    if head.startswith(_ARCHIVES) or content[257:262] == b"ustar":
        raise NotTaken("archive")
    if head.startswith(_OLE):
        raise NotTaken("macro")
    if head.startswith(b"PK"):
        return _office(content)
    media = _media(head)
    if media is not None:
        if media in (*IMAGES, HEIC):
            _no_polyglot(content)
        return media
    if b"%PDF-" in content[:1024]:
        if not head.startswith(b"%PDF-"):
            raise NotTaken("type")
        _no_active_pdf(content)
        return PDF
    return _text(content)


def _media(head: bytes) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF"):
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return HEIC if brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc") else M4A if brand == b"M4A " else MP4
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and len(head) > 2 and head[1] & 0xE6 == 0xE2):
        return MP3
    if head.startswith(b"#!AMR"):
        return AMR
    return OGG if head.startswith(b"OggS") else None


def _no_polyglot(content: bytes) -> None:
    """A picture that is also a page or a script somewhere (GIF+JS, picture+HTML, picture+zip) is not taken."""
    if (
        re.search(rb"<\s*(?:script|html|svg|iframe)\b|<\?php", content, re.IGNORECASE)
        or b"PK\x05\x06" in content[-66_000:]
    ):
        raise NotTaken("script")
    if (content[:6] in (b"GIF87a", b"GIF89a") and content[6:10] in (b"=1;/", b"/*\x00\x00")) or content[:8].startswith(
        b"GIF89a/*"
    ):
        raise NotTaken("script")


def _no_active_pdf(content: bytes) -> None:
    """JavaScript, launch actions, embedded files and forms that send; names written with #xx; compressed objects too."""
    for part in _pdf_parts(content):
        if part.count(b"#") > _MOST_ESCAPES:  # a real one has these by chance: one byte in 256
            raise NotTaken("script")
        plain = _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)
        if b"/Encrypt" in plain:
            raise NotTaken("locked")
        if found := _ACTIVE_PDF.search(plain):
            if found[0] in (b"/OpenAction", b"/AA") and not re.search(
                rb"/(?:JavaScript|JS|Launch|URI|SubmitForm)\b", plain
            ):
                continue  # opening at a page is harmless
            raise NotTaken("script")


def _pdf_parts(content: bytes) -> Iterator[bytes]:
    """The file and its object streams, unpacked: so many and so much at most, and each byte looked at once or twice."""
    yield content
    budget, streams = 2 * limits.FILE_BYTES, 0
    for found in _STREAM.finditer(content):
        if b"/ObjStm" not in content[max(0, found.start() - 400) : found.start()]:
            continue
        streams += 1
        try:
            inflated = _inflated(memoryview(content)[found.end() :], 8 * limits.MEGABYTE)
        except zlib.error:
            inflated = b""
        budget -= len(inflated)
        if budget <= 0 or streams > _MOST_STREAMS:
            raise NotTaken("archive")
        if inflated:
            yield inflated


def _inflated(packed: memoryview, most: int) -> bytes:
    """In small pieces: what follows the end of a stream is not copied again and again."""
    reader, found, size = zlib.decompressobj(), [], 0
    for start in range(0, len(packed), 16_384):
        piece = reader.decompress(packed[start : start + 16_384], most - size)
        found.append(piece)
        size += len(piece)
        if reader.eof or size >= most:
            break
    return b"".join(found)


def _office(content: bytes) -> Kind:
    """An Office document is a zip; any other zip is an archive. Its size unpacked is counted before it is believed."""
    names, inflated, entries = _directory(content)
    kind = next((kind for mark, kind in _OFFICE if mark in names), None)
    if kind is None or b"[Content_Types].xml" not in names:
        raise NotTaken("archive")
    if any(b"vbaProject" in name or (name.endswith(b".bin") and b"activeX" in name) for name in names):
        raise NotTaken("macro")
    if any(
        b".." in name or name.startswith((b"/", b"\\")) or name.lower().endswith((b".zip", b".exe", b".js"))
        for name in names
    ):
        raise NotTaken("archive")
    if entries > 2_000 or inflated > 100 * limits.MEGABYTE or inflated > 20 * max(len(content), 50_000):
        raise NotTaken("archive")
    return kind


_OFFICE = ((b"word/document.xml", DOCX), (b"xl/workbook.xml", XLSX), (b"ppt/presentation.xml", PPTX))


def _directory(content: bytes) -> tuple[set[bytes], int, int]:
    """Names and claimed sizes from the zip's central directory; nothing is unpacked."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 66_000))
    if end < 0 or len(content) < end + 22:
        raise NotTaken("archive")
    count, size, start = (
        int.from_bytes(content[end + 10 : end + 12], "little"),
        int.from_bytes(content[end + 12 : end + 16], "little"),
        int.from_bytes(content[end + 16 : end + 20], "little"),
    )
    names: set[bytes] = set()
    inflated, place = 0, start
    for _ in range(count):
        if content[place : place + 4] != b"PK\x01\x02" or place > start + size:
            raise NotTaken("archive")
        if content[place + 8] & 1:
            raise NotTaken("locked")
        inflated += int.from_bytes(content[place + 24 : place + 28], "little")
        lengths = [int.from_bytes(content[place + n : place + n + 2], "little") for n in (28, 30, 32)]
        names.add(content[place + 46 : place + 46 + lengths[0]])
        place += 46 + sum(lengths)
    return names, inflated, count


def _text(content: bytes) -> Kind:
    """Plain text in UTF-8, UTF-16 or GB18030, without markup that a browser would run."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        if b"\0" in content:
            raise NotTaken("type")
        encoding = "utf-8-sig"
    for name in (encoding, "gb18030"):
        try:
            text = content.decode(name)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NotTaken("type")
    plain = text.encode("utf-8", "replace")
    if _MARKUP.search(plain) or _ENTITY.search(plain):
        raise NotTaken("page")
    if sum(char < " " and char not in "\t\n\r\f" for char in text[:100_000]):
        raise NotTaken("type")
    return TEXT


_KNOWN_EXTENSIONS = frozenset().union(*({kind.extension, *kind.also} for kind in TAKEN))
