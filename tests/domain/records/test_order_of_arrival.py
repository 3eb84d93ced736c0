"""No clock decides: the same records give the same states in every order of arrival."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.support.installation import NOW
from tracker.domain.runs.progress import step_states
from tracker.models import Record, Step

STEPS = [
    Step(position=0, key="a", text="A", parent=None, attributes={"critical": True}),
    Step(position=1, key="b", text="B", parent="a", attributes={}),
    Step(position=2, key="c", text="C", parent=None, attributes={"critical": True}),
    Step(position=3, key="d", text="D", parent=None, attributes={}),
]


@st.composite
def facts(draw: st.DrawFn) -> list[tuple[str, str, int | None]]:
    """Kind and step of each record; an "undone" names an earlier one by its number."""
    found: list[tuple[str, str, int | None]] = []
    for number in range(draw(st.integers(1, 12))):
        standing = [n for n in range(number) if found[n][1] != "undone"]
        kind = draw(
            st.sampled_from(["done", "skipped", "failed", "undone"] if standing else ["done", "failed"])
        )
        cancels = draw(st.sampled_from(standing)) if kind == "undone" else None
        key = found[cancels][0] if cancels is not None else draw(st.sampled_from("abcd"))
        found.append((key, kind, cancels))
    return found


def arrived(found: list[tuple[str, str, int | None]], order: list[int]) -> list[Record]:
    at = {number: NOW + timedelta(seconds=place) for place, number in enumerate(order)}
    return [
        Record(
            id=UUID(int=number + 1), step_key=found[number][0], kind=found[number][1], received_at=at[number],
            cancels_id=None if (c := found[number][2]) is None else UUID(int=c + 1),
        )
        for number in order
    ]  # fmt: skip


@given(st.data())
def test_any_order_gives_the_same_states(data: st.DataObject) -> None:
    found = data.draw(facts())
    order = data.draw(st.permutations(range(len(found))))
    one, other = (
        [
            (s.step.key, s.outcome, s.cleared, s.recovered, s.blocked_by, [r.id for r in s.records])
            for s in step_states(STEPS, arrived(found, list(numbers)))
        ]
        for numbers in (range(len(found)), order)
    )
    assert one == other


@given(facts())
def test_the_outcome_is_the_strongest_record_that_stands(found: list[tuple[str, str, int | None]]) -> None:
    cancelled = {cancels for _, _, cancels in found}
    for state in step_states(STEPS, arrived(found, list(range(len(found))))):
        standing = {
            kind
            for number, (key, kind, _) in enumerate(found)
            if key == state.step.key and kind != "undone" and number not in cancelled
        }
        strongest = next((kind for kind in ("failed", "skipped", "done") if kind in standing), None)
        assert (state.outcome, state.cleared) == (strongest, "done" in standing)
