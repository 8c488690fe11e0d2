// Conflicts: the votes side by side, and the decision that settles them.

function render({ model, el }) {
  const state = { config: null, conflict: null };
  const line = openLine(model, { heard: () => { if (!sender.busy()) hello(); } });
  const frame = openFrame(el, { kind: "resolve", keys, help });
  const card = h("article", { class: "rk-card", tabindex: 0, "aria-label": "Record in conflict" });
  const home = () => card;
  const sender = openSender({ frame, line, settle, home });
  const counts = h("ul", { class: "rk-counts" });
  const sides = h("div", { class: "rk-sides" });
  const moves = h("div", { class: "rk-moves" }, keyed("Skip", "s", skip, { class: "rk-button rk-waits" }),
    keyed("Undo last", "u", undo, { class: "rk-button rk-waits" }));
  const vote = openVote({
    home, moves, ready: () => state.conflict !== null && !sender.busy(),
    act: (values, words) => sender.send("resolve", { report: state.conflict.card.report, ...values },
      () => `Settled: ${words}.`),
  });
  frame.body.append(counts, sides, card, vote.element);
  fill(frame.tools, keyed("Keys", "?", frame.showHelp));
  focusOnClick(frame.root, home);

  function hello() {
    frame.state("waiting");
    line.ask("hello", {}, { slow: () => frame.warn(NO_KERNEL) }).then((answer) => settle(answer));
  }

  function settle(answer) {
    if (!answer.ok) {
      frame.state("unsaved");
      frame.warn(fault(answer));
      return false;
    }
    frame.warn("");
    if (answer.config) {
      state.config = answer.config;
      frame.root.setAttribute("aria-label", `Conflicts, ${answer.config.stageName}, ${answer.config.by}`);
      fill(frame.heading, `Conflicts: ${answer.config.stageName.toLowerCase()}`,
        h("span", { class: "rk-who" }, " · settled by ", foreign(answer.config.by)));
      vote.configure(answer.config);
      frame.legend(answer.config.marks);
    }
    if ("conflict" in answer) {
      state.conflict = answer.conflict;
      fill(counts, h("li", {}, h("b", {}, answer.left), answer.left === 1 ? " conflict open" : " conflicts open"),
        h("li", {}, h("b", {}, answer.settled), " settled here"));
      draw();
    }
    frame.state(state.conflict ? "ready" : "done");
    return true;
  }

  function draw() {
    const { conflict } = state;
    frame.root.dataset.record = conflict ? conflict.card.report : "";
    sides.hidden = !conflict;
    vote.show(conflict ? "" : null, "");
    if (!conflict) {
      fill(card, h("div", { class: "rk-empty" }, h("h3", {}, "No conflict is open"),
        h("p", {}, state.config?.whenDone ?? "")));
      return;
    }
    fill(sides, conflict.votes.map((one) => h("section", { class: "rk-side-vote", "aria-label": `Vote of ${one.reviewer}` },
      h("p", { class: "rk-side-head" }, foreign(one.reviewer), h("span", { class: "rk-quiet" }, one.time)),
      h("p", { class: "rk-side-decision" },
        h("span", { class: "rk-sign", "aria-hidden": "true" }, DECISIONS.find((kind) => kind[0] === one.decision)?.[3] ?? ""),
        " ", h("b", {}, WORDS[one.decision] ?? one.decision), one.reason ? [" · ", foreign(one.reason)] : null),
      one.note ? h("p", { class: "rk-side-note" }, foreign(one.note)) : h("p", { class: "rk-quiet" }, "No note."))));
    fill(card, cardParts(conflict.card, null));
    card.scrollTop = 0;
  }

  function skip() { if (state.conflict) sender.send("skip", { report: state.conflict.card.report }, () => "Skipped."); }
  function undo() { sender.send("undo", {}, () => ""); }

  function keys(event, typing) {
    if (event.key === "Escape") {
      vote.cancel();
      return true;
    }
    if (vote.key(event, typing)) return true;
    if (typing || event.ctrlKey || event.metaKey) return false;
    const act = { s: skip, u: undo }[event.key.toLowerCase()];
    act?.();
    return Boolean(act);
  }

  function help() {
    if (!state.config) return [];
    return [...vote.help(), ["s", "Skip: it comes back at the end"], ["u", "Undo the last settlement made here"],
      ["Esc", "Back to the record"], ["?", "This list"]];
  }

  hello();
  return () => line.close();
}

export default { render };
