// Runs before the first paint: the "system" theme needs the browser's answer.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // Not just "theme": Django admin keeps its own choice under that name at the same origin.
  const key = "tierdesk-theme";
  const stored = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const apply = () => {
    const choice = stored() || root.dataset.theme || "system";
    root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    root.dataset.theme = choice;
  };
  root.classList.add("js");
  apply();
  dark.addEventListener("change", apply);
  window.portalTheme = (choice) => {
    try { localStorage.setItem(key, choice); } catch { /* the cookie carries it alone */ }
    document.cookie = `theme=${choice}; path=/; max-age=31536000; samesite=lax`;
    apply();
  };
})();
