"""Whole runs as text that spreadsheets and programs read, piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from tracker.domain.transfer import cells
from tracker.domain.transfer.history import COLUMNS

JSON_LINES = "jsonl"

MORE = (
    *("number", "title", "kind", "step_number", "step_text", "unit", "counted", "put_right", "note"),
    *(
        "recorded",
        "recorded_on",
        "closed_on",
        "due_at",
        "closed_by",
        "flags",
        "files",
        "signed_by",
        "passed_by",
    ),
)
"""Columns that no import needs; those ending in `_on` are times by the clocks of the run's place."""

_AT_ONCE = 1 << 16

_safe = lru_cache(4096)(cells.safe)  # most cells of a run stand on each of its lines


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands between the cells, and before the decimals."""

    delimiter: str
    decimal: str


FORMATS = {
    "semicolon": Marks(";", ","),
    "comma": Marks(",", "."),
    "semicolon-point": Marks(";", "."),
    "tab": Marks("\t", "."),
}


def usual(language: str) -> str:
    """The format in which a spreadsheet of a language (and country) expects a table.

    >>> usual("en-US"), usual("de"), usual("fr-FR"), usual("de-CH")
    ('comma', 'semicolon', 'semicolon', 'semicolon-point')
    """
    if language.upper().endswith(("-CH", "-LI")):
        return "semicolon-point"
    try:
        symbols = Locale.parse(language, sep="-").number_symbols
    except (ValueError, UnknownLocaleError):
        return "comma"
    return "semicolon" if symbols.get("latn", symbols).get("decimal") == "," else "comma"


def as_json_lines(runs: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A run on each line."""
    return (json.dumps(run, ensure_ascii=False) + "\n" for run in runs)


def as_csv(runs: Iterable[dict[str, Any]], marks: Marks) -> Iterator[str]:
    """A line for each record, and one for each step without; `holdfast import` reads it again.

    What was taken back has the outcome "undone" and counts for nothing.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=marks.delimiter)
    out.write("\ufeff")  # by which spreadsheets know that it is UTF-8
    writer.writerow((*COLUMNS, *MORE))
    for run in runs:
        for line in _lines(run):
            writer.writerow([_cell(line.get(name, ""), marks) for name in (*COLUMNS, *MORE)])
        if out.tell() > _AT_ONCE:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _lines(run: dict[str, Any]) -> Iterator[dict[str, Any]]:
    zone = ZoneInfo(run["zone"])
    about = {
        **{name: run[name] for name in ("run", "sop", "revision", "subject", "location", "number", "title")},
        **{name: run[name] for name in ("kind", "started_at", "closed_at", "due_at", "closed_by")},
        "closed_on": _there(run["closed_at"], zone),
    }
    for step in run["steps"]:
        of_step = {
            **about,
            "step": step["step"],
            "step_number": step["name"],
            "step_text": step["text"],
            "unit": step["unit"],
            "counted": step["outcome"],
            "put_right": "yes" if step["put_right"] else "",
            "passed_by": step.get("passed_by", ""),
        }
        for one in step["records"]:
            yield {**of_step, **_of_record(one, zone)}
        if step["outcome"] and not any(one["counts"] for one in step["records"]):
            at = run["closed_at"]
            yield {
                **of_step,
                "outcome": step["outcome"],
                "reason": step["reason"],
                "actor": run["closed_by"],
                "device_at": at,
                "recorded_on": _there(at, zone),
            }


def _of_record(one: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "outcome": one["recorded"] if one["counts"] else "undone",
        "reason": one["reason"],
        "value": one["value"],
        "actor": one["person"],
        "device_at": one["at"],
        "note": one["note"],
        "recorded": one["recorded"],
        "recorded_on": _there(one["at"], zone),
        "flags": " ".join(one["flags"]),
        "files": " | ".join(file["name"] or file["digest"] for file in one["files"]),
        "signed_by": " ".join(sign["person"] for sign in one["signed"]),
    }


def _there(at: str, zone: ZoneInfo) -> str:
    """A time by the clocks of a place, as every spreadsheet reads it."""
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M:%S}" if at else ""


def _cell(value: Any, marks: Marks) -> str:
    """What stands in a cell. A number keeps all its digits."""
    if isinstance(value, str):
        return _safe(value)
    if value is None:
        return ""
    if isinstance(value, float) and not isinstance(value, bool):
        return _number(value).replace(".", marks.decimal)
    return str(value) if isinstance(value, int) else cells.safe(json.dumps(value, ensure_ascii=False))


def _number(value: float) -> str:
    """A number with a point; three decimals get a fourth, for 1,125 could be a thousand."""
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text + "0" if len(text.partition(".")[2]) == 3 else text
