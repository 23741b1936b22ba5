"""The settings of alerts: what they mean, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from calls.alerts import Comparison, Rule, Sink
from calls.filters import FilterContext, parse
from calls.model import Call, Direction, Source, Status
from tui.config import Config, load
from tui.paths import UsageError
from tui.settings.alerts import AlertSettings
from tui.settings.layers import layered
from tui.settings.privacy import is_secret, public_secrets

HOOK = "https://chat.example/services/T0PSECRET"
WHOLE = f"""
[alerts.answer-rate]
metric = "answer_rate"
comparison = "<"
threshold = "80 %"
clear = 0.85
filter = "queue:711 since:-1h"
provider = 'head "office"'
for_minutes = 10
quiet_hours = ["22:00-07:00", "sat-sun"]
sinks = ["screen", "bell", "webhook"]
webhook_url = "{HOOK}"
"""


def loaded(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load(path)


def rule_of(**given: Any) -> Rule:
    settings = {"metric": "missed", "comparison": ">", "threshold": 3, **given}
    return AlertSettings.model_validate(settings).rule("one")


def test_a_rule_is_made_of_what_is_written(tmp_path: Path) -> None:
    config = loaded(tmp_path, WHOLE)
    rule = config.alerts["answer-rate"].rule("answer-rate")
    assert (rule.measure, rule.comparison, rule.threshold, rule.clear) == ("answer_rate", Comparison.BELOW, 0.8, 0.85)
    assert (rule.for_ms, rule.clear_for_ms, len(rule.quiet)) == (600_000, 300_000, 2)
    assert rule.sinks == {Sink.SCREEN, Sink.BELL, Sink.WEBHOOK}
    assert rule.provider == 'head "office"'
    source = Source('head "office"', "soluno", "Europe/Stockholm", "46")
    context = FilterContext(0, {source.name: source})
    assert rule.wanted.sql(context) == parse(r'queue:711 since:-1h provider:"head \"office\""').sql(context)


def test_the_address_of_a_webhook_is_shown_nowhere(tmp_path: Path) -> None:
    config = loaded(tmp_path, WHOLE)
    assert "T0PSECRET" not in repr(config)
    layers = layered(tmp_path / "config.toml", {"alerts": {"one": {"webhook_url": HOOK, "metric": "missed"}}}, {})
    assert is_secret(("alerts", "one", "webhook_url"), layers)
    assert not is_secret(("alerts", "one", "metric"), layers)
    (tmp_path / "config.toml").chmod(0o644)
    assert "chmod 600" in public_secrets(layers)


def test_the_address_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text(f"{HOOK}\n", encoding="utf-8")
    (tmp_path / "hook").chmod(0o600)
    config = loaded(tmp_path, WHOLE.replace(f'webhook_url = "{HOOK}"', f'webhook_url_file = "{tmp_path}/hook"'))
    url = config.alerts["answer-rate"].webhook_url
    assert url is not None
    assert url.get_secret_value() == HOOK


@pytest.mark.parametrize("name", ["*", "a\\b", '"', "a*?b", "-x", "a b"])
def test_a_provider_of_any_name_can_be_meant(name: str) -> None:
    source = Source(name, "soluno", "Europe/Stockholm", "46")
    other = Source("other", "soluno", "Europe/Stockholm", "46")
    holds = rule_of(provider=name, filter="").wanted.predicate(FilterContext(0, {name: source, "other": other}))
    call = Call(name, "soluno", "1", 0, Direction.IN, Status.MISSED)
    assert holds(call)
    assert not holds(call._replace(provider="other"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"metric": "answer_rat"}, "did you mean answer_rate?"),
        ({"comparison": "="}, "comparison"),
        ({"threshold": "many"}, "threshold"),
        ({"filter": "queue"}, ""),
        ({"filter": "stauts:missed"}, "did you mean status:?"),
        ({"quiet_hours": ["at night"]}, 'write "22:00-07:00"'),
        ({"sinks": ["webhook"]}, "set both or none"),
        ({"webhook_url": HOOK}, "set both or none"),
        ({"sinks": ["webhook"], "webhook_url": "http://chat.example/T0PSECRET"}, "use https"),
        ({"sinks": ["webhook"], "webhook_url": "T0PSECRET"}, "it is no address"),
        ({"sinks": ["webhook"], "webhook_url": "https://me:T0PSECRET@chat.example/"}, "leave them out"),
        ({"clear": 5}, "could never end"),
        ({"for_minutes": -1}, "for_minutes"),
        ({"treshold": 1}, "did you mean threshold?"),
    ],
)
def test_a_mistake_is_named_without_the_secret(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    table = {"metric": "missed", "comparison": ">", "threshold": 3, **given}
    text = "[alerts.one]\n" + "".join(f"{name} = {value!r}\n" for name, value in table.items())
    if not said:
        assert loaded(tmp_path, text).alerts["one"].rule("one").wanted.text == "queue"
        return
    with pytest.raises(UsageError) as raised:
        loaded(tmp_path, text)
    assert said in str(raised.value)
    assert "alerts.one" in str(raised.value)
    assert "T0PSECRET" not in str(raised.value)
