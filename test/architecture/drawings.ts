import type { MetricDefinition } from '../../src/application/ports/metrics.ts';
import type { IModule } from 'dependency-cruiser';

type Transitions = Readonly<Record<string, Readonly<Record<string, string>>>>;

const LAYERS = ['domain', 'ports', 'application', 'adapters', 'composition'] as const;
type Layer = (typeof LAYERS)[number];

/** The states of a session, from the transition table of the code. The first row is the initial state. */
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

/** One row for each metric. */
export function tabulateMetrics(metrics: Readonly<Record<string, MetricDefinition>>): string {
  const rows = Object.entries(metrics).map(([name, { kind, labels, help }]) => {
    const named = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${kind} | ${named || '–'} | ${help} |`;
  });
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The imports between layers, with the adapters of each port. */
export function drawLayers(modules: readonly Pick<IModule, 'source' | 'dependencies'>[]): string {
  const arrows = new Set<string>();
  for (const { source, dependencies } of modules) {
    const from = layerOf(source);
    for (const { resolved } of dependencies) {
      const to = layerOf(resolved);
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

/** The text between the markers of a section; undefined if the document has no such markers. */
export function sectionOf(document: string, name: string): string | undefined {
  return marked(name).exec(document)?.[2]?.trim();
}

/** The document with a new text between the markers of a section. */
export function withSection(document: string, name: string, text: string): string {
  return document.replace(marked(name), (_, begin: string, __, end: string) => `${begin}\n\n${text}\n\n${end}`);
}

function marked(name: string): RegExp {
  return new RegExp(`(<!-- ${name}:begin -->)([^]*?)(<!-- ${name}:end -->)`);
}

function mermaid(kind: string, lines: readonly string[]): string {
  return ['```mermaid', kind, ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

function layerOf(path: string): Layer | undefined {
  if (path.startsWith('src/application/ports/')) return 'ports';
  return LAYERS.find((layer) => path.startsWith(`src/${layer}/`));
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
