"""Documents that cost far more to read than to write, each as small as shows it."""

from __future__ import annotations

STEPS = "# Pack\n\n1. Open the box\n2. Close the box\n\n"


def _repeated(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def _aliases(levels: int) -> str:
    rows = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(rows)


def _matter(text: str) -> str:
    return f"---\n{text}\n---\n\n{STEPS}"


MATTER = {
    "an alias": (_matter(f"{_aliases(5)}\ntags: *l4"), 2, "“&l0” is a mark"),
    "an alias alone": (_matter("title: Pack\ntags: *l4"), 3, "“*l4” stands for a value"),
    "a merge key": (_matter("title: Pack\n<<: {owner: maria}"), 3, "“<<” takes lines over"),
    "a tag": (_matter("title: !!binary QUFB"), 2, "is a tag"),
    "a tag of its own": (_matter("title: !x Pack"), 2, "“!x” is a tag"),
    "deep nesting": (_matter(f"x: {'[' * 400}{']' * 400}"), 2, "more than 6 levels deep"),
    "very deep nesting": (_matter(f"x: {'[' * 100_000}"), 2, "longer than 20000 characters"),
    "many names": (_matter("x: {" + ", ".join(f"{n}: 1" for n in range(1_500)) + "}"), 2, "more than 1000"),
    "a long text": (_matter(f"title: {'x' * 30_000}"), 2, "longer than 20000 characters"),
    "a huge number": (_matter(f"title: Pack\ndue: 0x{'f' * 9_000}"), 3, "number is too long"),
    "a number of sixties": (_matter(f"due: 1{':59' * 2_000}"), 2, "number is too long"),
    "a fraction of sixties": (_matter(f"due: 1{':59' * 2_000}.5"), 2, "number is too long"),
    "no such day": (_matter("title: Pack\nreviewed: 2026-02-31"), 3, "is no value"),
    "a name twice": (_matter("owner: maria\ntitle: Pack\nowner: ben"), 4, "“owner” is given twice"),
    "a list as a name": (_matter("? [a, b]\n: c"), 2, "can't be a name"),
}
"""Front matter: the document, the line of the error, and words of its message."""

TEXTS = {
    "abbreviations": STEPS + "*[a]: " + "x" * 40_000 + "\n\n" + "\n\n".join(["a b " * 2_000] * 10),
    "backticks": STEPS + _repeated("`", 150_000),
    "backticks and words": STEPS + "\n\n".join([_repeated("`a ", 9_000)] * 20),
    "brackets": STEPS + "\n\n".join(["# " + _repeated("![", 6_000)] * 20),
    "a table": STEPS + "|" + "a|" * 900 + "\n|" + "-|" * 900 + "\n" + "|\n" * 4_000,
    "emphasis": STEPS + "\n\n".join([_repeated("**a", 15_000)] * 10),
    "footnotes": STEPS + "".join(f"x[^{n}]\n\n[^{n}]: y[^{n + 1}]\n\n" for n in range(4_000)),
    "paragraphs": STEPS + "1. a\n\nb\n\n" * 20_000,
    "elements": STEPS + "<div>\n" * 20_000 + "\na\n\n" + "</div>\n" * 20_000,
    "entities": STEPS + _repeated("&", 1_000_000),
    "fences": STEPS + "".join(f"```python\nx = {n}\n```\n" for n in range(20_000)),
    "tildes": STEPS + _repeated("~", 1_000_000),
}
"""Texts that take seconds or hundreds of megabytes, or come to so much HTML."""
