import { describe, expect, it } from 'vitest';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { AIORTC, SERVER_PEER } from './programs.ts';
import { stage } from './stage.ts';

const { broker, peer } = stage();

/** A greeting waits until the other program has started, also on a busy machine. */
const PATIENT = { expire_timeout: 60_000 };

describe('examples/server-peer and examples/aiortc', () => {
  it('O11: each greets the other, again after a restart of the broker', async () => {
    const ids = { node: uniqueName('node'), python: uniqueName('python') };
    const at = await broker(PATIENT);
    const node = peer(SERVER_PEER, at, { id: ids.node, greet: ids.python });
    const python = peer(AIORTC, at, { id: ids.python, greet: ids.node });
    const replies = [node.waitForLine(/ replied /), python.waitForLine(/ replied /)];
    expect(await Promise.all(replies)).toEqual([
      `${ids.python} replied {"hello":"${ids.python}","from":"${ids.node}"}`,
      `${ids.node} replied {"hello":"${ids.node}","from":"${ids.python}"}`,
    ]);

    await at.stop();
    await broker(PATIENT, at.port);
    await Promise.all([node.waitForLine(/ replied /, 2), python.waitForLine(/ replied /, 2)]);
  });
});
