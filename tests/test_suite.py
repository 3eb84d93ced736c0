"""What tests share lies in `tests/support/` or in a conftest: no module of tests stands on another one."""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(
    r"^\s*(?:from|import) (tests\.(?:\w+\.)*test_\w+)|^from tests(?:\.\w+)* import \(?\s*test_", re.M
)


def test_no_module_of_tests_imports_from_another() -> None:
    here = Path(__file__).parent
    files = sorted(here.rglob("*.py"))
    assert len(files) > 200
    assert [file for file in files if IMPORT.search(file.read_text())] == []


def test_such_an_import_would_be_seen() -> None:
    for line in (
        "from tests.web.test_hosts import x",
        "import tests.test_db",
        "from tests.web import test_hosts",
    ):
        assert IMPORT.search(f"import re\n{line}\n"), line
