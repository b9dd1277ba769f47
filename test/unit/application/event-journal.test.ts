import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { EventJournal } from '../../../src/application/event-journal.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import type { RefusalEntry } from '../../../src/application/ports/operations.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
import { pair, TestBroker } from '../../support/test-broker.ts';
import { EVENTS } from '../adapters/logs/events.ts';

describe('the journal', () => {
  it('ADM5: keeps closes with their reasons, the latest first', () => {
    const { broker, ann, bob } = pair();
    ann.client.cut();
    broker.advance(500);
    bob.send({ type: 'LEAVE' });
    broker.advance(1);
    const place = { node: 'alone', realm: 'peerjs', address: '192.0.2.1' };
    let closes: unknown;
    broker.broker.operations.closes(undefined, ({ entries }) => (closes = entries));
    expect(closes).toEqual([
      { ...place, at: 500, why: 'left', by: 'broker', code: 1000, id: 'bob', openFor: 500 },
      { ...place, at: 0, why: 'lost', by: 'network', code: 1006, id: 'ann', openFor: 0 },
    ]);
  });

  it('ADM5: keeps refusals of handshakes, connections and requests, with the reason and without tokens', () => {
    const authorizer = new ScriptedAuthorizer();
    const broker = new TestBroker({ maxUrlBytes: 200 }, { authorizer });
    broker.connectPeer('ann', { token: 'secret' });
    broker.connectPeer('ann', { key: 'green', token: 'secret' });
    broker.transport.connect({ path: '/nowhere', query: 'token=secret' });
    broker.transport.request('GET', '/nothing?token=secret');
    let refusals: readonly RefusalEntry[] = [];
    broker.broker.operations.refusals(undefined, ({ entries }) => (refusals = entries));
    expect(refusals.map(({ kind, why, detail, realm, path, status }) => ({ kind, why, detail, realm, path, status }))).toEqual([
      { kind: 'request', why: 'Not Found', detail: undefined, realm: undefined, path: '/nothing', status: 404 },
      { kind: 'upgrade', why: 'path-unknown', detail: undefined, realm: undefined, path: '/nowhere', status: 404 },
      { kind: 'connection', why: 'key-unknown', detail: undefined, realm: 'green', path: undefined, status: undefined },
      { kind: 'connection', why: 'token-invalid', detail: 'form', realm: 'peerjs', path: undefined, status: undefined },
    ]);
    expect(JSON.stringify(refusals)).not.toContain('secret');
  });

  it('ADM5: keeps 200 of each, counts all, and passes every event to the log', () => {
    const logged: LogEvent[] = [];
    const journal = new EventJournal({ log: { record: (event) => void logged.push(event) }, clock: new ManualClock() });
    for (let n = 0; n < 201; n++) journal.record(EVENTS['upgrade-refused']);
    for (const event of Object.values(EVENTS)) journal.record(event);
    expect([journal.refusals().length, journal.closes().length]).toEqual([200, 1]);
    expect(journal.refusals()[0]).toMatchObject({ kind: 'request', limit: 'max_url_bytes' });
    expect(journal.counts()).toEqual({ opened: 1, closed: 1, refused: 204 });
    expect(logged).toHaveLength(201 + Object.keys(EVENTS).length);
  });
});
