"""Configuration: what wins over what, and errors that say where and what to do without giving away a secret."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from providers.defaults import DEFAULT_ZONES, POLL_MINUTES
from providers.registry import KINDS, module_of
from providers.secrets import keyring_trouble, store_in_keyring
from tui.config import Config, checked, judged, load, unknown_variables
from tui.paths import UsageError, cache_path, config_path, read_config
from tui.settings.adding import ProviderSetup
from tui.settings.early import EarlySettings, display_zone, early_settings, poll_seconds
from tui.settings.layers import layered, variable_of
from tui.settings.mistakes import dotted
from tui.settings.privacy import public_secrets
from tui.settings.reading import early_settings_of, layers_of

SECRET = "hunter2-very-secret"
PROVIDER = f'[providers.head-office]\nkind = "while1"\nbase_url = "https://pbx.example"\ntoken = "{SECRET}"\n'


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, 'theme = "calltop-light"\n' + PROVIDER)
    assert load(path).theme == "calltop-light"
    monkeypatch.setenv("CALLTOP_THEME", "calltop-contrast")
    assert load(path).theme == "calltop-contrast"
    assert load(tmp_path / "none.toml").ascii is False


def test_a_variable_completes_a_provider_whose_name_has_a_dash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, PROVIDER)
    monkeypatch.setenv("CALLTOP_PROVIDERS__HEAD_OFFICE__POLL_MINUTES", "7")
    config = load(path)
    assert list(config.providers) == ["head-office"]
    assert config.providers["head-office"].poll_minutes == 7


def test_flag_wins_over_environment_and_environment_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, 'cache = "/file.db"\n')

    def chosen(flag: Path | None) -> Path:
        return cache_path(early_settings_of(layers_of(Namespace(config=path, cache=flag))).cache)

    assert chosen(None) == Path("/file.db")
    monkeypatch.setenv("CALLTOP_CACHE", "/environment.db")
    assert chosen(None) == Path("/environment.db")
    assert chosen(Path("/flag.db")) == Path("/flag.db")
    monkeypatch.setenv("CALLTOP_CONFIG", "/environment.toml")
    assert config_path(None) == Path("/environment.toml")


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("", {}),
        ('theme = "x"\nascii = true\nclock_offset_seconds = 5\ncache = "a.db"\n', {}),
        ('display_timezone = "Europe/Bucharest"\n[filters]\nlost = "status:missed"\n', {}),
        ("ascii = 1\n", {"CALLTOP_CLOCK_OFFSET_SECONDS": "-1e3"}),
        ("ascii = true\n", {"CALLTOP_ASCII": "off", "CALLTOP_FILTERS__LOST": "status:missed", "CALLTOP_THEME": ""}),
        ("", {"CALLTOP_ASCII": "1", "CALLTOP_CLOCK_OFFSET_SECONDS": "2.5"}),
    ],
)
def test_what_is_read_early_is_what_the_model_reads(tmp_path: Path, text: str, variables: dict[str, str]) -> None:
    path = written(tmp_path, text)
    layers = layered(path, read_config(path), variables)
    early, model = early_settings_of(layers), checked(layers)
    for name in EarlySettings.__annotations__:
        assert getattr(early, name) == getattr(model, name), name


def test_a_number_is_read_early_however_exact_it_is(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    variables = {"CALLTOP_CLOCK_OFFSET_SECONDS": str(-5_795_573.123_456_789)}
    assert early_settings(layered(path, {}, variables)).clock_offset_seconds == -5_795_573.123_456_789


@pytest.mark.parametrize(
    "text",
    [
        "theme = 3\n",
        'ascii = "maybe"\n',
        'display_timezone = "Mars/Base"\n',
        "filters = 3\n",
        "clock_offset_seconds = nan\n",
        "clock_offset_seconds = -inf\n",
        "clock_offset_seconds = 999999999999\n",
    ],
)
def test_what_cannot_be_read_early_is_explained_by_the_model(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError, match=text.partition(" ")[0]):
        early_settings_of(layered(path, read_config(path), {}))


def test_the_zone_of_the_screen_is_the_one_most_providers_live_in(tmp_path: Path) -> None:
    tables = '[providers.{}]\nkind = "{}"\n'
    text = tables.format("a", "while1") + tables.format("b", "dstny") + tables.format("c", "soluno")
    path = written(tmp_path, text)
    layers = layered(path, read_config(path), {})
    assert display_zone(EarlySettings(), layers) == ZoneInfo("Europe/Stockholm")
    layers = layered(path, read_config(path), {"CALLTOP_DISPLAY_TIMEZONE": "UTC", "CALLTOP_PROVIDERS__A__POLL_MINUTES": "7"})
    assert display_zone(early_settings_of(layers), layers) == ZoneInfo("UTC")
    assert poll_seconds(layers) == {"a": 420, "b": 300, "c": 300}


def test_defaults_that_are_needed_early_are_those_of_the_models() -> None:
    for kind, zone in DEFAULT_ZONES.items():
        assert module_of(kind).Settings.model_fields["timezone"].default == zone
        assert module_of(kind).Settings.model_fields["poll_minutes"].default == POLL_MINUTES
    assert tuple(DEFAULT_ZONES) == KINDS


def test_secrets_appear_nowhere(tmp_path: Path) -> None:
    path = written(tmp_path, PROVIDER)
    config, layers = load(path), layered(path, read_config(path), {})
    setup = ProviderSetup(lambda: layers, lambda: 0.0)
    answers = {"kind": "while1", "name": "x", "token": SECRET}
    assert SECRET not in repr(layers) + repr(setup.fields(answers)) + repr(setup.try_out(answers))
    for shown in (repr(config), str(config), config.model_dump_json(), repr(config.providers)):
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PROVIDER + 'tokn = "x"\n', "did you mean token?"),
        (PROVIDER.replace("while1", "whilee1"), "did you mean while1?"),
        (PROVIDER.replace("https", "http"), "in the clear"),
        (PROVIDER + 'timezone = "Europe/Bucarest"\n', "is no time zone"),
        (PROVIDER + "poll_minutes = 0\n", "poll_minutes"),
        ('thme = "x"\n', "did you mean theme?"),
        ("providers = 3\n", "[providers.NAME]"),
        ('[filters]\nlost = "status:mised"\n', "missed"),
        ("[providers.x\n", "no valid TOML"),
        (b"\xff\xfe", "no valid TOML"),
        pytest.param("x = " + "[" * 5000, "nested too deeply", id="nested"),
    ],
)
def test_a_mistake_is_one_line_that_says_where(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as error:
        load(path)
    message = str(error.value)
    assert said in message
    assert str(path) in message
    assert "\n" not in message
    assert SECRET not in message


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_config(tmp_path)


def test_every_mistake_is_found_with_its_key(tmp_path: Path) -> None:
    text = 'thme = "x"\nretention_days = -1\n[filters]\nlost = "status:mised"\n' + PROVIDER + 'tokn = "x"\npoll_minutes = 0\n'
    path = written(tmp_path, text + '[providers.b]\nkind = "portsip"\n[providers.c]\n')
    config, mistakes = judged(layered(path, read_config(path), {}))
    assert config is None
    assert {dotted(mistake.key) for mistake in mistakes} == {
        *("thme", "retention_days", "filters", "providers.c.kind", "providers.b.base_url"),
        *("providers.head-office.tokn", "providers.head-office.poll_minutes"),
    }
    with pytest.raises(UsageError, match=r"\(and 6 more: calltop config validate\)"):
        load(path)


def test_a_variable_that_is_wrong_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, PROVIDER)
    monkeypatch.setenv("CALLTOP_PROVIDERS__HEAD_OFFICE__POLL_MINUTES", "often")
    with pytest.raises(UsageError, match=r"^CALLTOP_PROVIDERS__HEAD_OFFICE__POLL_MINUTES: "):
        load(path)


def test_a_provider_that_only_variables_make_is_named_by_one(tmp_path: Path) -> None:
    path = written(tmp_path, PROVIDER)
    with pytest.raises(UsageError, match=r"^CALLTOP_PROVIDERS__X__TOKEN: providers\.x\.kind: is missing"):
        checked(layered(path, read_config(path), {"CALLTOP_PROVIDERS__X__TOKEN": "t"}))


names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12).filter(
    # Two underscores lead into a table, and a name of signs alone leaves nothing to write.
    lambda name: "__" not in variable_of((name,))[8:] and any(map(str.isalnum, name)) and not variable_of((name,)).endswith("_")
)


@given(names, names)
def test_a_variable_reaches_its_setting_however_the_file_spells_the_name(name: str, other: str) -> None:
    assume(variable_of((name,)) != variable_of((other,)))
    file = {"providers": {name: {"token": "file"}, other: {"token": "file"}}}
    layers = layered(Path("x"), file, {variable_of(("providers", name, "token")): "variable"})
    assert layers.tree["providers"] == {name: {"token": "variable"}, other: {"token": "file"}}
    assert [*layers.variables] == [("providers", name, "token")]
    assert file["providers"][name]["token"] == "file"


def test_a_variable_of_no_setting_is_not_read_but_known(tmp_path: Path) -> None:
    path = written(tmp_path, PROVIDER)
    layers = layered(path, read_config(path), {"CALLTOP_THME": "x", "OTHER": "y"})
    assert checked(layers).theme == EarlySettings.theme
    assert unknown_variables(layers) == {"CALLTOP_THME": "there is no setting thme; did you mean theme?"}


def test_lists_and_tables_may_be_text_in_a_variable(tmp_path: Path) -> None:
    path = written(tmp_path, '[providers.s]\nkind = "soluno"\ntoken = "t"\n')
    variables = {
        "CALLTOP_PROVIDERS__S__OWN_NUMBERS": "031228*, 0701",
        "CALLTOP_PROVIDERS__S__DIRECTORY": '{"711": "Support"}',
    }
    settings = checked(layered(path, read_config(path), variables)).providers["s"].model_dump()
    assert (settings["own_numbers"], settings["directory"]) == (("031228*", "0701"), {"711": "Support"})


def test_a_secret_in_a_file_must_be_private(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    secret.chmod(0o644)
    path = written(tmp_path, PROVIDER.replace(f'token = "{SECRET}"', f'token_file = "{secret}"'))
    with pytest.raises(UsageError, match=r"token: .*chmod 600"):
        load(path)
    secret.chmod(0o600)
    assert token_of(load(path)) == SECRET
    secret.write_text("\n", encoding="utf-8")
    with pytest.raises(UsageError, match="is empty"):
        load(path)


def test_a_secret_comes_from_the_keyring(tmp_path: Path, keyring: Path) -> None:
    path = written(tmp_path, PROVIDER.replace(f'token = "{SECRET}"', 'token_keyring = "head-office/token"'))
    with pytest.raises(UsageError, match="keyring set calltop head-office/token"):
        load(path)
    store_in_keyring("head-office/token", SECRET)
    assert token_of(load(path)) == SECRET
    keyring.with_suffix(".locked").touch()
    with pytest.raises(UsageError, match="the keyring cannot be read: it is locked"):
        load(path)


def test_without_a_usable_keyring_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "calltop[keyring]" in keyring_trouble()


def test_a_secret_in_two_places_is_a_mistake_unless_the_environment_decides(tmp_path: Path) -> None:
    path = written(tmp_path, PROVIDER + 'token_file = "/nowhere"\n')
    layers = layered(path, read_config(path), {})
    with pytest.raises(UsageError, match="token and token_file are set; keep one"):
        checked(layers)
    assert token_of(checked(layered(path, read_config(path), {"CALLTOP_PROVIDERS__HEAD_OFFICE__TOKEN": "new"}))) == "new"


def test_a_configuration_with_secrets_that_others_can_read_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, PROVIDER)
    layers = layered(path, read_config(path), {})
    path.chmod(0o640)
    assert f"chmod 600 {path}" in public_secrets(layers)
    assert public_secrets(layered(path, {"theme": "x"}, {})) == ""
    path.chmod(0o600)
    assert public_secrets(layers) == ""


def token_of(config: Config) -> str:
    token = config.providers["head-office"].model_dump()["token"]
    assert isinstance(token, SecretStr)
    return token.get_secret_value()
