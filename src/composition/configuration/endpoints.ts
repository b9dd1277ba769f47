import type { DialectName } from './dialect-options.ts';
import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/** The path of a dialect, and its option. */
interface Endpoint {
  readonly dialect: string;
  readonly option: OptionName | undefined;
  /** Without a slash at the end; empty for the root. */
  readonly path: string;
  /** Whether all paths below it belong to the dialect too. */
  readonly isPrefix: boolean;
}

const PATHS = {
  mercure: 'mercure_path',
  socketio: 'socketio_path',
  centrifuge: 'centrifuge_path',
  nats: 'nats_path',
  supabase: 'supabase_path',
  mqtt: 'mqtt_path',
  peero: 'peero_path',
  relay: 'relay_path',
} as const satisfies Partial<Record<DialectName, OptionName>>;

/** Dialects with the same path, of which only the first would receive requests. */
export function sharedPaths(settings: Settings, sourceOf: SourceOf): ConfigProblem[] {
  const endpoints = endpointsOf(settings);
  return endpoints.flatMap((endpoint, i) => {
    const { option, path, dialect } = endpoint;
    const other = endpoints.slice(0, i).find((one) => overlap(one, endpoint));
    if (option === undefined || other === undefined) return [];
    const source = sourceOf(option) ?? `the default of ${option}`;
    const where = other.option === undefined ? '' : ` (${sourceOf(other.option) ?? `the default of ${other.option}`})`;
    const message = `${source} is '${path === '' ? '/' : path}', which is a path of ${other.dialect}${where}: choose another path for ${dialect}`;
    return [{ source, message }];
  });
}

function overlap(one: Endpoint, other: Endpoint): boolean {
  const isBelow = (inner: Endpoint, outer: Endpoint): boolean => outer.isPrefix && inner.path.startsWith(`${outer.path}/`);
  return one.path === other.path || isBelow(one, other) || isBelow(other, one);
}

/** Endpoints without an option are first, because their paths are fixed. */
function endpointsOf(settings: Settings): Endpoint[] {
  const { all, dialects, path, key } = settings;
  const served = (name: DialectName): boolean => all || dialects.includes(name);
  const fixed = (dialect: string, ...paths: string[]): Endpoint[] =>
    paths.map((one) => ({ dialect, option: undefined, path: one, isPrefix: false }));
  const prefix = path.replace(/\/$/, '');
  const peerjs = served('peerjs') ? ['', '/peerjs', ...key.flatMap((name) => [`/${name}/id`, `/${name}/peers`])] : [];
  const others = (Object.keys(PATHS) as (keyof typeof PATHS)[]).filter(served);
  return [
    ...fixed('the health checks', '/healthz', '/readyz'),
    ...fixed('peerjs', ...peerjs.map((one) => prefix + one)),
    ...others.map((dialect) => ({
      ...{ dialect, option: PATHS[dialect], path: settings[PATHS[dialect]] },
      isPrefix: dialect === 'socketio' || dialect === 'supabase',
    })),
  ];
}
