// Paper is light: what the theme draws by the scheme of the page (such as pictures of their own for dark) too.
const paper = matchMedia("print");
let chosen = "";
const apply = () => {
  if (paper.matches) {
    chosen ||= document.body.dataset.mdColorScheme;
    document.body.dataset.mdColorScheme = "default";
  } else if (chosen) {
    document.body.dataset.mdColorScheme = chosen;
    chosen = "";
  }
};
apply();
paper.addEventListener("change", apply);
