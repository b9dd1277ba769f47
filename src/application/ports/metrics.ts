/* The metrics of a broker. Names and labels are public: dashboards and alerts use them. Adapters add a prefix. */

/** A metric: its kind, its help text and the names of its labels. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Names of the labels. A label has few values: never an id, an address, an origin, a topic or a subject. */
  readonly labels: readonly string[];
  /** Upper limits of the buckets of a histogram, ascending, in the unit of the metric. */
  readonly buckets?: readonly number[];
}

function counter<const Labels extends readonly string[]>(help: string, ...labels: Labels): Metric<'counter', Labels> {
  return { kind: 'counter', help, labels };
}

function gauge<const Labels extends readonly string[]>(help: string, ...labels: Labels): Metric<'gauge', Labels> {
  return { kind: 'gauge', help, labels };
}

function histogram<const Labels extends readonly string[]>(
  buckets: readonly number[],
  help: string,
  ...labels: Labels
): Metric<'histogram', Labels> {
  return { kind: 'histogram', help, labels, buckets };
}

interface Metric<Kind, Labels extends readonly string[]> extends MetricDefinition {
  readonly kind: Kind & MetricDefinition['kind'];
  readonly labels: Labels;
}

const HTTP_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];
const ANSWER_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WAIT_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10];
const RELAY_SECONDS = [0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1];

/** All metrics, by name. */
export const METRICS = {
  build_info: gauge('1, with the version of the broker, its transport and its node.', 'version', 'transport', 'node'),
  draining: gauge('1 while the broker drains, else 0.'),

  connections: gauge('Open connections, registered or not.', 'dialect', 'carrier'),
  connections_opened_total: counter('Connections that were opened.', 'dialect', 'carrier'),
  connections_closed_total: counter('Connections that have ended, by the reason.', 'dialect', 'reason'),
  upgrades_refused_total: counter('Upgrades that were refused before the handshake, by the reason.', 'reason'),
  connections_refused_total: counter('Connections that did not become a peer.', 'dialect', 'reason'),
  peers: gauge('Peers and guests on this node.', 'realm'),
  peers_limit: gauge('The limit of peers and guests (concurrent_limit).', 'realm'),
  reattached_total: counter('Peers that took over an id whose connection was still open.', 'dialect'),

  messages_received_total: counter('Frames of open peers, by the type of the message.', 'dialect', 'type'),
  messages_delivered_total: counter('Messages that were written to their receiver.', 'way'),
  messages_ignored_total: counter('Frames and notices without effect.', 'reason'),
  messages_undelivered_total: counter('Messages that a socket did not send.'),
  messages_expired_total: counter('Pairs of sender and absent peer whose messages expired.', 'realm'),
  message_bytes_total: counter('Bytes of frames, without the framing of the transport.', 'direction'),
  handshakes_total: counter('Offers, by what followed: an answer, its expiry, or nothing in 30 s.', 'outcome'),
  answer_seconds: histogram(ANSWER_SECONDS, 'Time from an offer to its answer.'),
  relay_seconds: histogram(RELAY_SECONDS, 'Time to handle a frame. One frame in 64 is measured.'),
  paused_total: counter('Times that a peer was paused because of its rate limit.'),
  memory_exceeded_total: counter(
    'Connections and requests that exceeded the memory budget, or the copies of one NATS message (NA13).',
  ),
  memory_bytes: gauge('Memory that clients make the process hold, in bytes.'),
  send_buffer_bytes: gauge('Bytes that were written and that clients have not read.'),

  mailbox_messages: gauge('Held messages of this node.', 'realm'),
  mailbox_bytes: gauge('Bytes of held messages of this node.', 'realm'),
  mailbox_limit_bytes: gauge('The limit of held bytes (realm_mailbox_bytes).', 'realm'),
  mailbox_full_total: counter('Messages that were not held because a limit was reached.', 'bound'),
  mailbox_failed_total: counter('Messages that were not held because the mailbox store could not write.'),
  mailbox_wait_seconds: histogram(WAIT_SECONDS, 'Time that a message was held until its receiver fetched it.'),

  topics: gauge('Topics with subscribers.', 'space'),
  publications_total: counter('Publications.', 'space'),
  publications_told_total: counter('Deliveries of publications to subscribers of this node.', 'space'),

  http_requests_total: counter('HTTP requests.', 'route', 'status'),
  http_request_seconds: histogram(HTTP_SECONDS, 'Time from the head of a request to its response.', 'route'),
  http_rate_limited_total: counter('HTTP requests that were refused with 429.'),
  auth_total: counter('Decisions of the authorizer.', 'method', 'result'),
  auth_seconds: histogram(HTTP_SECONDS, 'Time of one decision of the authorizer.', 'method'),
  jwks_fetches_total: counter('Fetches of key sets.', 'result'),
  jwks_age_seconds: gauge('Time since the last successful fetch of a key set.', 'issuer'),
  ice_issued_total: counter('ICE servers issued, with TURN where it is configured.', 'realm'),
  ice_without_turn_total: counter('ICE servers issued without TURN, because the provider gave none.', 'realm'),
  ice_refused_total: counter('Refused requests for ICE servers.', 'reason'),

  cluster_reached: gauge('1 while the engine of the cluster is reachable, else 0.'),
  cluster_round_trip_seconds: histogram(HTTP_SECONDS, 'Time of one renewal of the lease.'),
  cluster_words_total: counter('Messages between nodes over the bus.', 'kind', 'direction'),
  cluster_missed_total: counter('Times that messages of the bus may have been lost.'),
  cluster_links: gauge('Open links to other nodes (cluster_link), by the role of this node.', 'role'),
  cluster_links_ended_total: counter('Links to other nodes that have ended.'),
  cluster_link_messages_total: counter('Messages over links to other nodes.', 'direction'),
} as const;

type Metrics = typeof METRICS;
type NamesOf<Kind> = {
  [Name in keyof Metrics]: Metrics[Name] extends Metric<Kind, readonly string[]> ? Name : never;
}[keyof Metrics];

/** The name of any metric. */
export type MetricName = keyof Metrics;
/** The name of a counter. */
export type CounterName = NamesOf<'counter'>;
/** The name of a gauge. */
export type GaugeName = NamesOf<'gauge'>;
/** The name of a histogram. */
export type HistogramName = NamesOf<'histogram'>;

/** One text for each label of a metric, in their order. */
export type LabelValues<Name extends MetricName> = Texts<Metrics[Name]['labels']>;

type Texts<Labels extends readonly string[]> = { readonly [Index in keyof Labels]: string };
