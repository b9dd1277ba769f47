import { beforeEach, describe, expect, it } from 'vitest';
import { DeliveryNotices } from '../../../src/domain/delivery-notices.ts';
import { deliverableTo } from '../../../src/domain/mailbox-fetch.ts';
import { notice, type SignalMessage } from '../../../src/domain/message.ts';
import type { Session } from '../../../src/domain/session.ts';
import { SessionTable } from '../../../src/domain/session-table.ts';
import { ownerOf, Token } from '../../../src/domain/token.ts';
import { peerId, session } from './session-fixture.ts';

let sessions: SessionTable;
beforeEach(() => {
  sessions = new SessionTable();
});

function openSession(token: string): Session {
  const ann = session('ann', undefined, 0, { token: new Token(token) });
  ann.transition('registered');
  sessions.register(ann);
  return ann;
}

const offer = (token: string): SignalMessage => ({
  kind: 'offer',
  from: peerId('ann'),
  to: peerId('bob'),
  payload: undefined,
  owner: ownerOf(new Token(token).proof),
});

describe('DeliveryNotices', () => {
  it('M13, M14, M16: sends the notice to the sender, also on a new connection with the same token', () => {
    const { connection } = openSession('hers');
    const notices = new DeliveryNotices(sessions, true);
    const decisions = [notices.undelivered(offer('hers')), notices.unheld(offer('hers')), notices.expired(offer('hers'))];
    expect(decisions).toMatchObject(
      (['leave', 'expire', 'expire'] as const).map((kind) => ({
        do: 'deliver',
        to: connection,
        message: { kind, from: 'bob', to: 'ann' },
      })),
    );
  });

  it('M15: sends no notice to a later owner of the id', () => {
    openSession('another');
    const notices = new DeliveryNotices(sessions, true);
    const gone = { do: 'ignore', why: 'sender-gone' };
    expect([notices.undelivered(offer('hers')), notices.unheld(offer('hers')), notices.expired(offer('hers'))]).toEqual([
      ...[gone, gone, gone],
    ]);
  });

  it('M15: holds the notice, with its owner, for a sender that may be on another node; a returned notice too', () => {
    const notices = new DeliveryNotices(sessions, false);
    const { from, to, owner } = offer('hers');
    const held = { do: 'hold-notice', kind: 'expire', undelivered: { from, to, owner } };
    expect(notices.expired(offer('hers'))).toEqual(held);
    expect(notices.returned(notice('expire', to, from, owner))).toEqual(held);
  });

  it('M15: holds the notice if this node has a session of another token, because its owner may be on another node', () => {
    openSession('another');
    const notices = new DeliveryNotices(sessions, false);
    const { from, to, owner } = offer('hers');
    const held = (kind: string) => ({ do: 'hold-notice', kind, undelivered: { from, to, owner } });
    const decisions = [notices.undelivered(offer('hers')), notices.unheld(offer('hers')), notices.expired(offer('hers'))];
    expect(decisions).toEqual([held('leave'), held('expire'), held('expire')]);
  });

  it('M15: removes notices for a former owner from a fetched mailbox, and keeps messages of peers', () => {
    const successor = openSession('another');
    const { from, to, owner } = offer('hers');
    const others = [offer('theirs'), { ...offer('theirs'), kind: 'leave', owner: undefined } as const];
    const own = notice('expire', to, from, successor.token);
    successor.inherited = [notice('expire', to, from, owner)];
    expect(deliverableTo(successor, [notice('leave', to, from, owner), own], others)).toEqual([own, ...others]);
  });
});
