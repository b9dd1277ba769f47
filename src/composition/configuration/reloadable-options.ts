import type { OptionName } from './options.ts';

/** Options that a reload puts into effect: limits that are compared at each use, keys, secrets, and the level of the log. */
const RELOADABLE: ReadonlySet<OptionName> = new Set<OptionName>([
  ...(['log_level', 'concurrent_limit', 'max_connections', 'max_connections_per_address', 'max_realms'] as const),
  ...(['messages_per_second', 'message_burst', 'on_flood', 'malformed_limit', 'malformed_window'] as const),
  ...(['http_rate_limit', 'http_rate_window', 'auth_failures_per_minute', 'ice_rate_limit'] as const),
  ...(['memory_budget', 'memory_per_address', 'topic_joins', 'topic_patterns', 'topic_presence'] as const),
  ...(['mailbox_messages', 'mailbox_bytes', 'realm_mailbox_bytes', 'mailboxes_per_sender'] as const),
  ...(['auth_key', 'auth_jwks', 'auth_issuer', 'auth_issuers', 'auth_audience', 'auth_leeway'] as const),
  ...(['mercure_publisher_key', 'mercure_subscriber_key', 'admin_token', 'admin_viewer_token'] as const),
  ...(['stun', 'turn', 'turn_secret', 'turn_user', 'turn_password'] as const),
  ...(['ice_provider_id', 'ice_provider_secret', 'ice_provider_url'] as const),
]);

/** The engine of a cluster takes its limits when the broker connects to it. */
const LIMITS_OF_ENGINE: ReadonlySet<OptionName> = new Set<OptionName>([
  ...(['mailbox_messages', 'mailbox_bytes', 'realm_mailbox_bytes', 'mailboxes_per_sender'] as const),
]);

/** Whether a reload puts the option into effect. @param hasEngine whether the broker is a node of a cluster. */
export function isReloadable(name: OptionName, hasEngine = false): boolean {
  return RELOADABLE.has(name) && !(hasEngine && LIMITS_OF_ENGINE.has(name));
}
