"""The order of an apply: lock, load, settle, observe, plan, check, ask, perform.

What is shown is planned under the lock, from the state as it is then, after everything that was in
doubt has been looked at. The network is only used when there is something to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable  # noqa: TC003 - a field of a dataclass
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from threadsync.errors import ApiError, ExitCode, FilesError, RefusedError
from threadsync.planning.actions import ActionKind
from threadsync.planning.adoption import may_be_out, undecidable
from threadsync.planning.build import Scope
from threadsync.planning.guard import check_brakes, check_saved, only_saved
from threadsync.project import blocking_problems
from threadsync.publishing.events import Event, Outcome
from threadsync.publishing.observe import check_may_delete, fetch_observed, fetch_room
from threadsync.publishing.perform import perform
from threadsync.publishing.run import StoppedError
from threadsync.workflow.lazy_run import LazyRun
from threadsync.workflow.settling import doubtful, settle_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threadsync.planning.actions import Plan
    from threadsync.planning.matching import Observed
    from threadsync.project import Project
    from threadsync.publishing.events import Listener
    from threadsync.publishing.run import Run
    from threadsync.reading.loaded import Loaded
    from threadsync.state.store import LockInfo, Session, Store

STRANGERS = 10
"""With an empty state, so many root posts that equal no entry stop the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an apply was asked to go about it."""

    targets: tuple[str, ...] = ()
    prune: bool = False
    fresh: bool = False
    """Do not look for posts that are out already."""
    max_publish: int | None = None
    max_deletes: int | None = None
    parallel: int | None = None
    """Uploads and calls at a time; None as the settings say."""
    lock_timeout_s: float = 0.0
    saved_plan: Mapping[str, Any] | None = None
    """A plan saved by `plan --out`; only exactly this is done."""
    saved_name: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Hooks:
    """How an apply talks to whoever started it."""

    show: Callable[[Plan], None]
    """Told the plan before anything of it is done."""
    approve: Callable[[Plan], bool]
    listen: Listener
    stop: asyncio.Event
    wait: Callable[[LockInfo], None]
    """Told once who holds the lock, when it is waited for."""


async def apply_project(project: Project, options: Options, hooks: Hooks) -> Outcome | None:
    """Plan and perform; None when the person said no.

    FilesError, RefusedError, StateError, SettingsError and ApiError before anything was sent;
    StateError also when something could not be put on record, StoppedError when the person
    stopped the run before that.
    """
    async with AsyncExitStack() as outer:
        session = await _locked(project.store(), options, hooks, outer)
        async with AsyncExitStack() as stack:
            return await _Applying(project, options, hooks, session, stack).run()


async def _locked(store: Store, options: Options, hooks: Hooks, stack: AsyncExitStack) -> Session:
    """The session of this run, waited for as long as the options say and nobody stops it."""
    if options.lock_timeout_s and (holder := await store.locked_by()):
        hooks.wait(holder)
    session = store.session("apply", timeout_s=options.lock_timeout_s)
    opening = asyncio.ensure_future(stack.enter_async_context(session))
    stopping = asyncio.ensure_future(hooks.stop.wait())
    await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not opening.done():
        opening.cancel()
        raise StoppedError("stopped while another run held the lock; nothing was done")
    return opening.result()


class _Applying:
    def __init__(
        self,
        project: Project,
        options: Options,
        hooks: Hooks,
        session: Session,
        stack: AsyncExitStack,
    ) -> None:
        self._project = project
        self._options = options
        self._hooks = hooks
        self._session = session
        self._lazy_run = LazyRun(
            project, session, stack, hooks.listen, hooks.stop, options.parallel
        )

    async def run(self) -> Outcome | None:
        try:
            return await self._run_through()
        except (ApiError, FilesError) as error:
            if doubtful(self._session.state):
                error.exit_code = ExitCode.UNKNOWN
            raise

    async def _run_through(self) -> Outcome | None:
        loaded = self._project.load(self._session.state)
        plan = self._planned(loaded)
        _check_problems(plan, loaded)
        self._check_saved(plan)
        if doubtful(self._session.state):
            await settle_all(self._session, self._lazy_run)
            plan = self._planned(loaded)
        plan = await self._adopting(loaded, self._only_saved(plan))
        self._check_brakes(plan)
        if self._hooks.stop.is_set():
            raise StoppedError("stopped before anything was published")
        self._hooks.show(plan)
        if not plan.has_changes:
            return self._with_doubts(plan, _nothing_done(plan))
        run = await self._lazy_run.get()
        if any(action.deletes for action in plan.changes):
            await check_may_delete(run.api)
        if _has_work(plan) and not self._hooks.approve(plan):
            return None
        return await self._performed(run, plan)

    def _planned(self, loaded: Loaded, observed: Observed | None = None) -> Plan:
        saved = self._options.saved_plan
        targets = tuple(saved["targets"]) if saved else self._options.targets
        prune = bool(saved["prune"]) if saved else self._options.prune
        now = datetime.fromisoformat(saved["made_at"]) if saved else self._options.now
        scope = Scope(targets=targets, prune=prune)
        return self._project.plan(loaded, self._session.state, scope, now=now, observed=observed)

    def _check_saved(self, plan: Plan) -> None:
        if self._options.saved_plan is not None:
            check_saved(self._options.saved_plan, plan, self._options.saved_name)

    def _only_saved(self, plan: Plan) -> Plan:
        saved = self._options.saved_plan
        return plan if saved is None else only_saved(saved, plan)

    async def _adopting(self, loaded: Loaded, plan: Plan) -> Plan:
        """`plan`, with posts that are out already adopted."""
        window = self._project.settings.policy.adopt_window
        if not may_be_out(plan.actions) or self._options.fresh or not window:
            return plan
        run = await self._lazy_run.get()
        since = run.now() - window if self._session.state.entries else None
        known = frozenset(self._session.state.media_ids())
        observed = await fetch_observed(run.api, plan.actions, known, since)
        adopting = self._only_saved(self._planned(loaded, observed)) if observed.posts else plan
        if not self._session.state.entries:
            _check_strangers(plan, adopting, observed)
        return adopting

    def _check_brakes(self, plan: Plan) -> None:
        policy, options = self._project.settings.policy, self._options
        publish, deletes = options.max_publish, options.max_deletes
        check_brakes(
            plan,
            max_publish=policy.max_publish if publish is None else publish,
            max_deletes=policy.max_deletes if deletes is None else deletes,
        )

    async def _performed(self, run: Run, plan: Plan) -> Outcome:
        self._hooks.listen(Event("started", None, {"summary": plan.summary()}))
        room = await fetch_room(run.api, self._session.state)
        outcome = self._with_doubts(plan, await perform(run, plan, room))
        self._hooks.listen(Event("done", None, {"summary": dict(outcome.counts)}))
        return outcome

    def _with_doubts(self, plan: Plan, outcome: Outcome) -> Outcome:
        """`outcome` with what is unknown outside of `plan`, which is one of --target then."""
        planned = {action.key for action in plan.actions}
        for key in doubtful(self._session.state):
            if key not in planned:
                outcome.counts["unknown"] += 1
                why = {"reason": "no target of this run; whether it is out is not known yet"}
                self._hooks.listen(Event("unknown", key, why))
        return outcome


def _check_problems(plan: Plan, loaded: Loaded) -> None:
    """FilesError when a file that matters for `plan` has errors; with targets, only theirs count."""
    blocking = blocking_problems(plan, loaded)
    if blocking:
        raise FilesError(blocking)


def _check_strangers(plan: Plan, adopting: Plan, observed: Observed) -> None:
    """RefusedError when an empty state meets an account whose posts cannot be told from ours."""
    unclear = undecidable(plan.actions, observed)
    if unclear:
        names = ", ".join(action.key for action in unclear)
        raise RefusedError(
            f"the state is empty and it cannot be told whether these are out already: {names}; "
            "run threadsync import, or threadsync apply --fresh to publish them"
        )
    adopted = sum(bool(action.adopts) for action in adopting.actions)
    roots = sum(len(same) for (_, parent), same in observed.posts.items() if parent is None)
    if roots - adopted >= STRANGERS:
        raise RefusedError(
            f"the state is empty and the account has {roots} posts, {roots - adopted} of which "
            "equal no entry; run threadsync import, or threadsync apply --fresh if that is right"
        )


def _nothing_done(plan: Plan) -> Outcome:
    outcome = Outcome()
    outcome.counts["waiting"] = plan.summary()["wait"]
    return outcome


def _has_work(plan: Plan) -> bool:
    """Whether performing `plan` changes something on Threads or in the state."""
    return any(action.kind is not ActionKind.UNKNOWN for action in plan.changes)
