import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../../../src/adapters/directories/memory/directory.ts';
import type { Claim } from '../../../../../src/application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../../../../src/domain/ids.ts';
import { NEVER, type Millis } from '../../../../../src/domain/time.ts';
import { Token } from '../../../../../src/domain/token.ts';

const HERE = nodeId('here');
const LEASE: Millis = 1_000;
const ANN: Claim = {
  realm: { key: realmKey('green'), node: HERE },
  id: 'ann' as PeerId,
  token: new Token('hers'),
  connection: connectionId(1, 0),
};

/** The located node. This directory answers during the call. */
function located(directory: MemoryPeerDirectory): NodeId | undefined {
  let found: NodeId | undefined;
  directory.locate(ANN.realm.key, ANN.id, (node) => (found = node));
  return found;
}

describe('the memory directory', () => {
  it('answers during the call', () => {
    const answers: string[] = [];
    const directory = new MemoryPeerDirectory(new ManualClock());
    directory.claim(ANN, (outcome) => answers.push(outcome));
    directory.claim({ ...ANN, token: new Token('his') }, (outcome) => answers.push(outcome));
    expect(answers).toEqual(['granted', 'taken']);
  });

  it('has no lease by default', () => {
    expect(new MemoryPeerDirectory(new ManualClock()).lease).toBe(NEVER);
    expect(new MemoryPeerDirectory(new ManualClock(), LEASE).lease).toBe(LEASE);
  });

  it('ends a claim exactly at the end of the lease', () => {
    const clock = new ManualClock();
    const directory = new MemoryPeerDirectory(clock, LEASE);
    directory.claim(ANN, () => undefined);
    clock.advance(LEASE - 1);
    expect(located(directory)).toBe(HERE);
    clock.advance(1);
    expect(located(directory)).toBeUndefined();
  });

  it('renews a lease from the time of the call', () => {
    const clock = new ManualClock();
    const directory = new MemoryPeerDirectory(clock, LEASE);
    directory.claim(ANN, () => undefined);
    clock.advance(600);
    directory.renewLease(HERE, () => undefined);
    clock.advance(LEASE - 1);
    expect(located(directory)).toBe(HERE);
    clock.advance(1);
    expect(located(directory)).toBeUndefined();
  });
});
