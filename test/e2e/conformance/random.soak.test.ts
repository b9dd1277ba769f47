import { vi } from 'vitest';
import type { FaultySettings } from '../../unit/conformance/random/faulty-server.ts';
import { describeFaults } from './random-suite.ts';

// Runs spend most of their time waiting.
vi.setConfig({ testTimeout: 480_000, maxConcurrency: 10 });

const EXPIRES: FaultySettings = { expire_timeout: 400 };
/** Another owner takes the id within this time, also on a busy machine. */
const EXPIRES_LATER: FaultySettings = { expire_timeout: 1_500 };
const LIVENESS: FaultySettings = { alive_timeout: 900 };
const FEW_PEERS: FaultySettings = { concurrent_limit: 4 };

describeFaults([
  ['relays a forged src of held messages', 'M1 O11', 5],
  ['parses leniently', 'M1 M10', 4],
  ['delivers twice', 'M1', 4],
  ['relays unknown members', 'M1', 4],
  ['changes the type', 'M1', 4],
  ['delivers held messages twice', 'O11', 6],
  ['reverses held messages', 'M17', 6],
  ['delivers held messages before OPEN', 'O11', 4],
  ['holds LEAVE', 'M6 M13 M14', 4],
  ['frees no id', 'L2', 4],
  ['frees no id at LEAVE', 'M7', 4],
  ['frees the id of a replaced socket', 'M1 M4 O3 O4', 5],
  ['sends no OPEN', 'O3', 2],
  ['sends OPEN before a refusal', 'O4 O6 O7', 4],
  ['ignores a socket after bad JSON', 'M10', 4],
  ['tolerates any bad JSON', 'M10', 4],
  ['crashes on bad JSON', 'M10', 4],
  ['answers HEARTBEAT', 'M9', 3],
  ['answers no ping', 'L3', 2],
  ['never closes silent peers', 'L1', 4, LIVENESS],
  ['closes active peers', 'L1', 6, LIVENESS],
  ['sends no EXPIRE', 'M13 M14', 6, EXPIRES],
  ['broadcasts EXPIRE', 'M14', 8, EXPIRES],
  ['sends EXPIRE to the next owner of the id', 'M14 M15', 8, EXPIRES_LATER],
  ['serializes payloads again', 'M2', 4],
  ['compares ids in lower case', 'M1 M13 M14', 8],
  ['sends EXPIRE and delivers', 'M13 M14', 8, EXPIRES],
  ['has no mailbox limits', 'M13', 6],
  ['sends EXPIRE despite capacity', 'M13', 4],
  ['exceeds the concurrent limit', 'O6', 7, FEW_PEERS],
  ['mixes realms', 'O2 O3 O4 O5 L1 M1', 5],
  ['accepts invalid ids', 'O7', 3],
]);
