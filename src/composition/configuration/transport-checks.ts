import type { OptionName, Settings } from './options.ts';
import type { SourceOf } from './reading.ts';

/** Options that one of the transports ignores. The transport `auto` is known only at the start. */
const IGNORED: Readonly<Record<Settings['transport'], readonly OptionName[]>> = {
  auto: [],
  uws: ['handshake_timeout', 'keep_alive_timeout'],
  node: ['uws'],
};

/** Likely mistakes about the transport and the proxies before it, one line each. */
export function transportWarnings(settings: Settings, sourceOf: SourceOf): string[] {
  const { transport } = settings;
  const ignored = IGNORED[transport].flatMap((name) => sourceOf(name) ?? []);
  const chosen = sourceOf('transport') ?? 'transport';
  return [
    ...ignored.map((source) => `${source} has no effect, because ${chosen} is ${transport}: remove one of them`),
    ...trustOfEveryAddress(settings, sourceOf),
  ];
}

/** H10: a subnet with all addresses trusts every entry of the header, so a client can choose its address. */
function trustOfEveryAddress({ proxied }: Settings, sourceOf: SourceOf): string[] {
  const all = typeof proxied === 'object' ? proxied.find((subnet) => subnet.endsWith('/0')) : undefined;
  if (all === undefined) return [];
  const source = sourceOf('proxied') ?? 'proxied';
  return [`${source} has ${all}, which trusts every client to name its own address: list only the addresses of your proxies`];
}
