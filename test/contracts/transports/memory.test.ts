import { describe, expect, it } from 'vitest';
import { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import { transportContract } from '../../../src/contracts/transports/contract.ts';
import { IN_MEMORY, memoryStart } from '../../../src/contracts/transports/memory-subject.ts';
import { RecordingGateway } from '../../../src/contracts/transports/recording-gateway.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('transport: memory', transportContract({ can: IN_MEMORY, start: memoryStart() }));

describe('memory, beyond the contract', () => {
  function listening(): { transport: MemoryTransport; gateway: RecordingGateway } {
    const transport = new MemoryTransport();
    const gateway = new RecordingGateway();
    void transport.listen(gateway);
    return { transport, gateway };
  }

  it('all effects of a method have happened when it returns', () => {
    const { transport, gateway } = listening();
    gateway.onFrame = ({ socket }) => socket.close(4001, 'superseded');
    const farEnd = transport.connect({ path: '/ws' });
    farEnd.send('go');
    expect(farEnd.closed).toEqual({ code: 4001, why: 'superseded' });
    expect(gateway.connections[0]?.closedCount).toBe(1);
  });

  it('effects of a clock turn are reported with settle, or with the next method', () => {
    const { transport, gateway } = listening();
    const [one, two] = [transport.connect({ path: '/ws' }), transport.connect({ path: '/ws' })];
    gateway.connections[0]?.socket.close(1001, 'silent');
    expect([one.state, gateway.connections[0]?.closedCount]).toEqual(['closed', 0]);
    transport.settle();
    gateway.connections[1]?.socket.close(1001, 'silent');
    transport.http('GET', '/');
    expect([two.state, ...gateway.connections.map(({ closedCount }) => closedCount)]).toEqual(['closed', 1, 1]);
  });

  it('borrowed bytes of a frame are overwritten after the call', () => {
    const { transport, gateway } = listening();
    let kept: Uint8Array = new Uint8Array();
    gateway.onFrame = (_, bytes) => {
      kept = bytes.subarray(1);
    };
    transport.connect({ path: '/ws' }).send('abc');
    expect([...kept]).toEqual([0xff, 0xff]);
  });

  it('text that is not UTF-8 throws, because the broker must not send it', () => {
    const { transport, gateway } = listening();
    transport.connect({ path: '/ws' });
    expect(() => gateway.connections[0]?.socket.write(Uint8Array.of(0xff))).toThrow(TypeError);
  });
});
