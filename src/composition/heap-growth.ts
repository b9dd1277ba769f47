import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Per cent of the memory in use that V8 may allocate before it collects garbage again. By default, it is up to 300. */
const GROWTH_PERCENT = 50;

/** Size from which the young generation does not grow: two halves of 8 MiB. By default, it grows to 32 MiB, or 128 MiB. */
const LARGEST_YOUNG_BYTES = 16 * 1024 * 1024;

/** Calls back after garbage collections, in a later turn of the event loop. */
type ObserveCollections = (collected: () => void) => void;

interface HeapControls {
  readonly setFlags: (flags: string) => void;
  readonly observeCollections: ObserveCollections;
  readonly youngBytes: () => number;
}

const V8: HeapControls = { setFlags: setFlagsFromString, observeCollections, youngBytes };

/**
 * B1: keeps the memory of the process close to the bytes that are held. A process with little data would otherwise take four
 * times as much, because V8 would not collect the garbage. Programs that embed the broker set the flags of V8 themselves.
 */
export function limitHeapGrowth(controls: HeapControls = V8): void {
  controls.setFlags(`--heap-growing-percent=${GROWTH_PERCENT}`);
  limitYoungGeneration(controls);
}

/** V8 reads its largest size only when the process starts, but the factor of the growth each time. */
function limitYoungGeneration({ setFlags, observeCollections: observe, youngBytes: size }: HeapControls): void {
  let mayGrow = true;
  const check = (): void => {
    const isBelow = size() < LARGEST_YOUNG_BYTES;
    if (isBelow !== mayGrow) setFlags(`--semi-space-growth-factor=${isBelow ? 2 : 1}`);
    mayGrow = isBelow;
  };
  check();
  observe(check);
}

function observeCollections(collected: () => void): void {
  new PerformanceObserver(collected).observe({ entryTypes: ['gc'] });
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
