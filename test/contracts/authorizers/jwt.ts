import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { JwtAuthorizer, type JwtAuthorizerSettings } from '../../../src/adapters/authorizers/jwt/authorizer.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { tokenVerifierOf } from '../../../src/composition/token-verification.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import type { Authorizer } from '../../../src/application/ports/authorizer.ts';
import { invariant } from '../../../src/domain/invariant.ts';
import { hmacToken, NOW, SECRET } from '../../support/tokens.ts';
import { REQUEST } from '../../../src/contracts/authorizers/contract.ts';
import type { UserSubject } from '../../../src/contracts/authorizers/user-contract.ts';

const SETTINGS: JwtAuthorizerSettings = {
  isRequired: true,
  idClaim: 'signalbox.id',
  reservedIds: ['support'],
  endsAtExpiry: true,
};

/** An authorizer of tokens with one shared secret. */
export function jwtSubject(settings: Partial<JwtAuthorizerSettings> = {}): UserSubject {
  let now = NOW * 1000;
  const config = { ...defaultConfig(), auth: 'required', authKeys: [SECRET] } as const;
  const verifier = tokenVerifierOf(config, {
    clock: new ManualClock(),
    log: new SilentLog(),
    telemetry: new NoTelemetry(),
    unixTime: () => now,
  });
  invariant(verifier !== undefined, 'a key is configured');
  const authorizer: Authorizer = new JwtAuthorizer(verifier, { ...SETTINGS, ...settings });
  let count = 0;
  return {
    authorizer,
    request: (user) => {
      const jti = String(count++);
      return { ...REQUEST, token: hmacToken({ sub: user, jti, signalbox: { id: [`${user}-*`, user], rate: 5 } }) };
    },
    refusedRequest: () => ({ ...REQUEST, token: hmacToken({}, { secret: 'another secret, which is long enough' }) }),
    ...{ lifetime: settings.endsAtExpiry === false ? Number.POSITIVE_INFINITY : 65_000, hasOwners: true },
    advance: (span) => void (now += span),
  };
}
