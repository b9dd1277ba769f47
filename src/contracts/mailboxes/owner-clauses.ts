import { expect } from '../expect.ts';
import { notice } from '../../domain/message.ts';
import { Token } from '../../domain/token.ts';
import { expire, offer, put, take, MUCH_LATER, type Clause, type MailboxSubject } from './fixture.ts';

/** M15: owners of messages. */
export const OWNER_CLAUSES: readonly Clause[] = [
  {
    name: 'M15: a message and a notice keep the proof of their owner',
    async run(subject) {
      const { from, to } = offer();
      // A notice is held only for a peer that owns its id.
      await put(subject, offer({ from: 'bob', to: 'cem' }));
      await put(subject, offer({ token: 'one' }));
      await put(subject, notice('leave', from, to, new Token('two')));
      await put(subject, { ...offer(), kind: 'answer' });
      const proofs = Object.fromEntries((await take(subject, 'bob')).map(({ kind, owner }) => [kind, owner?.proof]));
      expect(proofs).toEqual({ offer: new Token('one').proof, leave: new Token('two').proof, answer: undefined });
    },
  },
  {
    name: 'M15: a returned proof can be stored again',
    async run(subject) {
      await put(subject, offer({ token: 'one' }));
      for (const message of await take(subject, 'bob')) await put(subject, message);
      expect(new Set(await ownersOf(subject))).toEqual(new Set([new Token('one').proof]));
    },
  },
  {
    name: 'M15: expired pairs contain the owner: two owners of one id are distinct, a returning owner is returned once',
    async run(subject) {
      for (const token of ['one', 'two', 'one']) await put(subject, offer({ token }));
      expect((await ownersOf(subject)).sort()).toEqual([new Token('one').proof, new Token('two').proof].sort());
    },
  },
];

async function ownersOf(subject: MailboxSubject): Promise<unknown[]> {
  return (await expire(subject, MUCH_LATER)).map(({ owner }) => owner?.proof);
}
