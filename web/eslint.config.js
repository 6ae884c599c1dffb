import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Who may not know whom. Rooms: words (formatting), charts, api, pages. */
const border = (room, ...patterns) => ({
  files: [`src/${room}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: patterns.map(([group, message]) => ({ group, message })) },
    ],
  },
});
const rooms = (...names) => names.flatMap((name) => [`**/${name}`, `**/${name}/**`]);
const uplot = [['uplot', 'uplot/*'], 'Only charts/ draws with uPlot.'];
const schema = [['**/api/schema', '**/schema.d.ts'], 'Only api/ reads the generated file; import from api/.'];

export default tseslint.config(
  { ignores: ['dist', 'test-results', 'playwright-report', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.node.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
          message: "Reports are other people's text.",
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      // uPlot, Playwright and the DOM name their own things in camelCase; ours follow the repository.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', 500],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', URLSearchParams: 'readonly' },
    },
  },
  border('words', uplot, schema, [
    ['**/api/**', '**/charts/**', '**/pages/**'],
    'words/ knows no other room.',
  ]),
  border('charts', [rooms('api', 'pages'), 'charts/ is handed columns; it fetches nothing.']),
  border('api', uplot, [rooms('charts', 'pages', 'words'), 'api/ only talks to the server.']),
  border('pages', uplot, schema),
);
