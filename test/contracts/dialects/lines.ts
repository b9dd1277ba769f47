import { LinesDialect } from '../../../examples/lines-dialect/dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const LINES: DialectSubject = {
  make: () => new LinesDialect('/lines'),
  readsBack: [],
  paths: ['/lines', '/lines/', '/'],
  queries: ['topic=a', 'topic=', 'key=peerjs', 'topic=a&topic=b'],
  frames: ['+garden', '-garden', 'garden It rains', ' ', '+', '# hello'],
  bodies: ['It rains', '\n'],
};
