import { expect, it } from 'vitest';
import { TEMPLATES } from '../../../src/composition/scaffold-templates.ts';
import { BROKEN, describeNewAdapters } from './new-adapters-suite.ts';

// The fast ones; the soak has the others.
describeNewAdapters(['mailboxes', 'clock', 'log']);

it('signalbox new has an adapter of each kind', () => {
  expect(Object.keys(BROKEN).sort()).toEqual(Object.keys(TEMPLATES).sort());
});
