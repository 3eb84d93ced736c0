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


@pytest.mark.parametrize(
    "text",
    [
        "To clear the spool on the server do the following:\n\n1. Right click it\n2. It is empty now\n",
        "# Releasing\n\n1. The log is complete\n2. `git tag 1.2`\n3. `git push --tags`\n",
        "# Morning\n\n## Machines\n\nStart the machines in this order:\n\n1. Oven\n2. Fryer\n",
        "# Crates\n\n{% include login.md %}\n2. Type the number of the crate\n3. Click **Save**\n",
        '# Scales\n\n=== "Old"\n\n    1. Press Tare\n\n=== "New"\n\n    1. Hold Zero\n',
        "# 手順\n\n1. 箱を開ける\n2. ラベルを確認する\n",
        "# Возврат\n\n1. Откройте коробку\n2. Проверьте товар\n",
        "# Return\n\n1. ![lamp](lamp.png), enter Returns\n2. ![lamp](lamp.png), choose Post\n",
        "# Devolução\n\n## Caixa\n\n1. Abrir a caixa\n2. Clique em Salvar\n",
    ],
)
def test_steps_by_their_introduction_wording_and_place(text: str) -> None:
    doc = document(text)
    assert len(doc.steps) == text.count("\n1. ") + text.count("    1. ") + text.count("\n2. ") + text.count(
        "\n3. "
    )


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("# Box\n\n## 1️⃣ Open the box\n\nText\n\n## 2️⃣ Count the goods\n", 2),
        ("# Box\n\n## 📦 1. Open the box\n\nText\n\n## 📦 2. Count the goods\n", 2),
        ("# Box\n\n## Step One: The lid\n\nText\n\n## Step Two: The goods\n", 2),
        ("# Box\n\n## 1 - Open the box\n\nText\n\n## 2 - Count the goods\n", 2),
        ("# Recall playbook\n\n## 1. Notice\n\n- Find the lot\n\n## 2. Containment\n\n- Lock the shelf\n", 2),
        ("# Box\n\n## 1.2.0 - Add lids\n\nText\n\n## 1.1.0 - Fix labels\n", 0),
        (
            "# Policies\n\n## 1. Holidays\n\n- Ask early\n\n## 2. Behaviour\n\n- Greet everybody\n",
            0,
        ),
    ],
)
def test_numbers_of_headings(text: str, headings: int) -> None:
    assert len(document(text).steps) == headings


@pytest.mark.parametrize(
    "text",
    [
        "# Guide\n\n## Content\n\n1. The box\n2. How to open it\n\n## The box\n\n## How to open it\n",
        "# Shop tool\n\n## Key features\n\n1. Create labels\n2. Track parcels\n",
        "# Changelog\n\n## May\n\n1. Add a scale\n2. Fix the scanner\n",
        "# Count method\n\nWhen is it due?\n\n1. When a shelf is moved\n2. When the shift ends\n",
        "# Writing instructions\n\n1. Scope - what it covers\n2. Use - how to read it\n",
        "# Terms of service\n\nWe are not liable. We may end it at our sole discretion.\n\n"
        "1. You must be a person. Please contact us.\n2. You agree that we may change this.\n",
        "# Runbooks de loja\n\nCada texto tem o mesmo formato e começa com uma lista de coisas:\n\n"
        "1. **Alarme** — sinal do painel de controle da loja\n2. **Causa** — motivo do sinal no painel\n",
    ],
)
def test_more_lists_that_are_not_steps(text: str) -> None:
    assert outline(document(text)) == []


def test_every_ordered_list_in_a_step_gives_sub_steps_but_no_formula_and_no_question() -> None:
    doc = document("""
        # Count the stock

        1. Compare these:
           1. Label of the pallet
           2. Delivery note
        2. Calculate the loss:
           1. L = 20
           2. D = 4
        3. Look at the seal:
           1. Is it broken?
    """)
    assert [step.depth for step in doc.steps] == [1, 2, 2, 1, 1]


def test_lines_for_a_program_end_the_text_before_them() -> None:
    doc = document("""
        # Crates

        ::: tip
        1. Open the crate
        {% include lid.md %}
        2. Close the crate
        :::
    """)
    assert outline(doc) == [(1, "Open the crate"), (1, "Close the crate")]
    assert doc.html.count("<ol") == 1


def test_a_document_quoted_in_a_fence_has_fences_of_its_own() -> None:
    doc = document("""
        # How we write

        ```markdown
        ## Steps
        ```sh
        ls
        ```
        1. Open the box
        ```

        1. Copy the template
    """)
    assert outline(doc) == [(1, "Copy the template")]
