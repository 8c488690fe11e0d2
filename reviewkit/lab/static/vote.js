// Decision, reason and note, by button and by key; the screening and the conflict panel share them.

const DECISIONS = [
  ["include", "Include", "i", "✓"],
  ["exclude", "Exclude", "e", "✕"],
  ["maybe", "Maybe", "m", "?"],
  ["not-retrieved", "Not retrieved", "r", "∅"],
  ["awaiting-classification", "Awaiting classification", "a", "…"],
];
const WORDS = {
  include: "included", exclude: "excluded", maybe: "maybe", "not-retrieved": "not retrieved",
  "awaiting-classification": "awaiting classification",
};

// `act({decision, reason, note}, words)` sends the decision; `home()` is where the focus goes back to.
function openVote({ act, home, ready, moves }) {
  let config = null;
  let choosing = false;
  const note = h("textarea", { class: "rk-note", rows: 1 });
  const votes = h("div", { class: "rk-votes", role: "group", "aria-label": "Decision" });
  const reasons = h("div", { class: "rk-reasons", role: "group", tabindex: -1, hidden: true });
  const element = h("div", { class: "rk-vote-area" }, reasons, votes, h("div", { class: "rk-under" },
    h("label", { class: "rk-note-line" }, h("span", {}, "Note ", kbd("n")), note), moves));

  function kinds() { return DECISIONS.filter(([decision]) => config?.decisions.includes(decision)); }

  function vote(decision) {
    if (!ready()) return;
    if (decision !== "exclude") return decide(decision, "");
    choosing = true;
    reasons.hidden = false;
    votes.hidden = true;
    reasons.focus();
    reasons.scrollIntoView({ block: "nearest" });
  }

  function close() {
    choosing = false;
    reasons.hidden = true;
    votes.hidden = false;
  }

  function cancel() {
    close();
    home().focus();
  }

  function decide(decision, reason) {
    if (!ready()) return;
    const label = config.reasons.find((one) => one.id === reason)?.label;
    act({ decision, reason, note: note.value.trim() }, WORDS[decision] + (label ? `, ${label}` : ""));
  }

  function chosenReason(key) {
    const reason = config.reasons.find((one) => one.key === key);
    if (reason) decide("exclude", reason.id);
    else if (!config.reasonRequired && key === config.noReasonKey) decide("exclude", "");
  }

  return {
    element,
    isChoosing: () => choosing,
    cancel,
    configure(next) {
      config = next;
      votes.style.setProperty("--rk-choices", kinds().length);
      fill(votes, kinds().map(([decision, label, key, sign]) => h("button", {
        type: "button", class: "rk-vote rk-waits", "data-decision": decision, "aria-keyshortcuts": key,
        "aria-pressed": "false", onclick: () => vote(decision),
      }, h("span", { class: "rk-sign", "aria-hidden": "true" }, sign), h("span", {}, label), kbd(key))));
      const head = config.reasonRequired ? "Why is it excluded? A reason is needed." : "Why is it excluded?";
      reasons.setAttribute("aria-label", head);
      fill(reasons, h("p", { class: "rk-reasons-head" }, head), h("div", { class: "rk-reason-list" },
        config.reasons.map((reason) => keyed(reason.label, reason.key, () => decide("exclude", reason.id),
          { "data-reason": reason.id, class: "rk-button rk-waits" })),
        config.reasonRequired ? null
          : keyed("No reason", config.noReasonKey, () => decide("exclude", ""), { class: "rk-button rk-waits" }),
        keyed("Cancel", "Escape", cancel)));
    },
    // The record that is shown now: its standing decision and note; null where there is none.
    show(status, kept) {
      close();
      note.value = kept ?? "";
      for (const button of votes.children) {
        button.disabled = status === null;
        button.setAttribute("aria-pressed", String(status === button.dataset.decision));
      }
    },
    keepNote(change) {
      const typed = note.value;
      change();
      note.value = typed;
    },
    // True where the key was meant for this part.
    key(event, typing) {
      const key = event.key.toLowerCase();
      if (typing) {
        if (event.target !== note || event.key !== "Enter" || !event.ctrlKey) return false;
        home().focus();
        return true;
      }
      if (!config || event.ctrlKey || event.metaKey) return false;
      if (choosing) {
        if (key.length > 1 || key === " ") return false;
        chosenReason(key);
        return true;
      }
      const chosen = kinds().find((kind) => kind[2] === key);
      if (chosen) vote(chosen[0]);
      else if (key === "n") note.focus();
      else return false;
      return true;
    },
    help() {
      return [
        ...kinds().map(([, label, key]) => [key, label]),
        ...config.reasons.map((reason) => [`e ${reason.key}`, `Exclude: ${reason.label}`]),
        ...(config.reasonRequired ? [] : [[`e ${config.noReasonKey}`, "Exclude without a reason"]]),
        ["n", "Write a note; Esc leaves it"],
      ];
    },
  };
}
