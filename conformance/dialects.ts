import { ALL_CASES } from './all-cases.ts';
import type { Case } from './case.ts';
import { CENTRIFUGE_BOUND_CASES } from './cases/centrifuge-bounds.ts';
import { CENTRIFUGE_CASES } from './cases/centrifuge.ts';
import { CENTRIFUGE_PRESENCE_CASES } from './cases/centrifuge-presence.ts';
import { MERCURE_PAGE_CASES } from './cases/mercure-pages.ts';
import { MERCURE_REPLAY_CASES } from './cases/mercure-replay.ts';
import { MERCURE_STREAM_CASES } from './cases/mercure-streams.ts';
import { MERCURE_TOKEN_CASES } from './cases/mercure-tokens.ts';
import { MERCURE_UPDATE_CASES } from './cases/mercure-updates.ts';
import { MQTT_BOUND_CASES } from './cases/mqtt-bounds.ts';
import { MQTT_SHARED_CASES } from './cases/mqtt-shared.ts';
import { MQTT_CASES } from './cases/mqtt.ts';
import { NATS_BOUND_CASES } from './cases/nats-bounds.ts';
import { NATS_CONNECTION_CASES } from './cases/nats-connection.ts';
import { NATS_CASES } from './cases/nats.ts';
import { TOPIC_RELAY_BOUND_CASES } from './cases/topic-relay-bounds.ts';
import { TOPIC_RELAY_BYTE_CASES } from './cases/topic-relay-bytes.ts';
import { TOPIC_RELAY_MEMBER_CASES } from './cases/topic-relay-members.ts';
import { TOPIC_RELAY_CASES } from './cases/topic-relay.ts';
import { MERCURE_BYTE_CASES } from './cases/mercure-bytes.ts';
import { MERCURE_CREDENTIAL_CASES } from './cases/mercure-credentials.ts';
import { MERCURE_HISTORY_CASES } from './cases/mercure-history.ts';
import { MERCURE_VERSION_CASES } from './cases/mercure-versions.ts';
import { SUPABASE_BOUND_CASES } from './cases/supabase-bounds.ts';
import { SUPABASE_HTTP_CASES } from './cases/supabase-http.ts';
import { SUPABASE_CASES } from './cases/supabase.ts';
import { SUPABASE_PRESENCE_CASES } from './cases/supabase-presence.ts';
import type { SettingName } from './settings.ts';

/** A wire protocol that the suite has cases for. */
export type DialectName = 'peerjs' | 'mercure' | 'relay' | 'centrifuge' | 'nats' | 'mqtt' | 'supabase';

interface Dialect {
  /** Sorted by rule. */
  readonly cases: readonly Case[];
  /** The setting for the path of the endpoint; the path of `--url` sets it. */
  readonly path: SettingName;
}

const MERCURE_CASES = [
  ...[MERCURE_STREAM_CASES, MERCURE_UPDATE_CASES, MERCURE_REPLAY_CASES],
  ...[MERCURE_TOKEN_CASES, MERCURE_PAGE_CASES, MERCURE_VERSION_CASES, MERCURE_HISTORY_CASES],
  ...[MERCURE_BYTE_CASES, MERCURE_CREDENTIAL_CASES],
].flat();

const RELAY_CASES = [TOPIC_RELAY_CASES, TOPIC_RELAY_BOUND_CASES, TOPIC_RELAY_BYTE_CASES, TOPIC_RELAY_MEMBER_CASES].flat();

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  peerjs: { cases: ALL_CASES, path: 'path' },
  mercure: { cases: inOrder(MERCURE_CASES), path: 'mercure_path' },
  relay: { cases: inOrder(RELAY_CASES), path: 'relay_path' },
  centrifuge: {
    cases: inOrder([...CENTRIFUGE_CASES, ...CENTRIFUGE_PRESENCE_CASES, ...CENTRIFUGE_BOUND_CASES]),
    path: 'centrifuge_path',
  },
  nats: { cases: inOrder([...NATS_CONNECTION_CASES, ...NATS_CASES, ...NATS_BOUND_CASES]), path: 'nats_path' },
  mqtt: { cases: inOrder([...MQTT_CASES, ...MQTT_SHARED_CASES, ...MQTT_BOUND_CASES]), path: 'mqtt_path' },
  supabase: {
    cases: inOrder([...SUPABASE_CASES, ...SUPABASE_PRESENCE_CASES, ...SUPABASE_HTTP_CASES, ...SUPABASE_BOUND_CASES]),
    path: 'supabase_path',
  },
};

export function isDialect(text: string): text is DialectName {
  return Object.hasOwn(DIALECTS, text);
}

/** Sorts cases of one rule family by rule number. */
function inOrder(cases: readonly Case[]): readonly Case[] {
  return [...cases].sort((one, other) => numberOf(one.rule) - numberOf(other.rule));
}

function numberOf(rule: string): number {
  return Number(rule.replace(/^[A-Z]+/, ''));
}
