"""`calltop config`: what it prints is what the program would use, and what it writes is right by its own judgement."""

from __future__ import annotations

import json
import stat
import sys
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from providers.registry import KINDS, module_of
from providers.secrets import secret_names
from providers.simulator.simulator import Simulator
from tui.cli import main
from tui.commands.config import ASKED, SECRETS
from tui.config import Config, load
from tui.settings.schema import config_schema
from tui.settings.words import settings_of
from tui.settings.writing import add_provider

SECRET = "hunter2-very-secret"
CONFIG = f"""\
theme = "calltop-light"  # my own words
[filters]
lost = "status:missed"

[providers.head-office]
kind = "while1"
base_url = "https://pbx.example"
token = "{SECRET}"
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration of the test lies."""
    place = tmp_path / "made" / "config.toml"
    monkeypatch.setenv("CALLTOP_CONFIG", str(place))
    return place


@pytest.fixture
def config(path: Path) -> Path:
    """A configuration."""
    path.parent.mkdir()
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command: its exit code, and what it wrote to standard output and standard error."""

    def runs(*arguments: str) -> tuple[int, str, str]:
        code = main(["config", *arguments])
        said = capsys.readouterr()
        assert SECRET not in said.out + said.err
        return code, said.out, said.err

    return runs


def shown(run: Run, *arguments: str) -> dict[str, Any]:
    _, out, _ = run("show", "--format", "json", *arguments)
    return {row["key"]: row for row in map(json.loads, out.splitlines())}


def test_path_is_where_it_is_read_from(config: Path, run: Run, tmp_path: Path) -> None:
    assert run("path") == (0, f"{config}\n", "")
    assert run("path", "--config", str(tmp_path / "x.toml"))[1] == f"{tmp_path / 'x.toml'}\n"


def test_show_tells_every_setting_with_its_origin(config: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLTOP_PROVIDERS__HEAD_OFFICE__POLL_MINUTES", "7")
    monkeypatch.setenv("CALLTOP_THEME", "")
    rows = shown(run, "--cache", "/flag.db")

    def of(key: str) -> tuple[object, ...]:
        return tuple(rows[key][name] for name in ("value", "origin", "source", "line"))

    assert of("cache") == ("/flag.db", "flag", "--cache", None)
    assert of("theme") == ("calltop-light", "file", str(config), 1)
    assert of("filters.lost") == ("status:missed", "file", str(config), 3)
    assert of("providers.head-office.token") == ("***", "file", str(config), 8)
    assert of("providers.head-office.poll_minutes")[1:3] == ("environment", "CALLTOP_PROVIDERS__HEAD_OFFICE__POLL_MINUTES")
    assert of("providers.head-office.timezone") == ("Europe/Bucharest", "default", None, None)
    single = {setting.name for setting in settings_of(Config) if setting.model is None and not setting.by_name}
    own = {
        f"providers.head-office.{setting.name}" for setting in settings_of(module_of("while1").Settings) if not setting.by_name
    }
    assert single | own <= rows.keys()
    code, out, _ = run("show")
    assert code == 0
    assert f"{config}:8" in next(line for line in out.splitlines() if "head-office.token" in line)


def test_a_wrong_configuration_is_shown_all_the_same(config: Path, run: Run) -> None:
    config.write_text(
        CONFIG + 'passwd = "hunter2-very-secret"\npoll_minutes = 0\n' + "base = 'https://me:hunter2-very-secret@x'\n"
    )
    code, out, err = run("show")
    assert (code, "2 mistakes" in err or "3 mistakes" in err) == (2, True)
    assert "https://***@x" in out


def test_secrets_outside_of_providers_are_masked_too(config: Path, run: Run) -> None:
    alert = """[alerts.lost]
metric = "answer_rate"
comparison = "<"
threshold = "80 %"
sinks = ["webhook"]
"""
    config.write_text(alert + f'webhook_url = "https://hooks.example/{SECRET}"\n', encoding="utf-8")
    assert shown(run)["alerts.lost.webhook_url"]["value"] == "***"
    validates_against_the_schema(config)
    config.chmod(0o644)
    assert "chmod 600" in run("validate")[2]
    config.write_text(alert + 'webhook_url_file = "/nowhere"\n', encoding="utf-8")
    validates_against_the_schema(config)
    assert f"{config}:6: alerts.lost.webhook_url: /nowhere cannot be read" in run("validate")[1]


def test_validate_names_file_line_key_and_nearest_spelling(config: Path, run: Run) -> None:
    assert run("validate")[:2] == (0, "")
    config.write_text("thme = 1\n" + CONFIG + 'tokn = "x"\nkeep = ["coments"]\n', encoding="utf-8")
    code, out, _ = run("validate")
    lines = out.splitlines()
    assert code == 2
    assert len(lines) == 3
    assert lines[0] == f"{config}:1: thme: there is no such setting; did you mean theme?"
    assert lines[1].startswith(f"{config}:10: providers.head-office.tokn: ")
    assert "did you mean token?" in lines[1]
    assert lines[2].startswith(f"{config}:11: providers.head-office.keep")
    found = [json.loads(line) for line in run("validate", "--format", "json")[1].splitlines()]
    assert [(mistake["line"], mistake["source"]) for mistake in found] == [
        (1, str(config)),
        (10, str(config)),
        (11, str(config)),
    ]


def test_validate_names_a_variable_that_is_wrong_and_one_of_no_setting(
    config: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLTOP_RETENTION_DAYS", "long")
    monkeypatch.setenv("CALLTOP_THME", "x")
    code, out, err = run("validate")
    assert code == 2
    assert out.startswith("CALLTOP_RETENTION_DAYS: retention_days: ")
    assert "CALLTOP_THME is not read: there is no setting thme; did you mean theme?" in err


def test_validate_says_that_others_can_read_the_secrets(config: Path, run: Run) -> None:
    config.chmod(0o644)
    code, _, err = run("validate")
    assert code == 0
    assert f"chmod 600 {config}" in err


@pytest.mark.parametrize("text", [None, "theme = \n", b"\xff"])
def test_no_file_and_no_toml_are_one_line(path: Path, run: Run, text: str | bytes | None) -> None:
    path.parent.mkdir()
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, out, err = run("validate")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert str(path) in err


def test_init_writes_a_private_commented_file_once(path: Path, run: Run) -> None:
    assert run("init")[0] == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    for setting in settings_of(Config):
        if setting.model is None and not setting.by_name:
            assert f"# {setting.name} = " in text
    assert run("validate")[0] == 0
    code, _, err = run("init", "--kind", "dstny", "--token", "x")
    assert (code, "left as it is" in err) == (2, True)
    assert path.read_text(encoding="utf-8") == text


def test_init_takes_a_provider_from_flags(path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(SECRET + "\n"))
    flags = ("--kind", "portsip", "--name", "head office", "--base-url", "https://pbx.example:8887", "--username", "me")
    more = ("--password", "-", "--set", "poll_minutes=7", "--set", "service_numbers=8000,8001", "--set", "keep_user_data=true")
    assert run("init", *flags, *more)[0] == 0
    settings = load(path).providers["head office"].model_dump()
    assert settings["password"].get_secret_value() == SECRET
    assert (settings["poll_minutes"], settings["service_numbers"]) == (7, ("8000", "8001"))
    assert tomllib.loads(path.read_text())["providers"]["head office"]["keep_user_data"] is True
    validates_against_the_schema(path)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--name", "x"), "--kind is missing"),
        (("--kind", "whil1"), "did you mean while1?"),
        (("--kind", "while1", "--token", "x"), "base_url: is missing"),
        (("--kind", "while1", "--token", "x", "--base-url", "http://pbx.example"), "in the clear"),
        (
            ("--kind", "while1", "--token", "x", "--base-url", "https://x", "--set", "pol_minutes=1"),
            "did you mean poll_minutes?",
        ),
        (("--kind", "while1", "--token", "x", "--base-url", "https://x", "--set", "poll"), "--set poll_minutes=10"),
    ],
)
def test_flags_that_cannot_be_used_write_nothing(path: Path, run: Run, flags: tuple[str, ...], said: str) -> None:
    code, _, err = run("init", *flags)
    assert (code, err.count("\n")) == (2, 1)
    assert said in err
    assert not path.exists()


def test_a_secret_goes_into_the_keyring(path: Path, run: Run, keyring: Path) -> None:
    assert run("init", "--kind", "dstny", "--name", "d", "--token", SECRET, "--keyring")[0] == 0
    assert SECRET not in path.read_text()
    assert json.loads(keyring.read_text()) == {"calltop d/token": SECRET}
    token = load(path).providers["d"].model_dump()["token"]
    assert token.get_secret_value() == SECRET
    assert shown(run)["providers.d.token"]["line"] is not None
    validates_against_the_schema(path)


def test_add_keeps_what_the_person_wrote(config: Path, run: Run) -> None:
    assert run("add", "--kind", "dstny", "--name", "d", "--token", "t")[0] == 0
    text = config.read_text(encoding="utf-8")
    assert text.startswith(CONFIG)
    assert list(load(config).providers) == ["head-office", "d"]
    code, _, err = run("add", "--kind", "dstny", "--name", "d", "--token", "t")
    assert (code, "is there already" in err) == (2, True)
    assert config.read_text(encoding="utf-8") == text


def test_a_link_to_the_configuration_stays_a_link(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(config)
    add_provider(link, "d", {"kind": "dstny", "token": "t"})
    assert link.is_symlink()
    assert "d" in load(config).providers


def test_init_asks_on_a_terminal_until_the_answers_can_be_used(
    path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    answers = ["whil1", "while1", "office", "pbx.example", "", "https://pbx.example"]
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(answers) + "\n"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: SECRET if prompt == "token: " else "")
    code, out, err = run("init")
    assert (code, out) == (0, "")
    assert "did you mean while1?" in err
    assert "Settings, Parameters" in err
    assert load(path).providers["office"].base_url == "https://pbx.example"


def validates_against_the_schema(path: Path) -> None:
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), config_schema())


def test_the_schema_takes_what_is_written_and_refuses_what_is_wrong(run: Run, path: Path) -> None:
    schema = json.loads(run("schema")[1])
    jsonschema.Draft202012Validator.check_schema(schema)
    written = tomllib.loads(Simulator(days=0).config_text("http://127.0.0.1:1"))
    jsonschema.validate(written, schema)
    assert {"token_file", "token_keyring"} <= schema["properties"]["providers"]["additionalProperties"]["allOf"][1]["then"][
        "properties"
    ].keys()
    for wrong in (
        {"thme": "x"},
        {"providers": {"x": {"kind": "fax"}}},
        {"providers": {"x": {"kind": "while1", "base_url": "https://x", "domain": "y"}}},
        {"providers": {"x": {"kind": "portsip"}}},
        {"retention_days": -1},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_every_question_is_a_setting_and_has_a_flag() -> None:
    flags = {*ASKED, *SECRETS}
    for kind in KINDS:
        model = module_of(kind).Settings
        assert module_of(kind).ASKED.keys() <= model.model_fields.keys()
        assert module_of(kind).ASKED.keys() <= flags
        needed = {name for name, field in model.model_fields.items() if field.is_required()} - {"kind"}
        assert needed <= module_of(kind).ASKED.keys()
        assert set(secret_names(model)) <= set(SECRETS)


def test_nothing_can_be_written_is_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    code, _, err = run("init", "--config", str(tmp_path / "file" / "config.toml"))
    assert (code, err.count("\n")) == (2, 1)
    assert "cannot be written" in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
