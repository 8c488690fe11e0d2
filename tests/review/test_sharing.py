"""Two people on two machines, and one person on two: clones of a bare repository, real git."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.review import Review, open_review
from reviewkit.review.screening.consensus import conflicts, resolve
from reviewkit.review.screening.desk import open_desk
from reviewkit.review.screening.sharing import branch_of, join, submit
from reviewkit.store.log import read_log

from .made import QUESTION, make_project

pytestmark = pytest.mark.slow  # together they take seconds

FIRST = "title-abstract"


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name, no mail, nobody's hooks."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")


@pytest.fixture
def clone(tmp_path: Path) -> Callable[[str], Review]:
    """Makes clones of one bare repository that holds a question with eight records."""
    first = tmp_path / "start"
    first.mkdir()
    make_project(first, 8)
    git(first, "init", "-q", "-b", "main")
    git(first, "add", "-A")
    git(first, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-q", "-m", "start")
    git(tmp_path, "clone", "-q", "--bare", str(first), "hub.git")

    def made(name: str) -> Review:
        git(tmp_path, "clone", "-q", "hub.git", name)
        return open_review(QUESTION, tmp_path / name)

    return made


def vote(review: Review, who: str, words: str, *, start: int = 0) -> None:
    desk = open_desk(review, FIRST, who, ranked=False)
    meant = {"i": "include", "e": "exclude", "m": "maybe"}
    for report, letter in zip(sorted(desk.reports)[start:], words, strict=False):
        desk.decide(report, meant[letter])


def log(review: Review, who: str) -> Path:
    return review.folder / f"screening/{FIRST}/{who}.jsonl"


def test_two_reviewers_meet_and_settle(clone: Callable[[str], Review]) -> None:
    ada, ben, cleo = clone("ada"), clone("ben"), clone("cleo")
    vote(ada, "ada", "iiiieeee")
    vote(ben, "ben", "iiieeeem")
    done = submit(ada, FIRST, "ada")
    assert done.remote == "origin" and done.finished and done.branch == f"screening/{QUESTION}/{FIRST}/ada"
    early = join(ada, FIRST, "ada")
    assert early.waiting == ("ben",) and not log(ada, "ben").exists()
    submit(ben, FIRST, "ben")
    joined = join(ada, FIRST, "ada")
    assert joined.waiting == () and joined.conflicts == 2 and ("ben", 0, 8) in joined.logs
    assert log(ada, "ben").read_bytes() == log(ben, "ben").read_bytes()
    assert join(cleo, FIRST, "cleo").conflicts == 2
    for conflict in conflicts(cleo, FIRST, reader="cleo"):
        resolve(cleo, FIRST, conflict.report, "include", by="cleo")
    submit(cleo, FIRST, "cleo")
    for review, who in ((ada, "ada"), (ben, "ben")):
        assert join(review, FIRST, who).conflicts == 0
        assert len(open_review(QUESTION, review.root).screening.at(FIRST, "include")) == 5


def test_full_text_logs_wait_for_the_stage_before(clone: Callable[[str], Review]) -> None:
    ada, ben = clone("ada"), clone("ben")
    vote(ada, "ada", "iiiieeee")
    for act in (join, submit):
        with pytest.raises(InputError, match="still out here"):
            act(ada, "full-text", "ada")
    vote(ben, "ben", "iiiieeee")
    submit(ben, FIRST, "ben")
    join(ada, FIRST, "ada")
    ada = open_review(QUESTION, ada.root)
    desk = open_desk(ada, "full-text", "ada", ranked=False)
    with pytest.raises(InputError, match="4 reports left"):
        join(ada, "full-text", "ada")
    for report in desk.reports:
        desk.decide(report, "include")
    assert join(ada, "full-text", "ada").waiting == ("ben",)


def test_the_working_branch_index_and_files_stay_as_they_are(clone: Callable[[str], Review]) -> None:
    review = clone("ada")
    (review.root / "notes.txt").write_text("unfinished")
    git(review.root, "add", "notes.txt")
    (review.folder / "protocol.toml").open("a").write("# a remark\n")
    vote(review, "ada", "iiiieeee")
    before = (git(review.root, "status", "--porcelain=v2", "--branch"), git(review.root, "rev-parse", "HEAD"))
    submit(review, FIRST, "ada")
    assert (git(review.root, "status", "--porcelain=v2", "--branch"), git(review.root, "rev-parse", "HEAD")) == before
    tree = git(review.root, "ls-tree", "-r", "--name-only", branch_of(review, FIRST, "ada")).split()
    assert tree == [f"data/{QUESTION}/screening/{FIRST}/ada.jsonl"]
    assert submit(review, FIRST, "ada").commit == git(review.root, "rev-parse", branch_of(review, FIRST, "ada")).strip()


def test_nobody_joins_or_submits_before_the_end(clone: Callable[[str], Review]) -> None:
    ada, ben = clone("ada"), clone("ben")
    vote(ben, "ben", "iiiieeee")
    submit(ben, FIRST, "ben")
    vote(ada, "ada", "iii")
    with pytest.raises(InputError, match="5 reports left"):
        join(ada, FIRST, "ada")
    with pytest.raises(InputError, match="5 reports left"):
        submit(ada, FIRST, "ada")
    assert not log(ada, "ben").exists()


def test_one_reviewer_on_two_computers_loses_nothing(clone: Callable[[str], Review]) -> None:
    desktop, laptop = clone("desktop"), clone("laptop")
    vote(desktop, "ada", "ii")
    submit(desktop, FIRST, "ada", draft=True)
    submit_error = pytest.raises(InputError, match="no log")
    with submit_error:
        submit(clone("fresh"), FIRST, "ben", draft=True)
    vote(laptop, "ada", "ee", start=2)
    vote(desktop, "ada", "ie", start=4)
    vote(laptop, "ada", "m", start=0)
    there = submit(laptop, FIRST, "ada", draft=True)
    assert not there.finished
    submit(desktop, FIRST, "ada", draft=True)
    submit(laptop, FIRST, "ada", draft=True)
    assert log(desktop, "ada").read_bytes() == log(laptop, "ada").read_bytes()
    found = read_log(log(desktop, "ada"))
    assert not found.problems and [e.values.get("mark") for e in found.entries].count("joined") == 2
    assert sum("decision" in entry.values for entry in found.entries) == 7
    desk = open_desk(desktop, FIRST, "ada", ranked=False)
    words = [desk.card(report).status for report in sorted(desk.reports)]
    assert words == ["maybe", "include", "exclude", "exclude", "include", "exclude", "unscreened", "unscreened"]
    vote(laptop, "ada", "ii", start=6)
    submit(laptop, FIRST, "ada")
    assert not join(desktop, FIRST, "ada").conflicts
    assert log(desktop, "ada").read_bytes() == log(laptop, "ada").read_bytes()


def test_whichever_computer_joins_first_the_result_is_the_same(clone: Callable[[str], Review], tmp_path: Path) -> None:
    from reviewkit.review.screening.sharing import _joint
    from reviewkit.store.log_join import join_lines

    one, other = clone("one"), clone("other")
    vote(one, "ada", "iie")
    vote(other, "ada", "eemii")
    a, b = read_log(log(one, "ada")), read_log(log(other, "ada"))
    assert join_lines(a, b) == join_lines(b, a)
    assert _joint(a, b, FIRST, "ada", join_lines(a, b)) == _joint(b, a, FIRST, "ada", join_lines(b, a))


def test_a_log_that_was_changed_after_it_was_joined_is_refused(clone: Callable[[str], Review]) -> None:
    ada, ben = clone("ada"), clone("ben")
    vote(ada, "ada", "iiiieeee")
    vote(ben, "ben", "iiieeeem")
    submit(ben, FIRST, "ben")
    join(ada, FIRST, "ada")
    before = log(ada, "ben").read_bytes()
    log(ben, "ben").unlink()
    git(ben.root, "update-ref", "-d", f"refs/heads/{branch_of(ben, FIRST, 'ben')}")
    git(ben.root, "push", "-q", "origin", "--delete", branch_of(ben, FIRST, "ben"))
    vote(ben, "ben", "eeeeeeee")
    submit(ben, FIRST, "ben")
    git(ada.root, "update-ref", "-d", f"refs/remotes/origin/{branch_of(ben, FIRST, 'ben')}")
    with pytest.raises(ReviewkitError, match="does not go on where the one here ends"):
        join(ada, FIRST, "ada")
    assert log(ada, "ben").read_bytes() == before


def test_a_damaged_log_on_a_branch_is_named_and_not_taken_in(clone: Callable[[str], Review]) -> None:
    ada, ben = clone("ada"), clone("ben")
    vote(ada, "ada", "iiiieeee")
    vote(ben, "ben", "iiieeeem")
    submit(ben, FIRST, "ben")
    branch = branch_of(ben, FIRST, "ben")
    git(ben.root, "worktree", "add", "-q", "../spoilt", branch)
    path = ben.root.parent / "spoilt" / f"data/{QUESTION}/screening/{FIRST}/ben.jsonl"
    path.write_bytes(path.read_bytes().replace(b"include", b"exclude", 1))
    spoilt = ben.root.parent / "spoilt"
    git(spoilt, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-q", "-am", "x")
    git(spoilt, "push", "-q", "origin", branch)
    with pytest.raises(ReviewkitError, match=r"ben \(.*\):1: this line"):
        join(ada, FIRST, "ada")
    assert not log(ada, "ben").exists()


def test_without_git_or_remote_or_on_a_handover_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    review = make_project(tmp_path, 3)
    vote(review, "ada", "iie")
    with pytest.raises(ReviewkitError, match="no git repository"):
        submit(review, FIRST, "ada")
    git(tmp_path, "init", "-q", "-b", "main")
    done = submit(review, FIRST, "ada")
    assert done.remote == "" and git(tmp_path, "rev-parse", done.branch).strip() == done.commit
    assert git(tmp_path, "log", "-1", "--format=%an <%ae>", done.branch).strip() == "ada <ada@reviewkit.invalid>"
    git(tmp_path, "symbolic-ref", "HEAD", f"refs/heads/{done.branch}")
    with pytest.raises(ReviewkitError, match="only for handing over"):
        submit(review, FIRST, "ada")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReviewkitError, match="not installed"):
        submit(review, FIRST, "ada")


def test_an_unreachable_remote_says_so_and_keeps_the_log(clone: Callable[[str], Review], tmp_path: Path) -> None:
    review = clone("ada")
    vote(review, "ada", "iiiieeee")
    before = log(review, "ada").read_bytes()
    (tmp_path / "hub.git").rename(tmp_path / "gone.git")
    with pytest.raises(ReviewkitError, match=r"git fetch failed.* committed here"):
        submit(review, FIRST, "ada")
    with pytest.raises(ReviewkitError, match="git fetch failed"):
        join(review, FIRST, "ada")
    assert log(review, "ada").read_bytes() == before
    (tmp_path / "gone.git").rename(tmp_path / "hub.git")
    commit = git(review.root, "rev-parse", branch_of(review, FIRST, "ada")).strip()
    assert submit(review, FIRST, "ada").commit == commit
