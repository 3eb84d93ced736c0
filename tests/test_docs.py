"""The documents keep up with the program: what it knows is explained, and what they link to is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tracker.cli import main
from tracker.cli.findings import FORMATS
from tracker.domain.transfer.history import COLUMNS
from tracker.models import LEVELS, OUTCOMES
from tracker.sop import attributes, frontmatter, lint, parse
from tracker.sop.model import INPUTS

ROOT = Path(__file__).parent.parent
SOPS = ROOT / "sops"
GUIDE = {path.name: path.read_text() for path in sorted((SOPS / "guide").glob("*.md"))}
README = (ROOT / "README.md").read_text()
EVERYTHING = README + "".join(GUIDE.values())


def _commands(group: click.Group, name: str = "holdfast") -> Iterator[tuple[str, click.Command]]:
    for part, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {part}")
        else:
            yield f"{name} {part}", command


COMMANDS = dict(_commands(main))
OPTIONS = sorted(
    {
        (name, flag)
        for name, command in COMMANDS.items()
        for option in command.params
        if isinstance(option, click.Option)
        for flag in option.opts
    }
)
SETTINGS = sorted({name for path in (ROOT / "tracker").rglob("*.py")
                   for name in re.findall(r"\bHOLDFAST_[A-Z0-9_]*[A-Z]\b", path.read_text())})  # fmt: skip
NAVIGATION = re.findall(r'_\("([^"]+)"\)', (ROOT / "templates/bar.html").read_text())


def _rows(page: str, first: str) -> dict[str, str]:
    """The rows of the table whose first column is called `first`: everything in code in it, and the row."""
    table = GUIDE[page].split(f"| {first} |", 1)[1].split("\n\n", 1)[0]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    return {name: row for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_table_of_the_guide(command: str) -> None:
    assert any(re.match(rf"{command}\b", written) for written in _rows("admins.md", "Command"))


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=" ".join)
def test_every_option_is_explained_beside_its_command(command: str, option: str) -> None:
    rows = _rows("admins.md", "Command")
    row = next(row for written, row in rows.items() if re.match(rf"{command}\b", written))
    said_of_all = "or on `--workspace DIR`" in GUIDE["admins.md"]
    assert re.search(rf"{option}\b", row) or (option == "--workspace" and said_of_all)


def test_no_command_is_explained_that_is_not_there() -> None:
    written = re.findall(r"(?:`|\$ |^)(holdfast (?:(?:user|evidence|facts) )?[a-z][a-z-]*)", EVERYTHING, re.M)
    assert set(written) - set(COMMANDS) == set()


def test_every_setting_is_explained_and_no_other() -> None:
    assert set(_rows("admins.md", "Variable")) == set(SETTINGS)


@pytest.mark.parametrize("screen", NAVIGATION)
def test_every_screen_of_the_navigation_is_explained(screen: str) -> None:
    assert f"| **{screen}** |" in GUIDE["index.md"]
    assert any(f"**{screen}**" in text for page, text in GUIDE.items() if page != "index.md")


@pytest.mark.parametrize("page", ["staff.md", "leads.md", "owners.md", "admins.md"])
def test_words_in_bold_stand_on_a_screen(page: str) -> None:
    """In these pages bold is for what people look for: buttons, headings, labels, as they stand there."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "tracker/web").glob("*.py")]
    screens = "".join(file.read_text() for file in files).replace("’", "'").lower()
    quoted = [text for text in re.findall(r"\*\*([^*\n]+)\*\*", GUIDE[page]) if "`" not in text]
    assert quoted and [text for text in quoted if text.rstrip(" …").lower() not in screens] == []


def test_every_front_matter_key_is_explained_and_no_other() -> None:
    assert set(_rows("authors.md", "Key")) == set(frontmatter.KEYS)


def test_every_attribute_is_explained_and_no_other() -> None:
    assert set(_rows("authors.md", "Attribute")) == {*attributes.FLAGS, *attributes.NAMES}


def test_every_input_is_explained_and_no_other() -> None:
    assert set(_rows("authors.md", "Input")) == set(INPUTS)


def test_every_rule_of_lint_is_explained_and_no_other() -> None:
    assert list(_rows("authors.md", "Rule")) == list(lint.RULES)


def test_every_format_of_lint_is_named() -> None:
    assert all(form in _rows("admins.md", "Command")["holdfast lint [PATH…]"] for form in FORMATS)


def test_every_column_of_an_import_is_explained_and_no_other() -> None:
    assert tuple(_rows("admins.md", "Column")) == COLUMNS


def test_every_outcome_and_access_level_is_explained() -> None:
    shown = {"na": "not applicable"}
    for outcome in OUTCOMES:
        assert f"| **{shown.get(outcome, outcome)}** |" in GUIDE["owners.md"]
    for level in LEVELS:
        assert f"*{level}: " in GUIDE["admins.md"]


def test_the_guide_has_no_steps_no_mistakes_and_no_broken_links() -> None:
    pages = [parse.read(text, f"guide/{name}") for name, text in GUIDE.items()]
    assert [page.path for page in pages if page.steps or page.meta.steps != "none"] == []
    assert [str(problem) for problem in lint.check(pages, lambda path: (SOPS / path).is_file())] == []
    anchors = {(page.path, match) for page in pages for match in re.findall(r'id="([^"]+)"', page.html)}
    for page in pages:
        for _, target in page.links:
            name, _, anchor = target.partition("#")
            assert not anchor or (f"guide/{name}" if name else page.path, f"sop:{anchor}") in anchors, target


def test_the_index_leads_to_a_page_for_each_kind_of_user() -> None:
    pages = {f"{kind}.md" for kind in ("staff", "leads", "owners", "authors", "admins")}
    assert set(GUIDE) == {"index.md", *pages}
    assert set(re.findall(r"\]\((\w+\.md)\)", GUIDE["index.md"])) == pages


def test_the_examples_of_authors_are_read_without_a_mistake() -> None:
    examples = re.findall(r"^```markdown\n(.*?)^```", GUIDE["authors.md"], re.M | re.S)
    documents = [parse.read(example, "returns/restock.md") for example in examples]
    assert all(document.steps for document in documents)
    assert [problem for document in documents for problem in document.problems] == []
    assert all(any(step.recovery for step in document.steps) for document in documents)
    printed = "".join(f"{step.line:6} {step.text}  [{step.key}]\n" for step in documents[0].steps)
    assert printed in GUIDE["authors.md"]


def test_files_and_pictures_that_the_readme_links_to_are_there() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r'src="([^":]+)"', README)
    assert targets and [target for target in targets if not (ROOT / target).exists()] == []
    assert all(picture.stat().st_size <= 200_000 for picture in (ROOT / "docs").rglob("*.png"))


def test_the_readme_begins_with_the_two_commands() -> None:
    targets = re.findall(r"^    make (\w+)", README, re.M)
    assert targets[:2] == ["run", "test"]
    assert all(re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M) for target in targets)


@pytest.mark.parametrize("name", ["docs/security.md", "SECURITY.md"])
def test_every_file_that_the_security_pages_name_is_there(name: str) -> None:
    text = (ROOT / name).read_text()
    named = set(re.findall(r"`((?:tests|tracker|sops|docs)/[\w./-]*)`", text))
    assert len(named) > 1 and [path for path in sorted(named) if not (ROOT / path).exists()] == []
    assert "TODO" not in text
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [target for target in targets if not (ROOT / name).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md"])
def test_what_newcomers_are_sent_to_is_there(name: str) -> None:
    """Each file and folder that is named by its whole path, and each definition that is named beside one."""
    text, folders = (ROOT / name).read_text(), "benchmarks|docs|sops|templates|tests|tools|tracker"
    named = set(re.findall(rf"(?:^|[ `])((?:{folders})/[\w./-]*)", text, re.M))
    named = {path for path in named if not path.startswith("tracker/translations")}  # `make texts` makes it
    assert len(named) > 5 and [path for path in sorted(named) if not (ROOT / path).exists()] == []
    for definition, path in re.findall(r"`(\w+)` (?:in|of) `([\w/]+\.py)`", text):
        assert re.search(rf"^(def |class )?{definition}\b", (ROOT / path).read_text(), re.M), definition


# Of each section of ASVS 5.0.0, how many requirements there are up to level 2, where they come first in it.
UP_TO_LEVEL_2 = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3,
    "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1,
    "8.4": 1, "9.1": 3, "9.2": 4, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4,
    "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip


def test_every_requirement_is_answered_in_one_way() -> None:
    rows = re.findall(
        r"^\| ([\d., *]+) \| ([^|]+) \| (.+) \|$", (ROOT / "docs/security.md").read_text(), re.M
    )
    ids = [number for row, _, _ in rows for number in re.findall(r"\d+\.\d+\.\d+", row)]
    wanted = {f"{section}.{n + 1}" for section, count in UP_TO_LEVEL_2.items() for n in range(count)}
    assert len(set(ids)) == len(ids) and wanted - set(ids) == set()
    higher = [number for row, _, _ in rows for number in re.findall(r"(\d+\.\d+\.\d+) \*3\*", row)]
    assert set(higher) == set(ids) - wanted
    answers = ("Met", "Not met", "Yours", "Nothing to meet")
    assert [row for row, _, how in rows if not how.startswith(answers)] == []


def _names(module: str, tree: ast.Module) -> Iterator[str]:
    """The full names of a module, of what stands at its top, and of the members of its classes."""
    yield module
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (f"{module}.{alias.asname or alias.name}" for alias in node.names)
        elif isinstance(node, ast.Assign):
            yield from (f"{module}.{name.id}" for name in ast.walk(node) if isinstance(name, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield f"{module}.{node.target.id}"
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield f"{module}.{node.name}"
            for member in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(member, ast.FunctionDef):
                    yield f"{module}.{node.name}.{member.name}"
                elif isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                    yield f"{module}.{node.name}.{member.target.id}"


def _variables(tree: ast.Module) -> set[str]:
    """The names of all arguments and variables in a file."""
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}


def test_no_docstring_names_what_is_not_there() -> None:
    """What looks like `module.name` is found, unless it is a file or belongs to a variable (`run.id`)."""
    files = sorted((ROOT / "tracker").rglob("*.py"))
    trees = {file: ast.parse(file.read_text()) for file in files}
    known = set()
    for file, tree in trees.items():
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name in _names(module, tree):
            parts = name.split(".")
            known |= {".".join(parts[start:]) for start in range(len(parts))}
    stale = {
        f"{file.relative_to(ROOT)}: {name}"
        for file, tree in trees.items()
        for name in re.findall(r"`([A-Za-z_]\w*(?:\.\w+)+)`", file.read_text())
        if name not in known
        and name.split(".")[0] not in _variables(tree)
        and not name.endswith((".js", ".md", ".json", ".html", ".css"))
    }
    assert stale == set()
