// Of Tabler's style sheet the pages load what they use: a tenth. A class is used where its name is a word in a template,
// a script, or what draws pages in Python; so a class's name is never put together from parts there.
const { readFileSync, readdirSync } = require("node:fs");

const STATIC = "tracker/static";
const sheets = (place) => readdirSync(place, { recursive: true }).filter((name) => name.endsWith(".css") && !name.startsWith("vendor"));
const ours = sheets(STATIC).map((name) => readFileSync(`${STATIC}/${name}`, "utf8")).join();

module.exports = {
  css: ["node_modules/@tabler/core/dist/css/tabler.min.css"],
  content: [
    "templates/*.html", "templates/!(site)/**/*.html", `${STATIC}/*.js`, `${STATIC}/phone/*.js`,
    "tracker/web/**/*.py", "tracker/words/**/*.py", "tracker/sop/cleaning.py", // that: the elements of documents
  ],
  output: `${STATIC}/vendor/`,
  fontFace: true,
  keyframes: true,
  variables: true,
  blocklist: ["steps", "step-item"], // words of ours, classes of Tabler's whose `:has` is dear on a run's page
  safelist: { variables: [...new Set(ours.match(/--tblr-[\w-]+/g))] },
};
