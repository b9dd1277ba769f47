import { describe, expect, it } from 'vitest';
import { glyph, GLYPHS, slug } from '../../../../conformance/report/page-glyphs.ts';
import { WORST_FIRST } from '../../../../conformance/report/verdicts.ts';

describe('the glyph of a verdict', () => {
  it.each([...WORST_FIRST, 'absent' as const])('%s has a unique symbol', (mark) => {
    const [, id = ''] = /href="#([^"]+)"/.exec(glyph(mark).markup) ?? [];
    const drawings = GLYPHS.markup.split('</symbol>').map((one) => one.replace(/^[^]*?<symbol id="([^"]+)"[^>]*>/, '$1 '));
    expect(drawings.filter((one) => one.startsWith(`${id} <`))).toHaveLength(1);
    expect(new Set(drawings.map((one) => one.slice(one.indexOf(' ')))).size).toBe(drawings.length);
  });

  it('is decorative', () => {
    expect(glyph('ok').markup).toContain('aria-hidden="true"');
  });

  it('has an id without spaces', () => {
    expect(slug('not testable')).toBe('not-testable');
  });
});
