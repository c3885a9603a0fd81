// Prints what a front-end weighs, in bytes of gzip: the worker with all that it needs, and the pages' own code without
// React and Fluent. It runs in the front-end's folder.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const require = createRequire(`${process.cwd()}/package.json`);
const { build } = await import(pathToFileURL(require.resolve("vite")));

const size = (chunks) => chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);

async function chunksOf(options = {}) {
  const { output } = await build({ logLevel: "error", build: { write: false, rollupOptions: options } });
  return output.filter(({ type }) => type === "chunk");
}

/** The chunks that load when these do. */
function closure(chunks, names) {
  const found = new Set();
  const add = (name) => {
    const chunk = chunks.find(({ fileName }) => fileName === name);
    if (chunk !== undefined && !found.has(chunk)) {
      found.add(chunk);
      chunk.imports.forEach(add);
    }
  };
  names.forEach(add);
  return [...found];
}

const all = await chunksOf();
const entry = all.find(({ isEntry }) => isEntry);
const worker = all.find(({ facadeModuleId }) => facadeModuleId?.endsWith("/index.worker.ts"));
const own = await chunksOf({ external: /^(react|react-dom|scheduler|@fluentui|@griffel|@ms-fabric)(\/|$)/ });
console.log(JSON.stringify({ worker: size(closure(all, [entry.fileName, worker.fileName])), own: size(own) }));
