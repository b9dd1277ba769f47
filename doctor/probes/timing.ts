/** The result of a promise, or an error with the code `ETIMEDOUT` after the timeout. */
export async function settled<T>(timeout: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(`no result in ${timeout} ms`), { code: 'ETIMEDOUT' })), timeout);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The code of an error of Node, also inside an AggregateError; else its message. */
export function codeOf(error: unknown): string {
  const { code, message, errors } = error as { code?: unknown; message?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  return errors?.[0] === undefined ? String(message ?? error) : codeOf(errors[0]);
}
