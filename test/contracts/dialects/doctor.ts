import { DoctorDialect } from '../../../src/adapters/dialects/doctor/dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const DOCTOR: DialectSubject = {
  make: () => new DoctorDialect('/', () => 0),
  readsBack: [],
  paths: ['/doctor/hello', '/doctor/socket', '/doctor/stream', '/'],
  queries: ['key=peerjs', ''],
  frames: [],
};
