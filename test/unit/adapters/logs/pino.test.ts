import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import { PinoLog, type PinoLogSettings } from '../../../../src/adapters/logs/pino.ts';
import type { LogEvent } from '../../../../src/application/ports/log.ts';
import { CANARY, EVENTS } from './events.ts';

const ALL: readonly LogEvent[] = Object.values(EVENTS);

function written(settings: Partial<PinoLogSettings>, events: readonly LogEvent[] = ALL): string[] {
  const lines: string[] = [];
  const clock = new ManualClock();
  const log = new PinoLog({ level: 'info', format: 'json', clock, to: { write: (line) => lines.push(line) }, ...settings });
  for (const event of events) log.record(event);
  return lines;
}

describe('as JSON', () => {
  it('each event is one line of JSON', () => {
    const lines = written({ level: 'trace' });
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(ALL.map(({ event }) => event));
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  it('a line has its level, its time and its fields', () => {
    const [line = ''] = written({}, [EVENTS['peer-opened']]);
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      event: 'peer-opened',
      realm: 'main',
      peer: 'ann',
      connection: 7,
      address: '203.0.113.9',
      msg: 'peer opened',
    });
  });
});

it('the level can be changed, and silent writes nothing', () => {
  const lines: string[] = [];
  const log = new PinoLog({
    level: 'silent',
    format: 'json',
    clock: new ManualClock(),
    to: { write: (line) => lines.push(line) },
  });
  log.record(EVENTS['peer-opened']);
  log.setLevel('info');
  log.record(EVENTS['peer-opened']);
  log.setLevel('error');
  log.record(EVENTS['peer-opened']);
  expect(lines).toHaveLength(1);
});

describe('as logfmt', () => {
  it('each event is one line of name=value', () => {
    const lines = written({ format: 'logfmt', level: 'trace' });
    expect(lines).toHaveLength(ALL.length);
    for (const line of lines) {
      expect(line).toMatch(/^level=\w+ time=\S+ (?:\w+=(?:[^\s"=]+|"(?:[^"\\]|\\.)*"|[[{].*[\]}]) ?)+\n$/u);
    }
    expect(written({ format: 'logfmt' }, [EVENTS['peer-opened']])).toEqual([
      expect.stringMatching(
        /^level=info time=\S+ event=peer-opened realm=main peer=ann connection=7 address=203.0.113.9 msg="peer opened"\n$/,
      ),
    ]);
  });
});

describe('in the pretty format', () => {
  it('each event is one line with its fields; a fault adds its stack', () => {
    expect(written({ format: 'pretty' }, [EVENTS['peer-closed']])).toEqual([
      expect.stringMatching(/^\[[\d:.]+\].*INFO.*: .*peer closed realm=main peer=ann connection=7 why=superseded.*\n$/),
    ]);
    expect(written({ format: 'pretty' }, [EVENTS.fault]).join('')).toMatch(/fault connection=7\nTypeError: .*\n\s+at /);
  });

  it('a value with spaces is quoted, and control characters are replaced', () => {
    const [line = ''] = written({ format: 'pretty' }, [
      { ...EVENTS['transport-unavailable'], detail: 'no \u001B[2J\u009B build' },
    ]);
    expect(line).toContain('detail="no \\u001b[2J\\u009b build"');
    const [fault = ''] = written({ format: 'pretty' }, [{ ...EVENTS.fault, error: 'a\u001B[2J' }]);
    expect(fault).toContain('a?[2J');
  });

  it('the line of listening contains the address only in its text', () => {
    const [line = ''] = written({ format: 'pretty', path: '/signal/', version: '1.2.3' }, [EVENTS.listening]);
    expect(line).toMatch(/signalbox 1\.2\.3 is listening on http:\/\/\[::\]:9000\/signal\/ and ws:\S+ by transport uws\S*\n$/);
  });
});

describe('a burst of refusals', () => {
  const refusals = Array.from({ length: 30 }, () => EVENTS['upgrade-refused']);
  const parsed = (lines: readonly string[]): object[] => lines.map((line) => JSON.parse(line) as object);

  it('is one line a second for each reason, with the number of the others and the latest of them', () => {
    const lines = written({}, [...refusals, EVENTS['connection-refused'], EVENTS.stopped]);
    expect(parsed(lines)).toEqual([
      expect.objectContaining({ event: 'upgrade-refused' }),
      expect.objectContaining({ event: 'connection-refused' }),
      expect.objectContaining({ event: 'stopped' }),
      expect.objectContaining({
        ...{ event: 'lines-held-back', level: 'warn', kind: 'upgrade-refused: origin-not-allowed', count: 29 },
        address: EVENTS['upgrade-refused'].request.address,
      }),
    ]);
  });

  it.each(['token-refused', 'admin-refused', 'request-refused', 'connection-refused'] as const)('has the event %s', (event) => {
    expect(written({}, [EVENTS[event], EVENTS[event], EVENTS[event]])).toHaveLength(1);
  });

  it('writes no count at a level that does not have the lines', () => {
    expect(written({ level: 'warn' }, [EVENTS['request-refused'], EVENTS['request-refused'], EVENTS.stopped])).toEqual([]);
  });

  it('is complete at the level debug', () => {
    expect(written({ level: 'debug' }, refusals)).toHaveLength(30);
  });
});

describe('levels', () => {
  const names = (level: PinoLogSettings['level']): string[] =>
    written({ level }).map((line) => (JSON.parse(line) as { event: string }).event);

  it('levels below the minimum are omitted', () => {
    expect(names('trace')).toHaveLength(ALL.length);
    const warnings = [
      'transport-unavailable',
      'option-ineffective',
      'proxy-needs-http11',
      'connections-dropped',
      'accept-suspended',
      'connection-refused',
      'upgrade-refused',
      'word-refused',
      'stood-still',
      'configuration-reloaded',
      'engine-awaited',
      'open-files-short',
      'ice-urls-dropped',
      'admin-refused',
      'operator-acted',
    ];
    const lost = ['engine-lost', 'mailbox-store-failed', 'ice-provider-lost', 'key-set-unreachable', 'authorizer-lost'];
    const errors = [
      'worker-ended',
      'worker-hung',
      ...lost,
      'format-conflict',
      'fault',
      'crashed',
      'certificate-refused',
      'configuration-refused',
    ];
    expect([...names('warn')].sort()).toEqual([...warnings, ...errors].sort());
    expect([...names('error')].sort()).toEqual([...errors].sort());
    expect(names('fatal')).toEqual(['crashed']);
  });
});

describe('a text of a client', () => {
  const forged = 'a\u2028event=peer-closed\u2029\u202E\u009B2J\u0085b';

  it.each(['json', 'logfmt', 'pretty'] as const)('adds no line, and nothing that a terminal obeys: %s', (format) => {
    const event = { ...EVENTS['operator-acted'], subject: `id:main/${forged}`, reason: forged };
    const [line = '', ...rest] = written({ format }, [event]);
    expect([rest, /[\p{Cc}\p{Zl}\p{Zp}\u202E]/u.test(line.replaceAll(/\u001B\[\d+m/g, '').trimEnd())]).toEqual([[], false]);
    expect(line).toContain('a\\u2028event=peer-closed\\u2029\\u202e\\u009b2J\\u0085b');
    if (format === 'json') expect(JSON.parse(line)).toMatchObject({ reason: forged });
  });
});

describe('no token is in the log', () => {
  for (const format of ['json', 'pretty', 'logfmt'] as const) {
    it(format, () => expect(written({ format, level: 'trace' }).join('')).not.toContain(CANARY));
  }
});
