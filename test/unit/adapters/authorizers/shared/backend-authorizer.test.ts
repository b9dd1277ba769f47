import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../../src/adapters/authorizers/shared/backend.ts';
import { NEVER } from '../../../../../src/domain/time.ts';
import { BackendFixture, START } from '../backend-fixture.ts';

const UNREACHABLE = { ok: false, refusal: { reason: 'authorizer-unreachable' } };
const lost = (detail: string, failures = 1): object => ({ event: 'authorizer-lost', authorizer: 'webhook', detail, failures });

describe('BackendAuthorizer', () => {
  it('A9: asks with all facts, null for those that are missing, and the configured headers only', () => {
    const fixture = new BackendFixture();
    fixture.authorize({ id: undefined, token: undefined, headers: { cookie: 'c=1', authorization: 'Bearer x' } });
    expect(fixture.last.request).toEqual({
      ...{ version: 1, dialect: 'peerjs', realm: 'green', id: null, token: null },
      ...{ address: '192.0.2.1', origin: null, headers: { cookie: 'c=1' } },
    });
  });

  it('A2, A9: reads the header with the token, and forwards it only if configured', () => {
    expect(new BackendFixture().authorizer.headers).toEqual(['authorization', 'cookie']);
    const fixture = new BackendFixture({ headers: ['authorization'] });
    fixture.authorize({ headers: { authorization: 'Bearer x' } });
    expect([fixture.authorizer.headers, fixture.last.request.headers]).toEqual([
      ['authorization'],
      { authorization: 'Bearer x' },
    ]);
  });

  it('A9: a grant ends at `until`, and names the user as the owner', async () => {
    const fixture = new BackendFixture();
    const answers = fixture.authorize();
    fixture.clock.advance(500);
    await fixture.last.reply({ allow: true, user: '42', until: START + 60 });
    expect(answers).toMatchObject([{ ok: true, value: { owner: 'w:42', lifetime: 59_500, reservedIds: ['admin'] } }]);
  });

  it('A9: a grant without `until` does not end; one in the past is refused', async () => {
    const fixture = new BackendFixture();
    const endless = fixture.authorize();
    await fixture.last.reply({ allow: true });
    const ended = fixture.authorize();
    await fixture.last.reply({ allow: true, until: START });
    expect([endless, ended]).toMatchObject([
      [{ ok: true, value: { owner: undefined, lifetime: NEVER } }],
      [{ ok: false, refusal: { reason: 'token-expired' } }],
    ]);
  });

  it('A9: the client receives the message of a denial', async () => {
    const fixture = new BackendFixture();
    const answers = fixture.authorize();
    await fixture.last.reply({ allow: false, message: 'Sign in first' });
    expect(answers).toEqual([{ ok: false, refusal: { reason: 'not-admitted', message: 'Sign in first' } }]);
  });

  it('A9: another form of answer refuses the client, and the log names the member', async () => {
    const fixture = new BackendFixture();
    const answers = fixture.authorize();
    await fixture.last.reply({ allow: true, ids: 'ann' });
    expect(answers).toEqual([UNREACHABLE]);
    expect(fixture.events).toMatchObject([
      { event: 'authorizer-lost', detail: expect.stringMatching(/^ids must be a list/) as string },
    ]);
  });

  it('A9: no answer in time refuses the client, aborts the request, and ignores a later answer', async () => {
    const fixture = new BackendFixture();
    const answers = fixture.authorize();
    fixture.clock.advance(999);
    expect(answers).toEqual([]);
    fixture.clock.advance(1);
    expect([answers, fixture.last.signal.aborted]).toEqual([[UNREACHABLE], true]);
    await fixture.last.reply({ allow: true, cache: 60 });
    expect([answers.length, fixture.events]).toEqual([1, [lost('no answer within 1000 ms')]]);
    fixture.authorize();
    expect(fixture.asked).toHaveLength(2);
  });

  it('A9: an answer in time leaves no timer behind', async () => {
    const fixture = new BackendFixture();
    fixture.authorize();
    await fixture.last.reply({ allow: true });
    expect(fixture.clock.nextWakeup()).toBe(NEVER);
  });

  it('A9: logs the first failure, at most one more in 10 s, and the recovery', async () => {
    const fixture = new BackendFixture();
    for (let n = 0; n < 5; n++) {
      fixture.authorize();
      await fixture.last.fail(new BackendError('status 500 in place of 200'));
    }
    fixture.clock.advance(10_000);
    fixture.authorize();
    await fixture.last.fail(new BackendError('no connection: ECONNREFUSED'));
    for (let n = 0; n < 2; n++) {
      fixture.authorize();
      await fixture.last.reply({ allow: false });
    }
    expect(fixture.events).toEqual([
      lost('status 500 in place of 200'),
      lost('no connection: ECONNREFUSED', 5),
      { event: 'authorizer-reached', authorizer: 'webhook' },
    ]);
  });

  it('A9: of an exception, the log has the name and the place, but not the message', async () => {
    const fixture = new BackendFixture();
    fixture.authorize();
    await fixture.last.fail(new TypeError('secret\n    at secret'));
    expect(fixture.events).toMatchObject([
      { detail: expect.stringMatching(/^it threw TypeError at .*backend-authorizer/) as string },
    ]);
    expect(JSON.stringify(fixture.events)).not.toContain('secret');
  });

  it.each([
    [undefined, 'undefined'],
    ['text', 'string'],
    [null, 'object'],
  ])('A9: a rejection with %j is a failure', async (value, type) => {
    const fixture = new BackendFixture();
    const answers = fixture.authorize();
    await fixture.last.fail(value);
    expect([answers, fixture.events]).toEqual([[UNREACHABLE], [lost(`it threw a ${type}`)]]);
  });

  it('A9: 64 requests are in flight, 1,000 wait, and further ones are refused at once', async () => {
    const fixture = new BackendFixture();
    const clients = Array.from({ length: 1_065 }, (_, n) => fixture.authorize({ id: `peer ${n}` }));
    expect([fixture.asked.length, clients.filter(({ length }) => length > 0).length, clients.at(-1)]).toEqual([
      64,
      1,
      [UNREACHABLE],
    ]);
    expect(fixture.events).toEqual([lost('1000 requests are waiting')]);
    await fixture.last.reply({ allow: true });
    expect([fixture.asked.length, fixture.last.request.id]).toEqual([65, 'peer 64']);
  });

  it('A9: the time of a waiting request counts from its turn on', () => {
    const fixture = new BackendFixture();
    const clients = Array.from({ length: 65 }, (_, n) => fixture.authorize({ id: `peer ${n}` }));
    fixture.clock.advance(1_000);
    expect([clients[0], clients[64], fixture.asked.length]).toEqual([[UNREACHABLE], [], 65]);
    fixture.clock.advance(1_000);
    expect(clients[64]).toEqual([UNREACHABLE]);
  });

  it('A9: `cache` answers equal requests for so many seconds, and the grant still ends at `until`', async () => {
    const fixture = new BackendFixture();
    fixture.authorize();
    await fixture.last.reply({ allow: true, until: START + 60, cache: 30 });
    fixture.clock.advance(29_999);
    expect(fixture.authorize({ address: '192.0.2.2' })).toMatchObject([{ ok: true, value: { lifetime: 30_001 } }]);
    fixture.clock.advance(1);
    expect([fixture.authorize(), fixture.asked.length]).toEqual([[], 2]);
  });

  it('A9: a cached answer serves waiting requests, too', async () => {
    const fixture = new BackendFixture();
    const others = Array.from({ length: 63 }, (_, n) => fixture.authorize({ id: `peer ${n}` }));
    const [first, second] = [fixture.authorize(), fixture.authorize()];
    await fixture.last.reply({ allow: true, cache: 30 });
    expect([others.flat(), first.length, second.length, fixture.asked.length]).toEqual([[], 1, 1, 64]);
  });

  it('A9: close refuses all pending and later requests, and logs nothing', async () => {
    const fixture = new BackendFixture();
    const clients = Array.from({ length: 70 }, (_, n) => fixture.authorize({ id: `peer ${n}` }));
    fixture.authorizer.close();
    expect(clients.every((answers) => answers.length === 1)).toBe(true);
    expect([fixture.asked.length, fixture.asked.every(({ signal }) => signal.aborted)]).toEqual([64, true]);
    await fixture.last.fail(new Error('aborted'));
    expect([fixture.authorize(), fixture.asked.length, fixture.events]).toEqual([[UNREACHABLE], 64, []]);
  });
});
