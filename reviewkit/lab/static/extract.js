// Extraction: one study's rows beside its abstract or PDF. Each cell is saved as it is typed, one after the other.

const PAUSE = 350;
const NOT_WRITTEN =
  "Not saved yet: the kernel does not answer. If it is busy, this is saved as soon as it is free. " +
  "If it was restarted, run this cell again: every cell saved before is safe, the last ones typed are not.";

function render({ model, el }) {
  const state = { config: null, rows: [], notes: [], effects: [], outcome: "", all: false, report: "" };
  const dirty = new Map();
  const due = new Map();
  const held = new Set();  // cells that the kernel would not write: the others go on being saved
  let sending = false;
  const line = openLine(model, { heard: () => { if (!sending) hello(); } });
  const frame = openFrame(el, { kind: "extract", keys, help });
  const choose = h("select", { class: "rk-input", "aria-label": "Outcome", onchange: () => { state.outcome = choose.value; draw(); } });
  const all = h("input", { type: "checkbox", onchange: () => { state.all = all.checked; draw(); } });
  const undoButton = keyed("Undo delete", "u", undo);
  const cells = openCells({ typed, left, take, act });
  const empty = h("div", { class: "rk-empty", hidden: true });
  const effects = h("section", { class: "rk-effects", "aria-label": "What these rows give" });
  const source = h("select", { class: "rk-input", "aria-label": "Report", onchange: () => showReport(source.value) });
  const card = h("article", { class: "rk-card", tabindex: 0, "aria-label": "Report" });
  const side = openFullText({ ask: line.ask, say: frame.say, warn: frame.warn });
  const pdfButton = h("button", { type: "button", class: "rk-button", "aria-pressed": "false",
    onclick: () => { side.element.hidden = !side.element.hidden; drawSide(); } }, "PDF");
  frame.body.append(h("div", { class: "rk-desk" },
    h("div", { class: "rk-form" },
      h("div", { class: "rk-under" }, h("label", { class: "rk-pick" }, "Outcome ", choose),
        h("label", { class: "rk-pick" }, all, " All fields"),
        h("div", { class: "rk-moves" }, keyed("Add row", "a", add), undoButton)),
      empty, cells.element, effects),
    h("div", { class: "rk-beside" }, h("div", { class: "rk-under" }, source, pdfButton), card, side.element)));

  function hello() {
    if (!state.config) frame.state("waiting");
    line.ask("hello", {}, { slow: () => frame.warn(NO_KERNEL) }).then((answer) => { if (settle(answer)) rest(); });
  }

  function settle(answer) {
    if (!answer.ok) {
      frame.state("unsaved");
      frame.warn(fault(answer));
      return false;
    }
    if (answer.config) { state.config = answer.config; drawFrame(); }
    if (answer.rows) {
      Object.assign(state, { rows: answer.rows, notes: answer.notes, effects: answer.effects });
      undoButton.disabled = !answer.undo;
      draw();
    }
    return true;
  }

  // Nothing under way: the state says whether all that was typed is on disk.
  function rest() {
    if (dirty.size) return;
    frame.warn("");
    frame.state(frame.root.dataset.state === "saving" ? "saved" : frame.root.dataset.state === "saved" ? "saved" : "ready");
  }

  function drawFrame() {
    const { config } = state;
    frame.root.setAttribute("aria-label", `Extraction of ${config.study}, ${config.extractor}`);
    frame.root.dataset.record = config.study;
    fill(frame.heading, "Extraction: ", foreign(config.label || config.study), h("span", { class: "rk-who" },
      " · ", foreign(config.extractor), config.people ? ` · ${plural(config.people, "person", "people")} randomised or compared` : ""));
    fill(frame.tools, keyed("Keys", "?", frame.showHelp));
    fill(source, config.reports.map((report) => h("option", { value: report.report }, report.report)));
    source.hidden = config.reports.length < 2;
    if (!state.report) showReport(config.reports[0].report);
    state.outcome ||= config.outcomes[0][0];
  }

  function showReport(report) {
    state.report = report;
    const found = state.config.reports.find((one) => one.report === report);
    side.element.hidden = !found.pdf.size;
    fill(card, cardParts(found, null));
    side.show(found);
    drawSide();
  }

  function drawSide() {
    pdfButton.setAttribute("aria-pressed", String(!side.element.hidden));
    card.classList.toggle("rk-short", !side.element.hidden);
  }

  function draw() {
    const { config, rows, notes } = state;
    const known = new Map(config.outcomes);
    const ids = [...new Set([...known.keys(), ...rows.map((row) => row.outcome)])];
    fill(choose, ids.map((id) => {
      const own = rows.filter((row) => row.outcome === id);
      const faults = notes.filter((note) => note.kind !== "reading" && own.some((row) => row.row_id === note.row)).length;
      const counts = [plural(own.length, "row"), faults ? `${faults} to look at` : ""].filter(Boolean).join(", ");
      return h("option", { value: id }, `${known.get(id) ?? (id || "no outcome")} (${counts})`);
    }));
    if (!ids.includes(state.outcome)) state.outcome = ids[0];
    choose.value = state.outcome;
    const own = rows.filter((row) => row.outcome === state.outcome);
    empty.hidden = own.length > 0;
    cells.element.hidden = !own.length;
    fill(empty, h("h3", {}, "No row yet"), h("p", {}, "Rows of this outcome: one for each arm, or one for a contrast that the report prints."),
      h("p", { class: "rk-moves" }, h("button", { type: "button", class: "rk-button", onclick: template }, "Add a row for each arm")));
    cells.show(config, own, dirty, state.all);
    cells.tell(notes);
    drawEffects();
  }

  function drawEffects() {
    const found = state.effects.filter((effect) => effect.outcome === state.outcome);
    fill(effects, h("h3", { class: "rk-small-head" }, "What these rows give in the main analysis"),
      found.length ? found.map((effect) => [
        effect.part ? h("p", { class: "rk-quiet" }, foreign(effect.part)) : null,
        effect.usable ? null : h("p", {}, h("b", {}, "No effect yet: "), foreign(effect.reason)),
        effect.steps.length ? h("ol", { class: "rk-steps" }, effect.steps.map((step) => h("li", { "data-kind": step.kind },
          h("b", {}, step.kind), " ", foreign(step.text), step.source ? h("span", { class: "rk-quiet" }, " (", foreign(step.source), ")") : null))) : null,
        effect.unused.map((text) => h("p", { class: "rk-quiet" }, "Not used: ", foreign(text))),
      ]) : h("p", { class: "rk-quiet" }, "Nothing yet: a row counts once its needed cells are filled and none is wrong."));
  }

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
    const was = state.rows.find((one) => one.row_id === row)?.[column] ?? "";
    sending = true;
    frame.say("Saving …");
    ask("cell", { row, cells: { [column]: text }, was: { [column]: was } }).then((answer) => {
      sending = false;
      if (answer.ok && dirty.get(key) === text) dirty.delete(key);
      if (settle(answer)) {
        said(row, column);
        pump();
      } else {
        held.add(key);
        refused(answer);
      }
    });
  }

  function said(row, column) {
    const heard = state.notes.find((note) => note.row === row && note.column === column && note.kind !== "missing");
    frame.say(`Saved: ${wordOf(column)}.${heard ? ` ${NOTE_WORDS[heard.kind]}: ${heard.text}` : ""}`);
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

  const toRow = (answer) => {
    const row = state.rows.find((one) => one.row_id === answer.row);
    if (!row) return;
    state.outcome = row.outcome;
    draw();
    cells.focus(row.row_id, "arm");
  };
  function add() { change("add", { outcome: state.outcome }, "A row was added.", toRow); }
  function template() { change("add", { outcome: "" }, "Rows for each arm were added.", toRow); }
  function undo() { change("undo", {}, "The row is back.", toRow); }
  function act(op, row) {
    change(op, { row }, op === "remove" ? "The row was deleted; Undo delete brings it back." : "The row was duplicated.",
      (answer) => { if (op === "remove") undoButton.focus(); else toRow(answer); });
  }

  function take(row, values) {
    if (sending) return;
    const found = state.rows.find((one) => one.row_id === row);
    const was = Object.fromEntries(Object.keys(values).map((column) => [column, found[column]]));
    change("cell", { row, cells: values, was }, "Saved as you read it.", () => cells.focus(row, Object.keys(values)[0]));
  }

  function keys(event, typing) {
    if (event.key === "Enter" && event.target.matches("input.rk-cell")) {
      left(event.target.dataset.row, event.target.dataset.column);
      cells.below(event.target);
      return true;
    }
    if (event.key === "Escape" && typing) {
      cells.element.focus();
      return true;
    }
    if (typing || event.ctrlKey || event.metaKey) return false;
    const run = { a: add, u: undo }[event.key.toLowerCase()];
    run?.();
    return Boolean(run);
  }

  function help() {
    return [["Tab", "The next cell"], ["Enter", "Save, and the cell below"], ["Esc", "Leave the cell"], ["a", "Add a row"],
      ["u", "Bring a deleted row back"], ["?", "This list"]];
  }

  hello();
  return () => { side.close(); line.close(); };
}

export default { render };
