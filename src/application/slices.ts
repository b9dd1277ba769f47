import type { Clock } from './ports/clock.ts';
import type { Turns } from './turns.ts';

/** M23: connections that are closed, pinged or notified in one turn of the event loop. A close takes about 50 µs. */
export const ACTS_PER_TURN = 50;

/** The dependencies of work in slices. */
export interface SliceParts {
  readonly clock: Clock;
  readonly turns: Turns;
}

/**
 * M23: calls `act` for each item, in order, so that a rule for all connections does not delay messages. The first slice runs at
 * once. After a fault, the next item follows.
 * @param done called outside of turns, at the end.
 */
export function actOnEach<Item>(
  { clock, turns }: SliceParts,
  items: Iterable<Item>,
  act: (item: Item) => void,
  done: () => void = () => undefined,
): void {
  const iterator = items[Symbol.iterator]();
  let isMore = true;
  const actOnSome = (): void => {
    for (let i = 0; i < ACTS_PER_TURN; i++) {
      const next = iterator.next();
      isMore = next.done !== true;
      if (next.done === true) return;
      act(next.value);
    }
  };
  const slice = (): void => {
    turns.run(actOnSome);
    if (isMore) clock.wakeAt(clock.now(), slice);
    else done();
  };
  slice();
}
