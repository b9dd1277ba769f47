import { describe, expect, it } from 'vitest';
import { showInvisible, html, trustedHtml } from '../../../../conformance/report/markup.ts';

describe('markup', () => {
  it('escapes what is put into it, in text and in attributes', () => {
    expect(html`<a title="${`"'<&>`}">${'</a>'}</a>`.markup).toBe('<a title="&quot;&#39;&lt;&amp;&gt;">&lt;/a&gt;</a>');
  });

  it('takes markup as it is, lists one after the other, and nothing for nothing', () => {
    const items = ['a', '<'].map((text) => html`<i>${text}</i>`);
    expect(html`<b>${items}${undefined}${''}${0}</b>`.markup).toBe('<b><i>a</i><i>&lt;</i>0</b>');
    expect(html`${trustedHtml('<hr>')}`.markup).toBe('<hr>');
  });

  it('tells characters by their number that HTML can not write or nobody can see', () => {
    expect(html`${'\u0000\u001b\u007f\u0085\u202e\u2028\ufeff'}`.markup).toBe(
      '\\u0000\\u001b\\u007f\\u0085\\u202e\\u2028\\ufeff',
    );
    expect(html`${'a\n\tb ünï 🦊'}`.markup).toBe('a\n\tb ünï 🦊');
  });

  it('tells halves of surrogate pairs, so that the page can be written as UTF-8', () => {
    expect(html`${'\ud83e! !\udd8a 🦊'}`.markup).toBe('\\ud83e! !\\udd8a 🦊');
  });

  it('sets what can not be seen apart from a backslash that was there', () => {
    expect(showInvisible('\\u0000 \u0000\u0007 <').markup).toBe('\\u0000 <span class="unseen">\\u0000\\u0007</span> &lt;');
  });
});
