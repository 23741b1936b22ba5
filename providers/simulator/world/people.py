"""Who answers and who rings: employees named by their role, callers named by their trade. No person is invented."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from providers.simulator.world.numbers import DANISH, EMPLOYEE_MOBILES, ROMANIAN, SWEDISH


@dataclass(frozen=True, slots=True)
class Extension:
    """A desk or device: its short number, and the id an API gives it."""

    number: str
    id: str


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who answers. `mobile` is "" for a person with a desk telephone only; `group` is where calls come from."""

    id: str
    name: str
    extensions: tuple[Extension, ...]
    mobile: str = ""
    group: str = ""

    @property
    def extension(self) -> str:
        """The first extension's number."""
        return self.extensions[0].number


@dataclass(frozen=True, slots=True)
class Group:
    """A queue, ring group or voice menu: the number it is dialled at and its name."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Office:
    """What one provider runs telephony for: its people, its groups, the numbers it is reached at."""

    employees: tuple[Employee, ...]
    groups: tuple[Group, ...]
    lines: tuple[str, ...]
    menu: Group | None = None

    def members(self, group: str) -> tuple[Employee, ...]:
        """The people a group rings."""
        return tuple(employee for employee in self.employees if employee.group == group)


@dataclass(frozen=True, slots=True)
class Regular:
    """A caller who rings again and again, known by name to some providers."""

    name: str
    number: str


def _hex_id(text: str) -> str:
    """24 hexadecimal digits that stay the same for the same text."""
    return sha256(text.encode()).hexdigest()[:24]


def _staff(
    provider: str, first_extension: int, roles: tuple[tuple[str, int, str], ...], mobiles: tuple[str, ...] = ()
) -> tuple[Employee, ...]:
    """`roles`: name, how many, group. Mobiles are handed out from the first person on."""
    people: list[Employee] = []
    for role, count, group in roles:
        for index in range(1, count + 1):
            number = str(first_extension + len(people))
            mobile = mobiles[len(people)] if len(people) < len(mobiles) else ""
            name = f"{role} {index}"
            extension = Extension(number, _hex_id(f"{provider} extension {number}"))
            people.append(Employee(_hex_id(f"{provider} employee {name}"), name, (extension,), mobile, group))
    return tuple(people)


def _danish_staff() -> tuple[Employee, ...]:
    people = _staff("telecomx", 201, (("Omstilling", 2, ""), ("Support", 3, ""), ("Salg", 3, ""), ("Værksted", 1, "")))
    first = people[0]
    second_extension = Extension("291", _hex_id("telecomx extension 291"))
    return (Employee(first.id, first.name, (*first.extensions, second_extension)), *people[1:])


OFFICES: dict[str, Office] = {
    "soluno": Office(
        _staff("soluno", 101, (("Växel", 2, "622"), ("Support", 4, "711"), ("Sälj", 3, "800")), EMPLOYEE_MOBILES[:6]),
        (Group("622", "Växel"), Group("711", "Support"), Group("800", "Sälj")),
        ("+46846500400",),
    ),
    "dstny": Office(
        _staff("dstny", 301, (("Växel", 1, "610"), ("Kundtjänst", 4, "720"), ("Ekonomi", 2, "720")), EMPLOYEE_MOBILES[6:11]),
        (Group("610", "Växel"), Group("720", "Kundtjänst")),
        ("+46313900600",),
    ),
    "telecomx": Office(_danish_staff(), (), ("+4520000000",)),
    "portsip": Office(
        _staff("portsip", 101, (("Front desk", 2, "8001"), ("Support", 4, "8000"), ("Växel", 1, "8001"), ("Sales", 3, "8100"))),
        (Group("8000", "Support queue"), Group("8001", "Reception queue"), Group("8100", "Sales group")),
        ("+46406280400", "+46406280401"),
        Group("5000", "Main menu"),
    ),
    "while1": Office(
        _staff(
            "while1",
            101,
            (("Recepție", 1, "receptie"), ("Suport", 4, "suport"), ("Vânzări", 3, "vanzari"), ("Contabilitate", 1, "")),
        ),
        (Group("601", "receptie"), Group("602", "suport"), Group("603", "vanzari")),
        ("0312000000", "0312000001"),
        Group("700", "meniu"),
    ),
}

_TRADES = ("Bakery", "Garage", "Florist", "Bicycle shop", "Joinery", "Printer", "Cafe", "Bookshop")
_NORTHERN = tuple(f"{trade} {place}" for place in ("North", "South", "Harbour") for trade in _TRADES)
_DANISH_TRADES = ("Bageri Øst", "Smedje 2", "Gartneri Vest", "Snedkeri 4", "Trykkeri Syd", "Cykler 9")
_ROMANIAN_TRADES = (
    *("Brutărie Nord", "Atelier 7", "Florărie Sud", "Librărie 3"),
    *("Tâmplărie Est", "Cafenea 12", "Garaj 5", "Școală 2"),
)

REGULARS: dict[str, tuple[Regular, ...]] = {
    "46": tuple(Regular(name, SWEDISH[7 + 13 * index]) for index, name in enumerate(_NORTHERN)),
    "45": tuple(Regular(name, DANISH[11 + 13 * index]) for index, name in enumerate(_DANISH_TRADES)),
    "40": tuple(Regular(name, ROMANIAN[17 + 101 * index]) for index, name in enumerate(_ROMANIAN_TRADES)),
}
NAMES = {regular.number: regular.name for regulars in REGULARS.values() for regular in regulars}
