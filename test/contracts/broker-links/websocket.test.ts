import { WebSocketLinks } from '../../../src/adapters/broker-links/websocket/links.ts';
import { SystemClock } from '../../../src/adapters/clocks/system.ts';
import { NodeTransport } from '../../../src/adapters/transports/node/listener.ts';
import { loadUwsTransport } from '../../../src/adapters/transports/uws/listener.ts';
import type { BrokerLinks } from '../../../src/application/ports/broker-links.ts';
import type { Gateway, Transport } from '../../../src/application/ports/transport.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { linksContract } from '../../contracts/broker-links/contract.ts';

const HOST = '127.0.0.1';
const SETTINGS = {
  ...{ host: HOST, maxFrameBytes: 64 * 1024, sendBufferBytes: 8 * 1024 * 1024 },
  ...{ handshakeTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderBytes: 16 * 1024 },
};
/** Links are the only connections. */
const NO_OTHERS = { refused: () => undefined } as unknown as Gateway;

const uws = await loadUwsTransport({ ...SETTINGS, port: 0 }).then(
  () => true,
  () => false,
);
const TRANSPORTS: Readonly<Record<string, (port: number) => Promise<Transport>>> = {
  node: (port) => Promise.resolve(new NodeTransport({ ...SETTINGS, port })),
  ...(uws ? { uws: (port: number) => loadUwsTransport({ ...SETTINGS, port }) } : {}),
};

for (const [name, create] of Object.entries(TRANSPORTS)) {
  describeContract(
    `links over WebSockets of the transport ${name}`,
    linksContract(async () => {
      const started: { readonly links: BrokerLinks; readonly transport: Transport }[] = [];
      return {
        async node() {
          const port = await freePort();
          const links = new WebSocketLinks(`http://${HOST}:${port}`, new SystemClock());
          const transport = links.over(await create(port));
          await transport.listen(NO_OTHERS);
          started.push({ links, transport });
          return links;
        },
        async dispose() {
          await Promise.all(started.map(({ links }) => links.close()));
          await Promise.all(started.map(({ transport }) => transport.stop()));
        },
      };
    }),
  );
}
