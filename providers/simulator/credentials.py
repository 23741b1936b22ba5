"""The accounts of the simulated providers. They open nothing but the simulator, so they are no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from providers.simulator.world.people import OFFICES


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `extension` limits a normal user to its own calls; `second_factor` asks for a code."""

    username: str
    password: str
    role: str
    extension: str = ""
    second_factor: bool = False


SOLUNO = Account("historik@example.se", "simulated-soluno", "organisation")
DSTNY_TOKEN = "simulated-dstny-token"
TELECOMX_CUSTOMER = "5c5aa35183a3bc74d5891000"
TELECOMX_TOKEN = "simulated-telecomx-viewer"
TELECOMX_PERSONAL_TOKEN = "simulated-telecomx-personal"
TELECOMX = Account("statistik@example.dk", "simulated-telecomx", "VIEWER")
TELECOMX_PERSONAL = Account("support1@example.dk", "simulated-personal", "PERSONAL")
PORTSIP_DOMAIN = "pbx.example.com"
PORTSIP_CLIENT_ID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"
PORTSIP = Account("calltop", "simulated-portsip", "Admin")
PORTSIP_MANAGER = Account("queues", "simulated-manager", "QueueManager")
PORTSIP_USER = Account("support1", "simulated-user", "StandardUser", OFFICES["portsip"].members("8000")[0].extension)
PORTSIP_SECOND_FACTOR = Account("owner", "simulated-owner", "Admin", second_factor=True)
PORTSIP_ACCOUNTS = (PORTSIP, PORTSIP_MANAGER, PORTSIP_USER, PORTSIP_SECOND_FACTOR)
WHILE1_TOKEN = "simulated-while1-token"
WHILE1_API_KEY = "simulated-while1-key"


class Tokens:
    """Tokens given out and still good, by the simulator's clock. `purpose` keeps the tokens of two APIs apart."""

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose
        self._count = 0
        self._valid: dict[str, tuple[Account, int | None]] = {}

    def issue(self, account: Account, until_ms: int | None) -> str:
        """A new token, good until an instant (None: for ever)."""
        self._count += 1
        token = sha256(f"{self._purpose}:{account.username}:{self._count}".encode()).hexdigest()
        self._valid[token] = (account, until_ms)
        return token

    def add(self, token: str, account: Account) -> None:
        """A token made by hand, good for ever."""
        self._valid[token] = (account, None)

    def owner(self, token: str | None, now_ms: int) -> Account | None:
        """Whose token this is; None when nobody's, or when its time is over."""
        account, until_ms = self._valid.get(token or "", (None, None))
        return account if until_ms is None or now_ms < until_ms else None

    def revoke(self, token: str | None) -> None:
        """The token is good no more."""
        self._valid.pop(token or "", None)
