import { Dispatcher } from '../../application/dispatcher.ts';
import { requestAccess } from '../../application/request-access.ts';
import { admitGuest } from '../../application/use-cases/admit-guest.ts';
import { checkCredentials } from '../../application/use-cases/check-credentials.ts';
import { drainNode } from '../../application/use-cases/drain-node.ts';
import { issueIceServers } from '../../application/use-cases/issue-ice-servers.ts';
import { issuePeerId } from '../../application/use-cases/issue-peer-id.ts';
import { RetainedReplay } from '../../application/retained-replay.ts';
import { joinTopic } from '../../application/use-cases/join-topic.ts';
import { leaveRealm } from '../../application/use-cases/leave-realm.ts';
import { leaveTopic } from '../../application/use-cases/leave-topic.ts';
import { listPeers } from '../../application/use-cases/list-peers.ts';
import { publishAll } from '../../application/use-cases/publish-all.ts';
import { publishToTopic } from '../../application/use-cases/publish-to-topic.ts';
import { reconnect } from '../../application/use-cases/reconnect.ts';
import { recordFrame } from '../../application/use-cases/record-frame.ts';
import { refreshToken } from '../../application/use-cases/refresh-token.ts';
import { registerPeer } from '../../application/use-cases/register-peer.ts';
import { relayMessage } from '../../application/use-cases/relay-message.ts';
import { sendForPeer } from '../../application/use-cases/send-for-peer.ts';
import { sweepExpired } from '../../application/use-cases/sweep-expired.ts';
import { trackPresence } from '../../application/use-cases/track-presence.ts';
import { call, construct, group, members } from '../binding.ts';
import { allowDiscovery, clock, log, options, peerIds, telemetry, traces, transport } from './inputs.ts';
import {
  authFailures,
  authorizer,
  backend,
  backendAuthorizer,
  bans,
  bus,
  connections,
  directory,
  grantIce,
  handshakes,
  iceServers,
  mailboxes,
  realmLabels,
  realms,
  topicAccess,
  willMemory,
} from './state.ts';
import { admissionControl, icePush, nodeLinks, performer, presenceSync, sweeper, turns } from './machinery.ts';

const publishing = call(publishToTopic, {
  ...{ realms, performer, connections, bus, peerIds, turns, clock, telemetry, backend },
});

const presence = call(trackPresence, { connections, performer, peerIds, clock, turns, presenceSync });

/* Use-cases that other components call. */
export const useCases = {
  recordFrame: call(recordFrame, { performer }),
  leaveRealm: call(leaveRealm, { performer, clock, log, presence, willMemory, publishWill: members(publishing).fromWill }),
  publishToTopic: publishing,
  registerPeer: call(registerPeer, {
    ...{ realms, connections, directory, performer, turns, clock, sweeper, log, peerIds, icePush, bans, topicAccess },
    requestAccess: call(requestAccess, { authorizer, connections, performer, turns, clock, sweeper }),
    requestBackendAccess: call(requestAccess, { authorizer: backendAuthorizer, connections, performer, turns, clock, sweeper }),
    ...{ backend, authFailures },
    ...{ reconnect: call(reconnect, { performer, clock }), admitGuest: call(admitGuest, { performer, clock }) },
  }),
  sweepExpired: call(sweepExpired, {
    ...{ realms, mailboxes, performer, turns, clock, telemetry, realmLabels, handshakes, log, icePush },
  }),
  drainNode: call(drainNode, {
    ...{ transport, admissionControl, realms, connections, performer, turns, sweeper, clock, log },
    ...{ closeTimeout: options.drainTimeout, spread: options.drainSpread, nodeLinks },
  }),
};

/* Use-cases by request: first of frames, then of HTTP. A new use-case gets a line here and a variant in ports/requests.ts. */
const frameUseCases = group({
  relay: call(relayMessage, { connections, performer, handshakes }),
  leave: members(useCases.leaveRealm).byRequest,
  'join-topics': call(joinTopic, {
    ...{ performer, presence },
    retainedReplay: construct(RetainedReplay, { connections, performer, clock, turns }),
  }),
  'leave-topics': call(leaveTopic, { performer, presence }),
  track: members(presence).track,
  untrack: members(presence).untrack,
  'list-members': members(presence).list,
  publish: members(useCases.publishToTopic).fromConnection,
  'refresh-token': call(refreshToken, {
    ...{ authorizer, backend, topicAccess, authFailures, connections, performer, turns, clock, sweeper, log },
  }),
});
export const dispatcher = construct(Dispatcher, {
  connections,
  performer,
  tap: traces,
  recordFrame: useCases.recordFrame,
  useCases: frameUseCases,
  willMemory,
});
export const httpUseCases = group({
  'list-peers': call(listPeers, { realms, authorizer, directory, clock, allowDiscovery }),
  'check-credentials': call(checkCredentials, { realms, authorizer, directory }),
  'issue-peer-id': call(issuePeerId, { realms, peerIds }),
  publish: members(useCases.publishToTopic).fromHttp,
  'publish-all': call(publishAll, {
    ...{ realms, authorizer, backend, topicAccess, authFailures, clock, publishDrafts: members(useCases.publishToTopic).drafts },
  }),
  'issue-ice-servers': call(issueIceServers, { realms, iceServers, grantIce, telemetry, realmLabels }),
  'send-for-peer': call(sendForPeer, { realms, connections, dispatcher, turns, clock }),
});
