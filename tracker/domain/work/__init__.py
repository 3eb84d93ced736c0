"""What there is to do, as people look for it.

`board` is the leads' page, `today` everybody's, `signing_queue` what waits for somebody in the runs of
others, `lists` are runs under conditions, `search` finds anything by its words, `glance` is how an SOP goes
right now, for the strip on its page.
"""
