"""What the Stats screen shows, of one moment; slow parts come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from calls.cache.snapshots import Standing
from calls.metrics import Figure
from calls.metrics.lens import Lens
from calls.metrics.patience import Patience, StaffingPlan
from calls.metrics.typical import Typical
from calls.metrics.week import Week
from tui.stats.question import StatsQuestion


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the table: its figures by name. A `gap` has none, because nothing is known of it: from `label` to `until`.

    `known_share` is the part of a group of time that is covered, 1 for other groups; `provisional` while calls of it may
    still be missing.
    """

    label: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    known_share: float = 1.0
    provisional: bool = False
    gap: bool = False
    until: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """The table of one grouping in its own order, and why providers are left out of it, by name. `fewer_calls` is how many
    groups are not in it because others have more calls."""

    grouping: str
    rows: tuple[Group, ...]
    left_out: Mapping[str, str]
    fewer_calls: int = 0


@dataclass(frozen=True, slots=True)
class StatsSnapshot:
    """The answer to a question, of the moment `taken_ms`. A part is None while it is still read; `figures` begin with the
    headline. `standing` is that of the present; `moments` are those that one can go back to, the newest first."""

    question: StatsQuestion
    taken_ms: int
    standing: Standing
    moments: tuple[int, ...]
    figures: Mapping[str, Figure]
    left_out: Mapping[str, str] = field(default_factory=dict)
    groups: Groups | None = None
    typical: Typical | None = None
    week: Week | None = None
    lens: Lens | None = None
    patience: Patience | None = None
    staffing: StaffingPlan | None = None

    def over(self, before: StatsSnapshot | None) -> StatsSnapshot:
        """This answer with those missing parts of the one before that answer the same."""
        if before is None:
            return self
        asked, was = self.question, before.question
        if asked.as_of_ms != was.as_of_ms:
            return self
        same_calls = (asked.asked, asked.thresholds) == (was.asked, was.thresholds)
        figures = before.figures if same_calls and self.figures.keys() < before.figures.keys() else {}
        return replace(
            self,
            figures={**figures, **self.figures},
            groups=self.groups or (before.groups if same_calls and asked.grouping == was.grouping else None),
            typical=self.typical or (before.typical if asked.wanted == was.wanted else None),
            week=self.week or (before.week if asked.asked_for_week == was.asked_for_week else None),
            lens=self.lens or (before.lens if same_calls and asked.explained == was.explained else None),
            patience=self.patience or (before.patience if same_calls else None),
            staffing=self.staffing or (before.staffing if asked.asked_for_week == was.asked_for_week else None),
        )
