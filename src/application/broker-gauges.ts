import type { MailboxLimits } from '../domain/mailbox-table.ts';
import type { MemoryBudget } from '../domain/memory-budget.ts';
import type { Realms } from '../domain/realms.ts';
import type { AdmissionControl } from './admission-control.ts';
import type { MailboxStore } from './ports/mailbox-store.ts';
import type { GaugeName } from './ports/metrics.ts';
import type { GaugeReading, Telemetry } from './ports/telemetry.ts';
import type { RealmLabels } from './realm-labels.ts';
import { topicsBySpace } from './topics-by-space.ts';

export interface BrokerGaugesParts {
  readonly telemetry: Telemetry;
  readonly realms: Realms;
  readonly realmLabels: RealmLabels;
  readonly mailboxes: MailboxStore;
  readonly memory: MemoryBudget;
  readonly admissionControl: Pick<AdmissionControl, 'isClosed'>;
  readonly limits: Pick<MailboxLimits, 'realmMailboxBytes'> & { readonly concurrentLimit: number };
  readonly about: { readonly version: string; readonly transport: string; readonly node: string };
}

/** Lets the telemetry read the state of the broker. The cost is proportional to the number of realms. */
export function registerGauges(parts: BrokerGaugesParts): void {
  const { telemetry, realms, realmLabels, mailboxes, memory, admissionControl, limits, about } = parts;
  const single = (metric: 'draining' | 'memory_bytes' | 'send_buffer_bytes', read: () => number): void =>
    telemetry.gauge(metric, () => [{ labels: [], value: read() }]);
  const byRealm = (metric: RealmGauge, value: (realm: ReturnType<Realms['all']>[number]) => number | undefined): void =>
    telemetry.gauge(metric, () => sums(realmLabels, realms, value));

  telemetry.gauge('build_info', () => [{ labels: [about.version, about.transport, about.node], value: 1 }]);
  single('draining', () => (admissionControl.isClosed ? 1 : 0));
  single('memory_bytes', () => memory.bytes);
  single('send_buffer_bytes', () => memory.unsentBytes);
  byRealm('peers', ({ size }) => size);
  byRealm('peers_limit', () => limits.concurrentLimit);
  byRealm('mailbox_messages', ({ key }) => mailboxes.heldIn?.(key).messages);
  byRealm('mailbox_bytes', ({ key }) => mailboxes.heldIn?.(key).bytes);
  byRealm('mailbox_limit_bytes', () => limits.realmMailboxBytes);
  telemetry.gauge('topics', () => Array.from(topicsBySpace(realms), ([space, value]) => ({ labels: [space], value })));
}

type RealmGauge = Extract<GaugeName, 'peers' | 'peers_limit' | 'mailbox_messages' | 'mailbox_bytes' | 'mailbox_limit_bytes'>;

/** Values of realms that share a label are added up. Undefined: the value is not known. */
function sums(
  labels: RealmLabels,
  realms: Realms,
  value: (realm: ReturnType<Realms['all']>[number]) => number | undefined,
): GaugeReading<RealmGauge>[] {
  const totals = new Map<string, number>();
  for (const realm of realms.all()) {
    const one = value(realm);
    const label = labels.of(realm.key);
    if (one !== undefined) totals.set(label, (totals.get(label) ?? 0) + one);
  }
  return Array.from(totals, ([label, total]) => ({ labels: [label], value: total }));
}
