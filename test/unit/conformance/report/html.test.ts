import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportInHtml } from '../../../../conformance/report/html.ts';
import { EACH_VERDICT, HOSTILE, HOSTILE_CASE, sampleCase, sampleRun } from './sample-runs.ts';

const PAGE = reportInHtml([sampleRun(EACH_VERDICT)]);

describe('a page', () => {
  it('has a title', () => {
    expect(PAGE).toMatch(/^<!doctype html>/);
    expect(PAGE).toContain('<title>Conformance of a server</title>');
    expect(reportInHtml([sampleRun([]), sampleRun([])])).toContain('<h1>Conformance of 2 servers</h1>');
    expect(reportInHtml([sampleRun([])], 'Mine & yours')).toContain('<h1>Mine &amp; yours</h1>');
  });

  it('lists the versions of the suite', () => {
    const older = { ...sampleRun([sampleCase('M1.a')]), version: '1.0.0' };
    expect(reportInHtml([sampleRun([]), older, older])).toMatch(
      /1 case, run by <code>signalbox conform<\/code>\s+1\.0\.0, 1\.2\.3\./,
    );
  });

  it('links to each rule family, and has a filter for each verdict', () => {
    expect(PAGE).toContain('<a href="#family-M">Messages <b>5</b></a>');
    expect(PAGE.match(/<input type="checkbox" id="show-[a-z-]+" checked/g)).toHaveLength(5);
  });

  it('has a filter for differences between several servers', () => {
    expect(PAGE).not.toContain('id="differing"');
    expect(reportInHtml([sampleRun([]), sampleRun([])])).toContain('id="differing"');
  });

  it('refers to no external resource', () => {
    expect(PAGE).not.toMatch(/https?:|\bsrc=|@import|url\(/);
    expect(Array.from(PAGE.matchAll(/<(?:link|a|use)\b[^>]*href="([^"]*)"/g), ([, target = '']) => target[0])).not.toContain('/');
  });

  it('allows only its own script and style', () => {
    const hash = (tag: string) => {
      const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(PAGE) ?? [];
      return `sha256-${createHash('sha256').update(text).digest('base64')}`;
    };
    const [, policy = ''] = /content-security-policy" content="([^"]+)"/.exec(PAGE) ?? [];
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).toContain(`script-src &#39;${hash('script')}&#39;`);
    expect(policy).toContain(`style-src &#39;${hash('style')}&#39;`);
  });

  it('contains no markup of a server', () => {
    const page = reportInHtml([sampleRun([HOSTILE_CASE], HOSTILE), sampleRun([HOSTILE_CASE], HOSTILE)], HOSTILE);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e\u2028]/);
    expect(Buffer.from(page).toString()).toBe(page);
  });
});
