import { BROKEN, describeNewAdapters } from './new-adapters-suite.ts';

const OF_TEST_COMMAND = ['mailboxes', 'clock', 'log'];

describeNewAdapters(Object.keys(BROKEN).filter((kind) => !OF_TEST_COMMAND.includes(kind)));
