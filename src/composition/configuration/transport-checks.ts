import type { Settings } from './options.ts';
import type { SourceOf } from './reading.ts';

/** Likely mistakes about the transport and the proxies before it, one line each. */
export function transportWarnings(settings: Settings, sourceOf: SourceOf): string[] {
  return [...libraryWithoutTransport(settings, sourceOf), ...trustOfEveryAddress(settings, sourceOf)];
}

/** Options that uWebSockets.js ignores are in the log, because the transport `auto` is known only at the start. */
function libraryWithoutTransport({ transport }: Settings, sourceOf: SourceOf): string[] {
  const source = sourceOf('uws');
  if (transport !== 'node' || source === undefined) return [];
  return [`${source} has no effect, because ${sourceOf('transport') ?? 'transport'} is node: remove one of them`];
}

/** H10: a subnet with all addresses trusts every entry of the header, so a client can choose its address. */
function trustOfEveryAddress({ proxied }: Settings, sourceOf: SourceOf): string[] {
  const all = typeof proxied === 'object' ? proxied.find((subnet) => subnet.endsWith('/0')) : undefined;
  if (all === undefined) return [];
  const source = sourceOf('proxied') ?? 'proxied';
  return [`${source} has ${all}, which trusts every client to name its own address: list only the addresses of your proxies`];
}
