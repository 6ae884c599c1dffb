import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Which imports each folder of src/ must not have. */
const border = (folder, ...patterns) => ({
  files: [`src/${folder}/**/*.{ts,tsx}`],
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const folders = (names, message) => ({
  group: names.flatMap((name) => [`**/${name}`, `**/${name}/**`]),
  message,
});
const uplot = { group: ['uplot', 'uplot/*'], message: 'Only charts/ draws with uPlot.' };
const schema = {
  group: ['**/api/schema', '**/schema.d.ts'],
  message: 'Only api/ reads the generated file; import from api/.',
};
const other_page = {
  regex: '^\\.\\./[a-z_]+/',
  message: 'A page imports no other page; shared code goes to shared/.',
};

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
          message: 'Reports are untrusted text.',
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', 600],
      'max-lines-per-function': ['error', 70],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', URLSearchParams: 'readonly' },
    },
  },
  border(
    'format',
    uplot,
    folders(['api', 'charts', 'pages', 'routing', 'shared'], 'format/ imports no other folder.'),
  ),
  border(
    'charts',
    folders(['api', 'pages', 'routing', 'shared'], 'charts/ gets columns; it fetches nothing.'),
  ),
  border(
    'api',
    uplot,
    folders(['charts', 'format', 'pages', 'routing', 'shared'], 'api/ only calls the server.'),
  ),
  border(
    'routing',
    uplot,
    folders(['api', 'charts', 'format', 'pages', 'shared'], 'routing/ only reads and writes addresses.'),
  ),
  border('shared', uplot, schema, folders(['pages'], 'shared/ knows no page.')),
  border('pages', uplot, schema, other_page),
);
