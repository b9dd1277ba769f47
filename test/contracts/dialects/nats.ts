import { NatsDialect } from '../../../src/adapters/dialects/nats/dialect.ts';
import type { StatefulDialectSubject } from '../../../src/contracts/dialects/subject.ts';

const CONNECT = 'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n';

const SCRIPTS: StatefulDialectSubject['scripts'] = [
  [`${CONNECT}PING\r\n`, 'SUB garden 1\r\nSUB a.* 2\r\nUNSUB 1 2\r\n', 'PUB garden reply 2\r\nhi\r\nUNSUB 2\r\n'],
  ['PING\r\nSUB peerix.garden 1\r\n', 'PUB peerix.garden 3\r\na\r\n\r\n', 'CONNECT {"echo":false}\r\nSUB > 2\r\nPONG\r\n'],
  [CONNECT, 'HPUB a.b 12 14\r\nNATS/1.0\r\n\r\nhi\r\nSUB a g 3\r\nSUB a..b 4\r\n', 'NONSENSE\r\nPING\r\n'],
];

/** @param prefixes NA16. */
export function natsSubject(prefixes: readonly string[]): StatefulDialectSubject {
  return {
    make: () => new NatsDialect({ path: '/nats', prefixes, topicsPerConnection: 100, version: '0.1.0', needsToken: false }),
    paths: ['/nats', '/nats/', '/'],
    queries: ['', 'key=peerjs', 'key='],
    payloads: 'text',
    scripts: SCRIPTS,
    isStream: true,
    confirmsRequests: false,
  };
}
