import type { AuthFailureLimits } from '../domain/auth-failures.ts';
import type { ConnectionLimitSettings } from '../domain/connection-limits.ts';
import type { RequestWindowLimits } from '../domain/request-window.ts';
import type { Config } from './configuration/config.ts';

/* Limits under the names of the domain. Each is read from the configuration at its use, because a reload changes it. */

/** I6: length of the window of `ice_rate_limit`. */
const ICE_RATE_WINDOW = 60_000;
/** A8: length of the window of `auth_failures_per_minute`. */
const AUTH_FAILURE_WINDOW = 60_000;

/** H9, H17. */
export function connectionLimitsOf(config: Config): ConnectionLimitSettings {
  return {
    get connections() {
      return config.maxConnections;
    },
    get connectionsPerAddress() {
      return config.maxConnectionsPerAddress;
    },
    get requestsPerWindow() {
      return config.httpRateLimit;
    },
    get requestWindow() {
      return config.httpRateWindow;
    },
  };
}

/** A8. */
export function authFailureLimitsOf(config: Config): AuthFailureLimits {
  return {
    get failuresPerWindow() {
      return config.authFailuresPerMinute;
    },
    failureWindow: AUTH_FAILURE_WINDOW,
  };
}

/** I6. */
export function credentialLimitsOf(config: Config): RequestWindowLimits {
  return {
    get requestsPerWindow() {
      return config.iceRateLimit;
    },
    requestWindow: ICE_RATE_WINDOW,
  };
}
