// Builds static/dist from static/src and the pinned packages: content-hashed files and the manifest that Go reads.
// Run after changing a style, a script, the icon list or a class in a view:  npm ci && npm run assets
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");
const read = (path) => readFileSync(join(root, path), "utf8");
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

// What the result depends on. TestDistIsFresh computes the same digest in Go, so keep the two in step.
function inputs() {
  const files = ["package-lock.json", "static/build.mjs", "static/src/icons.txt", "static/src/mark.svg", "static/src/quick.js", "static/src/theme.css", "static/src/weir.js", "static/src/search.js", "static/src/notes.js"];
  return sha256(files.map((path) => sha256(read(path)) + "\n").join("") + classes().join("\n"));
}

// Every word of every double-quoted string in the views: a superset of the classes Tailwind finds there. The views'
// other text may change without a rebuild.
function classes() {
  const words = new Set();
  for (const path of views()) {
    for (const [, text] of read(path).matchAll(/"([^"\n]*)"/g)) text.split(/\s+/).filter(Boolean).forEach((word) => words.add(word));
  }
  return [...words].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function views() {
  const under = (dir) => (existsSync(join(root, dir)) ? readdirSync(join(root, dir), { recursive: true }).map((path) => join(dir, path)) : []);
  return ["views", "internal"].flatMap(under).filter((path) => path.endsWith(".templ"));
}

function style() {
  const out = join(dist, "app.css");
  execFileSync(join(root, "node_modules/.bin/tailwindcss"), ["-i", join(here, "src/theme.css"), "-o", out, "--minify"], { stdio: "inherit" });
  const css = readFileSync(out);
  rmSync(out);
  return css;
}

// One <symbol> per icon of icons.txt. Stroke and size come from the class wr-i.
function icons() {
  const names = read("static/src/icons.txt").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const svg = read(`node_modules/lucide-static/icons/${name}.svg`);
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide, ISC licence -->\n${symbols.join("\n")}\n</svg>\n`;
}

const assets = {
  "app.css": style,
  "htmx.js": () => read("node_modules/htmx.org/dist/htmx.min.js") + "\n" + read("node_modules/idiomorph/dist/idiomorph.min.js"),
  "weir.js": () => read("static/src/weir.js") + "\n" + read("static/src/search.js") + "\n" + read("static/src/notes.js"),
  "quick.js": () => read("static/src/quick.js"),
  "icons.svg": icons,
  "mark.svg": () => read("static/src/mark.svg"),
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const files = {};
for (const [name, make] of Object.entries(assets)) {
  const data = make();
  const hashed = name.replace(".", `.${sha256(data).slice(0, 10)}.`);
  writeFileSync(join(dist, hashed), data);
  files[name] = hashed;
}
writeFileSync(join(dist, "manifest.json"), JSON.stringify({ inputs: inputs(), files }, null, 2) + "\n");
