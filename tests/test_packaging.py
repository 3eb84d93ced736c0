"""The wheel serves a workspace without this repository; its pins name no address."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel that was built just now."""
    place = tmp_path_factory.mktemp("dist")
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True, capture_output=True, text=True)
    (path,) = place.glob("*.whl")
    return set(ZipFile(path).namelist())


def shipped(folder: str, beneath: str) -> set[str]:
    """The repository's files in `folder` by the names that they have in the wheel."""
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True)
    return {beneath + name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


@pytest.mark.parametrize(
    ("folder", "beneath"),
    [
        ("tracker", ""),
        ("templates", "tracker/_share/"),
        ("sops", "tracker/_share/"),
        ("mkdocs.yml", "tracker/_share/"),
    ],
)
def test_wheel_carries_every_file_of(folder: str, beneath: str, wheel: set[str]) -> None:
    expected = shipped(folder, beneath)
    assert expected, f"{folder} is not in the repository"
    assert expected - {n for n in expected if n.endswith(".gitignore")} <= wheel


def test_wheel_carries_the_interface_files(wheel: set[str]) -> None:
    scanner = {f"scanner/{name}" for name in ("ponyfill.js", "zxing-exported.js", "zxing_reader.wasm")}
    files = {"htmx.min.js", "idb.js", "tabler.min.css"} | scanner
    assert {f"tracker/static/vendor/{name}" for name in files} <= wheel


def test_wheel_carries_nothing_else(wheel: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel} == {"tracker", "holdfast-0.1.0.dist-info"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-node.lock"])
def test_python_pins_have_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = [line for line in text.splitlines() if line[:1].isalnum()]
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert "://" not in text


def test_interface_pins_name_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
