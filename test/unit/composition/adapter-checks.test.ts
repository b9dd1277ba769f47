import { describe, expect, it } from 'vitest';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { adapterConflicts, checkAdapter, checkAdapters } from '../../../src/composition/adapter-checks.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import type { Adapters } from '../../../src/composition/given-adapters.ts';
import { CounterDialect } from '../../support/counter-dialect.ts';

const messages = (adapters: unknown): string[] => checkAdapters(adapters).map(({ message }) => message);

describe('checkAdapters', () => {
  it('accepts adapters that have all members, functions that make them, and no adapters', () => {
    const given: Adapters = {
      mailboxes: new MemoryMailboxStore(defaultConfig()),
      directory: undefined,
      clock: new ManualClock(),
      log: new SilentLog(),
      dialects: () => [],
    };
    expect(messages(given)).toEqual([]);
    expect(messages({})).toEqual([]);
  });

  it.each([[5], [null], [[]], ['./store.mjs']])('%j is no object with adapters', (given) => {
    expect(messages(given)).toEqual([
      expect.stringMatching(/^adapters is .*; it must be an object with any of mailboxes, .*dialects$/),
    ]);
  });

  it('names an unknown adapter, and the one that was meant', () => {
    expect(messages({ mailbox: {} })).toEqual(['adapters.mailbox is no adapter of the broker; did you mean mailboxes?']);
    expect(messages({ constructor: {} })).toEqual([expect.stringContaining('it must be one of mailboxes, directory, bus')]);
  });

  it('names each missing member, and all members of the port', () => {
    expect(messages({ iceServers: {} })).toEqual(['adapters.iceServers has no method issue; IceServers has issue']);
    expect(messages({ bus: { listen() {}, broadcast() {} }, mailboxes: () => 1, directory: () => 1 })).toEqual([
      'adapters.bus has no method send, no method close, no property isReachable; NodeBus has listen, broadcast, send, close, isReachable',
    ]);
    expect(messages({ dialects: [{}] })).toEqual([
      expect.stringMatching(/^adapters\.dialects\[0\] has no method servesWebSocketAt/),
    ]);
    expect(messages({ dialects: {} })).toEqual(['adapters.dialects is {}; it must be a list of Dialect']);
    expect(messages({ clock: 5 })).toEqual(['adapters.clock is 5; it must be an object with the methods of Clock: now, wakeAt']);
  });

  it('W2: takes a dialect with converse for a stateful one, and names its missing members', () => {
    expect(messages({ dialects: [new CounterDialect()] })).toEqual([]);
    expect(messages({ dialects: [{ converse: () => undefined }] })).toEqual([
      'adapters.dialects[0] has no method servesWebSocketAt, no method connectRequest, no method route, no method httpResponse, ' +
        'no property name, no property space, no property keepsHistory, no property liveness, no property pace; StatefulDialect has ' +
        'servesWebSocketAt, connectRequest, route, httpResponse, converse, name, space, keepsHistory, liveness, pace',
    ]);
    const old = { ...new CounterDialect(), decode: () => undefined };
    expect(messages({ dialects: [old] })).toEqual([expect.stringContaining('; Dialect has')]);
  });

  it('tells a class from an object, and a function from an adapter that can not be made', () => {
    expect(messages({ mailboxes: MemoryMailboxStore })).toEqual([
      'adapters.mailboxes is the class MemoryMailboxStore; it must be an object with the methods of MailboxStore, or a function that returns one: ' +
        'new MemoryMailboxStore(…)',
    ]);
    expect(messages({ log: () => new SilentLog() })).toEqual([
      'adapters.log is a function; it must be an object with the methods of Log',
    ]);
  });

  it('a bus needs the directory and the mailboxes that its nodes share', () => {
    expect(messages({ bus: () => 1 })).toEqual([
      'adapters.bus is given without mailboxes and directory; the nodes of a cluster share all three: give them too',
    ]);
    expect(messages({ bus: () => 1, directory: () => 1, mailboxes: () => 1 })).toEqual([]);
  });
});

describe('checkAdapter', () => {
  it('accepts what has all members of the port', () => {
    expect(checkAdapter('clock', new ManualClock())).toBeUndefined();
    expect(checkAdapter('dialects', [])).toBeUndefined();
  });

  it('reports what a function has returned', () => {
    expect(checkAdapter('transport', undefined)?.message).toMatch(
      /^adapters\.transport is undefined; it must be an object with the methods of Transport/,
    );
  });
});

describe('adapterConflicts', () => {
  const nothing = {
    config: { cluster: undefined, mailboxes: 'memory', workers: 1 as const },
    authorize: undefined,
    isLogGiven: false,
  };
  const sources = (adapters: Adapters, beside: Partial<typeof nothing> | object): string[] =>
    adapterConflicts(adapters, { ...nothing, ...beside }).map(({ message }) => message);
  const store = new MemoryMailboxStore(defaultConfig());

  it('rejects adapters that several processes can not share', () => {
    const config = { cluster: undefined, mailboxes: 'memory', workers: 2 };
    expect(sources({ mailboxes: store, transport: {} as never }, { config })).toEqual([
      'adapters.mailboxes and the option workers exclude each other: remove one of them',
      'adapters.transport and the option workers exclude each other: remove one of them',
    ]);
    const ofEngine = { mailboxes: store, directory: {} as never, bus: {} as never };
    expect(sources(ofEngine, { config })).toEqual([]);
  });

  it('accepts adapters beside options about something else', () => {
    expect(sources({ mailboxes: store, log: new SilentLog() }, {})).toEqual([]);
    expect(
      sources(
        { clock: new ManualClock() },
        { config: { cluster: 'redis://localhost', mailboxes: 'memory', workers: 1 }, isLogGiven: true },
      ),
    ).toEqual([]);
  });

  it('reports two that decide about the same', () => {
    expect(sources({ mailboxes: store }, { config: { cluster: 'redis://localhost', mailboxes: 'memory', workers: 1 } })).toEqual([
      'adapters.mailboxes and the option cluster exclude each other: remove one of them',
    ]);
    expect(sources({ mailboxes: store }, { config: { workers: 1, mailboxes: 'sqlite:mail.db' } })).toEqual([
      'adapters.mailboxes and the option mailboxes exclude each other: remove one of them',
    ]);
    expect(sources({ log: new SilentLog() }, { isLogGiven: true })).toEqual([
      'adapters.log and the options log, log_level and log_format exclude each other: remove one of them',
    ]);
    const authorizer = { headers: [], authorize: () => undefined };
    expect(sources({ authorizer }, { authorize: () => ({ allow: true }) })).toEqual([
      'adapters.authorizer and the function authorize exclude each other: remove one of them',
    ]);
  });
});
