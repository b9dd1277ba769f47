import type { StatefulDialectSubject } from '../../../src/contracts/dialects/subject.ts';
import { CounterDialect } from '../../support/counter-dialect.ts';

export const COUNTER: StatefulDialectSubject = {
  make: () => new CounterDialect(),
  paths: ['/counter', '/counter/', '/'],
  queries: ['', 'key=peerjs', 'key='],
  scripts: [
    ['HI\n', '+garden\n', '?\n?\n', 'garden It rains\n', '-garden\n', '!\n', '?\n'],
    ['HI secret\n+a\na one\na two\n?\n'],
    ['H', 'I\n', '?', '\n', 'a ', 'some text', '\n?\n'],
  ],
  isStream: true,
  subprotocols: ['counter', 'other'],
};
