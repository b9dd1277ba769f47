import { describe, expect, it } from 'vitest';
import { showInvisible, html, trustedHtml } from '../../../../conformance/report/markup.ts';

describe('markup', () => {
  it('escapes values in text and attributes', () => {
    expect(html`<a title="${`"'<&>`}">${'</a>'}</a>`.markup).toBe('<a title="&quot;&#39;&lt;&amp;&gt;">&lt;/a&gt;</a>');
  });

  it('accepts markup, lists and undefined', () => {
    const items = ['a', '<'].map((text) => html`<i>${text}</i>`);
    expect(html`<b>${items}${undefined}${''}${0}</b>`.markup).toBe('<b><i>a</i><i>&lt;</i>0</b>');
    expect(html`${trustedHtml('<hr>')}`.markup).toBe('<hr>');
  });

  it('shows invisible and invalid characters as escapes', () => {
    expect(html`${'\u0000\u001b\u007f\u0085\u202e\u2028\ufeff'}`.markup).toBe(
      '\\u0000\\u001b\\u007f\\u0085\\u202e\\u2028\\ufeff',
    );
    expect(html`${'a\n\tb ünï 🦊'}`.markup).toBe('a\n\tb ünï 🦊');
  });

  it('shows lone surrogates as escapes, so that the page is valid UTF-8', () => {
    expect(html`${'\ud83e! !\udd8a 🦊'}`.markup).toBe('\\ud83e! !\\udd8a 🦊');
  });

  it('distinguishes an invisible character from a literal backslash', () => {
    expect(showInvisible('\\u0000 \u0000\u0007 <').markup).toBe('\\u0000 <span class="unseen">\\u0000\\u0007</span> &lt;');
  });
});
