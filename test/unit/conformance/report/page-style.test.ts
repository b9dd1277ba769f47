import { expect, it } from 'vitest';
import { slug } from '../../../../conformance/report/page-glyphs.ts';
import { STYLE } from '../../../../conformance/report/page-style.ts';
import { WORST_FIRST } from '../../../../conformance/report/verdicts.ts';

it('the stylesheet shows the rows of each selected verdict', () => {
  for (const verdict of WORST_FIRST) {
    expect(STYLE).toContain(
      `:root:has(#show-${slug(verdict)}:checked) .family tbody tr.has-${slug(verdict)} { display: table-row; }`,
    );
  }
});
