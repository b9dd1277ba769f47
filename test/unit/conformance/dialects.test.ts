import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIALECTS, isDialect } from '../../../conformance/dialects.ts';
import { rulesIn } from '../../architecture/citations.ts';
import { ROOT } from '../../architecture/tree.ts';

/** Rules that a black-box test cannot cover, with the reason. */
const NOT_ASKED: Readonly<Record<string, string>> = {
  MQ4: 'the tokens are those of Mercure',
  MQ6: 'the refusals need tokens, realms or limits of the server',
  MQ9: 'the properties say what this broker lacks, and others may have it',
  MQ17: 'a broker may keep sessions',
  MQ23: 'requires clients of other wires',
  MQ24: 'the prefixes are a configuration of Signalbox',
  MER11: 'the keys of a hub are its configuration',
  CF11: 'the tokens are those of Mercure',
  CF14: 'requires clients of other wires',
  CF16: 'the prefixes are a configuration of Signalbox',
  NA5: 'the tokens are those of Mercure',
  NA7: 'the server belongs to the operator, who alone can restart it',
  NA16: 'the prefixes are a configuration of Signalbox',
  SB1: 'every other case uses the endpoint',
  SB12: 'the tokens are those of Mercure',
  SB17: 'requires clients of other wires',
};

describe.each(['mercure', 'relay', 'centrifuge', 'nats', 'supabase', 'mqtt'] as const)('the cases of %s', (dialect) => {
  const { cases } = DIALECTS[dialect];
  const rules = rulesIn(readFileSync(join(ROOT, `docs/protocols/${dialect}.md`), 'utf8')).map(({ id }) => id);

  it('cover every rule in order, and no unknown rule', () => {
    expect([...new Set(cases.map(({ rule }) => rule))]).toEqual(rules.filter((id) => !Object.hasOwn(NOT_ASKED, id)));
  });

  it('have unique ids: the rule, a dot, and words in kebab-case', () => {
    const ids = cases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Z]{2,3}\d+\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });
});

describe('the dialects', () => {
  it('have at least 30 cases in addition to those of PeerJS', () => {
    expect(DIALECTS.mercure.cases.length + DIALECTS.relay.cases.length).toBeGreaterThanOrEqual(30);
  });

  it('are identified by name', () => {
    expect(['peerjs', 'mercure', 'relay', 'centrifuge', 'nats', 'supabase', 'mqtt', 'peero', 'toString'].map(isDialect)).toEqual([
      ...[true, true, true, true, true, true, true, false, false],
    ]);
  });
});
