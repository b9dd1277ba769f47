import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const TIME = 'Time comes in as an argument, or from the Clock port.';
const NO_DEFAULT = { direct: true, named: true, defaultFrom: true, namedFrom: true };
const CHANCE = 'Chance comes from a port, so that a run can be replayed.';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  // A rule that is wrong is changed here, for all; no file switches one off for itself.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
  eslint.configs.recommended,
  {
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      // To look for control characters is what some expressions are for.
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
      // `String(x)` is said on purpose; what slips into a template is found by another rule.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An adapter may keep a promise that its port asks for without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      // The compiler has its own, better check.
      'no-undef': 'off',
    },
  },
  {
    files: ['src/**', 'conformance/**'],
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
      // A new decision or request is never caught by a default that was written before it.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      'no-restricted-globals': ['error', { name: 'Date', message: TIME }, { name: 'performance', message: TIME }],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: CHANCE }],
    },
  },
  {
    // Tests read what came over a wire, and expect of it what they like.
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
    // What tools read, and what describes the modules of others.
    files: ['*.config.{js,ts}', '**/*.d.ts', 'scripts/*-reporter.mjs'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // What runs in a page, bundled with a library.
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
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);
