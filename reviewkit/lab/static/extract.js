// Extraction: one study's rows beside its abstract or PDF. Each cell is saved as it is typed, one after the other.

function render({ model, el }) {
  const state = { config: null, rows: [], notes: [], effects: [], outcome: "", all: false };
  const line = openLine(model, { heard: () => { if (!saver.busy()) hello(); } });
  const frame = openFrame(el, { kind: "extract", keys, help });
  const choose = h("select", { class: "rk-input", "aria-label": "Outcome", onchange: () => { state.outcome = choose.value; draw(); } });
  const all = h("input", { type: "checkbox", onchange: () => { state.all = all.checked; draw(); } });
  const undoButton = keyed("Undo delete", "u", undo);
  const saver = openSaver({ frame, line, settle, said,
    seen: (row, column) => state.rows.find((one) => one.row_id === row)?.[column] ?? "" });
  const cells = openCells({ typed: saver.typed, left: saver.left, take, act });
  const done = h("p", { class: "rk-quiet rk-done" });
  const empty = h("div", { class: "rk-empty", hidden: true });
  const effects = h("section", { class: "rk-effects", "aria-label": "What these rows give" });
  const reports = openReports({ frame, line });
  frame.body.append(h("div", { class: "rk-desk" },
    h("div", { class: "rk-form" },
      h("div", { class: "rk-under" }, h("label", { class: "rk-pick" }, "Outcome ", choose),
        h("label", { class: "rk-pick" }, all, " All fields"),
        h("div", { class: "rk-moves" }, keyed("Add row", "a", add), undoButton), done),
      empty, cells.element, effects), reports.element));

  function hello() {
    if (!state.config) frame.state("waiting");
    line.ask("hello", {}, { slow: () => frame.warn(NO_KERNEL) }).then((answer) => { if (settle(answer)) saver.rest(); });
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
      done.textContent = answer.finished ? "✓ Finished: every row of this study is complete and within the rules."
        : "Not finished: finished is when every row of this study is complete and within the rules.";
      frame.root.dataset.finished = answer.finished ? "yes" : "no";
      draw();
    }
    return true;
  }

  function drawFrame() {
    const { config } = state;
    frame.root.setAttribute("aria-label", `Extraction of ${config.study}, ${config.extractor}`);
    frame.root.dataset.record = config.study;
    fill(frame.heading, "Extraction: ", foreign(config.label || config.study), h("span", { class: "rk-who" },
      " · ", foreign(config.extractor), config.people ? ` · ${plural(config.people, "person", "people")} randomised or compared` : ""));
    fill(frame.tools, keyed("Keys", "?", frame.showHelp));
    reports.fill(config.reports);
    state.outcome ||= config.outcomes[0][0];
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
    cells.show(config, own, saver.dirty, state.all);
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

  function said(row, column) {
    const heard = state.notes.find((note) => note.row === row && note.column === column && note.kind !== "missing");
    return `Saved: ${wordOf(column)}.${heard ? ` ${NOTE_WORDS[heard.kind]}: ${heard.text}` : ""}`;
  }

  const toRow = (answer) => {
    const row = state.rows.find((one) => one.row_id === answer.row);
    if (!row) return;
    state.outcome = row.outcome;
    draw();
    cells.focus(row.row_id, "arm");
  };
  function add() { saver.change("add", { outcome: state.outcome }, "A row was added.", toRow); }
  function template() { saver.change("add", { outcome: "" }, "Rows for each arm were added.", toRow); }
  function undo() { saver.change("undo", {}, "The row is back.", toRow); }
  function act(op, row) {
    saver.change(op, { row }, op === "remove" ? "The row was deleted; Undo delete brings it back." : "The row was duplicated.",
      (answer) => { if (op === "remove") undoButton.focus(); else toRow(answer); });
  }

  function take(row, values) {
    if (saver.busy()) return;
    const found = state.rows.find((one) => one.row_id === row);
    const was = Object.fromEntries(Object.keys(values).map((column) => [column, found[column]]));
    saver.change("cell", { row, cells: values, was }, "Saved as you read it.", () => cells.focus(row, Object.keys(values)[0]));
  }

  function keys(event, typing) {
    if (event.key === "Enter" && event.target.matches("input.rk-cell")) {
      saver.left(event.target.dataset.row, event.target.dataset.column);
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
  return () => { reports.close(); line.close(); };
}

export default { render };
