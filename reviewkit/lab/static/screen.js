// Screening: one record at a time. The card changes only after the kernel said that the decision is on disk.

function render({ model, el }) {
  const state = { config: null, card: null, progress: null };
  const line = openLine(model, { heard: () => { if (!sender.busy()) hello(); } });
  const frame = openFrame(el, { kind: "screen", keys, help });
  const card = h("article", { class: "rk-card", tabindex: 0, "aria-label": "Record" });
  const home = () => card;
  const sender = openSender({ frame, line, settle, home });

  const bar = h("div", { class: "rk-bar-done" });
  const meter = h("div", { class: "rk-bar", role: "progressbar", "aria-label": "Records decided", "aria-valuemin": 0,
    "aria-valuemax": 0, "aria-valuenow": 0 }, bar);
  const counts = h("ul", { class: "rk-counts" });
  const find = openFind({ ask: line.ask, open, close: () => card.focus(), say: frame.say });
  const side = openFullText({ ask: line.ask, say: frame.say, warn: frame.warn });
  const moves = h("div", { class: "rk-moves" });
  const vote = openVote({
    home, moves, ready: () => state.card !== null && !sender.busy(),
    act: (values, words) => sender.send("decide", { report: state.card.report, ...values }, () => `Saved: ${words}.${now()}`),
  });
  frame.body.append(
    h("div", { class: "rk-progress" }, meter, counts), find.element,
    h("div", { class: "rk-desk" }, h("div", { class: "rk-form" }, card, vote.element), side.element));
  focusOnClick(frame.root, home);

  function hello() {
    frame.state("waiting");
    if (!state.config) fill(card, h("p", { class: "rk-quiet" }, "Opening the desk …"));
    line.ask("hello", {}, { slow: () => frame.warn(NO_KERNEL) }).then((answer) => settle(answer));
  }

  // Draws what an answer carries; false where it carries a fault.
  function settle(answer) {
    if (!answer.ok) {
      frame.state("unsaved");
      frame.warn(fault(answer));
      return false;
    }
    frame.warn("");
    if (answer.config) { state.config = answer.config; drawFrame(); }
    if (answer.progress) { state.progress = answer.progress; drawProgress(); }
    if ("card" in answer) { state.card = answer.card; drawCard(); }
    frame.state(state.card ? "ready" : "done");
    return true;
  }

  function drawFrame() {
    const { config } = state;
    frame.root.setAttribute("aria-label", `Screening, ${config.stageName}, ${config.reviewer}`);
    fill(frame.heading, config.stageName, h("span", { class: "rk-who" }, " · ", foreign(config.reviewer)));
    fill(frame.tools, keyed("Find", "f", () => find.show()), keyed("Keys", "?", frame.showHelp));
    vote.configure(config);
    fill(moves, keyed("Skip", "s", skip, { class: "rk-button rk-waits" }),
      keyed("Undo last", "u", undo, { class: "rk-button rk-waits" }),
      keyed("Next", "b", next, { class: "rk-button rk-waits" }));
    find.statuses(config.statuses);
    frame.legend(config.marks);
    side.element.hidden = !config.fullText;
    frame.root.classList.toggle("rk-full-text", config.fullText);
  }

  function drawProgress() {
    const { progress } = state;
    meter.setAttribute("aria-valuemax", progress.total);
    meter.setAttribute("aria-valuenow", progress.done);
    meter.setAttribute("aria-valuetext", `${progress.done} of ${progress.total} decided, ${progress.left} left`);
    bar.style.width = `${progress.total ? (100 * progress.done) / progress.total : 0}%`;
    fill(counts, progress.counts.map(([value, label]) => h("li", {}, value ? [h("b", {}, value), " "] : null, label)),
      progress.advice ? h("li", {}, progress.advice) : null);
  }

  function drawCard() {
    const shown = state.card;
    frame.root.dataset.record = shown ? shown.report : "";
    vote.show(shown ? shown.status : null, shown?.note);
    if (shown) {
      fill(card, cardParts(shown, (part) => whole(shown.report, part)));
      card.setAttribute("aria-label", `Record ${shown.report}`);
      card.scrollTop = 0;
    } else {
      const none = state.progress?.total === 0;
      fill(card, h("div", { class: "rk-empty" },
        h("h3", {}, none ? "No record stands at this stage" : "Every record is decided"),
        h("p", {}, none ? state.config?.whenNone : state.config?.whenDone)));
      card.setAttribute("aria-label", "No record");
    }
    side.show(shown);
  }

  function now() {
    if (!state.card) return " That was the last record.";
    return ` Now: ${state.card.title.segments.map(([text]) => text).join("").slice(0, 160)}`;
  }

  function whole(report, part) {
    line.ask("whole", { report, part }).then((answer) => {
      if (!answer.ok) return frame.warn(fault(answer));
      if (state.card?.report !== report) return;
      state.card = { ...state.card, [part]: answer.text };
      vote.keepNote(drawCard);
      card.focus();
    });
  }

  function skip() { if (state.card) sender.send("skip", { report: state.card.report }, () => `Skipped.${now()}`); }
  function undo() { sender.send("undo", {}, (answer) => (answer.undone ? `Undone.${now()}` : "")); }
  function next() { sender.send("next", {}, now); }
  function open(report) { sender.send("open", { report }, now); }

  function keys(event, typing) {
    if (event.key === "Escape") {
      if (find.isOpen()) find.hide();
      else if (vote.isChoosing()) vote.cancel();
      else card.focus();
      return true;
    }
    if (vote.key(event, typing)) return true;
    if (typing || event.ctrlKey || event.metaKey || !state.config) return false;
    const acts = { u: undo, s: skip, b: next, f: find.show, "/": find.show, p: side.choose };
    const act = acts[event.key.toLowerCase()];
    act?.();
    return Boolean(act);
  }

  function help() {
    if (!state.config) return [];
    return [
      ...vote.help(), ["u", "Undo the last decision"], ["s", "Skip: it comes back at the end"],
      ["b", "Back to the next undecided record"], ["f", "Find a record, filter by status"],
      ...(state.config.fullText ? [["p", "Attach the PDF"]] : []), ["Esc", "Back to the record"], ["?", "This list"],
    ];
  }

  hello();
  return () => { line.close(); side.close(); };
}

export default { render };
