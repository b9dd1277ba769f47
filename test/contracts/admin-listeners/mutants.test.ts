import { describe, expect, it } from 'vitest';
import type { AdminListener, AdminServices } from '../../../src/application/ports/admin-listener.ts';
import type { Operations } from '../../../src/application/ports/operations.ts';
import { CLAUSES, runClause } from '../../contracts/admin-listeners/contract.ts';
import { TOKEN, VIEWER } from '../../support/admin-fixture.ts';
import { httpSubject, type HttpChanges } from './http.ts';

/** A listener whose services are changed on the way. */
const withServices = (change: (services: AdminServices) => Partial<AdminServices>): HttpChanges => ({
  listener: (correct) => ({
    listen: (services) => correct.listen({ ...services, ...change(services) }),
    stop: () => correct.stop(),
  }),
});

const withOperations = (change: (operations: Operations) => Partial<Operations>): HttpChanges =>
  withServices(({ operations }) => ({ operations: { ...operations, ...change(operations) } }));

const withCalls = (change: (correct: AdminListener) => Partial<AdminListener>): HttpChanges => ({
  listener: (correct) => ({
    listen: (services) => correct.listen(services),
    stop: () => correct.stop(),
    ...change(correct),
  }),
});

/** The last answer is given to each later request. */
function repeated(operations: Operations): Partial<Operations> {
  let last: Parameters<Parameters<Operations['overview']>[0]>[0] | undefined;
  return { overview: (answer) => operations.overview((overview) => answer((last ??= overview))) };
}

const MUTANTS: Readonly<Record<string, HttpChanges>> = {
  'serves a stranger': { tokens: { operator: TOKEN, viewer: VIEWER, stranger: VIEWER } },
  'lets a viewer act': { tokens: { operator: TOKEN, viewer: TOKEN, stranger: undefined } },
  'refuses a viewer': { tokens: { operator: TOKEN, viewer: undefined, stranger: undefined } },
  'is always ready': withServices(({ probe }) => ({
    probe(...asked) {
      const answer = probe(...asked);
      return answer && { ...answer, status: 200 };
    },
  })),
  'hides nodes that did not answer': withOperations((operations) => ({
    overview: (answer) => operations.overview((overview) => answer({ ...overview, missing: [] })),
  })),
  'gives one answer to two requests': withOperations(repeated),
  'loses the reason of an act': withOperations((operations) => ({
    expel: (target, act, answer) => operations.expel(target, { ...act, reason: undefined }, answer),
  })),
  'does not say where an act comes from': withOperations((operations) => ({
    drain: (node, act, answer) => operations.drain(node, { ...act, from: '' }, answer),
  })),
  'removes no peer and answers that it did': withOperations(() => ({
    expel: (_target, _act, answer) => answer({ closed: 1, missing: [] }),
  })),
  'cuts the beginning of ids': withOperations((operations) => ({
    peers: ({ prefix, ...query }, answer) => operations.peers({ ...query, prefix: prefix?.slice(0, 3) }, answer),
  })),
  'ignores the format of the metrics': withServices(({ metrics }) => ({ metrics: () => metrics(undefined) })),
  'loses the sources of options': withServices(({ configuration }) => ({
    configuration: () => configuration().map((option) => ({ ...option, source: undefined })),
  })),
  'sends no seconds': withServices(({ onSecond }) => ({ onSecond: () => onSecond(() => undefined) })),
  'never ends the seconds of a reader': withServices(({ onSecond }) => ({
    onSecond(listener) {
      onSecond(listener);
      return () => undefined;
    },
  })),
  'never ends a trace': withOperations((operations) => ({
    trace: (...asked) => operations.trace(...asked) && (() => undefined),
  })),
  'hides dropped lines': withOperations((operations) => ({
    trace: (target, act, listener) =>
      operations.trace(target, act, {
        line: (line) => listener.line(line),
        dropped: () => undefined,
        missing: (nodes) => listener.missing(nodes),
      }),
  })),
  'opens a trace that does not exist': withOperations((operations) => ({
    trace: (...asked) => operations.trace(...asked) ?? (() => undefined),
  })),
  'ends with the first fault of a service': {
    listener: (correct) => ({
      listen(services) {
        const { operations } = services;
        const peers: Operations['peers'] = (...asked) => {
          try {
            operations.peers(...asked);
          } catch (error) {
            void correct.stop();
            throw error;
          }
        };
        return correct.listen({ ...services, operations: { ...operations, peers } });
      },
      stop: () => correct.stop(),
    }),
  },
  'reports that it listens at an address in use': withCalls((correct) => ({
    listen: (services) => correct.listen(services).catch(() => 'http://127.0.0.1:1'),
  })),
  'reports a place in use by another error': withCalls((correct) => ({
    listen: (services) =>
      correct.listen(services).catch((cause: unknown) => {
        throw new Error('in use', { cause });
      }),
  })),
  'keeps the place after its stop': withCalls(() => ({ stop: () => Promise.resolve() })),
  'stops once only': withCalls((correct) => {
    let stops = 0;
    return { stop: () => (++stops > 1 ? Promise.reject(new Error('stopped already')) : correct.stop()) };
  }),
  'can not be stopped before it listens': withCalls((correct) => {
    let isListening = false;
    return {
      async listen(services) {
        isListening = true;
        return correct.listen(services);
      },
      stop: () => (isListening ? correct.stop() : Promise.reject(new Error('not listening'))),
    };
  }),
};

describe('the contract of admin listeners', () => {
  const broken = new Set<string>();

  // Most of the time is spent waiting for what a fault prevents.
  it.concurrent.each(Object.entries(MUTANTS))('detects one that %s', async (_, changes) => {
    const outcomes = await Promise.allSettled(CLAUSES.map((clause) => runClause(clause, httpSubject(changes))));
    const failed = CLAUSES.filter((_clause, n) => outcomes[n]?.status === 'rejected').map(({ name }) => name);
    expect(failed).not.toEqual([]);
    for (const name of failed) broken.add(name);
  });

  it('has no promise that none of them breaks', () => {
    expect(CLAUSES.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });
});
