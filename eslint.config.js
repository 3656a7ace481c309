import tseslint from "typescript-eslint";

/** The data flow, from bytes to HTTP: a folder imports only from folders above it in this list. */
const LAYERS = [
  "wire",
  "onnx",
  "shapes",
  "ops",
  "graph",
  "features",
  "conv",
  "model",
  "hardware",
  "predict",
  "store",
  "http",
  "cli",
  "web",
  "lab",
];

const layerRules = LAYERS.map((layer, index) => ({
  files: [`src/${layer}/**/*.ts`],
  // The command line starts the server and the lab; the server never imports the command line or the lab.
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${LAYERS.slice(index + 1).join("|") || "(?!)"})/`,
            message: `src/${layer} may import only from: ${LAYERS.slice(0, index).join(", ") || "nothing"}.`,
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["dist/", "dist-*/", "node_modules/", "coverage/", ".venv*/", ".native/", ".cache/"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
  ...layerRules,
);
