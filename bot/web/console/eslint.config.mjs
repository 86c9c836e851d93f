import js from "@eslint/js";
import vue from "eslint-plugin-vue";
import tseslint from "typescript-eslint";
import parser from "vue-eslint-parser";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/"] },
  js.configs.recommended,
  { files: ["**/*.ts", "**/*.vue"], extends: [...tseslint.configs.strict] },
  ...vue.configs["flat/recommended"],
  { files: ["**/*.vue"], languageOptions: { parser, parserOptions: { parser: tseslint.parser, sourceType: "module" } } },
  {
    files: ["**/*.ts", "**/*.vue"],
    rules: {
      eqeqeq: "error",
      "no-undef": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      // text comes from strangers and from the translation files, never from a template
      "vue/no-v-html": "error",
      "vue/no-bare-strings-in-template": ["error", { allowlist: ["·", "→", "/", ":", ",", "(", ")", "#", "–", "•", "+", "×"] }],
      // layout of templates is the writer's
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/first-attribute-linebreak": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/attributes-order": "off",
    },
  },
);
