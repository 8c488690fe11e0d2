// Risk of bias: a tool's questions beside the report. Every answer is saved as it is given, and what the tool's
// algorithm makes of the answers so far is shown; the judgement stays the assessor's.

const MARKS = { error: "✕ Wrong: ", missing: "○ To fill: " };
const FIELDS = [["support", "What the report shows, in your own words"], ["locator", "Where (page, table, sentence)"], ["note", "Note"]];

let forms = 0;

function render({ model, el }) {
  const state = { config: null, cells: {}, proposed: {}, overall: {}, remarks: [], missing: [] };
  const inputs = new Map();
  const spots = new Map();
  const proposals = new Map();
  const sections = new Map();
  const prefix = `rk-appraise-${++forms}`;
  const line = openLine(model, { heard: () => { if (!saver.busy()) hello(); } });
  const frame = openFrame(el, { kind: "appraise", keys, help });
  const counts = h("ul", { class: "rk-counts" });
  const about = h("div", { class: "rk-quiet" });
  const form = h("div", { class: "rk-questions", tabindex: -1 });
  const reports = openReports({ frame, line });
  const saver = openSaver({ frame, line, settle, said, seen: (row, column) => state.cells[row]?.[column] ?? "" });
  frame.body.append(counts, about, h("div", { class: "rk-desk" }, form, reports.element));

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
    const { cells, proposed, overall, remarks, missing } = answer;
    if (cells) Object.assign(state, { cells, proposed, overall, remarks, missing });
    if (answer.config && !state.config) { state.config = answer.config; build(); }
    if (cells) draw();
    return true;
  }

  const keyOf = (row, column) => `${row}\t${column}`;
  const judged = (domain) => `= ${domain}`;

  function build() {
    const { config } = state;
    const { tool } = config;
    frame.root.setAttribute("aria-label", `Risk of bias of ${config.study || config.outcome}, ${config.assessor}`);
    frame.root.dataset.record = config.study || config.outcome;
    fill(frame.heading, "Risk of bias: ", foreign(config.label || config.outcome), h("span", { class: "rk-who" },
      " · ", foreign(config.assessor), config.label && config.outcome ? [" · ", foreign(config.outcome)] : ""));
    fill(frame.tools, keyed("Keys", "?", frame.showHelp));
    fill(about, h("p", {}, h("b", {}, foreign(tool.name)), ". ", foreign(tool.citation), ". Questions worded by this project.",
      tool.checked ? null : [" ", h("b", {}, "Not checked against the source: "),
        tool.unchecked.length ? `${tool.unchecked.join(", ").toLowerCase()}. ` : "", foreign(tool.read)]),
    tool.remarks.map((remark) => h("p", {}, foreign(remark))));
    reports.fill(config.reports);
    fill(form, config.domains.map(domainPart),
      h("section", { class: "rk-domain", "aria-label": "Over all" }, h("h3", { class: "rk-small-head" }, "Over all"),
        judgementPart("overall", "Over all", config.overall)));
  }

  function domainPart(domain) {
    return h("section", { class: "rk-domain", "aria-label": domain.name },
      h("h3", { class: "rk-small-head" }, `${domain.id} `, foreign(domain.name)),
      domain.questions.map(questionPart), judgementPart(domain.id, domain.name, domain.levels));
  }

  function questionPart(question) {
    const { words } = state.config;
    const id = `${prefix}-${question.id}`;
    const choices = ["", ...question.answers].map((code) => {
      const radio = h("input", { type: "radio", name: id, value: code, "data-row": question.id, "data-column": "answer",
        onchange: () => { saver.typed(question.id, "answer", code); saver.left(question.id, "answer"); } });
      return [radio, h("label", { class: "rk-choice" }, radio, h("span", {}, code ? words[code] : "open"))];
    });
    inputs.set(keyOf(question.id, "answer"), choices.map(([radio]) => radio));
    const section = h("fieldset", { class: "rk-question", "data-question": question.id, "aria-describedby": `${id}-notes` },
      h("legend", {}, h("b", {}, question.id, " "), foreign(question.text),
        question.when ? h("span", { class: "rk-quiet" }, " Asked ", foreign(question.when), ".") : null),
      h("div", { class: "rk-choices" }, choices.map(([, label]) => label)),
      h("div", { class: "rk-supports" }, FIELDS.map(([column, words]) => textPart(question.id, column, words))),
      spot(question.id, `${id}-notes`));
    sections.set(question.id, section);
    return section;
  }

  function textPart(row, column, words) {
    const on = { oninput: (event) => saver.typed(row, column, event.target.value), onchange: () => saver.left(row, column) };
    const name = `${row.startsWith("= ") ? row.slice(2) : row}: ${words}`;
    const shared = { class: "rk-input rk-cell", dir: "auto", "aria-label": name, placeholder: column === "locator" ? "Where" : words, "data-row": row,
      "data-column": column, ...on };
    const input = column === "locator" ? h("input", { ...shared, type: "text", autocomplete: "off" }) : h("textarea", { ...shared, rows: 1 });
    inputs.set(keyOf(row, column), [input]);
    return input;
  }

  function judgementPart(domain, name, levels) {
    const row = judged(domain);
    const proposal = h("p", { class: "rk-proposal", "data-domain": domain, "aria-live": "polite" });
    const select = h("select", { class: "rk-input", "aria-label": `Judgement: ${name}`, "data-row": row, "data-column": "judgement",
      onchange: () => { saver.typed(row, "judgement", select.value); saver.left(row, "judgement"); } },
    ["", ...levels].map((word) => h("option", { value: word }, word || "as the answers lead")));
    inputs.set(keyOf(row, "judgement"), [select]);
    proposals.set(domain, proposal);
    return h("div", { class: "rk-judgement" }, proposal,
      h("label", { class: "rk-pick" }, "Judgement ", select), textPart(row, "reason", "Reason, where you decide otherwise"),
      spot(row, `${prefix}-${domain}-notes`));
  }

  function spot(row, id) {
    const found = h("div", { class: "rk-notes", id });
    spots.set(row, found);
    return found;
  }

  function draw() {
    for (const [key, members] of inputs) {
      const [row, column] = key.split("\t");
      const value = saver.dirty.get(key) ?? state.cells[row]?.[column] ?? "";
      for (const input of members) {
        if (input.type === "radio") input.checked = input.value === value;
        else if (input.value !== value && !(saver.dirty.has(key) && input === document.activeElement)) input.value = value;
      }
    }
    drawProposals();
    for (const [row, found] of spots) {
      fill(found, state.remarks.filter((one) => one.place === row).map((one) => h("div", { class: "rk-cell-note", "data-kind": one.kind },
        h("b", {}, MARKS[one.kind]), foreign(one.text), " ", one.remedy ? foreign(one.remedy) : null)));
    }
    const { config } = state;
    const every = config.domains.flatMap((domain) => domain.questions);
    const given = every.filter((question) => state.cells[question.id]?.answer).length;
    fill(counts, h("li", {}, h("b", {}, given), ` of ${every.length} questions answered`),
      h("li", {}, h("b", {}, state.missing.length), " still asked for"),
      state.remarks.length ? h("li", {}, h("b", {}, state.remarks.length), " to look at") : null);
    frame.root.dataset.missing = state.missing.length;
  }

  function drawProposals() {
    for (const domain of state.config.domains) {
      const found = state.proposed[domain.id];
      const parts = [];
      if (found.stars) parts.push(`${found.stars[0]} of ${found.stars[2]} stars. `);
      if (found.judgement) parts.push("The answers lead to: ", h("b", {}, found.judgement));
      else if (found.missing.length) parts.push(`Still asked for: ${found.missing.join(", ")}`);
      else parts.push(domain.algorithm ? "The answers leave it open." : "The tool has no rule here: you decide.");
      if (domain.follows && found.path.length) parts.push(h("span", { class: "rk-quiet" }, ` (${found.path.join(" → ")})`));
      fill(proposals.get(domain.id), parts);
      // A question that the answers so far do not lead to stays open to be answered, only quieter.
      const asked = new Set([...found.path.map((step) => step.split(" ")[0]), ...found.missing]);
      for (const question of domain.questions) {
        sections.get(question.id).dataset.asked = !domain.follows || asked.has(question.id) ? "yes" : "no";
      }
    }
    const { judgement, why } = state.overall;
    fill(proposals.get("overall"), judgement ? ["The domains lead to: ", h("b", {}, judgement), ". "] : null, h("span", { class: "rk-quiet" }, why));
  }

  function said(row, column) {
    const heard = state.remarks.find((one) => one.place === row);
    const what = row.startsWith("= ") ? `${column} of ${row.slice(2)}` : `${column} of ${row}`;
    return `Saved: ${what}.${heard ? ` ${heard.text}` : ""}`;
  }

  const questions = () => [...sections.values()];
  const here = (target) => target.closest?.(".rk-question");

  function go(step, from) {
    const every = questions();
    const at = every.indexOf(from);
    const next = every[at < 0 ? 0 : Math.min(Math.max(at + step, 0), every.length - 1)];
    const radios = [...next.querySelectorAll("input[type=radio]")];
    (radios.find((radio) => radio.checked) ?? radios[0]).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function keys(event) {
    const from = here(event.target);
    const text = event.target.matches("textarea, select, input:not([type=radio])");
    if (event.key === "Escape" && text && from) {
      go(0, from);
      return true;
    }
    if (text || event.ctrlKey || event.metaKey) return false;
    if (event.key === "n" || event.key === "b") {
      go(event.key === "n" ? 1 : -1, from);
      return true;
    }
    if (event.key === "?") {
      frame.showHelp();
      return true;
    }
    if (!from) return false;
    if (event.key === "s") {
      from.querySelector("textarea").focus();
      return true;
    }
    const radio = from.querySelectorAll("input[type=radio]")[Number(event.key)];
    if (/^\d$/.test(event.key) && radio) {
      radio.focus();
      radio.click();
      return true;
    }
    return false;
  }

  function help() {
    return [["n b", "The next question, the one before"], ["1 2 3 …", "The first, second, third answer; 0 leaves it open"],
      ["s", "What the report shows"], ["Esc", "Back to the answers"], ["Tab", "The next field"], ["?", "This list"]];
  }

  hello();
  return () => { reports.close(); line.close(); };
}

export default { render };
