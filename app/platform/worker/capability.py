"""What the worker declares: it sends the mails that rooms put into the outbox."""

from app.platform.capability import Capability
from app.platform.worker import mail

capability = Capability(
    name="worker",
    handlers={"mail": [mail.send]},
)
