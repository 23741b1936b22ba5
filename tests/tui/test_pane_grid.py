"""Where panes stand, for any number of providers and any size."""

from __future__ import annotations

import pytest
from textual.geometry import Size

from tui.widgets.pane_grid import SMALLEST_PANE_HEIGHT, arrange, columns_for, row_count


@pytest.mark.parametrize("providers", range(1, 13))
@pytest.mark.parametrize("columns", [2, 3])
def test_the_panes_fill_the_room_without_overlapping(providers: int, columns: int) -> None:
    size = Size(160 if columns == 3 else 121, 40)
    regions = arrange(providers, columns, size)
    assert len(regions) == providers + 2
    cells = [(x, y) for region in regions for x in range(region.x, region.right) for y in range(region.y, region.bottom)]
    assert len(set(cells)) == len(cells) == size.area


def test_five_providers_have_the_call_back_list_tall_at_the_right() -> None:
    *providers, merged, call_backs = arrange(5, 3, Size(150, 39))
    assert [region.y for region in providers] == [0, 0, 0, 13, 13]
    assert (merged.width, merged.y) == (100, 26)
    assert (call_backs.x, call_backs.y, call_backs.height) == (100, 13, 26)


@pytest.mark.parametrize(
    ("size", "columns"), [((160, 40), 3), ((150, 40), 3), ((149, 40), 2), ((100, 40), 2), ((99, 40), 1), ((60, 11), 1)]
)
def test_the_width_decides_the_columns(size: tuple[int, int], columns: int) -> None:
    assert columns_for(*size, providers=5) == columns


def test_panes_too_low_to_read_become_tabs() -> None:
    low = SMALLEST_PANE_HEIGHT * row_count(5, 3) - 1
    assert columns_for(160, low, 5) == 1
    assert columns_for(160, low + 1, 5) == 3
