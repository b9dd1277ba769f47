import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';

/* Eclipse Paho for Python, a client of another author and language. */

const PYTHON = process.env['PAHO_PYTHON'] ?? '/usr/bin/python3';
const PROGRAM = fileURLToPath(new URL('../../support/e2e/mqtt-paho.py', import.meta.url));
const TIMEOUT_MS = 90_000;

const OBSERVATIONS = {
  connack: [0, 0],
  // Quality of service 2 was asked for.
  suback: [0],
  publications: ['QoS 0', 'QoS 1', 'QoS 2'].map((payload) => ['garden/a', payload, false]),
  live: [['garden/kept', 'kept', false]],
  retained: [['garden/kept', 'kept', true]],
  unsubscribed: [],
  wills: [['wills', 'gone', false]],
  'kept alive': [[['quiet', 'still here', false]], []],
};
const OBSERVATIONS_5 = { properties: ['text/plain', [['a', 'b']]], 'no local': [] };

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Paho for Python on $name', (kind) => {
  let server: Server;
  beforeEach(async () => {
    server = await Server.start({ kind, options: { dialects: ['peerjs', 'mqtt'] } });
  });
  afterEach(() => server.stop());

  async function observe(version: string): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await promisify(execFile)(PYTHON, [PROGRAM, server.host, String(server.port), version], {
      timeout: TIMEOUT_MS,
    });
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  }

  it.each(['3.1.1', '5.0'])(
    'MQ5, MQ10, MQ14 to MQ16, MQ19 to MQ22, MQ25: version %s connects, and is served as its users expect',
    { timeout: TIMEOUT_MS },
    async (version) => {
      const { shared, ...others } = await observe(version);
      expect(others).toEqual(version === '5.0' ? { ...OBSERVATIONS, ...OBSERVATIONS_5 } : OBSERVATIONS);
      const [one, two] = shared as [string[], string[]];
      expect([...one, ...two].sort()).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
      expect([one.length, two.length]).toEqual([5, 5]);
    },
  );
});
