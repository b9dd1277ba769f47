import { adminListenerContract } from '../../contracts/admin-listeners/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { httpSubject } from './http.ts';

describeContract(
  'the admin listener over HTTP',
  adminListenerContract(() => httpSubject()),
);
