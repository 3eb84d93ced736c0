"""The worked examples of the statistics are true."""

import doctest
import importlib
import pkgutil

import pytest

import tracker.stats

MODULES = [module.name for module in pkgutil.iter_modules(tracker.stats.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of(name):
    result = doctest.testmod(importlib.import_module(f"tracker.stats.{name}"))
    assert result.attempted and not result.failed
