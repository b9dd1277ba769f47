import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const TIME = 'Take the time as an argument, or from the Clock port.';
const NO_DEFAULT = { direct: true, named: true, defaultFrom: true, namedFrom: true };
const CHANCE = 'Take random values from a port, so that a run can be replayed.';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  // Rules are changed here, for all files; no file disables a rule for itself.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
  eslint.configs.recommended,
  {
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      // Some expressions search for control characters.
      'no-control-regex': 'off',
      'no-else-return': ['error', { allowElseIf: false }],
      'no-restricted-exports': ['error', { restrictDefaultExports: NO_DEFAULT }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_$', argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // `String(x)` is deliberate; another rule finds objects in templates.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An adapter may implement an asynchronous method of its port without waiting.
      '@typescript-eslint/require-await': 'off',
      // The check of the compiler is better.
      'no-undef': 'off',
    },
  },
  {
    files: ['src/**', 'conformance/**', 'doctor/**', 'pages/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
    },
  },
  { files: ['src/composition/cli.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['src/domain/**', 'src/application/**'],
    rules: {
      // A default must not hide a new decision or request.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      'no-restricted-globals': ['error', { name: 'Date', message: TIME }, { name: 'performance', message: TIME }],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: CHANCE }],
    },
  },
  {
    // Tests parse untyped data.
    files: ['test/**'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Clauses are tests that are published: the type of their list gives the types of their parameters.
    files: ['src/contracts/*/**'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    // Configuration files of tools, and declarations for untyped modules.
    files: ['*.config.{js,ts}', '**/*.d.ts', 'scripts/*-reporter.mjs'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // Scripts for a page, bundled with a library.
    files: ['test/support/e2e/{page-scripts,peerix}/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'EventSource',
          'RTCPeerConnection',
          'TextDecoder',
          'TextEncoder',
          'URLSearchParams',
          'WebSocket',
          'atob',
          'btoa',
          'fetch',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['examples/server-peer/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['AbortSignal', 'URLSearchParams', 'clearTimeout', 'fetch', 'setTimeout'].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);
