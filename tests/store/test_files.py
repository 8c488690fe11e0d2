"""Files: written whole or not at all, whatever fails; paths that stay inside; text that is UTF-8."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError, ReviewkitError
from reviewkit.store.files import digest_bytes, digest_file, inside, read_text, write_atomic


@pytest.mark.parametrize("point", ["open", "write", "fsync", "chmod", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Stream:
        def __init__(self, handle: int) -> None:
            self.handle = handle

        def __enter__(self) -> Stream:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self.handle)

        write = full

    if point == "open":
        monkeypatch.setattr("tempfile.mkstemp", full)
    elif point == "write":
        monkeypatch.setattr("os.fdopen", lambda handle, _mode: Stream(handle))
    elif point == "fsync":
        monkeypatch.setattr("os.fsync", full)
    else:
        monkeypatch.setattr(Path, point, full)
    with pytest.raises(ReviewkitError, match="could not be written: No space left"):
        write_atomic(path, "new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["table.csv"]


def test_a_folder_that_cannot_be_synced_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("reviewkit.store.files.sync_folder", broken)
    with pytest.raises(ReviewkitError, match="may not outlast a power cut"):
        write_atomic(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"new"


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    def pieces() -> Any:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "x", pieces())
    assert list(tmp_path.iterdir()) == []


@given(st.binary(max_size=200))
def test_what_is_written_is_read_and_digested(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deep" / "x"
        write_atomic(path, content)
        assert path.read_bytes() == content
        assert digest_file(path) == digest_bytes(content)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "x\0y", "link/x"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="leads out"):
        inside(root, name)


def test_a_path_that_stays_is_given_back(tmp_path: Path) -> None:
    assert inside(tmp_path, "a/b.csv") == tmp_path / "a" / "b.csv"


@pytest.mark.parametrize(("content", "message"), [(b"one\ntw\xff", "line|0xff"), (None, "missing|no such")])
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_text(path, what="protocol", root=tmp_path)
    assert caught.value.problems[0].file == "x.toml"
    if content is not None:
        assert caught.value.problems[0].line == 2


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfabc")
    assert read_text(tmp_path / "x") == "abc"
