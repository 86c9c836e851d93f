// Bundles the widget into one classic script, dist/widget.js. Style sheets are minified and kept as strings.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";
import { minify } from "terser";

/** Our own variables get one letter; those that pages or the script set keep their names. */
function shortVariables(css) {
  const names = [...new Set(css.match(/--[a-z][\w-]*/g))].filter((name) => !/^--(frontline|view)-/.test(name));
  return names.reduce((text, name, i) => text.replaceAll(new RegExp(`${name}(?![\\w-])`, "g"), `--${(i + 10).toString(36)}`), css);
}

const minifiedCss = {
  name: "minified-css",
  setup(setup) {
    setup.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: shortVariables(code.trim().replace(/(--[\w-]+): /g, "$1:")), loader: "text" };
    });
  },
};

async function sources(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(entries.map((e) => (e.isDirectory() ? sources(`${folder}/${e.name}`) : [`${folder}/${e.name}`])));
  return found.flat().filter((file) => file.endsWith(".ts"));
}

const words = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

/**
 * Names that may be shortened: members of our classes and interfaces and the keys of our texts, unless the language or the browser has such
 * a name, a file that reads or writes JSON mentions it, or it stands in quotes somewhere and so may be looked up.
 */
async function shortenable() {
  const ours = new Set();
  const fixed = new Set();
  for (const file of await sources("src")) {
    const text = await readFile(file, "utf8");
    if (!file.endsWith("/element.ts")) for (const name of words(text, /^ {2}(?:async |get )?(\w+)\(.*\{$/gm)) ours.add(name);
    for (const block of words(text, /^export interface \w+ \{\n(.*?)^\}/gms)) {
      for (const name of words(block, /^ {2}(?:readonly )?(\w+)\??[(:]/gm)) ours.add(name);
    }
    for (const name of words(text, /private (?:readonly |static |async |get |set )*(\w+)/g)) ours.add(name);
    if (/i18n\/zh\.ts$/.test(file)) for (const name of words(text, /^ {2}(\w+):/gm)) ours.add(name);
    for (const name of words(text, /"(\w+)"/g)) fixed.add(name);
    if (/\/(contracts|record|outbox|api|cards|figures|storage)\.ts$/.test(file)) {
      for (const name of words(text, /(?:\b(?:data|raw|body|item|author|queue|a|b)\??\.|^ *|[{,] *)(\w+)/gm)) fixed.add(name);
    }
  }
  for (const file of await readdir("node_modules/typescript/lib")) {
    if (!/^lib\.(dom|es)/.test(file)) continue;
    const text = await readFile(`node_modules/typescript/lib/${file}`, "utf8");
    for (const name of words(text, /^\s+(?:readonly |get |set )?(\w+)[?(:<]/gm)) fixed.add(name);
  }
  return [...ours].filter((name) => !fixed.has(name));
}

const names = await shortenable();
if (process.argv.includes("--names")) console.log(names.sort().join(" "));
const bundle = await build({
  entryPoints: ["src/index.ts"],
  bundle: true,
  write: false,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: ["es2022", "safari15.4"],
  mangleProps: new RegExp(`^(?:${names.join("|")})$`),
  plugins: [minifiedCss],
});
const { code } = await minify(bundle.outputFiles[0].text, {
  ecma: 2020,
  compress: { passes: 4, unsafe: true, unsafe_arrows: true, unsafe_methods: true, pure_getters: true, keep_fargs: false },
  format: { preamble: "/* Apache-2.0 */" },
});
await mkdir("dist", { recursive: true });
await writeFile("dist/widget.js", code);
