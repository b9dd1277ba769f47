import type { Millis } from '../../../domain/time.ts';
import { GRACE } from './bags.ts';
import type { Ledger } from './ledger.ts';
import type { Seats } from './seats.ts';

/** So long everybody has to read that an id is free, before the journal forgets it. */
const FREE_MS: Millis = 60_000;
/** So long a node has to erase its bags. */
const LATE_MS: Millis = 3 * GRACE;
/** After so many leases nobody comes back: what a node had claimed is free. */
const LEASES_REMEMBERED = 20;
const BATCH = 200;

/** Forgets what nobody asks for any more. One node does it in the journal, each in its own ledger. */
export function tidy(seats: Seats, lease: Millis): void {
  const { ledger, eraser } = seats.journal;
  const isWarden = ledger.isWarden();
  const erase = (revisions: readonly number[]): void => {
    if (isWarden) for (const revision of revisions) eraser.erase(revision);
  };
  ledger.forgetAnswers();
  tidyIds(ledger, isWarden, erase);
  for (const [revision, { author }] of ledger.bags.overripe(ledger.now - LATE_MS)) if (!ledger.lives(author)) erase([revision]);
  if (isWarden) tidyNodes(seats, ledger.now - LEASES_REMEMBERED * lease);
}

function tidyIds(ledger: Ledger, isWarden: boolean, erase: (revisions: readonly number[]) => void): void {
  const since = ledger.now - FREE_MS;
  // Where the warden has gone, the next one has to know of it.
  const isDue = (at: Millis): boolean => isWarden || at < since - FREE_MS;
  for (const [id, { older, revision, at }] of ledger.freeSince(since)) {
    // Who begins to read must not find what was replaced without what has replaced it.
    erase(older.length > 0 ? older : [revision]);
    if (isWarden && older.length > 0) ledger.forgetOlder(id);
    else if (isDue(at)) ledger.forget(id);
  }
  for (const [id, { revisions, at }] of ledger.takenSince(since)) {
    erase(revisions);
    if (isDue(at)) ledger.forgetTaken(id);
  }
}

function tidyNodes(seats: Seats, since: Millis): void {
  const { ledger, eraser } = seats.journal;
  let count = 0;
  for (const [id, { owner }] of ledger.deadSince(since)) {
    if (++count > BATCH) return;
    if (owner !== undefined) void seats.change(id, (now) => now.freed(id, owner));
  }
  for (const [node, revision] of ledger.deadNodes(since)) {
    if (revision !== undefined) eraser.erase(revision);
    ledger.forgetNode(node);
  }
}
