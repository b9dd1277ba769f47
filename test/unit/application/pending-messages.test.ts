import { describe, expect, it } from 'vitest';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import { pendingMessages } from '../../../src/application/pending-messages.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import { Token } from '../../../src/domain/token.ts';

const ANN = { id: 'ann' as PeerId, token: new Token('t') };

function messages(frames: readonly string[]): unknown[] {
  const pending = frames.map((text) => ({ bytes: new TextEncoder().encode(text), isBinary: false }));
  return [...pendingMessages(pending, new PeerjsDialect('/'), ANN, { idLength: 8 })];
}

describe('the messages among pending frames', () => {
  it('O14: come from the peer, in order, with its token if they need delivery', () => {
    const frames = [1, 2].map((payload) => JSON.stringify({ type: 'OFFER', src: 'eve', dst: 'bob', payload }));
    expect(messages([...frames, '{"type":"LEAVE","dst":"bob"}'])).toMatchObject([
      { kind: 'offer', from: 'ann', to: 'bob', owner: ANN.token },
      { kind: 'offer', from: 'ann', to: 'bob', owner: ANN.token },
      { kind: 'leave', from: 'ann', to: 'bob', owner: undefined },
    ]);
  });

  it('M3, M9, O7: leave out heartbeats, malformed frames, and ids that no peer can have', () => {
    expect(messages(['{"type":"HEARTBEAT"}', '{', '{"type":"OFFER","dst":"longer than eight"}', '{"type":"OFFER"}'])).toEqual([]);
  });

  it('M7: end with a request to leave', () => {
    expect(messages(['{"type":"LEAVE"}', '{"type":"OFFER","dst":"bob"}'])).toEqual([]);
  });

  it('are none of a connection that has ended', () => {
    const bytes = new TextEncoder().encode('{"type":"OFFER","dst":"bob"}');
    expect([...pendingMessages([{ bytes, isBinary: false }], undefined, ANN, { idLength: 8 })]).toEqual([]);
  });
});
