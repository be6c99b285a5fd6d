// Comfort only: shows and hides the fields that depend on another one. What does not count is
// dropped by the server in any case; nothing typed is lost while a field is hidden.
(() => {
  const rules = [...document.querySelectorAll("[data-depends]")];
  const within = (input) => input.closest("[data-depends]");
  const chosen = (form, name) => [...form.elements]
    .filter((input) => input.name === name && !within(input)?.hidden)
    .filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked)
    .map((input) => input.value.trim());
  const apply = () => rules.forEach((part) => {
    const form = part.closest("form");
    const values = JSON.parse(part.dataset.values);
    const met = chosen(form, part.dataset.depends).some((value) => values.includes(value));
    part.hidden = met !== (part.dataset.shows === "yes");
  });
  // Fields may depend on fields that depend on others: as often as there are rules settles all.
  const settle = () => rules.forEach(apply);
  document.addEventListener("input", settle);
  document.addEventListener("change", settle);
  window.addEventListener("pageshow", settle);
  settle();
})();
