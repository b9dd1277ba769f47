import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, because they simulate clusters, test each fault, or wait for timeouts. */
const LONGEST = [
  ...['property/cluster.nats.property', 'property/broker.property', 'property/cluster.links.property'],
  ...['property/cluster.redis.property', 'contracts/engines/nats', 'contracts/transports/uws'],
  ...['e2e/conformance/random', 'e2e/cluster/engines', 'e2e/cli/workers', 'e2e/cluster/network-faults'],
  ...['e2e/deploy/files', 'e2e/dialects/mqtt-mosquitto', 'e2e/browser/doctor-page', 'e2e/doctor/ice', 'e2e/conformance/peer'],
  ...['e2e/cluster/failover', 'e2e/dialects/mqtt', 'e2e/dialects/centrifuge', 'e2e/dialects/supabase', 'e2e/doctor/proxies'],
  ...['e2e/conformance/relay', 'e2e/conformance/mutants', 'e2e/docs/token-refresh', 'e2e/package/package', 'e2e/examples/echo'],
  ...['e2e/browser/status-page', 'e2e/cluster/versions', 'e2e/browser/firefox', 'e2e/browser/signalbox-uws', 'e2e/fuzz/dialects'],
  ...['e2e/conformance/mercure', 'e2e/dialects/supabase-meeting', 'e2e/cluster/groups', 'e2e/dialects/mqtt-meeting'],
  ...['e2e/cli/listening', 'e2e/dialects/mqtt-paho', 'e2e/conformance/signalbox-uws', 'e2e/conformance/signalbox-node'],
  ...['e2e/dialects/mercure', 'e2e/cluster/links', 'e2e/cli/signals', 'e2e/examples/tokens', 'e2e/dialects/nats'],
  ...['e2e/conformance/all-cases', 'e2e/deploy/debian-package', 'e2e/authentication/browsers', 'e2e/cluster/wires'],
].map((name) => `/test/${name}.test.ts`);

/** Starts the longest files first, so that no worker is alone at the end. vitest would start with the largest files. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((path) => moduleId.endsWith(path));
  return place < 0 ? LONGEST.length : place;
}
