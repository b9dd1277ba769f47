/** Which web origins may use the broker: all, or those on a list (H6, O10). */
export type OriginPolicy = { readonly allow: 'all' } | { readonly allow: 'listed'; readonly isListed: (origin: string) => boolean };

/** H6: an origin on no list gets no header, so that its browser keeps the answer from the page. */
export function mayRead(policy: OriginPolicy, origin: string): boolean {
  return policy.allow === 'all' || policy.isListed(origin);
}

/** O10: a page of another origin may not open a socket where origins are listed. No origin, no page. */
export function mayOpen(policy: OriginPolicy, origin: string | undefined): boolean {
  return origin === undefined || mayRead(policy, origin);
}
