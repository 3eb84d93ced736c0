"""What counts as a step, at which depth, on which line."""

from __future__ import annotations

import pytest

from tests.sop.conftest import Page, document, outline


@pytest.mark.parametrize("indent", ["  ", "   ", "    ", "\t"])
def test_sub_lists_by_any_indentation(indent: str) -> None:
    doc = document(
        f"# Return\n\n1. Open the parcel\n{indent}1. Cut the tape\n{indent}2. Lift the lid\n2. Count it\n"
    )
    assert outline(doc) == [(1, "Open the parcel"), (2, "Cut the tape"), (2, "Lift the lid"), (1, "Count it")]
    assert doc.steps[1].parent == doc.steps[0].key


def test_blocks_at_column_0_do_not_end_the_list() -> None:
    doc = document("""
        # Restart the label printer

        1. Stop the queue

        ```sh
        # not a heading
        1. not a step
        ```

        2. Clear the spool

        > Nobody prints meanwhile.

        - a bullet is a detail

        3. Start the queue
    """)
    assert [step.line for step in doc.steps] == [3, 10, 16]
    assert doc.html.count("<ol") == 1
    assert "not a heading" in doc.steps[0].html and "Nobody prints" in doc.steps[1].html


def test_tasks_count_everywhere_but_in_code_and_comments() -> None:
    doc = document("""
        # Notes on the move
        - [ ] Order boxes
        * a bullet
            - [x] Book the van

        <!--
        - [ ] template
        -->
        ```
        - [ ] code
        ```
        1. [ ] Tell the carrier
    """)
    assert outline(doc) == [(1, "Order boxes"), (1, "Book the van"), (1, "Tell the carrier")]
    assert all(step.checkbox for step in doc.steps)
    assert doc.html.count('type="checkbox"') == 3 and doc.html.count('checked="checked"') == 1


def test_numbered_headings_of_a_procedure() -> None:
    doc = document("""
        # Move a shelf
        ## 1. Empty the shelf
        1. Take the goods out
        ## 2) Move the frame
        ## Notes
        1. The shelf is heavy
        2. It has wheels
    """)
    assert outline(doc) == [(1, "1. Empty the shelf"), (2, "Take the goods out"), (1, "2) Move the frame")]
    assert Page(doc.html).steps == [(step.key, step.depth) for step in doc.steps]


@pytest.mark.parametrize(
    "text",
    [
        "# Kit\n\n## Materials\n\n1. Tape\n2. Box knife\n3. Labels\n",
        "# Guide\n\n1. [Pick](#pick)\n2. [Pack](#pack)\n",
        "# Incident\n\n1. Is the site down?\n2. Are orders delayed?\n",
        "# Terms\n\n## 1. Liability\n\nYou shall indemnify us. This agreement shall be governed hereby.\n\n"
        "1. You shall not resell.\n2. The warranty shall lapse.\n",
        "# Sync\n\nThe script will:\n\n1. Fetch the orders\n2. Update the stock\n",
        "# Words\n\n## Definitions\n\n1. **Tote**: a box with a number\n2. **Wave**: a group of orders\n",
        "# Matériel\n\n1. Une balance\n2. Des gants\n",
        "Just text.\n",
    ],
)
def test_other_lists_are_not_steps(text: str) -> None:
    assert outline(document(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "# Réception\n\n1. Ouvrez le colis avec soin\n2. Vérifiez le contenu de la boîte\n",
        "# Recepción\n\n1. Abra la caja con cuidado\n2. Verifique el contenido de la caja\n",
        "# Wareneingang\n\n1. Öffnen Sie das Paket mit dem Messer\n2. Prüfen Sie den Inhalt und die Menge\n",
    ],
)
def test_other_languages(text: str) -> None:
    assert len(document(text).steps) == 2


def test_the_author_names_the_heading() -> None:
    doc = document("""
        ---
        steps: "The way"
        ---
        # X
        1. Not this
        ## The way
        1. Tape
        - [ ] Box
        ## After
        - [ ] Not that
    """)
    assert outline(doc) == [(1, "Tape"), (1, "Box")]


def test_the_author_says_there_are_none() -> None:
    assert document("---\nsteps: none\n---\n- [ ] Open\n").steps == ()


def test_a_heading_that_is_not_there_is_an_error() -> None:
    doc = document('---\nowner: maria\nsteps: "Way"\n---\n# Ways\n1. Open\n')
    assert [(p.line, p.error) for p in doc.problems] == [(3, True)]
    assert "“Ways”" in doc.problems[0].hint


def test_keys_come_from_the_text_and_are_unique() -> None:
    doc = document("# Check\n\n1. Prüfe Öl & Wasser\n2. Check it\n3. Check it\n4. Check it\n")
    assert [step.key for step in doc.steps] == ["prüfe-öl-wasser", "check-it", "check-it-2", "check-it-3"]


def test_published_keys_are_kept() -> None:
    from tracker.sop.parse import read

    doc = read("1. Open the box\n2. Close the box\n", "a.md", keys=["first", "second"])
    assert [step.key for step in doc.steps] == ["first", "second"]
    assert Page(doc.html).steps == [("first", 1), ("second", 1)]


def test_text_is_what_a_reader_sees() -> None:
    doc = document("""
        1. **Open** the [order page](https://shop.example/x), press `Ctrl_C`, _wait_ <kbd>5</kbd> s
           ![x](y.png) for {version} and snake_case\\*
    """)
    assert doc.steps[0].text == "Open the order page, press Ctrl_C, wait 5 s for {version} and snake_case*"
    assert "{version}" in doc.steps[0].html


def test_steps_inside_details_count() -> None:
    doc = document("<details>\n<summary>More</summary>\n\n- [ ] Open the box\n\n</details>\n")
    assert outline(doc) == [(1, "Open the box")]
    assert "<summary>" in doc.html
