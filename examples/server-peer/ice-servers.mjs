const TIMEOUT_MS = 10_000;

/**
 * The ICE servers of the broker. By default it gives them to open peers only.
 * @returns `iceServers`, and in `refresh` the seconds after which to ask again; undefined if the broker refuses or has none.
 */
export async function fetchIceServers({ broker, key, id }, token) {
  const url = new URL(`${encodeURIComponent(key)}/ice?${new URLSearchParams({ id })}`, broker);
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  return response.ok ? await response.json() : undefined;
}
