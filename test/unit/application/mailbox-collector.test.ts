import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MailboxCollector, type Collected } from '../../../src/application/mailbox-collector.ts';
import type { ClaimState, MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import { Turns } from '../../../src/application/turns.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import { peerId, session } from '../domain/session-fixture.ts';

const MESSAGE: SignalMessage = { kind: 'offer', from: peerId('bob'), to: peerId('ann'), payload: undefined, owner: undefined };

type ConfirmAnswer = Parameters<PeerDirectory['confirm']>[2];

/** Collects one message whose addressee has the given state. */
function collect(state: ClaimState | undefined): { collected: Collected[]; confirming: ConfirmAnswer[] } {
  const collected: Collected[] = [];
  const confirming: ConfirmAnswer[] = [];
  const mailboxes: Pick<MailboxStore, 'take'> = { take: (_taker, answer) => answer([MESSAGE], [], state) };
  const confirm: PeerDirectory['confirm'] = (_claim, ifFree, answer) => {
    confirming.push((outcome) => answer(ifFree ? outcome : 'lost'));
  };
  const directory: Pick<PeerDirectory, 'confirm'> = { confirm };
  const turns = new Turns((error) => {
    throw error;
  });
  const collector = new MailboxCollector({ mailboxes, directory, turns, clock: new ManualClock() });
  collector.collect(session('ann'), (answer) => collected.push(answer));
  return { collected, confirming };
}

describe('MailboxCollector', () => {
  it.each(['held', 'moved', undefined] as const)('O11: collects at once if the state of the claim is %s', (claim) => {
    const { collected, confirming } = collect(claim);
    expect([collected, confirming]).toEqual([[{ messages: [MESSAGE], unread: [], claim, waits: [] }], []]);
  });

  it('O5: keeps the messages of a free id until the id is claimed again', () => {
    const { collected, confirming } = collect('free');
    expect([collected, confirming.length]).toEqual([[], 1]);
    confirming[0]?.('held');
    expect(collected).toEqual([{ messages: [MESSAGE], unread: [], claim: 'free', waits: [] }]);
  });

  it('O5: reports that the id is lost if another connection has claimed it meanwhile', () => {
    const { collected, confirming } = collect('free');
    confirming[0]?.('lost');
    expect(collected).toEqual([{ messages: [MESSAGE], unread: [], claim: 'moved', waits: [] }]);
  });
});
