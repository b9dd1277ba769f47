/** The server violates the rule. The message states what was seen. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** An expected event did not arrive. The time limit already allows for a busy machine. */
export class TimedOut extends Failed {}

/** The server crashed, stopped serving other peers, or exposed the data of one peer to another. */
export class Dangerous extends Error {
  override readonly name = 'Dangerous';
}

/** The machine was too slow for a verdict. The case is repeated. The message states what came too late. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive';
}

/** The case cannot run against this server or configuration. The message states the reason. */
export class NotTestable extends Error {
  override readonly name = 'NotTestable';
}

/** The result of a case if the behaviour is allowed, but not recommended. */
export interface Loose {
  readonly loose: string;
}

/** @param why the observation. */
export function loose(why: string): Loose {
  return { loose: why };
}
