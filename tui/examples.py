"""An example or more of every command: for --help, the manual page, and the tests that run each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Example(NamedTuple):
    """A line for a shell, and what it does."""

    line: str
    text: str


# By command and the one under it, "" for calltop itself.
EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    "": (
        Example("calltop", "the interface over your providers"),
        Example("calltop --ascii", "the same on a terminal without Unicode"),
    ),
    "demo": (Example("calltop demo", "look at it without any configuration"),),
    "wall": (
        Example("calltop wall --demo", "look at the wall monitor without any configuration"),
        Example("calltop wall --unattended", "from a service, with no keyboard: the end of its input is not its end"),
        Example("calltop wall --page call-backs", "begin with the people to call back"),
    ),
    "config": (
        Example("calltop config show", "every setting, its value and where that comes from"),
        Example("calltop config validate", "every mistake, with its line and the nearest right spelling"),
    ),
    "config path": (Example("calltop config path", "where the configuration is, whether it is there or not"),),
    "config show": (Example("calltop config show --format json", "an object for each setting"),),
    "config validate": (Example("calltop config validate --format json", "an object for each mistake"),),
    "config init": (
        Example("calltop config init", "asks on the terminal"),
        Example(
            "calltop config init --kind while1 --name pbx --base-url https://pbx.example --token-file ~/.secrets/while1",
            "the same from a script",
        ),
    ),
    "config add": (
        Example(
            "calltop config add --kind telecomx --name desk --token-file ~/.secrets/telecomx",
            "another provider, in the same file",
        ),
    ),
    "config schema": (Example("calltop config schema", "for editors that complete and check"),),
    "check": (
        Example("calltop check", "configuration, credentials, clocks and the cache, and what to do about each fault"),
        Example("calltop check --provider portsip --format json", "one provider, for programs"),
    ),
    "collect": (
        Example("calltop collect", "poll for ever, as a service does"),
        Example("calltop collect --once --json", "poll once, for cron, and say how it went"),
    ),
    "status": (
        Example("calltop status", "how the providers stand, today's figures, who must be called back"),
        Example("calltop status --mask --format json", "the same for programs, without whole numbers"),
    ),
    "calls": (
        Example("calltop calls direction:in status:missed since:today", "what was missed today"),
        Example("calltop calls 'number:+4670* duration:>30s' --format json", "long calls with these numbers, an object a line"),
        Example("calltop calls since:-7d --columns all -o calls.xlsx", "a week of calls for a spreadsheet"),
    ),
    "stats": (
        Example("calltop stats since:monday --by day", "the week, day by day"),
        Example("calltop stats direction:in --by queue --format csv", "inbound figures of every queue"),
    ),
    "missed": (
        Example("calltop missed", "who rang in vain and has not been reached since"),
        Example("calltop missed --done +46701740605 --note 'rang back'", "a caller was dealt with"),
        Example("calltop missed --settled -o settled.csv", "what settled the others"),
    ),
    "sql": (
        Example(
            "calltop sql \"SELECT queue, count(*) AS calls FROM calls WHERE status = 'missed' GROUP BY queue\"",
            "a question of your own; docs/cache.md lists the views",
        ),
    ),
    "plan": (Example("calltop plan 'number:+4670* status:missed since:yesterday'", "what each provider would be asked"),),
    "ask": (Example("calltop ask 'number:+4670* since:yesterday'", "ask them, keep the answer, and print it"),),
    "backfill": (
        Example("calltop backfill --since 12w", "load three months, newest first; stop and go on as you like"),
        Example("calltop backfill --since 2d --provider portsip", "two days of one provider"),
    ),
    "reports": (
        Example("calltop reports list", "the reports that are ordered"),
        Example("calltop reports completed", "the files that are done"),
    ),
    "reports list": (Example("calltop reports list --sort 'name desc' --format json", "the orders by name, an object each"),),
    "reports completed": (Example("calltop reports completed --format json", "the files that are done, with their ids"),),
    "reports show": (Example("calltop reports show ID", "one order with all that was asked for"),),
    "reports create": (
        Example(
            "calltop reports create --type QUEUE_PERFORMANCE --name weekly --email me@pbx.example --filter call_queues=8000",
            "how one queue did",
        ),
    ),
    "reports update": (Example("calltop reports update ID --name monthly --range LAST_MONTH", "another name and time"),),
    "reports destroy": (Example("calltop reports destroy ID", "take an order back"),),
    "reports download": (Example("calltop reports download ID -o weekly.csv", "save a file"),),
    "statement": (Example("calltop statement --direction IN --grouping DAY", "yesterday's inbound totals of each employee"),),
    "forget": (
        Example("calltop forget +46701740605", "erase a party, and keep the next poll from bringing it back"),
        Example("calltop forget --older-than 365d", "shorten the past at once"),
    ),
    "simulate": (
        Example(
            "calltop simulate --port 8000 --days 7 --write-config config.toml",
            "five simulated providers on this machine, and the configuration for them",
        ),
    ),
    "completion": (
        Example("calltop completion bash", "what the shell is to read; docs/getting-started.md says where it goes"),
    ),
}


def examples_text(command: str) -> str:
    """The examples of a command as the end of its help."""
    lines = [text for example in EXAMPLES.get(command, ()) for text in (f"  {example.line}", f"      {example.text}")]
    return "\n".join(("examples:", *lines)) if lines else ""
