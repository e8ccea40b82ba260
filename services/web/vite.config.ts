import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const folder = fileURLToPath(new URL(".", import.meta.url));
const gateway = process.env.MERIDIAN_GATEWAY ?? "http://localhost:8080";

/** Built once into `dist`, which the gateway serves; in development this server proxies to a gateway. */
export default defineConfig({
  root: folder,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: "chrome123",
    chunkSizeWarningLimit: 800,
    rollupOptions: { input: { page: `${folder}index.html`, ops: `${folder}ops/index.html` } },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/edge", "/meridian", "/ops/v1", "/orders", "/docs", "/openapi.json", "/socket.io"].map(
        (path) => [path, { target: gateway, ws: path === "/socket.io" }],
      ),
    ),
  },
});
