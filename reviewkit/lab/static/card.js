// The parts of a record's card.

function cardParts(shown, whole) {
  const text = (part, name) => [
    marked(shown[part].segments),
    shown[part].hidden && whole ? h("button", { type: "button", class: "rk-button rk-whole", onclick: () => whole(part) },
      `Show all of the ${name} (${plural(shown[part].length, "character")})`) : null,
  ];
  const source = [shown.authors ? foreign(shown.authors) : null, shown.journal ? foreign(shown.journal) : null,
    shown.year ? foreign(shown.year) : null].filter(Boolean);
  return [
    shown.standing ? h("p", { class: "rk-standing" }, shown.standing) : null,
    shown.why ? h("p", { class: "rk-quiet rk-why" }, h("b", {}, "Why here: "), foreign(shown.why)) : null,
    h("h3", { class: "rk-title" }, shown.title.segments.length ? text("title", "title") : "No title"),
    h("p", { class: "rk-source" }, source.map((part, place) => [place ? " · " : "", part])),
    shown.links.length ? h("p", { class: "rk-links" }, shown.links.map(([label, address]) =>
      h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label))) : null,
    shown.abstract.segments.length
      ? h("div", { class: "rk-abstract" }, text("abstract", "abstract"))
      : h("p", { class: "rk-empty-abstract" }, "No abstract came with this record."),
    shown.keywords ? h("p", { class: "rk-quiet" }, h("b", {}, "Keywords: "), foreign(shown.keywords)) : null,
    h("p", { class: "rk-quiet rk-id" }, shown.place ? `${shown.place} · ` : "", "id ", h("code", {}, shown.report)),
  ];
}
