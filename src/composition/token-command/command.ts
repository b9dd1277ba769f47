import { fetchKeySet } from '../../adapters/token-verifiers/jwt/fetch-key-set.ts';
import { tokenKeys } from '../configuration/auth-option-types.ts';
import { TokenUsageError } from './arguments.ts';
import { check } from './check.ts';
import { mint } from './mint.ts';

const ACCEPTED = 0;
const REFUSED = 1;
const INVALID_USAGE = 2;

const USAGE = `Usage: signalbox token --key <secret|PEM> [flags]
       signalbox token check <jwt> [--key <secret|PEM|JWK>... | --jwks <url>] [--issuer <iss>] [--audience <aud>]

Makes tokens for development and tests, and explains tokens. In production, the backend of your application makes the tokens.

The first form prints one token. Its key is a shared secret of at least 32 bytes, or a private RSA, EC or Ed25519 key as PEM.
  --key <key>        the key that signs; default: the first one of SIGNALBOX_AUTH_KEY
  --sub <subject>    the user, who owns the ids that the client takes
  --id <id>          an id that the client may take, or a prefix and *; repeat it for several
  --realm <key>      a realm that the client may use; repeat it for several
  --ttl <duration>   lifetime: 30s, 15m, 1h, 7d [1h]
  --issuer <iss>     the claim iss
  --audience <aud>   the claim aud [signalbox]
  --kid <kid>        the name of the key, for key sets
  --discover         the client may list peers
  --rate <count>     messages per second

The second form explains each claim, and why a broker would refuse the token. Without a key, the signature is not verified. It
exits with 0 if the token is valid, 1 if it is not, and 2 for invalid arguments.

Examples
  signalbox token --key "a secret of at least 32 bytes for tests" --id ann --realm peerjs --ttl 1h
  signalbox token --key "a secret of at least 32 bytes for tests" --sub ann --id "ann-*" --discover
  signalbox token check eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl
`;

interface Outputs {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The command for tokens. @returns its exit code. */
export async function token(args: readonly string[], { stdout, stderr }: Outputs): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    stdout.write(USAGE);
    return ACCEPTED;
  }
  try {
    if (args[0] !== 'check') {
      stdout.write(`${mint(args, Math.floor(Date.now() / 1000), keyOf(process.env['SIGNALBOX_AUTH_KEY']))}\n`);
      return ACCEPTED;
    }
    const { lines, isValid } = await check(args.slice(1), Date.now(), fetchKeySet);
    stdout.write(`${lines.join('\n')}\n`);
    return isValid ? ACCEPTED : REFUSED;
  } catch (error) {
    if (!(error instanceof TokenUsageError)) throw error;
    stderr.write(`signalbox token: ${error.message}\n`);
    return INVALID_USAGE;
  }
}

function keyOf(written: string | undefined): string | undefined {
  return written === undefined || written === '' ? undefined : tokenKeys().separate?.(written)[0];
}
