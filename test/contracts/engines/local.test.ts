import { engineContract } from '../../../src/contracts/engines/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { LOCAL_SUBJECTS } from './local.ts';
import { pooledSubjects } from './pooled-subjects.ts';

const VERSIONS = 'no: the hub and its nodes are processes of one version';

describeContract('engine local', engineContract(LOCAL_SUBJECTS, { versions: VERSIONS }));
describeContract(
  'engine pool over local',
  engineContract(pooledSubjects(LOCAL_SUBJECTS), { ownBytes: 'no: the realms by pattern share one realm', versions: VERSIONS }),
);
