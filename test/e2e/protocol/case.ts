import type { ServerOptions } from '../../support/e2e/server-kinds.ts';
import type { Visit } from '../../support/e2e/visit.ts';

/** One side of one rule, seen from outside. It holds on Signalbox, on every transport. */
export interface Case {
  readonly rule: string;
  readonly title: string;
  /** Of a title that many cases share: what this one tries. */
  readonly example?: string;
  readonly onPeer: 'same' | Difference;
  run(server: Visit): Promise<void>;
}

/** Where the reference does something else, the case fails there, and that is measured too. */
export interface Difference {
  /** What `peer` 1.0.2 does instead. */
  readonly differs: string;
  /** What the failure says there. Another failure is no proof of the difference. */
  readonly fails: RegExp;
}

/** Cases that share a server process; they run at the same time. */
export interface Group {
  readonly name: string;
  readonly options: ServerOptions;
  readonly cases: readonly Case[];
  /** Cases that would disturb each other. */
  readonly oneByOne?: true;
}

/** What a case is called: a title, or a title and an example. */
export type Title = string | readonly [title: string, example: string];

/** Held on both servers. */
export function same(rule: string, title: Title, run: Case['run']): Case {
  return { rule, ...read(title), onPeer: 'same', run };
}

/** Held on Signalbox only. */
export function differs(rule: string, title: Title, onPeer: Difference, run: Case['run']): Case {
  return { rule, ...read(title), onPeer, run };
}

/** How a test of a case is called. */
export function nameOf({ rule, title, example }: Case): string {
  return example === undefined ? `${rule}: ${title}` : `${rule}: ${title}: ${example}`;
}

function read(title: Title): { title: string; example?: string } {
  return typeof title === 'string' ? { title } : { title: title[0], example: title[1] };
}
