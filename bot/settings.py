"""Every setting in one frozen dataclass. `Settings.from_env` is the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent

_LONGEST_S = 365 * 24 * 3600
_SECONDS = (0.01, _LONGEST_S)
#: least and most of the settings that are numbers
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "port": (0, 65_535),
    "workers": (1, 256),
    "operator_sync_s": _SECONDS,
    "chatwoot_check_s": _SECONDS,
    "conversation_token_ttl_s": (1, _LONGEST_S),
    "turn_timeout_s": _SECONDS,
    "action_timeout_s": _SECONDS,
    "sweep_after_s": _SECONDS,
    "housekeeping_s": _SECONDS,
    "training_memory_mb": (0, 2**31),
    "training_nice": (0, 19),
}
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class Settings:
    """What an operator can set. The README's table lists the same names; a test compares them."""

    host: str = "127.0.0.1"
    port: int = 8080
    #: processes that share the address; more than one wants PostgreSQL and a Redis of your own
    workers: int = 1
    #: database, embedded Redis, uploads and the demo's keys live here
    data_dir: Path = ROOT / "var"
    #: postgresql+asyncpg://…; empty: SQLite in `data_dir`
    database_url: str = ""
    #: redis://…; empty: an embedded redis-server in `data_dir`
    redis_url: str = ""
    #: trained models and the registry that says which of them serves
    models_dir: Path = ROOT / "models"
    #: what the assistant says and knows beside its model: responses, flows, policies, articles
    data_files: Path = ROOT / "data"
    #: a model archive, served whatever the registry says; empty: the one that `registry.json` says is serving
    model: str = ""
    timezone: str = "Asia/Shanghai"
    #: `demo` serves the demo operator and its site; `tmforum` asks an operator's systems over TM Forum APIs
    operator: str = "demo"
    #: with `tmforum`: where those APIs are, such as https://operator.example/tmf-api
    tmf_url: str = ""
    #: those that are elsewhere, such as 653=https://tests.example/v4, comma separated
    tmf_urls: str = ""
    #: bearer token for them
    tmf_token: str = ""
    #: how often an open ticket is looked at in the operator's own system, seconds; what changes here goes there at once
    operator_sync_s: float = 30.0
    #: HS256 secret of the operator's site for identity tokens; empty: the demo's own, made in `data_dir`
    identity_secret: str = ""
    identity_issuer: str = "frontline-demo-site"
    identity_audience: str = "frontline"
    #: origins whose pages may hold the widget, comma separated; empty: this service's own
    allowed_origins: str = ""
    #: where other systems see this service, such as https://care.example; empty: http://host:port
    public_url: str = ""
    #: names and networks that events may be sent to, comma separated; empty: none
    hook_targets: str = ""
    #: where people answer: our own `console`, or an inbox of `chatwoot`
    desk: str = "console"
    #: with `chatwoot`: its address, such as https://desk.example
    chatwoot_url: str = ""
    chatwoot_account_id: int = 0
    #: of the API inbox
    chatwoot_inbox_identifier: str = ""
    #: access token of an administrator there
    chatwoot_api_token: str = ""
    #: secret that signs its webhooks
    chatwoot_webhook_secret: str = ""
    #: of the notes that people there read, zh or en; empty: the conversation's
    chatwoot_language: str = ""
    #: close, or return_to_bot
    chatwoot_when_resolved: str = "close"
    #: a resolved conversation with this label goes back to the bot
    chatwoot_return_label: str = "return_to_bot"
    #: how often open conversations are looked at for what a lost webhook would have told
    chatwoot_check_s: float = 60.0
    conversation_token_ttl_s: int = 7 * 24 * 3600
    turn_timeout_s: float = 10.0
    action_timeout_s: float = 6.0
    #: a customer message left unanswered this long is taken up again by the sweeper
    sweep_after_s: float = 5.0
    #: how often deadlines, the archive, new sentences for the trainers and the like are seen to
    housekeeping_s: float = 60.0
    #: groups, order of service and hours of the desk; empty: data/desk/groups.yml
    desk_groups: str = ""
    #: most memory of a training or evaluating process, MB; 0: as much as there is
    training_memory_mb: int = 6_144
    #: 0 to 19: how far training stands back behind everything else on the machine
    training_nice: int = 19
    log_level: str = "INFO"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def seen_at(self) -> str:
        """Scheme, host and port that addresses given to other systems begin with."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def sql_url(self) -> str:
        if self.database_url:
            url = self.database_url
            for plain in ("postgres://", "postgresql://"):
                if url.startswith(plain):
                    url = "postgresql+asyncpg://" + url[len(plain) :]
            return url
        return f"sqlite+aiosqlite:///{self.data_dir / 'frontline.sqlite3'}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, **given: object) -> "Settings":
        """Read `FRONTLINE_<NAME>` (and plain `DATABASE_URL`, `REDIS_URL`); keyword arguments that are not None win.

        Raises:
            SettingsError: a value does not parse or is out of bounds; the message names the variable.
        """
        env = os.environ if env is None else env
        values: dict[str, object] = {}
        for item in fields(cls):
            name = item.name.upper()
            raw = env.get(f"FRONTLINE_{name}") or (
                env.get(name) if item.name in ("database_url", "redis_url") else None
            )
            if raw is None:
                continue
            try:
                values[item.name] = {"int": int, "float": float, "Path": Path}.get(str(item.type), str)(raw)
            except ValueError as exc:
                raise SettingsError(
                    f"FRONTLINE_{name} is {raw!r}, which is not a {item.type}. Correct it or unset it."
                ) from exc
        values.update({key: value for key, value in given.items() if value is not None})
        settings = cls(**values)  # type: ignore[arg-type]
        try:
            _ = settings.zone
        except Exception as exc:
            raise SettingsError(
                f"FRONTLINE_TIMEZONE {settings.timezone!r} is unknown. Use a name such as Asia/Shanghai."
            ) from exc
        settings._check()
        return settings

    def _check(self) -> None:
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            if not least <= value <= most:  # NaN is neither
                raise SettingsError(f"FRONTLINE_{name.upper()} is {value}. Give a number from {least} to {most}.")
        if self.log_level.upper() not in _LOG_LEVELS:
            raise SettingsError(f"FRONTLINE_LOG_LEVEL is {self.log_level!r}. Choose one of {', '.join(_LOG_LEVELS)}.")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise SettingsError("FRONTLINE_PUBLIC_URL is no address. Write it as https://care.example.")
