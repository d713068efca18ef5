"""What the workspace declares: its pages, and nothing else, since it is a client of the public API."""

from app.platform.capability import Capability
from app.workspace.routes import router

capability = Capability(name="workspace", routers=[router])
