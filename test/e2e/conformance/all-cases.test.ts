import { ConformingServer } from '../../conformance/mutants/conforming-server.ts';
import { ForeignServer } from '../../conformance/mutants/foreign-server.ts';
import { describeWholeRuns } from './whole-run-suite.ts';

describeWholeRuns({
  'conforms to every rule': [ConformingServer, []],
  'conforms in another style, without the optional features': [ForeignServer, []],
});
