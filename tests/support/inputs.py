"""An SOP with a step for every kind of input, as a phone shows them one by one."""

from __future__ import annotations

INPUTS = """\
---
id: inputs
title: Take in, check and put away a pallet of mixed goods
owner: olga
subject: order
due: 4h
---
1. Look the pallet over on all four sides {#look takes=2m}
2. Weigh the pallet {#weigh input=number unit=kg min=20 max=1200}
3. Write down what the driver says about the damage {#words input=text}
4. In what state is it? {#state input=choice options="good, damaged"}
5. Where does it go? {#place input=choice options="A1, A2, A3, B1, B2, B3, C1, C2, C3"}
6. Photograph the label {#label input=photo}
7. Keep the delivery note {#note input=file}
8. Scan the label {#scan input=scan}
9. The driver signs {#sign input=signature}
10. Best before {#best input=date}
11. Put it away {#away .critical}
"""

KINDS = ("look", "weigh", "words", "state", "place", "label", "note", "scan", "sign", "best")
"""The keys of its steps in order, one for each kind of answer; `away` closes the run."""
