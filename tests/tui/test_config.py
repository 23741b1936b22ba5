"""Configuration: what wins over what, and errors that say where and what to do without giving away a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.config import load
from tui.paths import UsageError, cache_path, config_path, read_config

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


def test_flag_wins_over_environment_for_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"cache": "/file.db"}
    assert cache_path(None, config) == Path("/file.db")
    monkeypatch.setenv("CALLTOP_CACHE", "/environment.db")
    assert cache_path(None, config) == Path("/environment.db")
    assert cache_path(Path("/flag.db"), config) == Path("/flag.db")
    monkeypatch.setenv("CALLTOP_CONFIG", "/environment.toml")
    assert config_path(None) == Path("/environment.toml")


def test_secrets_appear_nowhere(tmp_path: Path) -> None:
    config = load(written(tmp_path, PROVIDER))
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


def test_a_secret_in_a_file_must_be_private(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    secret.chmod(0o644)
    path = written(tmp_path, PROVIDER.replace(f'token = "{SECRET}"', f'token_file = "{secret}"'))
    with pytest.raises(UsageError, match="chmod 600"):
        load(path)
    secret.chmod(0o600)
    token = load(path).providers["head-office"].model_dump()["token"]
    assert token.get_secret_value() == SECRET
