import { expect, it } from 'vitest';
import { finding, skipped } from '../../../../doctor/findings.ts';
import { reportInJson, reportInJunit, reportInText } from '../../../../doctor/report/reports.ts';

const URL_WITH_SECRET = new URL('https://user:secret@a.example/');
const FINDINGS = [
  finding('hello', { ms: 7 }),
  finding('cors-doubled', { count: 2 }),
  finding('ice-none'),
  skipped('D11', 'The list has no "server" <over> UDP.'),
];

it('text: a fault has its effect, its remedy, the setting and the page', () => {
  expect(reportInText(FINDINGS).split('\n')).toEqual([
    'D2   good      A Signalbox answers at this path after 7 ms.',
    'D4   BAD       The response has the header Access-Control-Allow-Origin 2 times.',
    expect.stringMatching(/^ {15}Browsers reject/),
    expect.stringMatching(/^ {15}Remove the header.* \[add_header\] See docs\/operating\.md\.$/),
    expect.stringMatching(/^D10 {2}DOUBTFUL {2}/),
    expect.any(String),
    expect.any(String),
    'D11  skipped   The list has no "server" <over> UDP.',
    '',
    '1 good, 1 doubtful, 1 bad, 1 skipped',
    '',
  ]);
});

it('JSON: has the findings, and no secret of the URL', () => {
  const text = reportInJson(URL_WITH_SECRET, FINDINGS);
  expect(JSON.parse(text)).toMatchObject({
    suite: 'signalbox doctor',
    format: 1,
    url: 'https://a.example/',
    findings: JSON.parse(JSON.stringify(FINDINGS)),
  });
  expect(text).not.toContain('user:secret');
});

it('JUnit: a bad finding fails, a doubtful one only if strict', () => {
  const lax = reportInJunit(URL_WITH_SECRET, FINDINGS, false);
  expect(lax).toContain('tests="4" failures="1" skipped="1"');
  expect(reportInJunit(URL_WITH_SECRET, FINDINGS, true)).toContain('failures="2"');
  expect(lax).toContain('<skipped message="The list has no &quot;server&quot; &lt;over&gt; UDP."/>');
  expect(lax).not.toContain('user:secret');
});

it('a text of the server neither moves the cursor nor adds a line, in any format', () => {
  const forged = 'stun:\u001B[2J\u009B31m\u202E\u2028\nD1   good      all is well';
  const findings = [finding('ice-url-invalid', { url: forged })];
  const reports = [
    reportInText(findings),
    reportInJson(URL_WITH_SECRET, findings),
    reportInJunit(URL_WITH_SECRET, findings, true),
  ];
  for (const report of reports) {
    expect(report).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202E]/u);
    expect(report.split('\n').filter((line) => line.startsWith('D1 '))).toEqual([]);
  }
});
