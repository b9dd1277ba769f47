import { expect, it } from 'vitest';
import { isReloadable } from '../../../../src/composition/configuration/reloadable-options.ts';

it('limits are reloadable, and what the listener is bound to is not', () => {
  expect([isReloadable('max_connections'), isReloadable('port'), isReloadable('dialects')]).toEqual([true, false, false]);
});

it('the limits that the engine of a cluster has are not reloadable', () => {
  expect([isReloadable('mailbox_bytes'), isReloadable('mailbox_bytes', true), isReloadable('max_realms', true)]).toEqual([
    ...[true, false, true],
  ]);
});
