import { describe, expect, it } from 'vitest';
import { pair } from '../../support/test-broker.ts';

describe('the operations of a single node', () => {
  it('ADM8: log a trace and the end of a ban, and nothing for a look-up or an unknown ban', () => {
    const { broker } = pair();
    const { operations } = broker.broker;
    const act = { reason: 'look', from: '127.0.0.1' };
    operations.peers({ limit: 1 }, ({ missing }) => expect(missing).toEqual([]));
    operations.overview(({ missing }) => expect(missing).toEqual([]));
    operations.unban('id:*/eve', act, (outcome) => expect(outcome).toEqual({ ok: false, refusal: { reason: 'no-such-ban' } }));
    const quiet = { line: () => undefined, dropped: () => undefined, missing: () => undefined };
    operations.trace({ realm: 'peerjs', id: 'ann' }, act, quiet)?.();
    expect(broker.events.filter(({ event }) => event === 'operator-acted')).toEqual([
      { event: 'operator-acted', act: 'trace', subject: 'peerjs/ann', reason: 'look', from: '127.0.0.1', closed: undefined },
    ]);
  });
});
