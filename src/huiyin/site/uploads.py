"""How much of an upload is read at all: who is not signed in sends no more than the files of one day."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from huiyin.platform.files import queries as files

MOST = files.MATTER_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # the files and the words


class Bounded(FileUploadHandler):
    """Stands first: two gigabytes for a public form are refused by their length, before a byte of them lies on the disk.

    What colleagues bring is bounded by the room it goes to (archives, sheets of an import).
    """

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        user = getattr(self.request, "user", None)
        if content_length > MOST and not (user and user.is_authenticated):
            raise RequestDataTooBig(f"an upload of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
