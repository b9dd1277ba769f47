import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruiseImports, type Violation } from './cruise.ts';
import { IMPORT_RULES } from './import-rules.ts';
import { pathFrom, ROOT } from './tree.ts';

/** One file for each layer, which the seeded files import. */
const TARGETS = [
  'src/domain/bed.ts',
  'src/application/ports/bed.ts',
  'src/application/bed.ts',
  'src/adapters/clocks/bed.ts',
  'src/adapters/clocks/other.ts',
  'src/adapters/clocks/shared/bed.ts',
  'src/adapters/logs/own/bed.ts',
  'src/adapters/logs/shared/bed.ts',
  'src/composition/bed.ts',
  'conformance/bed.ts',
  'conformance/cases/bed.ts',
  'doctor/bed.ts',
  'doctor/probes/bed.ts',
  'doctor/judge/bed.ts',
  'pages/status/bed.ts',
  'test/bed.ts',
];

interface SeededFile {
  /** The rules that the seeded file violates; none if it is allowed. */
  readonly breaks: readonly string[];
  readonly at: string;
  readonly code: string;
}

const FORBIDDEN: readonly SeededFile[] = [
  ...forbidden('domain-imports-domain-only', 'src/domain', [
    `import '@src/application/ports/bed.ts';`,
    `import type { Bed } from '@src/application/ports/bed.ts';`,
    `import { type Bed } from '@src/application/bed.ts';`,
    `export const bed = () => import('@src/adapters/clocks/bed.ts');`,
    `export * from '@src/composition/bed.ts';`,
    `export type * from '@src/composition/bed.ts';`,
    `export type Bed = import('@src/adapters/clocks/bed.ts').Bed;`,
    `import { randomUUID } from 'node:crypto';`,
    `import { randomUUID } from 'crypto';`,
    `import type { Server } from 'node:http';`,
    `export const crypto = () => import('node:crypto');`,
    `import { WebSocket } from 'ws';`,
    `import type { WebSocket } from 'ws';`,
    `export const ws = () => import('ws');`,
  ]),
  ...forbidden('ports-import-domain-and-ports-only', 'src/application/ports', [
    `import type { Bed } from '@src/application/bed.ts';`,
    `import type { Bed } from '@src/adapters/clocks/bed.ts';`,
    `import type { Bed } from '@src/composition/bed.ts';`,
    `import type { Server } from 'node:http';`,
    `import type { WebSocket } from 'ws';`,
  ]),
  ...forbidden('application-imports-domain-and-application-only', 'src/application/use-cases', [
    `import { bed } from '@src/adapters/clocks/bed.ts';`,
    `import type { Bed } from '@src/adapters/clocks/bed.ts';`,
    `export const bed = () => import('@src/composition/bed.ts');`,
    `import { EventEmitter } from 'node:events';`,
    `import type { Logger } from 'pino';`,
  ]),
  ...forbidden('adapters-import-ports-and-own-folder-only', 'src/adapters/clocks', [
    `import { bed } from '@src/adapters/clocks/other.ts';`,
    `import type { Bed } from '@src/adapters/clocks/other.ts';`,
    `import { bed } from '@src/adapters/logs/own/bed.ts';`,
    `import { bed } from '@src/adapters/logs/shared/bed.ts';`,
    `import type { Bed } from '@src/application/bed.ts';`,
    `export const bed = () => import('@src/application/bed.ts');`,
    `import type { Bed } from '@src/composition/bed.ts';`,
  ]),
  ...forbidden('adapters-import-ports-and-own-folder-only', 'src/adapters/logs/shared', [
    `import { bed } from '@src/adapters/logs/own/bed.ts';`,
  ]),
  ...forbidden('composition-imports-src-only', 'src/composition', [
    `import { bed } from '@test/bed.ts';`,
    `import type { Bed } from '@test/bed.ts';`,
    `import { bed } from '@conformance/bed.ts';`,
    `import type { Bed } from '@conformance/bed.ts';`,
  ]),
  ...forbidden('contracts-import-ports-and-memory-only', 'src/contracts/clocks', [
    `import { bed } from '@src/application/bed.ts';`,
    `import type { Bed } from '@src/adapters/clocks/bed.ts';`,
    `import { bed } from '@src/composition/bed.ts';`,
    `import { bed } from '@test/bed.ts';`,
  ]),
  ...forbidden('testing-imports-src-only', 'src/testing', [
    `import { bed } from '@test/bed.ts';`,
    `import { WebSocket } from 'ws';`,
  ]),
  ...forbidden('exports-import-src-only', 'src/exports', [
    `import { bed } from '@test/bed.ts';`,
    `import { WebSocket } from 'ws';`,
    `import { randomUUID } from 'node:crypto';`,
  ]),
  ...forbidden('conformance-imports-domain-and-itself-only', 'conformance', [
    `import { bed } from '@src/application/bed.ts';`,
    `import type { Bed } from '@src/application/ports/bed.ts';`,
    `import type { Bed } from '@src/adapters/clocks/bed.ts';`,
    `export const bed = () => import('@src/composition/bed.ts');`,
    `import { bed } from '@test/bed.ts';`,
  ]),
  ...forbidden('doctor-imports-domain-and-itself-only', 'doctor', [
    `import { bed } from '@src/application/bed.ts';`,
    `import type { Bed } from '@src/adapters/clocks/bed.ts';`,
    `export const bed = () => import('@src/composition/bed.ts');`,
    `import { bed } from '@conformance/bed.ts';`,
    `import { bed } from '@test/bed.ts';`,
  ]),
  ...forbidden('pages-import-themselves-and-verdicts-only', 'pages/status', [
    `import { bed } from '@src/domain/bed.ts';`,
    `import { bed } from '@doctor/probes/bed.ts';`,
    `import { readFileSync } from 'node:fs';`,
    `import { bed } from '@test/bed.ts';`,
  ]),
  ...forbidden('container-in-composition-only', 'src/composition', [
    `import { Container } from 'inversify';`,
    `import type { Container } from 'inversify';`,
    `import 'reflect-metadata';`,
    `export const container = () => import('inversify');`,
  ]),
  ...forbidden('container-in-composition-only', 'src/adapters/clocks', [`import type { Container } from 'inversify';`]),
  ...forbidden('imports-resolve', 'src/domain', [
    `import { gone } from './gone.ts';`,
    `import type { Gone } from 'gone-and-forgotten';`,
  ]),
  ...forbidden('packages-are-dependencies', 'src/composition', [
    `import { describe } from 'vitest';`,
    `import type { TestCase } from 'vitest';`,
    `import { cruise } from 'dependency-cruiser';`,
  ]),
  ...forbidden('packages-are-dependencies', 'conformance/cases', [`import { describe } from 'vitest';`]),
  ...forbidden('imports-resolve', 'conformance/cases', [`import { gone } from './gone.ts';`]),
  ...forbidden('container-in-composition-only', 'conformance/cases', [`import { Container } from 'inversify';`]),
  {
    breaks: ['domain-imports-domain-only', 'packages-are-dependencies'],
    at: 'src/domain/reference.ts',
    code: `/// <reference types="node" />`,
  },
  { breaks: ['no-cycles'], at: 'src/domain/egg.ts', code: `import { hen } from './hen.ts'; export const egg = () => hen;` },
  {
    breaks: ['no-cycles'],
    at: 'src/domain/sentence.ts',
    code: `import type { Word } from './word.ts'; export type Sentence = Word[];`,
  },
  { breaks: ['no-orphans'], at: 'src/domain/lonely.ts', code: `import './bed.ts';` },
  { breaks: ['no-orphans'], at: 'conformance/lonely.ts', code: `import './bed.ts';` },
];

const ALLOWED: readonly SeededFile[] = [
  ...allowed('src/domain', [`import './bed.ts';`]),
  ...allowed('src/application/ports', [`import '@src/domain/bed.ts';`, `import type { Bed } from './bed.ts';`]),
  ...allowed('src/application', [`import '@src/domain/bed.ts';`, `import './ports/bed.ts';`, `import './bed.ts';`]),
  ...allowed('src/adapters/logs/own', [
    `import '@src/domain/bed.ts';`,
    `import '@src/application/ports/bed.ts';`,
    `import './bed.ts';`,
    `import '@src/adapters/logs/shared/bed.ts';`,
    `import { createServer } from 'node:http';`,
    `import { pino } from 'pino';`,
    `import * as uWS from 'uWebSockets.js';`,
    `export const uws = () => import('uWebSockets.js');`,
  ]),
  ...allowed('src/composition', [
    `import '@src/adapters/clocks/bed.ts';`,
    `import '@src/application/bed.ts';`,
    `import { argv } from 'node:process';`,
  ]),
  ...allowed('conformance/cases', [
    `import '@src/domain/bed.ts';`,
    `import '@conformance/bed.ts';`,
    `import type { Bed } from './bed.ts';`,
    `import { WebSocket } from 'ws';`,
    `import { connect } from 'node:net';`,
  ]),
  ...allowed('doctor/probes', [
    `import '@src/domain/bed.ts';`,
    `import '@doctor/bed.ts';`,
    `import { WebSocket } from 'ws';`,
    `import { connect } from 'node:tls';`,
  ]),
  ...allowed('pages/status', [`import './bed.ts';`, `import '@doctor/judge/bed.ts';`]),
  { breaks: [], at: 'src/composition/binding.ts', code: `import 'reflect-metadata'; import { Container } from 'inversify';` },
  // A cycle is reported once, for the first of its files in alphabetical order.
  { breaks: [], at: 'src/domain/hen.ts', code: `import { egg } from './egg.ts'; export const hen = () => egg;` },
  { breaks: [], at: 'src/domain/word.ts', code: `import type { Sentence } from './sentence.ts'; export type Word = Sentence;` },
];

function forbidden(rule: string, folder: string, lines: readonly string[]): SeededFile[] {
  return lines.map((code, i) => ({ breaks: [rule], at: `${folder}/${rule}-${i + 1}.ts`, code }));
}

function allowed(folder: string, lines: readonly string[]): SeededFile[] {
  return lines.map((code, i) => ({ breaks: [], at: `${folder}/allowed-${i + 1}.ts`, code }));
}

/** Writes a source tree with the targets and the seeded files. Its entry points import all of them, except the orphans. */
function build(root: string): void {
  const put = (path: string, code: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), code);
  };
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const target of TARGETS) put(target, 'export type Bed = string; export const bed = 1;');
  const all = [...FORBIDDEN, ...ALLOWED];
  for (const { at, code } of all) {
    put(
      at,
      code.replaceAll(/@((?:src|conformance|doctor|pages|test)\/[^']+)/g, (_, path: string) => pathFrom(dirname(at), path)),
    );
  }
  const known = [...TARGETS, ...all.map(({ at }) => at)].filter((path) => !path.endsWith('lonely.ts'));
  const entry = (at: string, folder: string): void => {
    const there = known.filter((path) => path.startsWith(folder));
    put(at, there.map((path) => `import '${pathFrom(dirname(at), path)}';`).join('\n'));
  };
  entry('src/composition/cli.ts', 'src/');
  entry('conformance/conform.ts', 'conformance/');
  entry('doctor/doctor.ts', 'doctor/');
  entry('pages/status/status.ts', 'pages/');
}

describe('import rules, checked with seeded files', () => {
  const root = mkdtempSync(join(tmpdir(), 'import-rules-'));
  let violations: readonly Violation[];

  beforeAll(async () => {
    build(root);
    ({ violations } = await cruiseImports(root));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const brokenBy = (at: string): string[] => [...new Set(violations.filter(({ from }) => from === at).map(({ rule }) => rule))];

  for (const { at, code, breaks } of FORBIDDEN) {
    it(`${breaks.join()} forbids ${code}, in ${dirname(at)}`, () => expect(brokenBy(at)).toEqual(breaks));
  }

  for (const { at, code } of ALLOWED) {
    it(`${dirname(at)} may contain ${code}`, () => expect(brokenBy(at)).toEqual([]));
  }

  it('every rule has a seeded violation', () => {
    const proven = new Set(FORBIDDEN.flatMap(({ breaks }) => breaks));
    expect(IMPORT_RULES.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
  });
});
