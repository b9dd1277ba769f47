/** MER7: what a token allows. Undefined where it says nothing about it. */
export interface Claims {
  readonly publish: readonly string[] | undefined;
  readonly subscribe: readonly string[] | undefined;
}

/** Reads the claim `mercure`; what is of another form says nothing. */
export function claimsIn(payload: unknown): Claims {
  const mercure = memberOf(payload, 'mercure');
  return { publish: textsIn(memberOf(mercure, 'publish')), subscribe: textsIn(memberOf(mercure, 'subscribe')) };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function textsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}
