"""`calltop check`: configuration, each provider, and the cache, each with what to do about what is amiss."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from calls.text import clean
from tui.exit_codes import OK, PROVIDER_FAILED, USAGE
from tui.lines.words import counted
from tui.paths import UsageError, cache_path

if TYPE_CHECKING:
    from calls.cache.health import CacheHealth
    from providers.checking import ProviderCheck
    from providers.clock import WallClock
    from providers.settings import ProviderSettings
    from tui.settings.layers import Layers
    from tui.settings.mistakes import Mistake

_MB = 2**20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--provider", action="append", default=[], metavar="NAME", help="only this provider; may be repeated")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="json is one object per line")
    parser.add_argument("--sign-in-again", action="store_true", help="try a sign-in that was refused before once more")


def run(args: argparse.Namespace) -> int:
    """Looks and asks, once. 2 when configuration or cache cannot be used as they are, 3 when a provider failed."""
    from calls.cache.health import cache_health
    from providers.clock import WallClock
    from tui.settings.early import early_settings
    from tui.settings.reading import layers_of

    layers = layers_of(args)
    providers, mistakes = _configured(layers)
    if unknown := [name for name in args.provider if name not in providers and not _names(mistakes, name)]:
        raise UsageError(f"{unknown[0]} is not configured; there are {', '.join(providers) or 'none'}")
    notes = _notes(layers, providers)
    _print(args, _configuration_json(layers, mistakes, notes), _configuration_lines(layers, mistakes, notes, len(providers)))
    # What can be read is looked at, whatever else is wrong.
    settings = early_settings(layers, forgiving=True)
    clock = WallClock(settings.clock_offset_seconds)
    cache = cache_health(cache_path(settings.cache), clock.now_ms())
    chosen = {name: settings for name, settings in providers.items() if not args.provider or name in args.provider}
    checks = _checked(args, chosen, cache, clock)
    _print(args, cache.json(), _cache_lines(cache))
    if mistakes or not providers or cache.unusable or cache.damage:
        return USAGE
    return PROVIDER_FAILED if any(check.failure is not None for check in checks) else OK


def _checked(
    args: argparse.Namespace, providers: Mapping[str, ProviderSettings], cache: CacheHealth, clock: WallClock
) -> list[ProviderCheck]:
    """Asks one provider after another, telling of each at once."""
    from providers.checking import check_provider
    from providers.registry import make_provider

    async def asked(name: str, settings: ProviderSettings, refused: str) -> ProviderCheck:
        return await check_provider(make_provider(name, settings, now=clock.now), settings, refused)

    checks = []
    for name, settings in providers.items():
        refused = "" if args.sign_in_again else (cache.refused_sign_ins or {}).get(name, "")
        check = asyncio.run(asked(name, settings, refused))
        _remember(cache, settings, check)
        _print(args, check.json(), _provider_lines(check))
        checks.append(check)
    return checks


def _remember(cache: CacheHealth, settings: ProviderSettings, check: ProviderCheck) -> None:
    """Keeps a refusal in the cache, so that neither a poll nor the next check repeats the sign-in; a success forgets it."""
    from calls.cache.state import remember_refusal_of
    from providers.errors import SignInRefused
    from providers.settings import sign_in_digest
    from tui.commands.opening import writable

    before = (cache.refused_sign_ins or {}).get(check.provider, "")
    refused = isinstance(check.failure, SignInRefused)
    if cache.refused_sign_ins is None or not check.asked or not (refused or (before and check.failure is None)):
        return
    database = writable(cache.path)
    try:
        remember_refusal_of(database, check.provider, sign_in_digest(settings, before) if refused else "")
    finally:
        database.close()


def _configured(layers: Layers) -> tuple[dict[str, ProviderSettings], list[Mistake]]:
    """The providers that can be asked, and all mistakes of the configuration."""
    from providers.settings import ProviderSettings
    from tui.config import judged, judged_provider

    config, mistakes = judged(layers)
    if config is not None:
        return dict(config.providers), mistakes
    tables = layers.tree.get("providers")
    judgements = {name: judged_provider(name, table) for name, table in tables.items()} if isinstance(tables, Mapping) else {}
    return {name: found for name, found in judgements.items() if isinstance(found, ProviderSettings)}, mistakes


def _names(mistakes: list[Mistake], provider: str) -> bool:
    return any(mistake.key[:2] == ("providers", provider) for mistake in mistakes)


def _notes(layers: Layers, providers: Mapping[str, object]) -> list[str]:
    """What should be known about the configuration although it can be used."""
    from tui.config import unknown_variables
    from tui.settings.privacy import public_secrets

    notes = [f"{variable} is not read: {sentence}" for variable, sentence in unknown_variables(layers).items()]
    notes += [warning] if (warning := public_secrets(layers)) else []
    return notes if providers else [*notes, "no provider can be asked; add one: calltop config add"]


def _configuration_json(layers: Layers, mistakes: list[Mistake], notes: list[str]) -> Mapping[str, Any]:
    from tui.settings.mistakes import placed

    told = [found.sentence for found in placed(mistakes, layers)]
    return {"part": "configuration", "path": str(layers.path), "well": not (told or notes), "mistakes": told, "problems": notes}


def _configuration_lines(layers: Layers, mistakes: list[Mistake], notes: list[str], count: int) -> Iterator[tuple[str, str]]:
    from tui.settings.mistakes import placed

    state = "right" if not mistakes else counted(len(mistakes), "mistake")
    exists = "" if layers.path.exists() else " (no such file)"
    yield "", f"configuration {layers.path}{exists}: {state}, {counted(count, 'provider')}"
    yield from (("mistake", found.sentence) for found in placed(mistakes, layers))
    yield from (("problem", note) for note in notes)


def _provider_lines(check: ProviderCheck) -> Iterator[tuple[str, str]]:
    state = "well" if check.well else "failed" if check.failure is not None else "answers, but see below"
    yield "", f"{check.provider} ({check.kind}): {state}"
    yield from check.lines()


def _cache_lines(cache: CacheHealth) -> Iterator[tuple[str, str]]:
    if not cache.exists:
        yield "", f"cache {cache.path}: there is none yet; the first poll makes it"
    else:
        yield "", f"cache {cache.path}: {'well' if not cache.problems else 'see below'}"
        yield "size", f"{cache.bytes / _MB:.1f} MB, {cache.log_bytes / _MB:.1f} MB in its log, schema {cache.schema}"
        if not (cache.unusable or cache.damage):
            yield "content", "the integrity check found nothing amiss"
    yield "disk", f"{cache.free_bytes // _MB} MB free"
    for lease in cache.leases:
        state = "which has ended" if lease.dead else f"heard {lease.heard_seconds} s ago{' (silent)' if lease.silent else ''}"
        yield "polled", f"{lease.provider} by {lease.holder}, {state}"
    yield from (("problem", problem) for problem in cache.problems)


def _print(args: argparse.Namespace, data: Mapping[str, Any], lines: Iterator[tuple[str, str]]) -> None:
    if args.format == "json":
        print(json.dumps(data, ensure_ascii=False), flush=True)
    else:
        for word, sentence in lines:
            print(f"  {clean(word):9} {clean(sentence)}" if word else clean(sentence), flush=True)
