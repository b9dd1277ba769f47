import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, because they wait for timeouts, or test each fault. */
const LONGEST = [
  ...['dialects/mqtt-mosquitto', 'conformance/mutants', 'cluster/engines', 'browser/doctor-page', 'cluster/failover'],
  ...['conformance/random', 'cluster/network-faults', 'conformance/relay', 'dialects/supabase-meeting', 'docs/token-refresh'],
  ...['conformance/peer', 'dialects/mqtt-meeting', 'cluster/versions', 'dialects/nats-meeting', 'browser/signalbox-node'],
  ...['browser/signalbox-uws', 'dialects/socketio-meeting', 'dialects/centrifuge-meeting', 'browser/firefox'],
].map((name) => `/test/e2e/${name}.test.ts`);

/** Starts the longest files first, so that no worker is alone at the end. vitest would start with the files of most lines. */
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
