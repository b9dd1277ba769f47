/*
 * The exports of `@signalbox/broker/ports`: the ports that adapters from outside implement, their types, and the few values
 * that an adapter needs. They follow semantic versioning; The file `api/ports.txt` of the repository shows every
 * change.
 */

export type { Plugin } from '../composition/plugins.ts';
export type { AdapterParts, Adapters, AdapterSource } from '../composition/given-adapters.ts';

/* The state of peers: mailboxes, directory, bus. */
export type {
  ClaimState,
  ExpiredInRealm,
  HeldMessages,
  ExceededBound,
  HoldAnswer,
  HoldOutcome,
  MailboxPeer,
  MailboxStore,
  TakeAnswer,
} from '../application/ports/mailbox-store.ts';
export type { MailboxBound, MailboxLimits } from '../domain/mailbox-table.ts';
export type {
  Claim,
  ClaimOutcome,
  Holder,
  PeerDirectory,
  RenewOutcome,
  SupersededClaim,
} from '../application/ports/peer-directory.ts';
export type { BusListener, BusMessage, BusPublication, NodeBus, NodeMessage } from '../application/ports/node-bus.ts';
export type { BanSnapshot, ClusterRecords, StoredBan } from '../application/ports/cluster-records.ts';
export { MAX_STORED_BANS } from '../application/ports/cluster-records.ts';
export type { Ban, BanRequest, BanTarget } from '../domain/bans.ts';
export type { Expired } from '../domain/decision.ts';
export type { MessageKind, Payload, SignalMessage } from '../domain/message.ts';
export { copyMessage, heldMessageBytes, needsDelivery } from '../domain/message.ts';
export type { ConnectionId, NodeId, PeerId, RealmKey } from '../domain/ids.ts';
export { connectionId, nodeId, parsePeerId, realmKey } from '../domain/ids.ts';
export type { Owner, TokenProof } from '../domain/token.ts';
export { ownerOf, Token } from '../domain/token.ts';

/* Time, logs, telemetry. */
export type { Millis, TimeOfDay } from '../domain/time.ts';
export { momentOf, NEVER, unixTimeOf } from '../domain/time.ts';
export type { Clock, Wakeup } from '../application/ports/clock.ts';
export type { Log, LogEvent, LoggedRequest, OperatorAct, TrafficSummary } from '../application/ports/log.ts';
export type { Counter, GaugeReading, Histogram, Telemetry } from '../application/ports/telemetry.ts';
export type { MetricsReader, MetricsText } from '../application/ports/metrics-reader.ts';
export type { CounterName, GaugeName, HistogramName, LabelValues, MetricName } from '../application/ports/metrics.ts';
export { METRICS } from '../application/ports/metrics.ts';

/* Access and ICE servers. */
export type { AccessOutcome, AccessRequest, Authorizer } from '../application/ports/authorizer.ts';
export type { Grant, TopicGrant } from '../domain/grant.ts';
export { OPEN_GRANT } from '../domain/grant.ts';
export type { NamePattern } from '../domain/name-patterns.ts';
export type { IceServer, IceServers, IceUser, IssuedIceServers } from '../application/ports/ice-servers.ts';
export type { AccessRefusal, Ending, OpenRefusal } from '../domain/refusal.ts';
export type { Result } from '../domain/result.ts';
export { accepted, refused } from '../domain/result.ts';

/* Dialects. */
export type {
  AnyDialect,
  CloseFrame,
  CommonDialect,
  Conversation,
  ConversationLimits,
  Dialect,
  FrameEncoder,
  Registration,
  StatefulDialect,
  SubprotocolChoice,
  TokenNotice,
} from '../application/ports/dialect.ts';
export type {
  AnonymousCredentials,
  ConnectRequest,
  ConversationRequest,
  Credentials,
  FrameRequest,
  HttpAccessRefusal,
  HttpAction,
  HttpHead,
  HttpOutcome,
  HttpRefusal,
  HttpRoute,
  IceRequest,
  Introduction,
  Newcomer,
  ReceivedRequest,
  StreamHead,
  ValidToken,
} from '../application/ports/requests.ts';
export type { TokenUse, VerifiedToken } from '../application/ports/authenticator.ts';
export type { OutgoingMessage } from '../domain/message.ts';
export type { Liveness } from '../domain/session.ts';
export type {
  Clearance,
  Draft,
  PayloadForm,
  Publication,
  RequestedTopics,
  RequestRefusal,
  Selector,
  TopicEvent,
  TopicName,
  TopicPattern,
} from '../domain/topic.ts';

/* Transports. */
export type {
  Admission,
  ConnectionEnd,
  Gateway,
  HttpExchange,
  ListeningAddress,
  ListenRefusal,
  Transport,
  TransportFault,
  UpgradeAnswer,
} from '../application/ports/transport.ts';
export { ListenError } from '../application/ports/transport.ts';
export type { HttpRequest, HttpResponse } from '../application/ports/http.ts';
export { bearerToken, subprotocolsOf } from '../application/ports/http.ts';
export type { Socket, WriteOutcome } from '../application/ports/socket.ts';
