import type { Option, Unit } from './option.ts';

const MULTIPLES = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
] as const;

const EMPTY = "''";

/** A value for people; `none` for no value. */
export function displayValue(value: unknown, unit: Unit = ''): string {
  if (typeof value === 'number') return displayNumber(value, unit);
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return Array.isArray(value) ? value.map((one) => (one === '' ? EMPTY : String(one))).join(', ') : String(value);
}

/** The default of an option, and the default of the hardened profile if it differs. */
export function displayDefault({ default: usual, hardened, unit }: Option<unknown, unknown>): string {
  const words = displayValue(usual, unit);
  return hardened === undefined ? words : `${words}; hardened ${displayValue(hardened, unit)}`;
}

function displayNumber(value: number, unit: Unit): string {
  const [size, name] = MULTIPLES.find(([multiple]) => value >= multiple && value % multiple === 0) ?? [1, 'bytes'];
  if (unit === 'bytes' && size > 1) return `${value / size} ${name}`;
  return unit === '' ? String(value) : `${value} ${unit}`;
}
