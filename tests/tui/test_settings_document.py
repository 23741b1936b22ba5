"""`docs/configuration.md` is made from the models, and names every setting."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from providers.registry import KINDS, module_of
from tui.config import Config
from tui.settings.document import page
from tui.settings.words import settings_of

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_page_is_as_the_models_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tui.settings.document > docs/configuration.md"


def test_every_setting_is_there_with_a_meaning() -> None:
    text = page()
    models: list[type[BaseModel]] = [Config, *(module_of(kind).Settings for kind in KINDS)]
    for model in models:
        for setting in settings_of(model):
            assert setting.meaning, f"{setting.name} has no docstring"
            assert f"`{setting.name}`" in text or setting.model is not None
            assert setting.values
