"""Asking the providers from a screen: for the filter's calls, for a poll at once; and what the filter bar says of it."""

from __future__ import annotations

from calls.cache.snapshots import Standing
from tui.lines.coverage import missing_words
from tui.screens.status import StatusLine
from tui.session import Session
from tui.widgets.filter_bar import FilterBar


class ProviderAsking:
    """What one screen asks the providers."""

    def __init__(self, session: Session, bar: FilterBar, status: StatusLine) -> None:
        self._session = session
        self._bar = bar
        self._status = status
        self._tells = False

    @property
    def running(self) -> bool:
        """Whether somebody is still being asked."""
        poller = self._session.poller
        return poller is not None and any(not each.finished for each in poller.asking())

    def begin(self) -> None:
        """Asks for the filter's calls, or says why nobody is asked."""
        poller, wanted = self._session.poller, self._session.filter.active
        if poller is None:
            self._status.say("this window only reads the cache: nobody is asked from here")
        elif wanted.everything:
            self._status.say("type a filter first: / and then, for example, number:+4672*")
        else:
            self._status.say(poller.ask(wanted))
            self._tells = True
            self.show()

    def stop(self) -> None:
        """Asks no more."""
        if self._session.poller is not None:
            self._session.poller.stop_asking()
            self._status.say("asking stopped; what came is kept")

    def forget(self) -> None:
        """What came of an older filter says nothing about the one in force."""
        self._tells = False

    def poll_now(self) -> None:
        """Polls now, and says who is polled."""
        poller = self._session.poller
        self._status.say(poller.poll_now() if poller else "this window only reads the cache: nothing is polled from here")

    def show(self) -> None:
        """Says how far the asking is."""
        if self._session.poller is not None:
            self._bar.show_asking(self._session.poller.asking() if self._tells or self.running else ())

    def show_plan(self, standing: Standing) -> None:
        """Says what the providers would be asked, and what of the filter's range the cache lacks."""
        poller, wanted = self._session.poller, self._session.filter.active
        plan = poller.plan(wanted) if poller is not None and not wanted.everything else ()
        self._bar.show_plan(plan, "" if wanted.everything else missing_words(standing))
