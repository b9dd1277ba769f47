import type { Millis } from '../../src/domain/time.ts';
import type { Settings } from '../settings.ts';

/** How a server is set, as far as the model judges it. What is undefined is not known, so nothing is judged by it. */
export interface Limits {
  /** M14: how long a message waits. */
  readonly expireTimeout: Millis | undefined;
  /** L1: how long a peer may be silent. */
  readonly aliveTimeout: Millis | undefined;
  /** M14, L1: how much later than due a sweep may come. */
  readonly sweepInterval: Millis;
  /** M13: messages for one absent peer. */
  readonly mailboxMessages: number | undefined;
  /** M13: absent peers that messages of one sender wait for. */
  readonly mailboxesPerSender: number | undefined;
  /** O6: peers of a realm at one time. */
  readonly concurrentLimit: number | undefined;
  /** M19: what flows into the bucket. */
  readonly messagesPerSecond: number | undefined;
  /** M19: what the bucket holds. */
  readonly messageBurst: number | undefined;
  /** M19: what happens to who sends more. */
  readonly onFlood: 'close' | 'pause' | undefined;
  /** M10: malformed frames that a window forgives. */
  readonly malformedPerWindow: number | undefined;
  /** M10. */
  readonly malformedWindow: Millis | undefined;
}

const DEFAULT_SWEEP_MS = 1_000;

/** Of a server that nobody has told anything about. */
export const UNKNOWN_LIMITS: Limits = {
  expireTimeout: undefined,
  aliveTimeout: undefined,
  sweepInterval: DEFAULT_SWEEP_MS,
  mailboxMessages: undefined,
  mailboxesPerSender: undefined,
  concurrentLimit: undefined,
  messagesPerSecond: undefined,
  messageBurst: undefined,
  onFlood: undefined,
  malformedPerWindow: undefined,
  malformedWindow: undefined,
};

/** The defaults of the command line of `signalbox`. */
export const SIGNALBOX_LIMITS: Limits = {
  expireTimeout: 5_000,
  aliveTimeout: 60_000,
  sweepInterval: DEFAULT_SWEEP_MS,
  mailboxMessages: 256,
  mailboxesPerSender: 256,
  concurrentLimit: 5_000,
  messagesPerSecond: 500,
  messageBurst: 2_000,
  onFlood: 'close',
  malformedPerWindow: 20,
  malformedWindow: 60_000,
};

/** The defaults of the command line of `peer` 1.0.2, which has no other bounds. */
export const PEER_LIMITS: Limits = {
  expireTimeout: 5_000,
  aliveTimeout: 60_000,
  sweepInterval: DEFAULT_SWEEP_MS,
  mailboxMessages: Infinity,
  mailboxesPerSender: Infinity,
  concurrentLimit: 5_000,
  messagesPerSecond: Infinity,
  messageBurst: Infinity,
  onFlood: 'close',
  malformedPerWindow: Infinity,
  malformedWindow: 60_000,
};

/** What a server was started with, over what it takes where nothing is said. */
export function limitsFrom(settings: Settings, usual: Limits): Limits {
  const { on_flood } = settings;
  return {
    ...usual,
    expireTimeout: settings.expire_timeout ?? usual.expireTimeout,
    aliveTimeout: settings.alive_timeout ?? usual.aliveTimeout,
    sweepInterval: settings.cleanup_out_msgs ?? usual.sweepInterval,
    mailboxMessages: settings.mailbox_messages ?? usual.mailboxMessages,
    mailboxesPerSender: settings.mailboxes_per_sender ?? usual.mailboxesPerSender,
    concurrentLimit: settings.concurrent_limit ?? usual.concurrentLimit,
    messagesPerSecond: settings.messages_per_second ?? usual.messagesPerSecond,
    messageBurst: settings.message_burst ?? usual.messageBurst,
    onFlood: on_flood === 'close' || on_flood === 'pause' ? on_flood : usual.onFlood,
  };
}
