"""What templates are given holds for who asks, not for when they were compiled."""

from __future__ import annotations

from flask import Flask
from jinja2 import nodes
from jinja2.defaults import DEFAULT_FILTERS


def test_an_address_of_the_site_is_below_the_path_that_is_asked_for(app: Flask) -> None:
    with app.test_request_context("/"):
        template = app.jinja_env.from_string("{{ ''|docs }} {{ path|docs }}")
        assert template.render(path="a.md") == "/docs/ /docs/a/"
    with app.test_request_context("/", base_url="http://localhost/ops"):
        assert template.render(path="a.md") == "/ops/docs/ /ops/docs/a/"


def test_no_other_filter_that_depends_on_who_reads_is_applied_to_a_constant(app: Flask) -> None:
    """Jinja works that out once, in the language and for the path of whoever had it compiled."""
    own = app.jinja_env.filters.keys() - DEFAULT_FILTERS.keys() - {"docs"}
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("site/")):
        source, _, _ = app.jinja_env.loader.get_source(app.jinja_env, name)  # type: ignore[union-attr]
        for used in app.jinja_env.parse(source).find_all(nodes.Filter):
            assert not (used.name in own and isinstance(used.node, nodes.Const)), (name, used.lineno)
