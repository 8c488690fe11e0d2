"""Two people, two machines: a finished log goes to its reviewer's own branch, and from there to the others.

A branch ``screening/<question>/<stage>/<reviewer>`` holds one file, the log. Nobody's log is taken in
before one's own is finished; a log taken in must go on where the one here ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.review.screening.consensus import check_stage, under_way, unread
from reviewkit.review.screening.voting import (
    CONSENSUS,
    Lines,
    checked_lines,
    every_line,
    log_path,
    read_logs,
    screening_now,
)
from reviewkit.screening import STAGES, Mark
from reviewkit.store.git import Git
from reviewkit.store.log import Log, parse_log, read_log, replace_log
from reviewkit.store.log_join import holds_all, join_lines, relation

if TYPE_CHECKING:
    from reviewkit.review.opened import Review


@dataclass(frozen=True, slots=True)
class Submitted:
    """A log put on its branch: ``remote`` is empty where there is none to push to."""

    branch: str
    commit: str
    remote: str
    lines: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """What came in: for each log its lines before and after; who is still at work; conflicts open now."""

    logs: tuple[tuple[str, int, int], ...]
    waiting: tuple[str, ...]
    conflicts: int


def branch_of(review: Review, stage: str, who: str) -> str:
    """The branch that holds a log."""
    return f"screening/{review.question}/{stage}/{who}"


def submit(review: Review, stage: str, reviewer: str, *, draft: bool = False) -> Submitted:
    """Commit a finished log to its reviewer's branch, and push it where there is a remote.

    Votes of the same reviewer on another computer that are on the branch already are joined first. The
    protocol's third person submits the consensus log.

    Parameters
    ----------
    draft : bool
        Submit an unfinished log too, to go on at another computer.

    Raises
    ------
    InputError
        If the reviewer is unknown, has reports left, or has no log.
    ReviewkitError
        If git cannot be used; no decision is touched then.
    """
    who = _log_name(review, stage, reviewer)
    git = _repository(review)
    remote = git.remote
    for _ in range(3):
        offline = _fetched(review, git, remote)
        _take_own(review, git, remote, stage, who)
        log = _sound(review, stage, who)
        if not draft:
            _check_stage_before(review, stage)
        if not log.entries:
            raise InputError(f"{reviewer!r} has no log at {stage}.", code="no-log", remedy="Nothing to submit yet.")
        left = 0 if who == CONSENSUS else unread(review, stage, who, _lines(review, log, stage, who))
        if left and not draft:
            raise InputError(f"{who!r} has {left} reports left at {stage}; a finished log is submitted.",
                             code="unfinished",
                             remedy="Finish it; or say --draft to go on at another computer.")
        commit = _commit(review, git, remote, stage, who)
        if offline is not None:
            raise ReviewkitError(f"{offline.problems[0].message} The log is committed here, on branch "
                                 f"{branch_of(review, stage, who)}.", code="push",
                                 remedy="Submit again when the remote can be reached.") from None
        if not remote or git.push(remote, branch_of(review, stage, who)):
            return Submitted(branch_of(review, stage, who), commit, remote, len(log.entries), not left)
    raise ReviewkitError(f"{remote} kept changing while the log was pushed.", code="push", remedy="Submit again.")


def join(review: Review, stage: str, reviewer: str) -> Joined:
    """Take in the logs of the others, once one's own is finished; their conflicts open.

    Raises
    ------
    InputError
        If the reviewer has reports left: the other votes stay hidden until then.
    ReviewkitError
        If a log is damaged, or does not go on where the one here ends; nothing is taken in then.
    """
    own = _log_name(review, stage, reviewer)
    git = _repository(review)
    remote = git.remote
    if remote:
        git.fetch(remote, f"screening/{review.question}")
    before = len(read_log(log_path(review, stage, own), review.root).entries)
    _take_own(review, git, remote, stage, own)
    mine = _sound(review, stage, own)
    _check_stage_before(review, stage)
    if own != CONSENSUS:
        left = unread(review, stage, own, _lines(review, mine, stage, own))
        if left:
            raise InputError(f"{own!r} has {left} reports left at {stage}; the other logs stay closed until then.",
                             code="blind", remedy="Finish your own votes first, then join.")
    counts = [(own, before, len(mine.entries))]
    incoming: list[tuple[str, Log, Log]] = []
    waiting: list[str] = []
    for who in (*review.protocol.screening.reviewers, CONSENSUS):
        if who == own:
            continue
        here = _sound(review, stage, who)
        there = _on_branch(review, git, remote, stage, who)
        if there is None:
            if not here.entries and who != CONSENSUS:
                waiting.append(who)
        elif who != CONSENSUS and unread(review, stage, who, _lines(review, there, stage, who)):
            waiting.append(who)
        else:
            incoming.append((who, here, there))
    new = [(who, here, _extended(here, there, stage, who)) for who, here, there in incoming]
    for who, here, lines in new:
        if lines is not None:
            replace_log(log_path(review, stage, who), here.head, lines)
        counts.append((who, len(here.entries), len(lines if lines is not None else here.entries)))
    found = screening_now(review).at(stage)
    return Joined(tuple(counts), tuple(waiting), sum(status.open_conflict for status in found))


def _fetched(review: Review, git: Git, remote: str) -> ReviewkitError | None:
    """Fetch the branches of the question; what went wrong, if the remote cannot be reached."""
    try:
        if remote:
            git.fetch(remote, f"screening/{review.question}")
    except ReviewkitError as error:
        return error
    return None


def _check_stage_before(review: Review, stage: str) -> None:
    """Refuse the full-text logs while it is not known here which reports enter that stage.

    Raises
    ------
    InputError
        If votes on title and abstract are still out here.
    """
    first = STAGES[0]
    if stage != first and under_way(review, first, every_line(review, read_logs(review, stage=first))):
        raise InputError(f"votes at {first} are still out here, so that nobody can tell what enters {stage}.",
                         code="blind", remedy=f"Join {first} first: reviewkit screen join {review.question} "
                         f"--stage {first}")


def _log_name(review: Review, stage: str, reviewer: str) -> str:
    check_stage(stage)
    wanted = review.protocol.screening
    if reviewer in wanted.reviewers:
        return reviewer
    if reviewer == CONSENSUS or (reviewer and reviewer == wanted.consensus):
        return CONSENSUS
    names = [*wanted.reviewers, *([wanted.consensus] if wanted.consensus else [])]
    raise InputError(f"{reviewer!r} is not in the protocol of {review.question}.", code="reviewer",
                     remedy=f"Named there: {', '.join(names)}.")


def _repository(review: Review) -> Git:
    git = Git(review.root)
    if git.branch.startswith("screening/"):
        raise ReviewkitError(f"the branch {git.branch} is checked out; it is only for handing over a log.",
                             code="wrong-branch", remedy="Change back to the project's branch: git switch main")
    return git


def _path_in(review: Review, git: Git, stage: str, who: str) -> str:
    return log_path(review, stage, who).resolve().relative_to(git.top.resolve()).as_posix()


def _tips(review: Review, git: Git, remote: str, stage: str, who: str) -> list[str]:
    """Commits at which the branch stands, here and at the remote."""
    name = branch_of(review, stage, who)
    refs = [f"refs/heads/{name}", *([f"refs/remotes/{remote}/{name}"] if remote else [])]
    return list(dict.fromkeys(tip for tip in map(git.tip, refs) if tip))


def _on_branch(review: Review, git: Git, remote: str, stage: str, who: str) -> Log | None:
    """The log on a branch: the longest of what stands here and at the remote.

    Raises
    ------
    ReviewkitError
        If it is damaged or not that reviewer's.
    """
    found: Log | None = None
    for tip in _tips(review, git, remote, stage, who):
        content = git.read(tip, _path_in(review, git, stage, who))
        if content is None:
            continue
        log = parse_log(content, f"{branch_of(review, stage, who)} ({tip[:10]})")
        _refuse_damage(log)
        lines = _lines(review, log, stage, who)
        if any(problem.code != "unknown-report" for problem in lines.problems):
            raise ReviewkitError(lines.problems)
        if found is None or (len(log.entries), log.head) > (len(found.entries), found.head):
            found = log
    return found


def _sound(review: Review, stage: str, who: str) -> Log:
    log = read_log(log_path(review, stage, who), review.root)
    _refuse_damage(log)
    return log


def _refuse_damage(log: Log) -> None:
    if log.problems:
        raise ReviewkitError(log.problems)


def _lines(review: Review, log: Log, stage: str, who: str) -> Lines:
    return checked_lines(log, stage, who, review.protocol.reasons, review.report_now)


def _take_own(review: Review, git: Git, remote: str, stage: str, who: str) -> None:
    """Bring in what the same log got on another computer; both ends are merged by time and chained anew."""
    path = log_path(review, stage, who)
    for tip in _tips(review, git, remote, stage, who):
        content = git.read(tip, _path_in(review, git, stage, who))
        if content is None:
            continue
        there = parse_log(content, f"{branch_of(review, stage, who)} ({tip[:10]})")
        _refuse_damage(there)
        here = _sound(review, stage, who)
        if relation(here, there) == "behind":
            replace_log(path, here.head, [entry.values for entry in there.entries])
        elif relation(here, there) == "diverged" and not holds_all(here, there):
            lines = [entry.values for entry in there.entries]
            if not holds_all(there, here):
                lines = join_lines(here, there)
                lines.append(_joint(here, there, stage, who, lines))
            replace_log(path, here.head, lines)


def _joint(one: Log, other: Log, stage: str, who: str, lines: list[dict[str, object]]) -> dict[str, object]:
    """The line that records a joint: the same on whichever computer it is made."""
    heads = " ".join(sorted((one.head, other.head)))
    return Mark(max(str(line["time"]) for line in lines), who, stage, "joined", origin="command",
                heads=heads).as_dict()


def _extended(here: Log, there: Log, stage: str, who: str) -> list[dict[str, object]] | None:
    """The lines to take in for another's log; None where there is nothing new.

    Raises
    ------
    ReviewkitError
        If the log there leaves out or changes what is here.
    """
    found = relation(here, there)
    if found in ("same", "ahead") or (found == "diverged" and holds_all(here, there)):
        return None
    if found == "behind" or holds_all(there, here):
        return [entry.values for entry in there.entries]
    if who == CONSENSUS:
        lines = join_lines(here, there)
        return [*lines, _joint(here, there, stage, who, lines)]
    raise ReviewkitError(f"the log of {who!r} on {there.file} does not go on where the one here ends "
                         f"({len(here.entries)} lines); nothing was taken in.", file=here.file, code="log-replaced",
                         remedy="Ask who changed it; restore the file from version control.")


def _commit(review: Review, git: Git, remote: str, stage: str, who: str) -> str:
    """Commit the log as it is, behind every commit the branch has here and there."""
    branch, path = branch_of(review, stage, who), _path_in(review, git, stage, who)
    content = log_path(review, stage, who).read_bytes()
    tips = _tips(review, git, remote, stage, who)
    for tip in tips:
        # The other tip must not be left out, nor a commit made anew that has all of it.
        if git.read(tip, path) == content and all(git.contains(tip, other) for other in tips):
            if git.tip(f"refs/heads/{branch}") != tip:
                git.move(branch, tip)
            return tip
    parents = tuple(tip for tip in tips if not any(git.contains(other, tip) for other in tips if other != tip))
    return git.commit_file(branch, path, content, message=f"Screening of {review.question}, {stage}: {who}",
                           parents=parents, name=who)
