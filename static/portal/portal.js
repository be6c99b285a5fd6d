// Comfort only: every page works without this file.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  // Where a key means something else: a letter, a choice, a press.
  const taken = (target) => target.closest("input:not([form=bulk]), textarea, select, button, summary, [contenteditable], [role=button], [role=dialog], dialog");
  // Who switched single keys off (Preferences) is not offered any.
  const single = document.body.dataset.singleKeys !== "off";
  if (!single) all("[aria-keyshortcuts]").forEach((each) => each.removeAttribute("aria-keyshortcuts"));

  const showKeys = () => {
    const help = document.getElementById("keys");
    if (!help) return;
    help.showModal();
    help.querySelector("form button").focus();
  };

  // Theme buttons: at once, without the round trip their form would take.
  const pressTheme = () => all("button[name=theme]").forEach((button) =>
    button.setAttribute("aria-pressed", button.value === document.documentElement.dataset.theme));
  pressTheme();

  document.addEventListener("click", async (event) => {
    const theme = event.target.closest("button[name=theme]");
    if (theme) {
      event.preventDefault();
      window.portalTheme(theme.value);
      pressTheme();
    }
    const copy = event.target.closest("button[data-copy]");
    if (copy && navigator.clipboard) {
      await navigator.clipboard.writeText(copy.dataset.copy);
      const icon = copy.querySelector("i");
      icon.className = "fa-solid fa-check";
      copy.setAttribute("aria-label", copy.dataset.copied);
      setTimeout(() => { icon.className = "fa-regular fa-copy"; }, 1500);
    }
    if (event.target.closest("[data-keys]")) showKeys();
    all("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // On narrow screens the present tab may lie outside of what is seen.
  all(".tabs [aria-current]").forEach((tab) => { tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 24; });

  // Selects that stand for a choice send their form by themselves; not while arrow keys pass one
  // choice after the other (WCAG 3.2.2): then Enter sends it, or the button beside it.
  let passing = null;
  document.addEventListener("pointerdown", () => { passing = null; });
  document.addEventListener("keydown", (event) => {
    const select = event.target.closest("select[data-submit]");
    if (!select || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key !== "Enter") { passing = select; return; }
    if (!select.dataset.passed) return;
    event.preventDefault();
    select.form.requestSubmit();
  });
  document.addEventListener("change", (event) => {
    const select = event.target;
    if (!select.matches("select[data-submit]")) return;
    if (passing !== select) { select.form.requestSubmit(); return; }
    select.dataset.passed = "1";
    select.form.querySelector("button.no-js")?.classList.remove("no-js");
  });

  // Empty filters stay out of the address; a form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get") {
      [...form.elements].forEach((field) => { if (field.name && !field.value) field.disabled = true; });
      return;
    }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => all("form").forEach((form) => {
    delete form.dataset.sent;
    if (form.method === "get") [...form.elements].forEach((field) => { field.disabled = false; });
  }));

  // Rows chosen for one step: how many, all of the page, and x for the row of the focus.
  const boxes = () => all("input[type=checkbox][form=bulk]");
  const countChosen = () => {
    const number = document.querySelector("[data-chosen] b");
    if (number) number.textContent = boxes().filter((box) => box.checked).length;
  };
  document.addEventListener("change", countChosen);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-choose]")) return;
    event.preventDefault();
    const some = boxes().some((box) => !box.checked);
    boxes().forEach((box) => { box.checked = some; });
    countChosen();
  });
  window.addEventListener("pageshow", countChosen);
  const choose = () => {
    const box = document.activeElement.closest("tr")?.querySelector("input[form=bulk]");
    if (box) { box.checked = !box.checked; countChosen(); }
  };

  const step = (by) => {
    const rows = all("table.rows tbody a.title");
    const now = rows.indexOf(document.activeElement);
    const next = rows[Math.max(0, Math.min(rows.length - 1, now < 0 ? 0 : now + by))];
    if (next) next.focus();
  };
  const keys = {
    "/": () => document.querySelector("input[type=search]")?.focus(),
    j: () => step(1),
    k: () => step(-1),
    x: choose,
    a: () => document.querySelector(".head .btn-primary")?.click(),
    n: () => document.querySelector("a[rel=next]")?.click(),
    p: () => document.querySelector("a[rel=prev]")?.click(),
    "?": showKeys,
  };
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
      if (location.hash === "#rail") location.hash = "main";
      return;
    }
    if (!single || event.ctrlKey || event.metaKey || event.altKey || taken(event.target)) return;
    // What a page declares comes before what a key means everywhere.
    const declared = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (declared) { event.preventDefault(); declared.click(); return; }
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
})();
