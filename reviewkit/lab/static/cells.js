// The rows of one study and one outcome as a table: fields down the side, arms across. What is typed is kept until
// the kernel says that it is on disk; what the kernel says of a cell stands under it.

const WORD_OF = {
  arm_role: "role", timepoint_weeks: "weeks", value_type: "kind of value", analysis_set: "analysis set",
  as_printed: "as printed", n_status: "n is", ci_low: "CI low", ci_high: "CI high", sd: "SD", se: "SE",
  spread: "± of unknown kind", range_low: "lowest", range_high: "highest", person_time: "person-time",
  effect_measure: "measure", effect_ci_low: "effect CI low", effect_ci_high: "effect CI high",
  n_intervention: "n intervention", n_comparator: "n comparator", p_value_printed: "p as printed", p_kind: "p is",
  reported_direction: "direction", number_status: "numbers are", scale_min: "scale from", scale_max: "scale to",
  higher_is: "higher is", report_id: "report", source_row: "source row", locator: "page, table, sentence",
};

const NOTE_SIGNS = { error: "✕", missing: "○", trust: "!", reading: "→", question: "?" };
const NOTE_WORDS = { error: "Wrong", missing: "To fill", trust: "Check", reading: "Read", question: "Asked" };

function wordOf(column) {
  return WORD_OF[column] ?? column.replaceAll("_", " ");
}

let tables = 0;

// `typed(row, column, text)` is called at every key, `left(row, column)` when a cell is left, `take(row, cells)` where
// an offered reading is chosen, `act(name, row)` for the buttons of a row.
function openCells({ typed, left, take, act }) {
  const element = h("div", { class: "rk-cells", tabindex: 0, role: "group", "aria-label": "Rows of the table" });
  const prefix = `rk-cells-${++tables}`;
  let inputs = new Map();
  let places = new Map();
  let drawn = "";

  const keyOf = (row, column) => `${row}\t${column}`;

  function fieldsOf(config, rows, all) {
    const wanted = new Set(config.always);
    for (const row of rows) {
      for (const column of config.shown[row.value_type] ?? config.shown[""]) wanted.add(column);
      for (const [, columns] of config.groups) for (const column of columns) if (row[column]) wanted.add(column);
    }
    // What the template fills in and nobody need look at stays folded.
    if (!all) for (const column of ["report_id", "outcome", "design"]) wanted.delete(column);
    return config.groups.map(([name, columns]) => [name, columns.filter((column) => all || wanted.has(column))])
      .filter(([, columns]) => columns.length);
  }

  function inputOf(config, row, column, place) {
    const named = { "aria-label": `${wordOf(column)}, row ${place}`, "data-row": row.row_id, "data-column": column,
      "aria-describedby": `${prefix}-${place}-${column}`, class: "rk-input rk-cell", dir: "auto",
      "aria-required": config.required.includes(column) ? "true" : null };
    const options = config.choices[column];
    const on = { oninput: (event) => typed(row.row_id, column, event.target.value), onchange: () => left(row.row_id, column) };
    if (options) return h("select", { ...named, ...on });
    if (["note", "quote", "as_printed"].includes(column)) return h("textarea", { ...named, ...on, rows: 1 });
    const list = column === "instrument" ? `${prefix}-instruments` : null;
    return h("input", { ...named, ...on, type: "text", list, autocomplete: "off", spellcheck: "false",
      inputmode: config.numbers.includes(column) ? "decimal" : null });
  }

  function putValue(config, input, column, value) {
    const options = config.choices[column];
    if (options) {
      const known = ["", ...options, ...(value && !options.includes(value) ? [value] : [])];
      fill(input, known.map((option) => h("option", { value: option }, option || "–")));
    }
    input.value = value;
  }

  function build(config, rows, groups) {
    inputs = new Map();
    places = new Map();
    const names = [...new Set(rows.flatMap((row) => config.instruments[row.outcome] ?? []))];
    const head = h("thead", {}, h("tr", {}, h("td", {}), rows.map((row, at) => h("th", { scope: "col" },
      h("span", { class: "rk-row-head" }, `Row ${at + 1} `, h("code", {}, foreign(row.row_id))),
      h("span", { class: "rk-row-tools" },
        h("button", { type: "button", class: "rk-button", "aria-label": `Duplicate row ${at + 1}`,
          onclick: () => act("duplicate", row.row_id) }, "Duplicate"),
        h("button", { type: "button", class: "rk-button", "aria-label": `Delete row ${at + 1}`,
          onclick: () => act("remove", row.row_id) }, "Delete")),
      place(row.row_id, "", `${prefix}-${at + 1}-row`)))));
    const bodies = groups.map(([name, columns]) => h("tbody", {},
      h("tr", { class: "rk-group" }, h("th", { scope: "rowgroup", colspan: rows.length + 1 }, name)),
      columns.map((column) => h("tr", {},
        h("th", { scope: "row" }, wordOf(column), config.required.includes(column) ? h("span", { class: "rk-must" }, " needed") : null),
        rows.map((row, at) => {
          const input = inputOf(config, row, column, at + 1);
          inputs.set(keyOf(row.row_id, column), input);
          return h("td", {}, input, place(row.row_id, column, `${prefix}-${at + 1}-${column}`));
        })))));
    element.style.setProperty("--rk-arms", rows.length);
    fill(element, h("datalist", { id: `${prefix}-instruments` }, names.map((name) => h("option", { value: name }))),
      h("table", { class: "rk-grid" }, head, bodies));
  }

  function place(row, column, id) {
    const spot = h("div", { class: "rk-notes", id });
    places.set(keyOf(row, column), spot);
    return spot;
  }

  function show(config, rows, dirty, all) {
    const groups = fieldsOf(config, rows, all);
    const shape = JSON.stringify([rows.map((row) => [row.row_id, row.outcome]), groups]);
    const active = document.activeElement;
    const at = element.contains(active) ? [active.dataset.row, active.dataset.column] : null;
    if (shape !== drawn) build(config, rows, groups);
    for (const row of rows) {
      for (const [, columns] of groups) for (const column of columns) {
        const key = keyOf(row.row_id, column);
        const input = inputs.get(key);
        const value = dirty.get(key) ?? row[column];
        if (shape !== drawn || (input.value !== value && !(dirty.has(key) && input === active))) putValue(config, input, column, value);
      }
    }
    if (shape !== drawn && at) inputs.get(keyOf(...at))?.focus({ preventScroll: true });
    drawn = shape;
  }

  function noteOf(note) {
    return h("div", { class: "rk-cell-note", "data-kind": note.kind },
      h("span", { "aria-hidden": "true" }, NOTE_SIGNS[note.kind], " "),
      h("b", {}, NOTE_WORDS[note.kind], ": "), foreign(note.text), " ", note.remedy ? foreign(note.remedy) : null,
      note.offers.length ? h("span", { class: "rk-offers" }, note.offers.map((offer) => h("button", {
        type: "button", class: "rk-button", onclick: () => take(note.row, offer.cells) }, offer.label))) : null);
  }

  // Notes whose cell is not in sight stand at the head of their row, so that none is hidden.
  function tell(notes) {
    const under = new Map();
    for (const note of notes) {
      const own = keyOf(note.row, note.column);
      const key = note.column && places.has(own) ? own : keyOf(note.row, "");
      if (note.kind === "missing" && key === own) continue;
      under.set(key, [...(under.get(key) ?? []), note]);
    }
    const wrong = new Map(notes.map((note) => [keyOf(note.row, note.column), note.kind]));
    const missing = new Set(notes.filter((note) => note.kind === "missing").map((note) => keyOf(note.row, note.column)));
    for (const [key, spot] of places) fill(spot, (under.get(key) ?? []).map(noteOf));
    for (const [key, input] of inputs) {
      if (wrong.get(key) === "error") input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      input.classList.toggle("rk-to-fill", missing.has(key));
    }
  }

  return {
    element, show, tell,
    focus(row, column) { inputs.get(keyOf(row, column))?.focus(); },
    // The cell below the one that has the focus, in the same row of the table; as in a spreadsheet.
    below(from) {
      const own = [...inputs.values()].filter((input) => input.dataset.row === from.dataset.row);
      own[own.indexOf(from) + 1]?.focus();
    },
  };
}
