"""The words and the file of one form, from either side: two lines under one key."""

from uuid import UUID, uuid4

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.chats import actions, forms


def send(request: Request, chat: UUID, form: forms.Message, side: str, by: Actor) -> bool:
    """False if it was not taken; the form then says why at the field."""
    key, at = request.POST.get("key", "")[:60] or str(uuid4()), request.now
    file = form.cleaned_data.get("file")
    field = "file" if file else "text"
    try:
        if file:
            actions.send_file(
                chat=chat, side=side, name=file.name or "", content=file.file, key=f"{key}:f", by=by, at=at
            )  # fmt: skip
            field = "text"
        if form.cleaned_data["text"]:
            actions.say(chat=chat, side=side, text=form.cleaned_data["text"], key=key, by=by, at=at)
    except Refusal as refusal:
        form.add_error(field, str(refusal.message))
        return False
    return True
