import type { Broker } from '../application/broker.ts';
import type { Connections } from '../application/connections.ts';
import type { Dispatcher } from '../application/dispatcher.ts';
import type { Doorkeeper } from '../application/doorkeeper.ts';
import type { BrokerGateway } from '../application/gateway.ts';
import type { HttpDesk } from '../application/http-desk.ts';
import type { Performer } from '../application/perform.ts';
import type { Authenticator } from '../application/ports/authenticator.ts';
import type { ClientAddresses } from '../application/ports/client-addresses.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Dialect } from '../application/ports/dialect.ts';
import type { Log } from '../application/ports/log.ts';
import type { MailboxStore } from '../application/ports/mailbox-store.ts';
import type { MessageTap } from '../application/ports/message-tap.ts';
import type { PeerDirectory } from '../application/ports/peer-directory.ts';
import type { PeerIds } from '../application/ports/peer-ids.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { Sweeper } from '../application/sweeper.ts';
import type { Turns } from '../application/turns.ts';
import type { AdmitGuest } from '../application/use-cases/admit-guest.ts';
import type { DrainNode } from '../application/use-cases/drain-node.ts';
import type { HearPeer } from '../application/use-cases/hear-peer.ts';
import type { IssuePeerId } from '../application/use-cases/issue-peer-id.ts';
import type { JoinTopic } from '../application/use-cases/join-topic.ts';
import type { LeaveRealm } from '../application/use-cases/leave-realm.ts';
import type { LeaveTopic } from '../application/use-cases/leave-topic.ts';
import type { ListPeers } from '../application/use-cases/list-peers.ts';
import type { PublishToTopic } from '../application/use-cases/publish-to-topic.ts';
import type { Reconnect } from '../application/use-cases/reconnect.ts';
import type { RegisterPeer } from '../application/use-cases/register-peer.ts';
import type { RelayMessage } from '../application/use-cases/relay-message.ts';
import type { SpeakForPeer } from '../application/use-cases/speak-for-peer.ts';
import type { SweepExpired } from '../application/use-cases/sweep-expired.ts';
import type { NodeId } from '../domain/ids.ts';
import type { OriginPolicy } from '../domain/origins.ts';
import type { Realms } from '../domain/realms.ts';
import type { Visitors } from '../domain/visitors.ts';
import type { Config } from './configuration/config.ts';
import { port } from './port.ts';

/* What the container knows, by name: the configuration, the adapters, the domain, the use-cases. */

export const CONFIG = port<Config>('Config');
export const NODE = port<NodeId>('NodeId');

export const CLOCK = port<Clock>('Clock');
export const LOG = port<Log>('Log');
export const TELEMETRY = port<Telemetry>('Telemetry');
export const MESSAGE_TAP = port<MessageTap>('MessageTap');
export const PEER_IDS = port<PeerIds>('PeerIds');
export const CLIENT_ADDRESSES = port<ClientAddresses>('ClientAddresses');
export const PEER_DIRECTORY = port<PeerDirectory>('PeerDirectory');
export const MAILBOX_STORE = port<MailboxStore>('MailboxStore');
export const AUTHENTICATOR = port<Authenticator>('Authenticator');
export const DIALECTS = port<readonly Dialect[]>('Dialects');
export const TRANSPORT = port<Transport>('Transport');

export const REALMS = port<Realms>('Realms');
export const VISITORS = port<Visitors>('Visitors');
export const ORIGINS = port<OriginPolicy>('OriginPolicy');

export const TURNS = port<Turns>('Turns');
export const SWEEPER = port<Sweeper>('Sweeper');
export const CONNECTIONS = port<Connections>('Connections');
export const PERFORMER = port<Performer>('Performer');
export const DISPATCHER = port<Dispatcher>('Dispatcher');
export const DOORKEEPER = port<Doorkeeper>('Doorkeeper');
export const HTTP_DESK = port<HttpDesk>('HttpDesk');

export const REGISTER_PEER = port<RegisterPeer>('registerPeer');
export const RECONNECT = port<Reconnect>('reconnect');
export const ADMIT_GUEST = port<AdmitGuest>('admitGuest');
export const HEAR_PEER = port<HearPeer>('hearPeer');
export const RELAY_MESSAGE = port<RelayMessage>('relayMessage');
export const LEAVE_REALM = port<LeaveRealm>('leaveRealm');
export const JOIN_TOPIC = port<JoinTopic>('joinTopic');
export const LEAVE_TOPIC = port<LeaveTopic>('leaveTopic');
export const PUBLISH_TO_TOPIC = port<PublishToTopic>('publishToTopic');
export const SPEAK_FOR_PEER = port<SpeakForPeer>('speakForPeer');
export const SWEEP_EXPIRED = port<SweepExpired>('sweepExpired');
export const ISSUE_PEER_ID = port<IssuePeerId>('issuePeerId');
export const LIST_PEERS = port<ListPeers>('listPeers');
export const DRAIN_NODE = port<DrainNode>('drainNode');

export const GATEWAY = port<BrokerGateway>('Gateway');
export const BROKER = port<Broker>('Broker');
