import { accepted, refused } from '../../domain/result.ts';
import type { ValueType } from './option.ts';

const MAX_WORKERS = 256;

/** The number of worker processes. */
export function workerCount(): ValueType<number | 'auto', number | string> {
  return {
    takes: 'one',
    placeholder: '<count|auto>',
    allowed: `a whole number from 1 to ${MAX_WORKERS}, or auto`,
    unit: '',
    read(raw) {
      if (raw === 'auto') return accepted('auto');
      const value = typeof raw === 'string' && /^\d{1,3}$/.test(raw) ? Number(raw) : raw;
      const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_WORKERS;
      return isCount ? accepted(value) : refused(raw);
    },
  };
}
