// Records forms.js and forms.ts: `node record.mjs` in a folder above which `npm install esbuild typescript` was run.
// Keeps the paths that lead to a function of theirs, and puts /recorded for the folder.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(process.cwd(), "x.js"));
const preload = join(here, "../../../src/audit/capture/node.cjs");

function record(name, build) {
  const folder = mkdtempSync(join(tmpdir(), "record-"));
  cpSync(here, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: build ? "module" : "commonjs" }));
  const script = build ? build(folder) : join(folder, "forms.js");
  const env = { ...process.env, NODE_OPTIONS: `--require "${preload}"`, ALLOC_KIT_NODE_FOLDER: folder, ALLOC_KIT_NODE_INTERVAL: "64" };
  execFileSync(process.execPath, [script], { env });
  const file = readdirSync(folder).find((one) => /^[0-9]+-0.heapprofile$/.test(one));
  const profile = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const keep = (node, isBelow) => {
    const isOwn = node.callFrame.url.includes(folder);
    node.children = node.children.filter((child) => keep(child, isOwn));
    return node.children.length > 0 || isOwn || (isBelow && node.callFrame.url === "");
  };
  keep(profile.head, false);
  profile.allocKit.command[0] = "node";
  const text = JSON.stringify(profile).replaceAll(folder, "/recorded").replaceAll(process.cwd(), "/recorded");
  writeFileSync(join(here, `${name}.heapprofile`), text.replace(preload, "node.cjs") + "\n");
  if (build) {
    cpSync(script, join(here, `${name}.js`));
    cpSync(`${script}.map`, join(here, `${name}.js.map`));
  }
}

function tsc(folder) {
  const command = require.resolve("typescript/bin/tsc");
  const options = ["--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler", "--sourceMap", "--outDir", "tsc"];
  try {
    execFileSync(process.execPath, [command, ...options, "forms.ts"], { cwd: folder });
  } catch (error) {
    console.log(String(error.stdout));
  }
  return join(folder, "tsc/forms.js");
}

function esbuild(folder) {
  const command = require.resolve("esbuild/bin/esbuild");
  const options = ["--format=esm", "--sourcemap", "--minify", "--target=node18", "--outdir=esbuild"];
  execFileSync(command, ["forms.ts", ...options], { cwd: folder });
  return join(folder, "esbuild/forms.js");
}

record("forms");
record("tsc", tsc);
record("esbuild", esbuild);
