"""Each rule of lint on its own: texts in which it finds something, and texts in which it must not."""

from __future__ import annotations

import pytest

from tracker.sop import outline
from tracker.sop.inforce import InForce
from tracker.sop.lint import RULES, check
from tracker.sop.parse import read

HEAD = "---\nid: a\nowner: maria\nreview: 90d\n---\n"
IN_FORCE = HEAD + "1. Weigh the parcel {#weigh}\n2. Close it {#close}\n"

# rule: (texts with a finding and its line, texts without); a text without front matter gets HEAD before it
FOUND: dict[str, tuple[list[tuple[str, int]], list[str]]] = {
    "unread-attributes": (
        [("1. Open it {#..}\n", 6), ("1. Open it\n2. Close it {#close it}\n", 7)],
        ["1. Open it {#open}\n", "1. Fill in {name}\n", "1. Write `{#a b}` down\n"],
    ),
    "no-steps": ([("Only a text.\n", 1)], ["1. Open it\n", "---\nsteps: none\n---\nOnly a text.\n"]),
    "two-lists": (
        [("1. Open it\n2. Close it\n\nThen:\n\n- [ ] Lock it\n", 11)],
        ["1. Open it\n    - [ ] Lock it\n2. Close it\n"],
    ),
    "several-actions": (
        [("1. Open the box. Count the pieces.\n", 6), ("1. Weigh the parcel, and then print the label\n", 6)],
        [
            "1. Open the box. It is never locked.\n",
            "1. Choose **Post**, and then choose **OK**.\n",
            "1. Call the Dept. Lead of the shift\n",
            "1. Open the box\n    1. Count the pieces\n    2. Print the list\n",
        ],
    ),
    "too-many-steps": (
        [("".join(f"{n}. Count shelf {n}\n" for n in range(1, 42)), 6)],
        ["".join(f"{n}. Count shelf {n}\n" for n in range(1, 41))],
    ),
    "long-step": ([(f"1. Say {'so ' * 70}\n", 6)], [f"1. Say {'so ' * 60}\n"]),
    "vague-words": (
        [
            ("1. Fill the tray as needed\n", 6),
            ("1. Pack it appropriately\n", 6),
            ("1. Take tape, foam, etc.\n", 6),
        ],
        ["1. Count roughly every 30 minutes\n", "1. Take what is there (tape, foam, etc.)\n"],
    ),
    "no-verb": (
        [("1. Open it\n2. Internal communication\n", 7), ("- [ ] Ask the lead\n- [ ] Shelf labels\n", 7)],
        [
            "1. Open it\n2. Isolate affected pallets\n",
            "1. Open it\n2. Be careful with the blade\n",
            "1. Open it\n2. As a lead, sign the list\n",
            "1. Open it\n2. Right-click on the order\n",
            "1. Open it\n2. The Shift Lead signs the list\n",
            "- [ ] Ask the lead\n- [ ] All lights are off\n- [ ] Report printed\n",
            "1. Öffne die Kiste mit dem Messer und zähle, was in ihr ist\n2. Etikett\n",
        ],
    ),
    "owner": ([("---\nreview: 90d\n---\n1. Open it\n", 1)], ["1. Open it\n"]),
    "unknown-owner": (
        [("---\nowner: marta\nreview: 90d\n---\n1. Open it\n", 2)],
        ["1. Open it\n", "---\nowner: Maria\nreview: 90d\n---\n1. Open it\n"],
    ),
    "one-owner": (
        [
            ("---\nreview: 90d\nowner: maria and paul\n---\n1. Open it\n", 3),
            ("---\nreview: 90d\nowner: warehouse team\n---\n1. Open it\n", 3),
            ("---\nreview: 90d\nowner: tbd\n---\n1. Open it\n", 3),
            ("---\nreview: 90d\nowner: picker\nroles: [picker]\n---\n1. Open it\n", 3),
        ],
        ["---\nreview: 90d\nowner: warehouse-lead\n---\n1. Open it\n"],
    ),
    "review": ([("---\nowner: maria\n---\n1. Open it\n", 1)], ["1. Open it\n"]),
    "recovery": (
        [("1. Open it {.critical}\n", 6)],
        ['1. Open it {.critical}\n\n    !!! recovery "It is stuck"\n        Call the lead.\n'],
    ),
    "many-critical": (
        [("".join(f"{n}. Count shelf {n} {{.critical}}\n" for n in range(1, 8)), 6)],
        ["".join(f"{n}. Count shelf {n} {{.critical}}\n" for n in range(1, 7))],
    ),
    "contradiction": (
        [
            ("1. Open it {.critical .optional}\n", 6),
            ("1. Open it {takes=5s at-least=10s}\n", 6),
            ("1. Choose {input=choice options=A}\n", 6),
            ("---\nmeaning: It is right\n---\n1. Open it\n", 2),
        ],
        [
            "1. Open it {.critical takes=10s at-least=5s}\n",
            "---\nverify: yes\nmeaning: It is right\n---\n1. Open it\n",
        ],
    ),
    "unit": (
        [("1. Weigh it {input=number min=1 max=2}\n", 6)],
        ["1. Weigh it {input=number min=1 max=2 unit=g}\n"],
    ),
    "limits": ([("1. Weigh it {input=number unit=g}\n", 6)], ["1. Weigh it {input=number unit=g max=2}\n"]),
    "condition": (
        [('1. Weigh it {#w input=number min=1 max=9 unit=g}\n2. Lift it {when="w > 10"}\n', 7)],
        ['1. Weigh it {#w input=number min=1 max=9 unit=g}\n2. Lift it {when="w > 5"}\n'],
    ),
    "broken-link": (
        [
            ("1. Open it\n\nSee [this](gone.md).\n", 8), ("1. Open it\n\n![The box](gone.png)\n", 8),
            ("1. Open it\n\nSee [this](there.html).\n", 8),
        ],
        ["1. Open it\n\nSee [this](there.md#x), [that](https://example.com), [here](#a).\n"],
    ),
    "image-text": (
        [("1. Open it\n\n![](there.png)\n", 8), ('1. Open it\n\n<img src="there.png">\n', 8)],
        ["1. Open it\n\n![The label](there.png)\n", "1. Open it\n\n`![](there.png)`\n"],
    ),
    "misspelt-key": (
        [("---\nonwer: maria\n---\n1. Open it\n", 2), ("---\nTag: [peak]\n---\n1. Open it\n", 2)],
        ["---\nowner: maria\nowner_slack: x\nms.reviewer: y\ncover: z.png\n---\n1. Open it\n"],
    ),
    "switched-off": (
        [("---\nlint: [owner]\n---\n1. Open it\n", 2), ("---\nlint: {ownr: no}\n---\n1. Open it\n", 2)],
        ["---\nlint: {owner: it is a template}\n---\n1. Open it\n"],
    ),
    "changed-id": ([(IN_FORCE.replace("id: a", "id: b"), 2)], [IN_FORCE]),
    "moved-file": ([], [IN_FORCE]),
    "changed-key": (
        [(IN_FORCE.replace("{#weigh}", "{#scale}"), 6)],
        [IN_FORCE.replace("Weigh the parcel", "Put it on the scale")],
    ),
    "lost-key": (
        [(IN_FORCE.replace("2. Close it {#close}\n", ""), 1)],
        [IN_FORCE.replace("Close it", "Shut it")],
    ),
    "reused-key": (
        [
            (IN_FORCE.replace("Close it", "Phone the carrier about pick-up"), 7),
            (HEAD + "1. Look at it\n2. Close it {#weigh}\n", 7),
        ],
        [IN_FORCE.replace("Close it", "Close it with tape")],
    ),
    "unsure-match": ([], [IN_FORCE, IN_FORCE + "3. Hand it over\n"]),
    "duplicate-id": ([], [IN_FORCE]),
    "translation": ([], ["1. Open it\n"]),
}  # fmt: skip

ELSEWHERE = {"moved-file", "unsure-match", "duplicate-id", "translation"}
"""Rules that need more than one document: tests/cli/test_lint.py and others beside it."""


def lines(rule: str, text: str) -> list[int]:
    document = read(text if text.startswith("---") else HEAD + text, "a.md")
    assert not document.errors
    known = {"path": "a.md", "source": IN_FORCE, "keys": [step.key for step in outline.read(IN_FORCE)]}
    in_force = InForce({"a": known} if "{#close" in text or "{#weigh" in text else {}, ["maria", "mario"])
    there = ("there.md", "there.png", "there.html")
    return [p.line for p in check([document], there.__contains__, in_force) if p.rule == rule]


def test_every_rule_is_tried() -> None:
    assert set(FOUND) == set(RULES)
    assert {rule for rule, (bad, _) in FOUND.items() if not bad} == ELSEWHERE


@pytest.mark.parametrize(
    ("rule", "text", "line"), [(r, *one) for r, (bad, _) in FOUND.items() for one in bad]
)
def test_it_finds(rule: str, text: str, line: int) -> None:
    assert lines(rule, text) == [line]


@pytest.mark.parametrize(("rule", "text"), [(r, text) for r, (_, good) in FOUND.items() for text in good])
def test_it_leaves_alone(rule: str, text: str) -> None:
    assert lines(rule, text) == []


def test_the_owner_that_is_meant_is_proposed() -> None:
    document = read("---\nowner: marta\nreview: 90d\n---\n1. Open it\n", "a.md")
    (problem,) = check([document], in_force=InForce({}, ["maria", "paul"]))
    assert problem.hint == "Did you mean “maria”?"


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if not rule.error])
def test_a_rule_is_off_where_the_front_matter_says_why(rule: str) -> None:
    for text, _ in FOUND[rule][0]:
        given = text if text.startswith("---") else HEAD + text
        if rule != "switched-off":
            assert lines(rule, given.replace("---\n", f"---\nlint: {{{rule}: not here}}\n", 1)) == []


@pytest.mark.parametrize(
    ("braces", "hint"),
    [
        ("{#..}", "Write a key of letters"),
        ("{#a b}", "Write {#a-b}."),
        ("{#a critical}", "Write {#a .critical}."),
        ("{#weigh .critical now max=20}", "Write {#weigh-now .critical max=20}."),
        ("{max = 20}", "Write a key of letters"),
    ],
)
def test_braces_that_are_no_attributes(braces: str, hint: str) -> None:
    text = HEAD + (f"1. Open it {braces}\n2. Fill in the {{version}}\n3. Close it {{#close}}\n")
    problems = [problem for problem in check([read(text, "a.md")]) if problem.rule == "unread-attributes"]
    assert [problem.line for problem in problems] == [6]
    assert braces in problems[0].message and problems[0].hint.startswith(hint)
