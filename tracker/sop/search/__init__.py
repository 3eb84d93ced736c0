"""Words as they are searched: what of a text stands in the index, and what a question means by its words.

`terms` makes words comparable, `concepts` knows words that mean the same in this field, `passages` takes a
page apart, `ranking` says how well a page answers a question. The two tables beside them are data:
the
words that say nothing, and those that mean the same.
"""
