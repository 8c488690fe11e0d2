"use strict";
(() => {
  const box = document.getElementById("filter");
  if (!box) return;
  const picks = [...box.querySelectorAll("select")];
  const rows = [...document.querySelectorAll("#claims tbody tr")];
  const told = document.getElementById("shown");

  const show = () => {
    let count = 0;
    for (const row of rows) {
      row.hidden = !picks.every((pick) => !pick.value || row.dataset[pick.dataset.name].split("|").includes(pick.value));
      if (!row.hidden) count += 1;
    }
    told.textContent = count === rows.length ? `All ${count} claims.` : `${count} of ${rows.length} claims.`;
  };
  const choose = (name, value) => {
    for (const pick of picks) pick.value = pick.dataset.name === name ? value : "";
    show();
  };
  // A link to a claim that is filtered out brings it back.
  const reveal = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row && row.hidden && rows.includes(row)) {
      choose("", "");
      row.scrollIntoView();
    }
  };

  for (const pick of picks) pick.addEventListener("change", show);
  box.querySelector("button").addEventListener("click", () => choose("", ""));
  for (const link of document.querySelectorAll("a[data-pick]")) {
    const [name, ...value] = link.dataset.pick.split("=");
    link.addEventListener("click", () => choose(name, value.join("=")));
  }
  window.addEventListener("hashchange", reveal);
  box.hidden = false;
  show();
  reveal();
})();
