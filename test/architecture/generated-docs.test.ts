import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/application/ports/metrics.ts';
import { SESSION_TRANSITIONS } from '../../src/domain/session.ts';
import { cruiseImports } from './cruise.ts';
import { drawLayers, drawSessions, sectionOf, tabulateMetrics, withSection } from './drawings.ts';
import { ROOT } from './tree.ts';

const PAGE = join(ROOT, 'ARCHITECTURE.md');
const MONITORING = join(ROOT, 'docs/monitoring.md');
const WALK = join(ROOT, 'docs/adding-a-dialect.md');

/** Reads a section; `npm run docs` first rewrites it. */
function read(section: string, drawing: string, page = PAGE): string | undefined {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, withSection(readFileSync(page, 'utf8'), section, drawing));
  return sectionOf(readFileSync(page, 'utf8'), section);
}

describe('ARCHITECTURE.md is up to date (else: npm run docs)', () => {
  it('the states of a session', () => {
    const drawing = drawSessions(SESSION_TRANSITIONS);
    expect(read('sessions', drawing)).toBe(drawing);
  });

  it('the layers', async () => {
    const { modules } = await cruiseImports(ROOT);
    const drawing = drawLayers(modules);
    expect(read('rooms', drawing)).toBe(drawing);
  });
});

it('docs/monitoring.md has all metrics (else: npm run docs)', () => {
  const table = tabulateMetrics(METRICS);
  expect(read('metrics', table, MONITORING)).toBe(table);
});

describe('docs/adding-a-dialect.md shows the code of the example (else: npm run docs)', () => {
  it.each(['dialect', 'decode', 'encode', 'routes', 'refusals'])('%s', (name) => {
    const code = readFileSync(join(ROOT, `examples/lines-dialect/${name}.ts`), 'utf8');
    const block = `\`\`\`ts\n// ${name}.ts\n${code}\`\`\``;
    expect(read(name, block, WALK)).toBe(block);
  });
});

describe('drawing', () => {
  it('states: one arrow for all events between the same two states', () => {
    const table = { asleep: { rang: 'awake', poked: 'awake', died: 'gone' }, awake: { died: 'gone' }, gone: {} };
    expect(drawSessions(table).split('\n').slice(2, -1)).toEqual([
      '  [*] --> asleep',
      '  asleep --> awake: rang, poked',
      '  asleep --> gone: died',
      '  awake --> gone: died',
      '  gone --> [*]',
    ]);
  });

  it('layers: each arrow once, none inside a layer, none to a package', () => {
    const to = (...resolved: string[]) => resolved.map((path) => ({ resolved: path })) as never;
    const drawn = drawLayers([
      { source: 'src/domain/realm.ts', dependencies: to('src/domain/time.ts') },
      { source: 'src/application/ports/clock.ts', dependencies: to('src/domain/time.ts') },
      { source: 'src/adapters/clocks/system.ts', dependencies: to('src/application/ports/clock.ts', 'node_modules/ws/index.js') },
      { source: 'src/adapters/clocks/shared/tick.ts', dependencies: to('src/application/ports/clock.ts') },
    ]);
    expect(drawn.match(/\w+ --> \w+/g)).toEqual(['adapters --> ports', 'ports --> domain']);
    expect(drawn).toContain('clocks["clocks: system"]');
  });

  it('sections: only the text between the markers changes', () => {
    const page = 'a\n<!-- one:begin -->old<!-- one:end -->\nb <!-- two:begin -->\n<!-- two:end -->';
    expect(sectionOf(page, 'one')).toBe('old');
    expect(sectionOf(page, 'three')).toBeUndefined();
    const begun = 'a\n<!-- one:begin -->\n\n$1 new\n\n<!-- one:end -->';
    expect(withSection(page, 'one', '$1 new')).toBe(`${begun}\nb <!-- two:begin -->\n<!-- two:end -->`);
    expect(sectionOf(withSection(page, 'two', 'new'), 'two')).toBe('new');
  });
});
