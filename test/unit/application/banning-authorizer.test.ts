import { beforeEach, describe, expect, it } from 'vitest';
import { OpenAuthorizer } from '../../../src/adapters/authorizers/open.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { BanningAuthorizer } from '../../../src/application/banning-authorizer.ts';
import type { AccessOutcome, AccessRequest } from '../../../src/application/ports/authorizer.ts';
import { BanTable, type BanRequest } from '../../../src/domain/bans.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';

let bans: BanTable;
let inner: ScriptedAuthorizer;
let authorizer: BanningAuthorizer;
beforeEach(() => {
  bans = new BanTable();
  inner = new ScriptedAuthorizer();
  inner.grant('good', { subject: 'user-1', tokenId: 'token-1' });
  authorizer = new BanningAuthorizer({ authorizer: inner, bans, clock: new ManualClock() });
});

const REQUEST: AccessRequest = {
  ...{ dialect: 'peerjs', realm: realmKey('red'), id: 'ann', token: 'good', address: '192.0.2.1' },
  ...{ origin: undefined, headers: {} },
};

function refusalOf(request: Partial<AccessRequest> = {}): string | undefined {
  let answered: AccessOutcome | undefined;
  authorizer.authorize({ ...REQUEST, ...request }, (outcome) => (answered = outcome));
  return answered?.ok === false ? answered.refusal.reason : undefined;
}

function ban(what: BanRequest['what'], value: string): void {
  bans.add({ what, value, realm: undefined, endsAt: NEVER, reason: undefined }, 0);
}

describe('an authorizer with bans', () => {
  it.each([
    ['id', 'ann'],
    ['sub', 'user-1'],
    ['jti', 'token-1'],
    ['address', '192.0.2.0/24'],
  ] as const)('ADM4: refuses a client whose %s is banned', (what, value) => {
    expect(refusalOf()).toBeUndefined();
    ban(what, value);
    expect(refusalOf()).toBe('banned');
  });

  it('ADM4: keeps an earlier refusal, so that a ban tells nothing about a token that does not hold', () => {
    ban('id', 'ann');
    expect(refusalOf({ token: 'bad' })).toBe('token-invalid');
  });

  it('ADM4: refuses a banned client also where the other authorizer needs no callback', () => {
    const open = new BanningAuthorizer({ authorizer: new OpenAuthorizer(), bans, clock: new ManualClock() });
    expect([open.decideNow(REQUEST)?.ok, authorizer.decideNow(REQUEST)]).toEqual([true, undefined]);
    ban('id', 'ann');
    expect(open.decideNow(REQUEST)).toEqual({ ok: false, refusal: { reason: 'banned' } });
  });

  it('reads the headers of the other authorizer', () => expect(authorizer.headers).toEqual(inner.headers));
});
