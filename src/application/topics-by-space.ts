import type { Realms } from '../domain/realms.ts';

/** Topics with subscribers in all realms, by the space of the dialects. The cost is proportional to the number of realms. */
export function topicsBySpace(realms: Realms): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const realm of realms.all()) {
    for (const [space, count] of realm.topicSpaces.counts()) totals.set(space, (totals.get(space) ?? 0) + count);
  }
  return totals;
}
