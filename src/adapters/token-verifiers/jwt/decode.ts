type Members = Readonly<Record<string, unknown>>;

/** The header and the claims of a token. Nothing of them is trusted before the signature is verified. */
export interface DecodedToken {
  readonly header: Members;
  readonly payload: Members;
}

const FORM = /^([\w-]+)\.([\w-]+)\.[\w-]+$/;

/** Decodes a signed token. @returns undefined for any other text, and for a token without a signature. */
export function decodeToken(text: string): DecodedToken | undefined {
  const [, first = '', second = ''] = FORM.exec(text) ?? [];
  const header = objectIn(first);
  const payload = header && objectIn(second);
  return header && payload && { header, payload };
}

function objectIn(segment: string): Members | undefined {
  if (segment === '') return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
