import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a running service. */
const SERVICE = process.env.FRONTLINE_SERVICE ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/console/",
  plugins: [vue()],
  define: {
    // the message compiler of vue-i18n must not need eval: the page's policy forbids it
    __INTLIFY_JIT_COMPILATION__: true,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
  },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rollupOptions: { output: { manualChunks: { vue: ["vue", "vue-i18n"] } } },
  },
  server: { fs: { allow: [".."] }, proxy: { "/api": { target: SERVICE, ws: true } } },
  test: { environment: "node", include: ["tests/**/*.test.ts"], env: { TZ: "Asia/Shanghai" } },
});
