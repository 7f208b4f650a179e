"""What a rule is: one row of the page's error table, one named function."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from imgsim.api.call import Approach, Call


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its fault's name, its row on the page and the documented answer, to the byte.

    ``row`` is None where the page has none. ``alias`` is the code under which the real service
    is known to answer where the page's own is an accident. ``optional`` rules, which are newer than
    the page, are asked only of an account with limits. ``about`` holds the approaches whose
    calls can have the fault; of other calls it need not be asked. ``file`` is the rule's file in
    ``imgsim/api/rules``. Calling the rule says whether the call has the fault.
    """

    name: str
    row: int | None
    http_status: int
    code: str
    message: str
    waiting_cures: bool
    test: Callable[[Call], bool]
    about: frozenset[Approach]
    alias: str | None = None
    optional: bool = False

    def __call__(self, call: Call) -> bool:
        """Say whether the call has the fault: total, never raises."""
        return self.test(call)

    @property
    def file(self) -> str:
        """Name of the file that holds the rule, without its ending."""
        return self.test.__module__.rpartition(".")[2]

    @property
    def summary(self) -> str:
        """First line of the rule's docstring."""
        return (self.test.__doc__ or "").strip().partition("\n")[0]

    @property
    def reading(self) -> str | None:
        """How the page is read where it is silent, or None."""
        _, found, text = (self.test.__doc__ or "").partition("Reading:")
        return " ".join(text.split()) if found else None


def denies(
    *,
    row: int | None,
    http_status: int,
    code: str,
    message: str,
    waiting_cures: bool = False,
    about: Collection[Approach] = tuple(Approach),
    alias: str | None = None,
    optional: bool = False,
) -> Callable[[Callable[[Call], bool]], Rule]:
    """Make a rule of a function that says whether a call has the fault it is named after."""

    def make(test: Callable[[Call], bool]) -> Rule:
        return Rule(
            test.__name__,
            row,
            http_status,
            code,
            message,
            waiting_cures,
            test,
            frozenset(about),
            alias,
            optional,
        )

    return make
