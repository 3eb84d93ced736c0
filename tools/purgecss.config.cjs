// Of Tabler's style sheet the pages load what they use: a tenth. A class is used where its name is a word in a template,
// a script, or what draws pages in Python; so a class's name is never put together from parts there.
const { readFileSync, readdirSync } = require("node:fs");

const STATIC = "tracker/static";
const sheets = (place) => readdirSync(place, { recursive: true }).filter((name) => name.endsWith(".css") && !name.startsWith("vendor"));
const ours = sheets(STATIC).map((name) => readFileSync(`${STATIC}/${name}`, "utf8")).join();

module.exports = {
  css: ["node_modules/@tabler/core/dist/css/tabler.min.css"],
  content: [
    "templates/*.html", "templates/!(site)/**/*.html", `${STATIC}/*.js`, `${STATIC}/phone/**/*.js`,
    "tracker/web/**/*.py", "tracker/words/**/*.py", "tracker/sop/cleaning.py", // that: the elements of documents
  ],
  output: `${STATIC}/vendor/`,
  fontFace: true,
  keyframes: true,
  variables: true,
  // Words of ours and elements whose rules, `:has` and `legend + *`, make browsers style all of a page anew whenever
  // something is put into it.
  blocklist: ["steps", "step-item", "legend"],
  safelist: { variables: [...new Set(ours.match(/--tblr-[\w-]+/g))] },
};
