"""What `make run` says when the service is up: where to look and how to log in."""

from __future__ import annotations

from bot.channels.tmf.keys import demo_api_key
from bot.handoff.people.accounts import demo_logins
from bot.settings import Settings

_WIDTH = 14


def greeting(settings: Settings) -> str:
    """Addresses, and with the demo operator its logins and API key."""
    base = f"http://{settings.host}:{settings.port}"
    lines = [
        "",
        "Frontline is running.",
        f"  {'Demo site':<{_WIDTH}}{base}/",
        f"  {'Console':<{_WIDTH}}{base}/console",
        f"  {'API':<{_WIDTH}}{base}/docs",
    ]
    if settings.operator == "demo":
        lines += ["", "Demo logins for the console:"]
        lines += [f"  {name:<{_WIDTH}}{password}" for name, password in demo_logins(settings.data_dir).items()]
        lines += ["", f"Demo API key (TM Forum): {demo_api_key(settings.data_dir)}"]
    lines += ["", "Ctrl-C stops it."]
    return "\n".join(lines)
