/*
 * A node of a cluster in this process, with many claims and no connections. Arguments: the URL of the engine, the key of the
 * realm or its pattern, the number of claims, the lease. It sends a message when all ids are claimed.
 */
import { setInterval } from 'node:timers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { POOL, pooledName } from '../../dist/adapters/engines/shared/pooled-names.js';
import { SilentLog } from '../../dist/adapters/logs/silent.js';
import { defaultConfig } from '../../dist/composition/configuration/config.js';
import { makeEngine } from '../../dist/composition/make-engine.js';
import { connectionId } from '../../dist/domain/ids.js';
import { isKeyPattern } from '../../dist/domain/realm-keys.js';
import { Token } from '../../dist/domain/token.js';

const MAX_WAITING = 500;
const RENEWALS_PER_LEASE = 3;

const [cluster, key, count, lease] = process.argv.slice(2);
const isPooled = isKeyPattern(key);
const idOf = (n) => `a peer with an id of usual length ${n}`;
const nameOf = (n) => (isPooled ? pooledName(key.replace('*', '1'), idOf(n)) : idOf(n));
const config = { ...defaultConfig(), keys: [key], cluster, clusterLease: Number(lease), concurrentLimit: 0 };
const { directory, bus, node } = await makeEngine(config, new SilentLog());
bus.listen({ onMessage: () => undefined, onMessagesLost: () => undefined });

const renew = () => new Promise((resolve) => directory.renewLease(node, resolve));
await renew();
setInterval(() => void renew(), Number(lease) / RENEWALS_PER_LEASE);

const realm = { key: isPooled ? POOL : key, node };
const token = new Token('of all');
let granted = 0;
for (let n = 0; n < Number(count); n++) {
  directory.claim({ realm, id: nameOf(n), token, connection: connectionId(n, 0) }, (outcome) => {
    if (outcome !== 'granted') throw new Error(`claim ${n} is ${outcome}`);
    granted += 1;
  });
  while (n - granted > MAX_WAITING) await nextTurn();
}
while (granted < Number(count)) await nextTurn();
process.send('claimed');
