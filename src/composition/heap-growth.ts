import { setFlagsFromString } from 'node:v8';

/** Per cent of the memory in use that V8 may allocate before it collects garbage again. By default, it is up to 300. */
const GROWTH_PERCENT = 50;

/**
 * B1: keeps the memory of the process close to the bytes that are held. A process with little data would otherwise take four
 * times as much, because V8 would not collect the garbage. Programs that embed the broker set the flags of V8 themselves.
 */
export function limitHeapGrowth(setFlags: (flags: string) => void = setFlagsFromString): void {
  setFlags(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
