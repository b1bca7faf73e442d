"""A background that answers at once from samples, for pages looked at without stores.

Tests that prove what is stored use the real one; here it is only the pages that count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One call of a model function."""

    name: str
    args: tuple[Any, ...]


@dataclass
class SampleBackground:
    """`answers` by `module.function` (`noun.function` for verbs): a value, an exception to
    raise, or a function of the args.

    What is not listed is remembered in `asked` and never answered, like work that takes long.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def run(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> SampleOrder:
        *_, noun, module = work.__module__.split(".")
        name = f"{noun if module == 'verbs' else module}.{work.__name__}"
        return SampleOrder(self, Asked(name, (*args, *more.values())))

    def run_free(self, work: Callable[..., Any], /, *args: Any) -> SampleOrder:
        return SampleOrder(self, Asked(getattr(work, "__name__", "free"), args))

    def names(self) -> list[str]:
        return [asked.name for asked in self.asked]

    def last(self, name: str) -> Asked:
        return [asked for asked in self.asked if asked.name == name][-1]


@dataclass
class SampleOrder:
    background: SampleBackground
    asked: Asked

    def then(
        self,
        then: Callable[[Any], None] | None = None,
        *,
        failed: Callable[[Exception], None] | None = None,
        **_how: object,
    ) -> None:
        self.background.asked.append(self.asked)
        if self.asked.name not in self.background.answers:
            return
        answer = self.background.answers[self.asked.name]
        if callable(answer) and not isinstance(answer, type):
            answer = answer(*self.asked.args)
        if isinstance(answer, Exception):
            if failed:
                failed(answer)
        elif then:
            then(answer)
