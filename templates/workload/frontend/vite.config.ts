// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

import { resolve } from "node:path";

import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

import { budget } from "./build/budget.ts";
import { environmentName } from "./build/environment.ts";
import { fabric } from "./build/fabric.ts";
import { production } from "./build/production.ts";
import { readSettings } from "./src/settings.ts";

const root = import.meta.dirname;

/** Libraries stand in scripts of their own, which a browser keeps when pages change; the worker needs the first alone. */
const libraries = [
  { name: "workload-client", test: /[\\/]node_modules[\\/]@ms-fabric[\\/]/ },
  { name: "libraries", test: /[\\/]node_modules[\\/]/ },
];

export default defineConfig(() => {
  const mode = environmentName(root);
  const settings = readSettings({ ...loadEnv(mode, root), MODE: mode });
  const server = {
    host: "127.0.0.1",
    port: 60006,
    strictPort: true,
    cors: false,
  };
  return {
    mode,
    plugins: [
      react(),
      fabric({ settings, root, packageFolder: resolve(root, "../dist", mode) }),
      production({ settings, root }),
      budget({ worker: 120, page: 40 }),
    ],
    build: {
      outDir: "dist/site",
      sourcemap: false,
      rolldownOptions: { output: { codeSplitting: { groups: libraries } } },
    },
    server,
    preview: server,
    test: {
      environment: "jsdom",
      include: ["tests/**/*.test.{ts,tsx}"],
      restoreMocks: true,
      testTimeout: 30_000,
      coverage: {
        include: ["src/**/*.{ts,tsx}"],
        thresholds: { "src/auth/**": { branches: 95 } },
      },
    },
  };
});
