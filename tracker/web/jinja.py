"""What templates have at hand: words, icons and what a reader may."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from flask import Flask, request
from flask.templating import Environment as FlaskEnvironment
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context

from tracker.domain import numbers
from tracker.domain.library.media import address
from tracker.reports.render.charts import outcome_bar
from tracker.sop import examples
from tracker.sop.badges import after_words
from tracker.sop.cleaning import anchor
from tracker.web import form_ids, hosts, icons, paging, reader, spoken
from tracker.web import html as web_html
from tracker.web.reports import periods as report_periods
from tracker.web.runs import starting
from tracker.words import subjects

_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Environment(FlaskEnvironment):
    """A Jinja environment in which all templates look names up in one dictionary.

    Jinja gives each its own on top, which none of ours fills. It goes through both of them for every import
    and every context, and a tick has a dozen of these.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """A template without its indentation: it is for those who read it, and would come with every page."""
        given = super().preprocess(source, name, filename)
        return _INDENTATION.sub("", given) if name and name.endswith(".html") else given


@pass_context
def _docs(_: Context, path: str) -> str:
    """Where the site of this installation shows a document.

    It takes the context because Jinja works out any other filter of a constant only once, when a template is
    compiled, which may be below another path than where it is asked for, or while nothing is asked for.
    """
    return request.script_root + address(path)


def register(app: Flask) -> None:
    """Put the words and icons at the templates' disposal."""
    app.jinja_env.globals.update(
        two_ways=numbers.TWO_WAYS,
        decimal_mark=numbers.decimal_mark,
        current_user=current_user,  # for macros too, which are made once only where they need no page around
        icon=icons.icon,
        outcome=icons.outcome,
        mark_of=icons.mark_of,
        outcome_name=spoken.outcome_name,
        outcome_bar=outcome_bar,
        level_name=spoken.level_name,
        level_said=spoken.level_said,
        kind_name=spoken.kind_name,
        subject_of=spoken.subject_name,
        may=reader.may,
        may_run=reader.may_run,
        may_hear_of=reader.may_hear_of,
        may_open=reader.may_open,
        new_id=form_ids.form_id,
        start_asks=starting.asks,
        elsewhere=paging.elsewhere,
        page_before=hosts.page_before,
        is_route=app.view_functions.__contains__,
        _=spoken.text,
        ngettext=spoken.plural,
        way_name=spoken.way_name,
        browser_name=spoken.browser_name,
        period_choice=spoken.period_choice,
        period_choices=report_periods.choices,
        period_days=spoken.period_days,
        period_said=spoken.period_said,
    )
    app.jinja_env.filters.update(
        when=spoken.when,
        when_at=spoken.when_at,
        briefly_at=spoken.briefly_at,
        ago_at=spoken.ago_at,
        day=spoken.day,
        percent=spoken.percent,
        points=spoken.points,
        amount=spoken.amount,
        written=spoken.written,
        told=spoken.event_sentence,
        said=spoken.error_text,
        docs=_docs,
        whereabouts=spoken.whereabouts,
        like=examples.example,
        words_end=after_words,
        document=web_html.document,
        anchor=anchor,
        isolated=subjects.isolated,
        inline=web_html.inline,
        found=web_html.highlight,
        mark=web_html.mark,
        is_rich=web_html.is_rich,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
