// Search, filter by status, jump to a record.

function openFind({ ask, open, close, say }) {
  const input = h("input", { type: "search", class: "rk-input", placeholder: "Words of title, author, year or id" });
  const status = h("select", { class: "rk-input" });
  const list = h("ol", { class: "rk-hits", "aria-label": "Records found" });
  const element = h("div", { class: "rk-find", role: "search", hidden: true },
    h("label", {}, h("span", {}, "Find"), input), h("label", {}, h("span", {}, "Status"), status),
    h("button", { type: "button", class: "rk-button", onclick: () => hide() }, h("span", {}, "Close"), kbd("Escape")), list);
  let timer = 0;
  let latest = 0;

  function search() {
    const mine = ++latest;
    ask("find", { text: input.value, status: status.value }).then((answer) => {
      if (mine !== latest) return;
      if (!answer.ok) return say(fault(answer));
      fill(list, answer.hits.map((hit) => h("li", {}, h("button", {
        type: "button", class: "rk-hit", "data-report": hit.report, onclick: () => { hide(); open(hit.report); },
      }, h("span", { class: "rk-hit-title" }, foreign(hit.title || hit.report)),
        h("span", { class: "rk-quiet" }, foreign(hit.source), hit.source ? " · " : "", hit.status)))));
      say(answer.more ? `${plural(answer.hits.length, "record")} shown, more match: add a word.`
        : `${plural(answer.hits.length, "record")} found.`);
    });
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  }

  function hide() {
    clearTimeout(timer);
    element.hidden = true;
    close();
  }

  input.addEventListener("input", later);
  status.addEventListener("change", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      list.querySelector("button")?.focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const hits = [...list.querySelectorAll("button")];
    const place = hits.indexOf(document.activeElement) + step;
    if (place < 0) input.focus();
    else hits[place]?.focus();
  });
  return {
    element,
    isOpen: () => !element.hidden,
    hide,
    show() {
      element.hidden = false;
      input.focus();
      input.select();
      search();
    },
    statuses(choices) {
      fill(status, choices.map(([value, label]) => h("option", { value }, label)));
    },
  };
}
