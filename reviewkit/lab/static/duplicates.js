// Possible duplicates: two records side by side, same or different.

const VERDICT_SIGNS = { same: ["=", "same"], differs: ["≠", "differs"], missing: ["∅", "in one only"] };

function render({ model, el }) {
  const state = { pair: null, by: "", file: "", question: "" };
  const line = openLine(model, { heard: () => { if (!sender.busy()) hello(); } });
  const frame = openFrame(el, { kind: "duplicates", keys, help: () => [
    ["s", "Same report"], ["d", "Different reports"], ["l", "Later: it comes back at the end"],
    ["u", "Take back the last answer given here"], ["n", "Write a note; Esc leaves it"], ["?", "This list"]] });
  const pair = h("div", { class: "rk-card rk-pair", tabindex: 0, role: "region", "aria-label": "Two records" });
  const home = () => pair;
  const sender = openSender({ frame, line, settle, home });
  const counts = h("ul", { class: "rk-counts" });
  const who = h("select", { class: "rk-input" });
  const whoLine = h("label", { class: "rk-by", hidden: true }, h("span", {}, "Your name in the protocol"), who);
  const note = h("textarea", { class: "rk-note", rows: 1 });
  const choice = (verdict, label, key, sign) => h("button", {
    type: "button", class: "rk-vote rk-waits", "data-verdict": verdict, "aria-keyshortcuts": key, onclick: () => answer(verdict),
  }, h("span", { class: "rk-sign", "aria-hidden": "true" }, sign), h("span", {}, label), kbd(key));
  const votes = h("div", { class: "rk-votes", role: "group", "aria-label": "Answer" },
    choice("same", "Same report", "s", "="), choice("different", "Different reports", "d", "≠"));
  votes.style.setProperty("--rk-choices", 2);
  const moves = h("div", { class: "rk-moves" }, keyed("Later", "l", later, { class: "rk-button rk-waits" }),
    keyed("Undo last", "u", undo, { class: "rk-button rk-waits" }));
  frame.body.append(counts, whoLine, pair, votes,
    h("div", { class: "rk-under" }, h("label", { class: "rk-note-line" }, h("span", {}, "Note ", kbd("n")), note), moves));
  fill(frame.heading, "Possible duplicates");
  fill(frame.tools, keyed("Keys", "?", frame.showHelp));
  frame.root.setAttribute("aria-label", "Possible duplicates");
  who.addEventListener("change", () => { if (who.value) sender.send("by", { by: who.value }, () => `Answers are ${who.value}'s.`); });
  focusOnClick(frame.root, home);

  function hello() {
    frame.state("waiting");
    line.ask("hello", {}, { slow: () => frame.warn(NO_KERNEL) }).then((found) => settle(found));
  }

  function settle(found) {
    if (!found.ok) {
      frame.state("unsaved");
      frame.warn(fault(found));
      return false;
    }
    frame.warn("");
    if (found.people) {
      fill(who, h("option", { value: "" }, "choose …"), found.people.map((name) => h("option", { value: name }, name)));
      state.file = found.file;
    }
    if ("pair" in found) {
      Object.assign(state, { pair: found.pair, by: found.by, question: found.question });
      who.value = found.by;
      whoLine.hidden = Boolean(found.by);
      fill(counts, h("li", {}, h("b", {}, found.left), found.left === 1 ? " pair left" : " pairs left"),
        h("li", {}, h("b", {}, found.answered), " answered here"),
        found.by ? h("li", {}, "answers by ", foreign(found.by)) : null);
      draw();
    }
    frame.state(state.pair ? "ready" : "done");
    return true;
  }

  function draw() {
    const shown = state.pair;
    frame.root.dataset.record = shown ? `${shown.one} ${shown.other}` : "";
    note.value = "";
    for (const button of votes.children) button.disabled = !shown;
    if (!shown) {
      fill(pair, h("div", { class: "rk-empty" }, h("h3", {}, "No pair waits for an answer"),
        h("p", {}, "Answers stand in ", h("code", {}, state.file), ". To apply them: ",
          h("code", {}, `reviewkit import ${state.question}`))));
      return;
    }
    fill(pair, h("table", { class: "rk-compare" },
      h("thead", {}, h("tr", {}, h("td", {}), [shown.one, shown.other].map((name, place) =>
        h("th", { scope: "col" }, name, h("span", { class: "rk-quiet rk-origin" }, foreign(shown.files[place])))))),
      h("tbody", {}, shown.fields.map((field) => {
        const [sign, word] = VERDICT_SIGNS[field.verdict];
        const cell = (segments, side) => h("td", { "data-side": side },
          segments.length ? marked(segments) : h("span", { class: "rk-quiet" }, "not given"));
        return h("tr", { "data-verdict": field.verdict }, h("th", { scope: "row" }, h("span", {}, field.label),
          h("span", { class: "rk-verdict" }, h("span", { "aria-hidden": "true" }, `${sign} `), word)),
          cell(field.one, shown.one), cell(field.other, shown.other));
      }))),
      h("p", { class: "rk-quiet" }, "Put beside each other by the rule ", h("q", {}, shown.rule), `, likeness ${shown.score}.`));
    pair.scrollTop = 0;
  }

  function ends() { return { one: state.pair.one, other: state.pair.other }; }
  function answer(verdict) {
    if (!state.pair) return;
    sender.send("answer", { ...ends(), verdict, note: note.value.trim() }, () => `Saved: ${verdict}.`);
  }
  function later() { if (state.pair) sender.send("skip", ends(), () => "Put at the end."); }
  function undo() { sender.send("undo", {}, () => ""); }

  function keys(event, typing) {
    if (event.key === "Escape" || (typing && event.key === "Enter" && event.ctrlKey)) {
      pair.focus();
      return true;
    }
    if (typing || event.ctrlKey || event.metaKey) return false;
    const acts = { s: () => answer("same"), d: () => answer("different"), l: later, u: undo, n: () => note.focus() };
    const act = acts[event.key.toLowerCase()];
    act?.();
    return Boolean(act);
  }

  hello();
  return () => line.close();
}

export default { render };
