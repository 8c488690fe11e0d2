// A study's reports beside a form: the abstract, and the PDF on request.

function openReports({ frame, line }) {
  let reports = [];
  let chosen = "";
  const source = h("select", { class: "rk-input", "aria-label": "Report", onchange: () => show(source.value) });
  const card = h("article", { class: "rk-card", tabindex: 0, "aria-label": "Report" });
  const side = openFullText({ ask: line.ask, say: frame.say, warn: frame.warn });
  const pdfButton = h("button", { type: "button", class: "rk-button", "aria-pressed": "false",
    onclick: () => { side.element.hidden = !side.element.hidden; draw(); } }, "PDF");
  const element = h("div", { class: "rk-beside" }, h("div", { class: "rk-under" }, source, pdfButton), card, side.element);

  function draw() {
    pdfButton.setAttribute("aria-pressed", String(!side.element.hidden));
    card.classList.toggle("rk-short", !side.element.hidden);
  }

  function show(report) {
    chosen = report;
    const found = reports.find((one) => one.report === report);
    side.element.hidden = !found.pdf.size;
    fill(card, cardParts(found, null));
    side.show(found);
    draw();
  }

  return {
    element,
    fill(found) {
      reports = found;
      element.hidden = !found.length;
      fill(source, found.map((report) => h("option", { value: report.report }, report.report)));
      source.hidden = found.length < 2;
      if (!chosen && found.length) show(found[0].report);
    },
    close: () => side.close(),
  };
}
