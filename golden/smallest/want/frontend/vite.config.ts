// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

import { resolve } from "node:path";

import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

import { environmentName } from "./build/environment.ts";
import { fabric } from "./build/fabric.ts";
import { readSettings } from "./src/settings.ts";

const root = import.meta.dirname;

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
    ],
    server,
    preview: server,
    test: {
      environment: "jsdom",
      include: ["tests/**/*.test.{ts,tsx}"],
      restoreMocks: true,
      coverage: {
        include: ["src/**/*.{ts,tsx}"],
        thresholds: { "src/auth/**": { branches: 95 } },
      },
    },
  };
});
