/* All measures, in the order in which they run. */
import { churn, drift } from './measures/churn.mjs';
import { cluster } from './measures/cluster.mjs';
import { hop } from './measures/hop.mjs';
import { idle } from './measures/idle.mjs';
import { latency } from './measures/latency.mjs';
import { mailboxes } from './measures/mailboxes.mjs';
import { metrics } from './measures/metrics.mjs';
import { peerList } from './measures/peer-list.mjs';
import { register } from './measures/register.mjs';
import { burst, relay } from './measures/relay.mjs';
import { storm } from './measures/storm.mjs';
import { sweep } from './measures/sweep.mjs';
import { tokenStorm } from './measures/token-storm.mjs';
import { wires } from './measures/wires.mjs';
import { workers } from './measures/workers.mjs';

/**
 * @typedef {object} Figure
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {number} digits after the point
 * @property {string[]} references subjects by which the others are divided
 * @property {Record<string, number>} goals for each reference, the highest ratio
 * @property {number} [most] the highest value of the figure itself
 * @property {string | string[]} [goalSubject] the subjects to which the goals of the figure apply; by default GOAL_SUBJECT
 */

/**
 * @typedef {object} Measure
 * @property {string} name
 * @property {string} title
 * @property {string[]} subjects
 * @property {{ full: number, quick: number }} rounds
 * @property {Figure[]} figures
 * @property {boolean} drivesServers whether its subjects are servers
 * @property {(trial: { subject: string, isQuick: boolean }) => Promise<import('./trial.mjs').Outcome>} once
 */

/** @type {readonly Measure[]} */
const LOADS = [relay, burst, register, churn, latency, idle, storm, tokenStorm, metrics, drift];
/** @type {readonly Measure[]} */
export const MEASURES = [...LOADS, sweep, hop, mailboxes, cluster, workers, peerList, wires];

/** The subject to which the goals apply. */
export const GOAL_SUBJECT = 'signalbox-uws';
