/* A plugin of the broker: counts nothing. */
import { NoTelemetry } from '../../dist/adapters/telemetry/none.js';

export default { telemetry: new NoTelemetry() };
