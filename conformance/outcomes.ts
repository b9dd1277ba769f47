/** The server does not do what the rule says. The message says what was seen instead. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** The server died, went deaf to others, or gave one peer what belongs to another. */
export class Dangerous extends Error {
  override readonly name = 'Dangerous';
}

/** This server, or this way of reaching it, does not let the case be run. The message says why. */
export class NotTestable extends Error {
  override readonly name = 'NotTestable';
}

/** What a case returns where the server does what is allowed, but not what the rule recommends. */
export interface Loose {
  readonly loose: string;
}

/** @param why what was seen. */
export function loose(why: string): Loose {
  return { loose: why };
}
