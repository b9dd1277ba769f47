/** Flags by name. A list is a repeated flag. */
export type ServerOptions = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A server for which the same tests can run. */
export interface ServerKind {
  readonly name: string;
  command(port: number, options: ServerOptions): string[];
}

export const LOOPBACK = '127.0.0.1';
/** The output of `npm run build`; SIGNALBOX_CLI selects another one, such as an installed package. */
export const SIGNALBOX_CLI = process.env['SIGNALBOX_CLI'] ?? 'dist/signalbox.js';

export const PEER_CLI = 'node_modules/peer/dist/bin/peerjs.js';

export const SIGNALBOX_UWS: ServerKind = signalbox('uws');
export const SIGNALBOX_NODE: ServerKind = signalbox('node');

/** The reference. It ignores unknown flags. */
export const PEER: ServerKind = {
  name: 'peer 1.0.2',
  command: (port, options) => [process.execPath, PEER_CLI, ...flags({ port, host: LOOPBACK, ...options })],
};

function signalbox(transport: 'uws' | 'node'): ServerKind {
  return {
    name: `signalbox on ${transport}`,
    command: (port, options) => [process.execPath, SIGNALBOX_CLI, ...flags({ port, transport, host: LOOPBACK, ...options })],
  };
}

/** The options as command-line flags. */
function flags(options: ServerOptions): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === false) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().flatMap((one) => [`--${name}`, String(one)]);
  });
}
