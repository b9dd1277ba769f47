import { expect, it, vi } from 'vitest';
import { SilentLog } from '../../../../src/adapters/logs/silent.ts';

it('writes nothing, even for a fault', () => {
  const written = vi.spyOn(process.stdout, 'write');
  new SilentLog().record({ event: 'fault', error: new Error('boom'), connection: undefined });
  expect(written).not.toHaveBeenCalled();
  written.mockRestore();
});
