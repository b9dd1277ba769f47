import type { IModule } from 'dependency-cruiser';

type Transitions = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ROOMS = ['domain', 'ports', 'application', 'adapters', 'composition'] as const;
type Room = (typeof ROOMS)[number];

/** The states of a connection, from the table that the code obeys. Its first row is where a connection begins. */
export function drawSessions(transitions: Transitions): string {
  const states = Object.entries(transitions);
  const arrows = states.flatMap(([state, events]) => {
    const targets = [...new Set(Object.values(events))];
    if (targets.length === 0) return [`${state} --> [*]`];
    return targets.map((target) => {
      const causes = Object.keys(events).filter((event) => events[event] === target);
      return `${state} --> ${target}: ${causes.join(', ')}`;
    });
  });
  return mermaid('stateDiagram-v2', [`[*] --> ${states[0]?.[0] ?? ''}`, ...arrows]);
}

/** Who imports whom, room by room, with the adapters that stand at each port. */
export function drawRooms(modules: readonly Pick<IModule, 'source' | 'dependencies'>[]): string {
  const arrows = new Set<string>();
  for (const { source, dependencies } of modules) {
    const from = roomOf(source);
    for (const { resolved } of dependencies) {
      const to = roomOf(resolved);
      if (from !== undefined && to !== undefined && from !== to) arrows.add(`${from} --> ${to}`);
    }
  }
  const adapters = adaptersByPort(modules.map(({ source }) => source));
  const box = ([port, names]: [string, Set<string>]): string =>
    `  ${port.replaceAll('-', '_')}["${port}: ${[...names].sort().join(', ')}"]`;
  return mermaid('flowchart TB', [
    'domain["domain<br>rules"]',
    'ports["application/ports"]',
    'application["application<br>use-cases"]',
    'composition["composition<br>wiring"]',
    'subgraph adapters',
    ...[...adapters].map(box).sort(),
    'end',
    ...[...arrows].sort(),
  ]);
}

/** What stands between the marks of a section; undefined where the document has no such marks. */
export function sectionOf(document: string, name: string): string | undefined {
  return marked(name).exec(document)?.[2]?.trim();
}

/** The document with another text between the marks of a section. */
export function withSection(document: string, name: string, text: string): string {
  return document.replace(marked(name), (_, begin: string, __, end: string) => `${begin}\n\n${text}\n\n${end}`);
}

function marked(name: string): RegExp {
  return new RegExp(`(<!-- ${name}:begin -->)([^]*?)(<!-- ${name}:end -->)`);
}

function mermaid(kind: string, lines: readonly string[]): string {
  return ['```mermaid', kind, ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

function roomOf(path: string): Room | undefined {
  if (path.startsWith('src/application/ports/')) return 'ports';
  return ROOMS.find((room) => path.startsWith(`src/${room}/`));
}

function adaptersByPort(paths: readonly string[]): Map<string, Set<string>> {
  const ports = new Map<string, Set<string>>();
  for (const path of paths) {
    const [, port, name] = /^src\/adapters\/([^/]+)\/([^/.]+)/.exec(path) ?? [];
    if (port === undefined || name === undefined || name === 'shared') continue;
    ports.set(port, (ports.get(port) ?? new Set()).add(name));
  }
  return ports;
}
