import { ICE } from './ice.ts';
import { PAIR } from './pair.ts';
import { SOCKET } from './socket.ts';
import { WAY } from './way.ts';

/** Every verdict by its id. The command, the page, the report and docs/doctor.md use this table. */
export const VERDICTS = { ...WAY, ...SOCKET, ...ICE, ...PAIR } as const;

export type VerdictId = keyof typeof VERDICTS;
