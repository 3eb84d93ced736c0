"""`holdfast assign` opens a list, says what is wrong by line, and can be repeated."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from tracker.cli import main


def assign(workspace: Path, file: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["assign", "pack", str(file), "--workspace", str(workspace), *more])


def test_a_list_is_opened_once(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("subject\n1\n2\n2\n")
    whom = ("--by", "lena", "--to", "team:Packing")
    refused = assign(workspace, file, *whom)
    assert refused.exit_code == 1 and "orders.csv:4: The same is in line 3 already." in refused.output
    assert "1 of 3 lines have errors, so nothing is opened." in refused.output
    first = assign(workspace, file, *whom, "--due", "2099-01-01 12:00", "--skip-wrong")
    assert first.exit_code == 1 and "2 runs opened, 0 had an open run, 1 lines have errors." in first.output
    assert "orders.csv:4: The same is in line 2 already." in first.output.replace("line 3", "line 2")
    again = assign(workspace, file, *whom, "--due", "2099-01-01 12:00")
    assert "opened before: 2 runs. Nothing is opened twice." in again.output


def test_what_is_wrong_with_the_command_is_told(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("1\n")
    for more, why in (
        (("--by", "nobody"), "no account “nobody”"),
        (("--by", "sam"), "may not do this"),
        (("--by", "lena", "--to", "team:Sewing"), "Sewing"),
        (("--by", "lena", "--due", "soon"), "is no time"),
        (("--by", "lena", "--location", "Porto"), "out of your reach"),
    ):
        result = assign(workspace, file, *more)
        assert result.exit_code == 1 and why in result.output, result.output
    missing = assign(workspace, tmp_path / "none.csv", "--by", "lena")
    assert missing.exit_code == 1 and "Can’t read" in missing.output


def test_a_list_with_many_errors_tells_the_first_and_opens_nothing(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("sep=;\nSubject;Due\n1;31.03.2099 14:30\n" + "2;soon\n" * 130, encoding="utf-16")
    result = assign(workspace, file, "--by", "lena")
    assert (
        result.exit_code == 1
        and result.output.count("orders.csv:") == 100
        and "… and 30 more." in result.output
    )
    assert "130 of 131 lines have errors, so nothing is opened." in result.output
    good = tmp_path / "good.csv"
    good.write_text(
        "Subject;Due\r\n1;31.03.2099 14:30\r\n2;12/31/2099 2:30 PM\r\n;\r\n;\r\n", encoding="cp1252"
    )
    result = assign(workspace, good, "--by", "lena")
    assert result.exit_code == 0 and "2 runs opened, 0 had an open run" in result.output
