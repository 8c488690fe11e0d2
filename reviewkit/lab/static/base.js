// Shared by the panels: joined in front of each panel's own script, so nothing is fetched.
// Text reaches the page as text nodes only.

const SLOW_AFTER = 8000;

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function fill(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== ""));
}

// Text of others, kept from turning the text around it: <bdi> isolates right-to-left overrides.
function foreign(text, tag = "bdi") {
  return h(tag, { dir: "auto" }, String(text));
}

// Segments [text, kind]: kind "include" or "exclude" marks a term of the protocol, "differs" a difference.
function marked(segments) {
  return h("bdi", { dir: "auto" }, segments.map(([text, kind]) =>
    kind ? h("mark", { class: `rk-mark rk-mark-${kind}` }, text) : text));
}

function plural(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many ?? one + "s"}`;
}

function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Requests to the kernel. A promise settles when the kernel answers, however late; `slow` is called with a
// function that sends the same request again (same nonce: it counts once) where no answer has come in time.
function openLine(model, { heard } = {}) {
  const waiting = new Map();
  const answered = new Set();
  function receive(message, buffers) {
    const request = waiting.get(message.nonce);
    if (!request) {
      // Not of a request of this view: another view of the panel moved on. (A second answer is passed over.)
      if (message.moved && !answered.has(message.nonce)) heard?.();
      return;
    }
    answered.add(message.nonce);
    waiting.delete(message.nonce);
    clearTimeout(request.timer);
    request.resolve({ ...message, buffers: buffers ?? [] });
  }
  model.on("msg:custom", receive);
  return {
    ask(op, values = {}, { slow, buffers } = {}) {
      const content = { op, nonce: newNonce(), ...values };
      return new Promise((resolve) => {
        const request = { resolve };
        const send = () => {
          clearTimeout(request.timer);
          request.timer = setTimeout(() => slow?.(send), SLOW_AFTER);
          try {
            model.send(content, undefined, buffers);
          } catch {
            clearTimeout(request.timer);
            slow?.(send);
          }
        };
        waiting.set(content.nonce, request);
        send();
      });
    },
    close() {
      model.off("msg:custom", receive);
      for (const request of waiting.values()) clearTimeout(request.timer);
      waiting.clear();
    },
  };
}

const NO_ANSWER =
  "Not saved yet: the kernel does not answer. If it is busy, this is saved as soon as it is free. " +
  "If it was restarted, run this cell again: everything saved before is safe, this one decision is not.";

const NO_KERNEL =
  "The kernel does not answer. If it is busy, the panel opens as soon as it is free; " +
  "if it was restarted, run this cell again.";

// The notebook takes the focus on a click; the panel's keys need it here.
function focusOnClick(root, home) {
  root.addEventListener("click", (event) => {
    const selecting = String(document.getSelection()) !== "";
    if (!selecting && !event.target.closest("button, a, input, textarea, select, label, iframe, dialog")) home().focus();
  });
}

const KEY_NAMES = { " ": "Space", Escape: "Esc" };

function kbd(key) {
  return h("kbd", { "aria-hidden": "true" }, KEY_NAMES[key] ?? key);
}

// A button whose key stands on it; the name read aloud holds both.
function keyed(label, key, act, attributes = {}) {
  return h("button", { type: "button", class: "rk-button", "aria-keyshortcuts": key, onclick: act, ...attributes },
    h("span", {}, label), key ? kbd(key) : null);
}

// The frame every panel shares: heading, tools, live region, saying line, help; keys go to `keys(event)`.
function openFrame(el, { kind, keys, help }) {
  const heading = h("h2", { class: "rk-heading" });
  const tools = h("div", { class: "rk-tools" });
  const saying = h("p", { class: "rk-saying", role: "status", "aria-live": "polite" });
  const warning = h("div", { class: "rk-warning", role: "alert" });
  const legend = h("p", { class: "rk-legend" });
  const body = h("div", { class: "rk-body" });
  const dialog = h("dialog", { class: "rk-help", "aria-label": "Keys" });
  const root = h("section", {
    class: `rk-panel rk-${kind}`, role: "region", "aria-label": "reviewkit panel", "data-state": "waiting",
    "data-lm-suppress-shortcuts": "true",
  }, h("header", { class: "rk-header" }, heading, tools), body, h("div", { class: "rk-foot" }, warning,
    h("div", { class: "rk-foot-line" }, saying, legend,
      h("p", { class: "rk-hint" }, "For the keys: click the record, or press Tab."))), dialog);

  function showHelp() {
    fill(dialog,
      h("h3", {}, "Keys"),
      h("table", { class: "rk-keys" }, h("tbody", {}, help().map(([key, what]) =>
        h("tr", {}, h("th", { scope: "row" }, key.split(" ").map((one) => h("kbd", {}, one))), h("td", {}, what))))),
      h("p", { class: "rk-quiet" }, "Keys work while the focus is in this panel; JupyterLab's own are off there."),
      h("button", { type: "button", class: "rk-button", onclick: () => dialog.close() },
        h("span", {}, "Close"), kbd("Escape")));
    dialog.showModal();
  }

  root.addEventListener("keydown", (event) => {
    // Nothing typed here may reach the notebook, where a key can delete the cell.
    event.stopPropagation();
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      saying.textContent = "Decisions are saved as you make them.";
      return;
    }
    if (event.altKey || (dialog.open && event.key !== "Tab" && event.key !== "Enter" && event.key !== " ")) {
      if (event.key === "Escape" || event.key === "?") {
        event.preventDefault();
        dialog.close();
      }
      return;
    }
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "?" && !typing) {
      event.preventDefault();
      showHelp();
    } else if (!dialog.open && keys(event, typing)) {
      event.preventDefault();
    }
  });
  el.append(root);
  return {
    root, heading, tools, body, saying, showHelp,
    state(name) { root.dataset.state = name; },
    legend(kinds) {
      fill(legend, kinds.map(([kind, words]) => h("mark", { class: `rk-mark rk-mark-${kind}` }, words)));
    },
    say(text) { saying.textContent = text; },
    warn(text, again) {
      fill(warning, text ? h("p", {}, text) : null,
        text && again ? h("button", { type: "button", class: "rk-button", onclick: again }, "Try again") : null);
    },
  };
}

// What an answer that is not ok says: the fault, and what to do about it.
function fault(answer) {
  return [answer.message, answer.remedy].filter(Boolean).join(" ");
}

const SAVING = new Set(["decide", "undo", "resolve", "answer", "settle", "write"]);

// Requests that change something, one at a time: what is shown stays until the kernel says that it is on disk.
// `settle(answer)` draws an answer and is false where it carries a fault; `said(answer)` tells it in words.
function openSender({ frame, line, settle, home }) {
  let pending = null;
  return {
    busy: () => pending !== null,
    send(op, values, said) {
      if (pending) return;
      const started = performance.now();
      const request = {};
      const inside = frame.root.contains(document.activeElement);
      const stays = document.activeElement?.closest(".rk-votes, .rk-moves, .rk-tools");
      pending = request;
      frame.state("saving");
      if (SAVING.has(op)) frame.say("Saving …");
      for (const button of frame.root.querySelectorAll(".rk-waits")) button.setAttribute("aria-disabled", "true");
      const slow = (again) => {
        if (pending !== request) return;
        frame.state("unsaved");
        frame.say("");
        frame.warn(NO_ANSWER, () => { frame.state("saving"); frame.warn(""); again(); });
      };
      line.ask(op, values, { slow }).then((answer) => {
        pending = null;
        for (const button of frame.root.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
        if (!settle(answer)) {
          frame.say("");
          return;
        }
        if (frame.root.dataset.state === "ready" && SAVING.has(op)) frame.state("saved");
        frame.root.dataset.latency = Math.round(performance.now() - started);
        frame.say([said(answer), answer.said].filter(Boolean).join(" "));
        if (inside && !stays?.contains(document.activeElement)) home().focus();
      });
    },
  };
}
