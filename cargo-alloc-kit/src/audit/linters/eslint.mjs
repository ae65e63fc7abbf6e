// What eslint is configured by: `eslint.rs` writes `asked` before it. One rule that nobody has, and eslint does nothing at all.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// A package of a folder `node_modules`.
async function load({ folder, name }) {
  const { resolve } = createRequire(pathToFileURL(`${folder}/x.js`));
  const found = await import(pathToFileURL(resolve(name)));
  return found.default ?? found;
}

const parser = asked.parser && (await load(asked.parser));
const unicorn = asked.plugin && (await load(asked.plugin));
const has = (code) => !code.includes("/") || unicorn?.rules[code.replace("unicorn/", "")] !== undefined;
const missed = asked.codes.filter((code) => !has(code));
writeFileSync(new URL("missed.json", import.meta.url), JSON.stringify(missed));

export default [
  {
    files: ["**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}"],
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" },
    languageOptions: {
      // typescript-eslint has it within.
      ...(parser && { parser: parser.parser ?? parser }),
      parserOptions: { ecmaFeatures: { jsx: true } },
    },
    plugins: unicorn ? { unicorn } : {},
    rules: Object.fromEntries(asked.codes.filter(has).map((code) => [code, "error"])),
  },
];
