import type { Finding } from '../findings.ts';
import { VERDICTS } from '../verdicts/table.ts';
import { STEPS } from '../verdicts/verdict.ts';
import { PAIR_WAYS, type PairWay, type WayObservation } from './pair.ts';

/** A message between the pages of two users. The broker carries it as the payload of an OFFER. */
export interface PairMessage {
  readonly findings?: readonly Finding[] | undefined;
  /** The other page has these findings already. */
  readonly isReply?: boolean | undefined;
  readonly ways?: readonly WayObservation[] | undefined;
}

const MAX_FINDINGS = 100;
const MAX_TEXT = 500;
const STATES: readonly unknown[] = ['good', 'doubtful', 'bad', 'skipped'];

/** Reads a message of the other page, which any client can imitate. A part of another form is left out. */
export function readPairMessage(payload: unknown): PairMessage {
  if (!isObject(payload)) return {};
  const { findings, isReply, ways } = payload;
  return { findings: listOf(findings, readFinding), isReply: isReply === true, ways: listOf(ways, readWay) };
}

export function isPairWay(value: unknown): value is PairWay {
  return (PAIR_WAYS as readonly unknown[]).includes(value);
}

/** @returns undefined if one of the items has another form. */
function listOf<Item>(value: unknown, read: (item: unknown) => Item | undefined): Item[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_FINDINGS) return undefined;
  const items = value.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

/** The setting and the page are those of this page, so that the other one can name no place to go to. */
function readFinding(value: unknown): Finding | undefined {
  if (!isObject(value)) return undefined;
  const { step, state, verdict, is, effect, remedy } = value;
  const isKnown = typeof verdict === 'string' && (verdict === 'skipped' || Object.hasOwn(VERDICTS, verdict));
  if (!isKnown || typeof step !== 'string' || !Object.hasOwn(STEPS, step) || !STATES.includes(state)) return undefined;
  if (![is, effect, remedy].every((text) => typeof text === 'string' && text.length <= MAX_TEXT)) return undefined;
  const id = verdict as Finding['verdict'];
  const { setting, link } = id === 'skipped' ? {} : (VERDICTS[id] as Pick<Finding, 'setting' | 'link'>);
  return { step, state, verdict: id, is, effect, remedy, setting, link } as Finding;
}

function readWay(value: unknown): WayObservation | undefined {
  if (!isObject(value) || !isPairWay(value['way']) || typeof value['isConnected'] !== 'boolean') return undefined;
  return { way: value['way'], isConnected: value['isConnected'] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
