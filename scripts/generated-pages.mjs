/** Tests that derive pages from the source alone. */
export const QUICK_PAGES = [
  'test/architecture/api-report.test.ts',
  'test/architecture/generated-docs.test.ts',
  'test/unit/composition/configuration/options.page.test.ts',
  'test/unit/conformance/all-cases.page.test.ts',
  'test/unit/doctor/verdicts/table.page.test.ts',
];

/** Tests that measure conformance results on built servers and write them to a page. */
export const SLOW_PAGES = [
  'test/e2e/conformance/signalbox-uws.test.ts',
  'test/e2e/conformance/signalbox-node.test.ts',
  'test/e2e/conformance/peer.test.ts',
  'test/e2e/conformance/relay.test.ts',
  'test/e2e/conformance/mercure.test.ts',
  'test/e2e/conformance/centrifuge.test.ts',
  'test/e2e/conformance/nats.test.ts',
  'test/e2e/conformance/mqtt.test.ts',
  'test/e2e/conformance/supabase.test.ts',
];
