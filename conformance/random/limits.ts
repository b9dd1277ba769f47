import type { Millis } from '../../src/domain/time.ts';
import type { Settings } from '../settings.ts';

/** The limits that the model tests. An undefined limit is unknown and not tested. */
export interface Limits {
  /** M14: how long a message is held. */
  readonly expireTimeout: Millis | undefined;
  /** L1: the liveness timeout. */
  readonly aliveTimeout: Millis | undefined;
  /** M14, L1: the maximum delay of a sweep. */
  readonly sweepInterval: Millis;
  /** M13: messages per absent peer. */
  readonly mailboxMessages: number | undefined;
  /** M13: absent peers per sender. */
  readonly mailboxesPerSender: number | undefined;
  /** O6: concurrent peers per realm. */
  readonly concurrentLimit: number | undefined;
  /** M19: the refill rate of the token bucket. */
  readonly messagesPerSecond: number | undefined;
  /** M19: the capacity of the token bucket. */
  readonly messageBurst: number | undefined;
  /** M19: the reaction to a rate limit violation. */
  readonly onFlood: 'close' | 'pause' | undefined;
  /** M10: tolerated malformed frames per window. */
  readonly malformedPerWindow: number | undefined;
  /** M10. */
  readonly malformedWindow: Millis | undefined;
}

const DEFAULT_SWEEP_MS = 1_000;

/** For a server with an undeclared configuration. */
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

/** The defaults of the `signalbox` command. */
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

/** The defaults of the `peer` 1.0.2 command, which has no other limits. */
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

/** The declared settings, completed with defaults. */
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
