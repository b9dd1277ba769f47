import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { rulesIn } from '../../architecture/citations.ts';
import { ROOT } from '../../architecture/tree.ts';

const RULES = ['peerjs', 'authentication', 'ice'].flatMap(rulesOn);

/** Rules for PeerJS clients before 0.3.25. */
const LEGACY = /^X/;

/** Rules that a black-box test cannot cover, with the reason. */
const NOT_ASKED: Readonly<Record<string, string>> = {
  H18: 'no other server has this route',
  H19: 'no other server has this route',
  H21: 'servers may upgrade to the protocol that is offered',
  H20: 'a page for people; no other server has it',
  H12: 'the certificate files belong to the server',
  O15: 'the close would have to arrive within 100 ms of the handshake, which a slow network does not allow',
  M20: 'the rate limit is that of M19, and only the server sees the pongs',
  M22: 'the rate limit is that of M19, and a message of this size is paused or closed for it only after many others',
  M23: 'from outside, only the latency of other peers shows the turns of the server',
  M24: 'the disk belongs to the server, and no other server has a mailbox store that can fail',
  L6: 'requires suspending the server process',
  A9: 'the backend belongs to the server',
  A10: 'the identity provider belongs to the server',
  I10: 'the server has not started yet',
  I11: 'the provider belongs to the server',
  I13: 'no flag of the suite configures single realms',
  I14: 'the suite tests servers of PeerJS',
};

/** No other server has patterns of keys; clients cannot tell a realm by pattern from any other. */
const REALMS_NOT_ASKED = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6'];

/** The routes are those of Signalbox alone; `signalbox doctor` tests them. */
const DOCTOR_NOT_ASKED = ['DOC1', 'DOC2', 'DOC3', 'DOC4', 'DOC5', 'DOC6'];

describe('the PeerJS cases', () => {
  it('have unique ids: the rule, a dot, and words in kebab-case', () => {
    const ids = ALL_CASES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Z]\d+\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it('cover every rule for current clients, and no unknown rule', () => {
    const looked = new Set(ALL_CASES.map(({ rule }) => rule));
    expect(RULES.filter(({ id }) => !LEGACY.test(id) && !Object.hasOwn(NOT_ASKED, id) && !looked.has(id))).toEqual([]);
    expect([...looked].filter((rule) => !RULES.some(({ id }) => id === rule))).toEqual([]);
  });

  it('are sorted by rule', () => {
    const ranks = ALL_CASES.map(({ rule }) => RULES.findIndex(({ id }) => id === rule));
    expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
  });

  it('leave out the rules of realms by pattern', () => {
    expect(rulesOn('realms').map(({ id }) => id)).toEqual(REALMS_NOT_ASKED);
  });

  it('leave out the rules of the doctor', () => {
    expect(rulesOn('doctor').map(({ id }) => id)).toEqual(DOCTOR_NOT_ASKED);
  });

  it('are at least 120', () => expect(ALL_CASES.length).toBeGreaterThanOrEqual(120));
});

/** The rules of a page of docs/protocols. */
function rulesOn(page: string): ReturnType<typeof rulesIn> {
  return rulesIn(readFileSync(join(ROOT, `docs/protocols/${page}.md`), 'utf8'));
}
