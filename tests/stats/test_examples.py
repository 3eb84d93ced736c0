"""Every public function has a worked example, and the examples are true."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import tracker.stats

MODULES = [f"tracker.stats.{found.name}" for found in pkgutil.iter_modules(tracker.stats.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted and not result.failed


@pytest.mark.parametrize("name", MODULES)
def test_every_function_has_one(name):
    functions = inspect.getmembers(importlib.import_module(name), inspect.isfunction)
    own = [found for known, found in functions if found.__module__ == name and not known.startswith("_")]
    assert [found.__name__ for found in own if ">>>" not in (found.__doc__ or "")] == []
