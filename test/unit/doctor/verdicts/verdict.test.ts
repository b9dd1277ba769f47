import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../../../../doctor/verdicts/table.ts';
import { good, STEPS, type Verdict } from '../../../../doctor/verdicts/verdict.ts';
import { OPTION_NAMES } from '../../../../src/composition/configuration/options.ts';
import { ROOT } from '../../../architecture/tree.ts';

const ALL = Object.entries<Verdict>(VERDICTS);
/** Settings of nginx, HAProxy and coturn. */
const FOREIGN =
  /^(proxy_http_version|proxy_set_header Upgrade|proxy_read_timeout|proxy_buffering|gzip|add_header|timeout tunnel|static-auth-secret|user-quota|total-quota|min-port|max-port|listening-port|tls-listening-port|cert|pkey|allowed-peer-ip|external-ip)$/;

describe('the verdicts', () => {
  it('a good one needs no remedy', () => {
    expect(good('D1', 'It works.')).toEqual({ step: 'D1', state: 'good', is: 'It works.', effect: '', remedy: '' });
  });

  it('each step has a good one', () => {
    const steps = new Set(ALL.filter(([, { state }]) => state === 'good').map(([, { step }]) => step));
    expect(Object.keys(STEPS).filter((step) => !steps.has(step as keyof typeof STEPS))).toEqual([]);
  });

  it('each fault has an effect and a remedy, in sentences', () => {
    const faults = ALL.filter(([, { state }]) => state !== 'good');
    const isSentence = (text: string): boolean => /^[A-Z/{].*\.$/.test(text);
    expect(faults.filter(([, { is, effect, remedy }]) => ![is, effect, remedy].every(isSentence)).map(([id]) => id)).toEqual([]);
  });

  it('settings and pages exist', () => {
    const names: readonly string[] = OPTION_NAMES;
    const settings = ALL.flatMap(([, { setting }]) => setting?.split(', ') ?? []);
    expect(settings.filter((name) => !names.includes(name) && !FOREIGN.test(name))).toEqual([]);
    expect(ALL.flatMap(([, { link }]) => link ?? []).filter((page) => !existsSync(join(ROOT, 'docs', page)))).toEqual([]);
  });
});
