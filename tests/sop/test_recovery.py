"""The recovery block under a step: shown apart, gone from the step's own HTML."""

from __future__ import annotations

from tests.sop.conftest import document

TEXT = """
    # Weigh
    1. Weigh the parcel

        !!! recovery "Weight is off"
            Count again: [Stock mismatch](../inventory/mismatch.md).

        1. Read the scale
           - slowly

            !!! recovery
                Restart the scale.
    2. Note the weight
"""


def test_recovery_belongs_to_its_own_step() -> None:
    weigh, scale, note = document(TEXT).steps
    assert "Count again" in weigh.recovery and "Weight is off" in weigh.recovery
    assert "Count again" not in weigh.html and "Restart" not in weigh.recovery
    assert "Restart the scale" in scale.recovery and "slowly" in scale.html
    assert note.recovery == ""


def test_the_page_shows_it_in_place() -> None:
    doc = document(TEXT)
    assert doc.html.count("admonition recovery") == 2
    assert doc.links == ((5, "../inventory/mismatch.md"),)
    assert 'href="../inventory/mismatch.md"' in doc.steps[0].recovery


def test_recovery_under_a_heading() -> None:
    doc = document(
        '# Run\n## Step 1: Open it\nGently.\n\n!!! recovery "Stuck"\n    Oil it.\n\n## Step 2: Close it\n'
    )
    assert "Oil it" in doc.steps[0].recovery and "Gently" in doc.steps[0].html
    assert "Oil" not in doc.steps[0].html + doc.steps[1].html
