// The PDF beside the form, in the browser's own viewer. Its bytes come from the kernel and go into a blob, so
// that it works offline, behind any server address, and with a server whose folder is not the project's.

const PIECE = 1 << 20;

function openFullText({ ask, say, warn }) {
  const element = h("aside", { class: "rk-side", "aria-label": "Full text", hidden: true });
  const input = h("input", { type: "file", accept: "application/pdf,.pdf", hidden: true, "aria-label": "PDF to attach" });
  let card = null;
  let shown = "";
  let address = "";
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file && card) attach(card.report, file);
  });

  function drop() {
    if (address) URL.revokeObjectURL(address);
    address = "";
    shown = "";
  }

  function empty(pdf) {
    fill(element, input, h("div", { class: "rk-empty" },
      h("h3", {}, "No full text yet"),
      h("p", {}, "Attach the PDF, or put it into ", h("code", {}, pdf.folder), " as ", h("code", {}, pdf.name), "."),
      h("p", { class: "rk-moves" }, keyed("Attach PDF", "p", () => choose()),
        h("button", { type: "button", class: "rk-button", onclick: () => look() }, "Look again")),
      pdf.loose.length ? h("div", { class: "rk-loose" }, h("p", {}, "PDFs there that belong to no report:"),
        h("ul", {}, pdf.loose.map((name) => h("li", {}, foreign(name), " ", h("button", {
          type: "button", class: "rk-button", onclick: () => settle(ask("adopt", { report: card.report, name })),
        }, "Use this"))))) : null,
      h("p", { class: "rk-quiet" }, "Full texts stay on this computer: the folder is kept out of git.")));
  }

  async function load(report, pdf) {
    const pieces = [];
    for (let start = 0; start < pdf.size; start += PIECE) {
      if (card?.report !== report) return;
      if (pdf.size > PIECE) fill(element, input, h("p", { class: "rk-quiet" }, `Loading ${Math.round((100 * start) / pdf.size)} %`));
      const answer = await ask("pdf", { report, start, size: PIECE });
      if (!answer.ok) return warn(fault(answer));
      pieces.push(answer.buffers[0]);
    }
    if (card?.report !== report) return;
    drop();
    address = URL.createObjectURL(new Blob(pieces, { type: "application/pdf" }));
    shown = `${report} ${pdf.digest}`;
    fill(element, input,
      h("div", { class: "rk-side-head" }, h("code", {}, pdf.name),
        h("a", { href: address, target: "_blank", rel: "noopener" }, "Open in a tab"),
        h("button", { type: "button", class: "rk-button", onclick: () => choose() }, "Replace")),
      h("iframe", { class: "rk-pdf", src: address, title: `PDF of ${report}` }));
  }

  function draw() {
    const pdf = card?.pdf;
    if (!pdf) {
      drop();
      fill(element, input);
    } else if (!pdf.size) {
      drop();
      empty(pdf);
    } else if (shown !== `${card.report} ${pdf.digest}`) {
      load(card.report, pdf);
    }
  }

  async function settle(asked) {
    const answer = await asked;
    if (!answer.ok) return warn(fault(answer));
    warn("");
    if (answer.said) say(answer.said);
    if (card && answer.report === card.report) {
      card = { ...card, pdf: answer.pdf };
      draw();
    }
  }

  function look() { settle(ask("look", { report: card.report })); }

  async function attach(report, file) {
    const replace = Boolean(card.pdf.size);
    const upload = newNonce();
    const pieces = Math.max(1, Math.ceil(file.size / PIECE));
    for (let piece = 0; piece < pieces; piece += 1) {
      say(`Attaching ${file.name}: ${Math.round((100 * piece) / pieces)} %`);
      const bytes = await file.slice(piece * PIECE, (piece + 1) * PIECE).arrayBuffer();
      const asked = ask("attach", { report, upload, piece, pieces, replace }, { buffers: [bytes] });
      if (piece === pieces - 1) return settle(asked);
      const answer = await asked;
      if (!answer.ok) return warn(fault(answer));
    }
  }

  function choose() { if (card?.pdf) input.click(); }

  return {
    element, choose, close: drop,
    show(next) {
      card = next;
      draw();
    },
  };
}
