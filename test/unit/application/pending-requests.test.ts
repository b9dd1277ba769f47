import { describe, expect, it } from 'vitest';
import { MemoryTransport, type MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import type { Gateway } from '../../../src/application/ports/transport.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import type { ConnectionId } from '../../../src/domain/ids.ts';
import { CounterDialect } from '../../support/counter-dialect.ts';
import { SlowAuthorizer } from '../../support/slow-authorizer.ts';
import { TestBroker } from '../../support/test-broker.ts';

/** A client that has introduced itself, and waits for the authorizer. */
function waiting(config: Partial<Config> = {}): { client: MemoryClient; authorizer: SlowAuthorizer } {
  const authorizer = new SlowAuthorizer();
  const broker = new TestBroker(config, { moreDialects: [new CounterDialect()], authorizer });
  const client = broker.transport.connect({ path: '/counter', query: '' });
  client.send(Buffer.from('HI secret\n'));
  return { client, authorizer };
}

/** A transport whose sockets leave every further request to a later turn. */
class SlicingTransport extends MemoryTransport {
  gateway: Gateway | undefined;
  readonly sent: string[] = [];

  override listen(gateway: Gateway): ReturnType<MemoryTransport['listen']> {
    this.gateway = gateway;
    return super.listen(gateway);
  }

  open(path: string, query: string): ConnectionId {
    const answer = this.gateway?.upgrade({ method: 'GET', path, query, remoteAddress: '192.0.2.1', header: () => undefined });
    if (answer?.accept !== true) throw new Error('refused');
    const ignore = (): void => undefined;
    const write = (text: Uint8Array): 'sent' => (this.sent.push(Buffer.from(text).toString().trim()), 'sent');
    const socket = { write, ...{ close: ignore, terminate: ignore, ping: ignore, pause: ignore, resume: ignore } };
    return (this.gateway as Gateway).opened({ ...socket, mayContinue: () => false }, answer);
  }
}

/** A message that a peer sends to itself. */
const offerTo = (payload: string): string => JSON.stringify({ type: 'OFFER', dst: 'ann', payload });
const receivedBy = (payload: string): string => JSON.stringify({ type: 'OFFER', src: 'ann', dst: 'ann', payload });

const countTo = (count: number): Uint8Array => Buffer.from('?\n'.repeat(count));

describe('the requests of a connection that is not open yet', () => {
  it('O14, W1: are handled in order when it opens, one by one', () => {
    const { client, authorizer } = waiting();
    client.send(countTo(2));
    client.send(Buffer.from('+a\n!\n?\n'));
    expect(client.received).toEqual([]);
    authorizer.answer(true);
    expect(client.received).toHaveLength(4);
    expect(client.closed).toMatchObject({ code: 1002 });
  });

  it.each([
    ['stateful', '/counter', '', ['HI secret\n', '?\n?\n', '?\n'], ['1', '2', '3']],
    ['stateless', '/peerjs', 'key=peerjs&id=ann&token=t', ['1', '2', '3'].map(offerTo), ['1', '2', '3'].map(receivedBy)],
  ])(
    'O14, M23: are handled one after the other, with turns for other connections between them (%s)',
    (_, path, query, frames, replies) => {
      const [transport, authorizer] = [new SlicingTransport(), new SlowAuthorizer()];
      new TestBroker({}, { transport, moreDialects: [new CounterDialect()], authorizer });
      const id = transport.open(path, query);
      for (const frame of frames) transport.gateway?.frame(id, Buffer.from(frame), false);
      expect(transport.sent).toEqual([]);
      authorizer.answer(true);
      const counts: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        counts.push(transport.sent.filter((text) => replies.includes(text)).length);
        transport.gateway?.continueFrame(id);
      }
      expect(counts).toEqual([1, 2, 3]);
      expect(transport.sent.slice(-3)).toEqual(replies);
    },
  );

  it('O14, W1: are bounded by send_buffer_bytes, also within the first frame', () => {
    const [few, many, first] = [1, 2, 3].map(() => waiting({ sendBufferBytes: 4_096 }).client);
    few?.send(countTo(6));
    for (let frame = 0; frame < 3; frame++) many?.send(countTo(6));
    first?.send(countTo(20));
    expect([few?.state, many?.closed?.why, first?.closed?.why]).toEqual(['open', 'flooding', 'flooding']);
  });

  it('W8: take their tokens on arrival', () => {
    const { client } = waiting({ messageBurst: 5, messagesPerSecond: 1, onFlood: 'close' });
    client.send(countTo(5));
    expect(client.state).toBe('open');
    client.send(countTo(1));
    expect(client.closed).toMatchObject({ why: 'flooding' });
  });
});
