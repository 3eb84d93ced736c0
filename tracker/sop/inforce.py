"""What is in force, as the last sync wrote it to instance/published.json."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.sop import identity, outline
from tracker.sop.model import Document, Step


@dataclass(slots=True)
class InForce:
    """`sops` says of each id its path, source, keys and more; without a sync there is none.

    `people` are the names that an SOP's owner may have; None where nobody has said.
    """

    sops: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    people: Collection[str] | None = None
    _steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    _by_path: dict[str, str] | None = None

    def steps(self, id: str) -> tuple[Step, ...]:
        """The steps in force of an SOP, without their HTML; none where it is not in force."""
        entry = self.sops.get(id)
        if entry is None:
            return ()
        if id not in self._steps:
            self._steps[id] = outline.read(entry["source"], entry["keys"])
        return self._steps[id]

    def moved_to(self, path: str) -> str | None:
        """The id of the document that was moved to `path` without giving one; None where none was."""
        if self._by_path is None:
            self._by_path = {
                entry["path"]: id
                for id, entry in self.sops.items()
                if entry.get("unnamed") and not entry.get("retired")
            }
        return self._by_path.get(path)

    def only(self, id: str, source: str) -> InForce:
        """What is in force of one SOP, so that a process can be sent it; `source` is what follows it."""
        entry = self.sops[id]
        steps = {} if entry["source"] == source else {id: self.steps(id)}
        return InForce({id: entry}, None, steps)

    def before(self, document: Document) -> tuple[Step, ...]:
        """The steps in force of a document that has changed since; none where nothing has changed."""
        entry = self.sops.get(document.id)
        if entry is None or entry.get("retired") or entry["source"] == document.source:
            return ()
        return self.steps(document.id)

    def keys(self, id: str, source: str, steps: Sequence[Step]) -> Sequence[str]:
        """The keys that `steps` have as the next revision of an SOP, whose text is `source`."""
        entry = self.sops.get(id)
        if entry and entry["source"] == source and len(entry["keys"]) == len(steps):
            keys: list[str] = entry["keys"]
            return keys
        return identity.keys_after(self.steps(id), steps)

    def asked(self, id: str) -> list[tuple[int, str, str]]:
        """What an author was asked about the steps in force and has not answered: line, question, answer."""
        entry = self.sops.get(id, {})
        return [] if entry.get("retired") else [(row[0], row[1], row[2]) for row in entry.get("asked", ())]
