import { setImmediate as turnOver } from 'node:timers/promises';
import { MemoryTransport, type MemoryClient } from '../../adapters/transports/memory/listener.ts';
import type { Transport } from '../../application/ports/transport.ts';
import type { HttpResponse } from '../../application/ports/http.ts';
import type { StreamReader } from './network-client.ts';
import { BOUNDS, type Capabilities, type Start } from './fixture.ts';

/* The transport whose clients are objects of this process. */

const NO_NETWORK = 'no: nothing leaves the process';

export const IN_MEMORY: Capabilities = {
  bytes: NO_NETWORK,
  ownPort: NO_NETWORK,
  ownHeads: NO_NETWORK,
  handshakeTimeout: NO_NETWORK,
  forbiddenPorts: NO_NETWORK,
  ipv6: 'no: the test chooses the address',
  countsIncomplete: 'no: a frame arrives whole',
  keepsBuffers: 'no: a frame arrives whole',
  closesHugeFrames: true,
  closesInvalidText: 'no: text is a string until it is sent',
  certificates: NO_NETWORK,
};

const TURNS = 20;

/** @param wrap wraps the transport, between it and the gateway. */
export function memoryStart(wrap: (transport: MemoryTransport) => Transport = (transport) => transport): Start {
  return async (settings) => {
    const memory = new MemoryTransport({ ...BOUNDS, ...settings });
    return {
      transport: wrap(memory),
      can: IN_MEMORY,
      patience: 0,
      elapse: async () => {
        memory.settle();
        await turnOver();
      },
      dispose: () => Promise.resolve(),
      reach: () => ({
        connect: async (target, { headers = {} } = {}) => {
          const [path = '', query = ''] = target.split(/\?(.*)/s);
          return memory.connect({ path, query, headers });
        },
        sendRequest: (method, target, { headers = {}, body = '' } = {}) => {
          const exchange = memory.request(method, target, { headers, body });
          const answer = answerOf(exchange);
          // An aborted request need not be awaited.
          answer.catch(() => undefined);
          return { answer, abort: () => exchange.abort() };
        },
        openStream: (method, target, { headers = {}, body = '' } = {}) =>
          Promise.resolve(listening(memory.stream(method, target, { headers, body }))),
        openRaw: () => Promise.reject(new Error('nothing leaves the process')),
      }),
    };
  };
}

/** A memory client with the interface of a network stream reader. */
function listening(client: MemoryClient): StreamReader {
  return {
    get head() {
      return client.refusal ?? client.head;
    },
    get text() {
      return client.refusal?.body ?? client.received.join('');
    },
    get state() {
      if (client.refusal !== undefined) return 'ended';
      if (client.closed === undefined) return 'open';
      return client.closed.code === CUT ? 'cut' : 'ended';
    },
    cut: () => client.cut(),
    stopReading: () => client.stopReading(),
    startReading: () => client.startReading(),
  };
}

const CUT = 1006;

async function answerOf(exchange: { readonly answered: HttpResponse | undefined }): Promise<HttpResponse> {
  for (let turn = 0; turn < TURNS && exchange.answered === undefined; turn++) await turnOver();
  if (exchange.answered === undefined) throw new Error('no response');
  return exchange.answered;
}
