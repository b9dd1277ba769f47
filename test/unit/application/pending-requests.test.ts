import { describe, expect, it } from 'vitest';
import type { MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
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
