import {
  LegacyServer,
  NoPongServer,
  PatientServer,
  TypedServer,
  WaitingServer,
} from '../../conformance/mutants/foreign-server.ts';
import { describeWholeRuns } from './whole-run-suite.ts';

describeWholeRuns({
  'does not answer pings': [NoPongServer, ['L3']],
  'keeps lost connections': [PatientServer, ['L2', 'M15', 'M18']],
  'relays only the payloads of clients': [TypedServer, ['M2']],
  'waits for the rest of a request': [WaitingServer, []],
  'serves the routes of old clients': [LegacyServer, []],
});
