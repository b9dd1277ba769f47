import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { rulesIn } from '../../architecture/citations.ts';
import { ROOT } from '../../architecture/tree.ts';

const RULES = rulesIn(readFileSync(join(ROOT, 'docs/protocols/peerjs.md'), 'utf8'));

/** Rules for PeerJS clients before 0.3.25. */
const LEGACY = /^X/;

/** Rules that a black-box test cannot cover, with the reason. */
const NOT_ASKED: Readonly<Record<string, string>> = {
  H18: 'no other server has this route',
  H19: 'no other server has this route',
  H20: 'a page for people; no other server has it',
  H12: 'the certificate files belong to the server',
  O15: 'the close would have to arrive within 100 ms of the handshake, which a slow network does not allow',
  M20: 'the rate limit is that of M19, and only the server sees the pongs',
  M22: 'the rate limit is that of M19, and a message of this size is paused or closed for it only after many others',
  M23: 'from outside, only the latency of other peers shows the turns of the server',
  M24: 'the disk belongs to the server, and no other server has a mailbox store that can fail',
  L6: 'requires suspending the server process',
};

/** The suite starts or meets a server without ICE servers, and `peer` has no such route. */
const ICE_NOT_ASKED = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'I12', 'I13', 'I14'];

/** No other server has patterns of keys; clients cannot tell a realm by pattern from any other. */
const REALMS_NOT_ASKED = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6'];

/** The suite starts or meets a server without authentication, and no other PeerJS server has it. */
const ACCESS_NOT_ASKED = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10', 'A11', 'A12'];

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

  it('leave out the rules of ICE servers', () => {
    const rules = rulesIn(readFileSync(join(ROOT, 'docs/protocols/ice.md'), 'utf8')).map(({ id }) => id);
    expect(rules).toEqual(ICE_NOT_ASKED);
  });

  it('leave out the rules of realms by pattern', () => {
    const rules = rulesIn(readFileSync(join(ROOT, 'docs/protocols/realms.md'), 'utf8')).map(({ id }) => id);
    expect(rules).toEqual(REALMS_NOT_ASKED);
  });

  it('leave out the rules of authentication', () => {
    const rules = rulesIn(readFileSync(join(ROOT, 'docs/protocols/authentication.md'), 'utf8')).map(({ id }) => id);
    expect(rules).toEqual(ACCESS_NOT_ASKED);
  });

  it('leave out the rules of the doctor', () => {
    const rules = rulesIn(readFileSync(join(ROOT, 'docs/protocols/doctor.md'), 'utf8')).map(({ id }) => id);
    expect(rules).toEqual(DOCTOR_NOT_ASKED);
  });

  it('are at least 120', () => expect(ALL_CASES.length).toBeGreaterThanOrEqual(120));
});
