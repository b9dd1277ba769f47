import type { Change, ReadMessage, StartTime } from './journal.ts';

/** A command for the thread of the database. Each one is answered in order. */
export type ThreadCommand =
  | { readonly do: 'open'; readonly path: string; readonly time: StartTime }
  | { readonly do: 'commit'; readonly changes: readonly Change[] }
  | { readonly do: 'close' };

/** An answer of the thread. `read` comes before `done`, once for each page of messages. */
export type ThreadAnswer =
  | { readonly type: 'read'; readonly messages: readonly ReadMessage[] }
  /** @param failure the reason; undefined if the command was carried out. */
  | { readonly type: 'done'; readonly failure: string | undefined };
