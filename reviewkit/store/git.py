"""Git as a place to hand single files over: a branch of its own, and nothing else touched.

Only plumbing is used: the working tree, the index and the branch that is checked out stay as they are.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from reviewkit.errors import ReviewkitError

_SECONDS = 120


class Git:
    """The repository that a folder lies in.

    Raises
    ------
    ReviewkitError
        If git is not installed, or the folder lies in no repository.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            top = self._run("rev-parse", "--show-toplevel").decode().strip()
        except ReviewkitError as error:
            if error.problems[0].code == "no-git":
                raise
            raise ReviewkitError(f"{folder.name}/ lies in no git repository.", code="no-repository",
                                 remedy="Run git init there, or clone the project's repository.") from None
        self.top = Path(top)

    @property
    def branch(self) -> str:
        """The branch that is checked out; empty where none is."""
        return self._run("symbolic-ref", "--quiet", "--short", "HEAD", fine=(0, 1)).decode().strip()

    @property
    def remote(self) -> str:
        """The remote to exchange with: origin, else the only one; empty where there is none.

        Raises
        ------
        ReviewkitError
            If there are several and none is called origin.
        """
        names = self._run("remote").decode().split()
        if "origin" in names or len(names) < 2:
            return "origin" if "origin" in names else "".join(names)
        raise ReviewkitError(f"there are several remotes and none is origin: {', '.join(names)}.", code="remote",
                             remedy="Call one of them origin: git remote rename NAME origin")

    def tip(self, ref: str) -> str:
        """The commit that a full reference name stands at; empty where it does not exist."""
        return self._run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", fine=(0, 1)).decode().strip()

    def read(self, commit: str, path: str) -> bytes | None:
        """A file's bytes at a commit; None where it is not there."""
        found = self._run("rev-parse", "--verify", "--quiet", f"{commit}:{path}", fine=(0, 1, 128)).decode().strip()
        return self._run("cat-file", "blob", found) if found else None

    def fetch(self, remote: str, branches: str) -> None:
        """Fetch the branches below a name such as ``screening/question``."""
        self._run("fetch", "--quiet", "--no-tags", remote,
                  f"+refs/heads/{branches}/*:refs/remotes/{remote}/{branches}/*")

    def contains(self, commit: str, other: str) -> bool:
        """Whether a commit has another among its ancestors, or is it."""
        return bool(self._status("merge-base", "--is-ancestor", other, commit) == 0)

    def commit_file(
        self, branch: str, path: str, content: bytes, *, message: str, parents: tuple[str, ...], name: str
    ) -> str:
        """Commit one file to a branch that holds nothing else; the commit's id.

        Parameters
        ----------
        name : str
            Who commits, where git knows no name.
        """
        blob = self._run("hash-object", "-w", "--stdin", given=content).decode().strip()
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._run("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
            tree = self._run("write-tree", env=index).decode().strip()
        who = {}
        if self._status("var", "GIT_COMMITTER_IDENT") or self._status("var", "GIT_AUTHOR_IDENT"):
            mail = f"{name}@reviewkit.invalid"
            who = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_COMMITTER_NAME": name,
                   "GIT_COMMITTER_EMAIL": mail}
        onto = [word for parent in parents for word in ("-p", parent)]
        commit = self._run("commit-tree", tree, *onto, "-m", message, env=who).decode().strip()
        self.move(branch, commit)
        return commit

    def move(self, branch: str, commit: str) -> None:
        """Let a branch, old or new, stand at a commit."""
        old = self.tip(f"refs/heads/{branch}")
        self._run("update-ref", "-m", "reviewkit", f"refs/heads/{branch}", commit, old or "0" * len(commit))

    def push(self, remote: str, branch: str) -> bool:
        """Push a branch; False if the other side has commits that this one lacks."""
        done = self._call("push", "--quiet", "--porcelain", remote, f"refs/heads/{branch}:refs/heads/{branch}")
        if done.returncode == 0:
            return True
        said = (done.stdout + done.stderr).decode(errors="replace")
        if "non-fast-forward" in said or "fetch first" in said or "[rejected]" in said:
            return False
        raise ReviewkitError(f"could not push to {remote}: {_last(said)}", code="push",
                             remedy="The log is committed here; submit again when the remote can be reached.")

    def _status(self, *words: str) -> int:
        return self._call(*words).returncode

    def _run(
        self, *words: str, given: bytes | None = None, env: dict[str, str] | None = None, fine: tuple[int, ...] = (0,)
    ) -> bytes:
        done = self._call(*words, given=given, env=env)
        if done.returncode not in fine:
            raise ReviewkitError(f"git {words[0]} failed: {_last(done.stderr.decode(errors='replace'))}", code="git",
                                 remedy="Nothing of your decisions was changed.")
        return done.stdout if done.returncode == 0 else b""

    def _call(
        self, *words: str, given: bytes | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        around = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(env or {})}
        try:
            return subprocess.run(["git", *words], cwd=self._folder, input=given, env=around, capture_output=True,
                                  timeout=_SECONDS, check=False)
        except FileNotFoundError:
            raise ReviewkitError("git is not installed.", code="no-git",
                                 remedy="Install git, or copy the log by hand.") from None
        except subprocess.TimeoutExpired:
            raise ReviewkitError(f"git {words[0]} took more than {_SECONDS} s.", code="git",
                                 remedy="Check the connection, then try again.") from None


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (told or lines or ["no message"])[-1].removeprefix("fatal: ").removeprefix("error: ")
