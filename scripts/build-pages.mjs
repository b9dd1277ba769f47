import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';

/** The pages for browsers: one HTML file each, with its style and script inside. */
const PAGES = ['status', 'playground', 'doctor'];
const TARGET = 'dist/pages';

/** @param {string} entry @returns {string} the bundle of one file, without a line break at its end. */
function bundle(entry) {
  const { outputFiles } = buildSync({
    ...{ entryPoints: [entry], bundle: true, minify: true, write: false, charset: 'utf8', logLevel: 'warning' },
    ...{ format: 'iife', target: ['es2022', 'chrome109', 'firefox115', 'safari16'] },
  });
  return outputFiles[0].text.trim();
}

mkdirSync(TARGET, { recursive: true });
for (const page of PAGES) {
  const folder = `pages/${page}/${page}`;
  const [style, script] = [bundle(`${folder}.css`), bundle(`${folder}.ts`)];
  const html = readFileSync(`${folder}.html`, 'utf8')
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`);
  writeFileSync(`${TARGET}/${page}.html`, html);
}
