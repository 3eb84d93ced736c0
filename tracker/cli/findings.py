"""What lint found, in the forms that people and CI systems read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tracker.sop.lint import RULES
from tracker.sop.model import Problem
from tracker.words.terminal import problem_text, say


def as_text(problems: Sequence[Problem]) -> str:
    """A line for each: `file:line: what is wrong. What to write. [rule]`."""
    return "\n".join(f"{problem_text(problem)} [{problem.rule}]" for problem in problems)


def as_json(problems: Sequence[Problem]) -> str:
    """A list of objects; `group` and `why` are null for what keeps a document from being read."""
    return json.dumps([_row(problem) for problem in problems], ensure_ascii=False, indent=1)


def _row(problem: Problem) -> dict[str, Any]:
    rule = RULES.get(problem.rule)
    return {
        "path": problem.path,
        "line": problem.line,
        "rule": problem.rule,
        "group": rule.group if rule else None,
        "why": rule.why if rule else None,
        "message": problem.message,
        "hint": problem.hint,
        "error": problem.error,
    }


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands, which GitHub Actions, Gitea and Forgejo show beside the lines."""
    return "\n".join(
        f"::{'error' if p.error else 'warning'} file={_property(p.path)},line={p.line},"
        f"title={_property(f'holdfast: {p.rule}')}::{_data(f'{p.message} {p.hint}'.strip())}"
        for p in problems
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_gitlab(problems: Sequence[Problem]) -> str:
    """A Code Quality report. A finding keeps its fingerprint when lines above it come and go."""
    seen: Counter[tuple[str, str, str]] = Counter()
    rows = []
    for p in problems:
        same = (p.path, p.rule, p.message)
        seen[same] += 1
        rows.append(
            {
                "description": f"{p.message} {p.hint}".strip(),
                "check_name": f"holdfast/{p.rule}",
                "fingerprint": hashlib.sha256("\0".join((*same, str(seen[same]))).encode()).hexdigest(),
                "severity": "major" if p.error else "minor",
                "location": {"path": p.path.removeprefix("./"), "lines": {"begin": p.line}},
            }
        )
    return json.dumps(rows, ensure_ascii=False, indent=1)


FORMATS: dict[str, Callable[[Sequence[Problem]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "gitlab": as_gitlab,
}


def reasons(problems: Sequence[Problem]) -> list[str]:
    """How much the rules found and why they are there, a line for each."""
    counts = Counter(problem.rule for problem in problems)
    names = [name for name in RULES if counts[name]]
    width = max((len(name) for name in names), default=0)
    digits = max((len(str(counts[name])) for name in names), default=0)
    return [f"  {counts[name]:{digits}} × {name:{width}}  {say(RULES[name].why)}" for name in names]


def table() -> list[str]:
    """Every rule with its group and why it is there."""
    width = max(map(len, RULES))
    lines, group = [], ""
    for name, rule in RULES.items():
        if rule.group != group:
            group = rule.group
            lines.append(group.capitalize())
        always = f" ({say('can’t be switched off')})" if rule.error else ""
        lines.append(f"  {name:{width}}  {say(rule.why)}{always}")
    return lines
