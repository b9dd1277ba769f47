import type { Millis } from '../../../domain/time.ts';
import type { Seats } from './seats.ts';

/** So long everybody has to read that an id is free, before the journal forgets it. */
const FREE_MS: Millis = 60_000;
/** After so many leases nobody comes back: what a node had claimed is free. */
const LEASES_REMEMBERED = 20;
const BATCH = 200;

/** Forgets what nobody asks for any more. One node does it in the journal, each in its own ledger. */
export function tidy(seats: Seats, lease: Millis): void {
  const { journal } = seats;
  const { ledger, eraser } = journal;
  const isWarden = ledger.isWarden();
  for (const [id, { revision, at }] of ledger.freeSince(ledger.now - FREE_MS)) {
    if (isWarden) eraser.erase(revision);
    // Where the warden has gone, the next one has to know of it.
    if (isWarden || at < ledger.now - 2 * FREE_MS) ledger.forget(id);
  }
  if (!isWarden) return;
  const since = ledger.now - LEASES_REMEMBERED * lease;
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
