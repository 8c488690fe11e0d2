// Two extractions of one study: only what differs, with the consensus chosen or typed.

function render({ model, el }) {
  const state = { config: null, by: "", reason: "" };
  const line = openLine(model, { heard: () => { if (!sender.busy()) hello(); } });
  const frame = openFrame(el, { kind: "differences", keys: () => false, help: () => [["Tab", "The next button or field"], ["?", "This list"]] });
  const counts = h("ul", { class: "rk-counts" });
  const by = h("select", { class: "rk-input", onchange: () => { state.by = by.value; } });
  const reason = h("input", { class: "rk-input", type: "text", oninput: () => { state.reason = reason.value; } });
  const list = h("div", { class: "rk-differences", tabindex: -1 });
  const sender = openSender({ frame, line, settle, home: () => list });
  frame.body.append(counts, h("div", { class: "rk-agreed" },
    h("label", { class: "rk-pick" }, "Agreed by ", by), h("label", { class: "rk-pick rk-wide" }, "Because ", reason),
    h("button", { type: "button", class: "rk-button rk-waits", onclick: () => sender.send("write", {}, told) }, "Write the consensus")), list);

  function hello() {
    frame.state("waiting");
    line.ask("hello", {}, { slow: () => frame.warn(NO_KERNEL) }).then(settle);
  }

  function settle(answer) {
    if (!answer.ok) {
      frame.state("unsaved");
      frame.warn(fault(answer));
      return false;
    }
    frame.warn("");
    if (answer.config) { state.config = answer.config; drawFrame(); }
    const { agreement } = answer;
    fill(counts, h("li", {}, h("b", {}, answer.open), answer.open === 1 ? " difference open" : " differences open"),
      h("li", {}, h("b", {}, answer.paired), " rows in both"),
      agreement === null ? null : h("li", {}, h("b", {}, `${Math.round(100 * agreement)} %`), ` of ${answer.cells} cells agree`));
    frame.root.dataset.open = answer.open;
    draw(answer.differences);
    frame.state("ready");
    return true;
  }

  function told(answer) {
    const rest = answer.waiting ? `; ${plural(answer.waiting, "difference")} of the table still open` : "";
    return `Written: ${state.config.file}${rest}.`;
  }

  function drawFrame() {
    const { config } = state;
    frame.root.setAttribute("aria-label", `Two extractions of ${config.study}`);
    frame.root.dataset.record = config.study;
    fill(frame.heading, "Two extractions: ", foreign(config.label || config.study));
    fill(frame.tools, keyed("Keys", "?", frame.showHelp));
    fill(by, [config.together, ...config.people].map((name) => h("option", { value: name }, name)));
    state.by ||= config.together;
    by.value = state.by;
  }

  function draw(differences) {
    if (!differences.length) {
      fill(list, h("div", { class: "rk-empty" }, h("h3", {}, "No difference"),
        h("p", {}, "Both tables say the same of this study. Write the consensus to take the rows over.")));
      return;
    }
    let row = null;
    fill(list, differences.map((item) => {
      const head = item.row === row ? null : h("h3", { class: "rk-small-head" }, foreign(item.row));
      row = item.row;
      return [head, drawOne(item)];
    }));
  }

  function drawOne(item) {
    const [one, other] = state.config.names;
    const words = item.column ? item.column.replaceAll("_", " ") : "the whole row";
    const typed = h("input", { class: "rk-input", type: "text", "aria-label": `Agreed ${words}`, autocomplete: "off" });
    const value = (text) => (text === "" ? h("i", {}, "empty") : foreign(text));
    const button = (label, consensus) => h("button", { type: "button", class: "rk-button rk-waits",
      "aria-label": `${words}: ${label}`, onclick: () => agree(item, consensus()) }, label);
    const buttons = item.column
      ? [button(`Take ${one}'s`, () => item.one), button(`Take ${other}'s`, () => item.other),
        typed, button("Take what is typed", () => typed.value)]
      : [button("Keep the row", () => "keep"), button("Drop the row", () => "drop")];
    return h("section", { class: "rk-difference", "aria-label": `${item.row}: ${words}`, "data-column": item.column,
      "data-settled": item.settled ? "yes" : "no" },
    h("p", { class: "rk-difference-name" }, h("b", {}, words)),
    h("dl", { class: "rk-values" }, [[one, item.one], [other, item.other]].map(([name, text]) =>
      h("div", {}, h("dt", {}, foreign(name)), h("dd", {}, value(text))))),
    item.settled ? h("p", { class: "rk-standing" }, "✓ Agreed: ", value(item.settled.consensus), " · ",
      foreign(item.settled.by), " · ", foreign(item.settled.reason)) : null,
    h("div", { class: "rk-moves" }, buttons));
  }

  function agree(item, consensus) {
    sender.send("settle", { place: item.place, one: item.one, other: item.other, consensus, by: state.by, reason: state.reason }, told);
  }

  hello();
  return () => line.close();
}

export default { render };
