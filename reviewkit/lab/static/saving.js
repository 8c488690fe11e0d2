// Cells saved one at a time, as they are typed: what is typed is kept until the kernel says that it is on disk.
// A cell is named `row`, a tab, `column`.

const PAUSE = 350;
const NOT_WRITTEN =
  "Not saved yet: the kernel does not answer. If it is busy, this is saved as soon as it is free. " +
  "If it was restarted, run this cell again: every cell saved before is safe, the last ones typed are not.";

// `seen(row, column)` is what the file held when it was last read; `settle(answer)` draws an answer and is false where
// it carries a fault; `said(row, column)` tells of a cell that was saved.
function openSaver({ frame, line, seen, settle, said }) {
  const dirty = new Map();
  const due = new Map();
  const held = new Set();  // cells that the kernel would not write: the others go on being saved
  let sending = false;

  function typed(row, column, text) {
    const key = `${row}\t${column}`;
    dirty.set(key, text);
    held.delete(key);
    frame.state("saving");
    clearTimeout(due.get(key));
    due.set(key, setTimeout(() => left(row, column), PAUSE));
  }

  function left(row, column) {
    const key = `${row}\t${column}`;
    clearTimeout(due.get(key));
    due.delete(key);
    pump();
  }

  // Nothing under way: the state says whether all that was typed is on disk.
  function rest() {
    if (dirty.size) return;
    frame.warn("");
    frame.state(["saving", "saved"].includes(frame.root.dataset.state) ? "saved" : "ready");
  }

  // One cell at a time; a cell that is typed on while it is sent is sent again.
  function pump() {
    if (sending) return;
    const key = [...dirty.keys()].find((one) => !due.has(one) && !held.has(one));
    if (key === undefined) {
      if (held.size && held.size === dirty.size) frame.state("unsaved");
      return rest();
    }
    const [row, column] = key.split("\t");
    const text = dirty.get(key);
    sending = true;
    frame.say("Saving …");
    ask("cell", { row, cells: { [column]: text }, was: { [column]: seen(row, column) } }).then((answer) => {
      sending = false;
      if (answer.ok && dirty.get(key) === text) dirty.delete(key);
      if (settle(answer)) {
        frame.say(said(row, column));
        pump();
      } else {
        held.add(key);
        refused(answer);
      }
    });
  }

  // What the kernel would not write stays on the screen; what the file holds now is asked for.
  function refused(answer) {
    frame.say("");
    frame.warn(fault(answer), () => { held.clear(); pump(); });
    line.ask("hello").then((again) => {
      if (again.ok) settle(again);
      pump();
    });
  }

  function ask(op, values) {
    frame.state("saving");
    const slow = (again) => {
      frame.state("unsaved");
      frame.say("");
      frame.warn(NOT_WRITTEN, () => { frame.state("saving"); frame.warn(""); again(); });
    };
    return line.ask(op, values, { slow });
  }

  // A change of rows waits until every typed cell is on disk.
  function change(op, values, words, then) {
    if (sending || dirty.size) {
      frame.say(held.size ? "A cell is not saved yet: see below." : "One moment: a cell is being saved. Then try again.");
      for (const key of [...due.keys()]) left(...key.split("\t"));
      return;
    }
    sending = true;
    ask(op, values).then((answer) => {
      sending = false;
      if (!settle(answer)) return;
      frame.say(answer.said ?? words);
      then?.(answer);
      pump();
    });
  }

  return { dirty, typed, left, rest, change, busy: () => sending };
}
