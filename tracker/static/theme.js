// Follows the site's light/dark switch, else the device; paper is white. Loaded first, so that no page flashes.
(() => {
  const device = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  const chosen = () => {
    try {
      const { media, scheme } = JSON.parse(localStorage.getItem("/.__palette")).color; // Material's own key
      return media === "(prefers-color-scheme)" ? "" : scheme;
    } catch {
      return "";
    }
  };
  const apply = () => {
    const dark = !paper.matches && (chosen() ? chosen() === "slate" : device.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  };
  apply();
  for (const media of [device, paper]) media.addEventListener("change", apply);
  addEventListener("storage", apply);
})();
