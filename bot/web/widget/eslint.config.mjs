import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/"] },
  js.configs.recommended,
  { files: ["**/*.ts"], extends: [...tseslint.configs.strictTypeChecked], languageOptions: { parserOptions: { project: "./tsconfig.json" } } },
  {
    files: ["**/*.ts"],
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // Message text comes from strangers: it may only ever become text nodes.
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Build nodes with h(); text from a message must stay text." },
        { property: "outerHTML", message: "Build nodes with h(); text from a message must stay text." },
        { property: "insertAdjacentHTML", message: "Build nodes with h(); text from a message must stay text." },
      ],
    },
  },
  { files: ["**/*.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
);
