import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { visible } from '../../domain/visible-text.ts';
import type { AdminTarget } from './arguments.ts';
import { isOverview, type Overview } from './overview.ts';

/** The listener gave no overview. The message is for the user. */
export class OverviewError extends Error {}

/** An overview, and the text of the answer. */
export interface FetchedOverview {
  readonly overview: Overview;
  readonly text: string;
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** @throws OverviewError if the listener can't be reached, refuses, or is no admin listener. */
export async function fetchOverview(target: AdminTarget, token: string | undefined): Promise<FetchedOverview> {
  const name = 'url' in target ? target.url : `unix:${target.socket}`;
  const { status, text } = await get(target, token).catch((error: unknown) => {
    throw new OverviewError(`no answer from ${name}: ${messageOf(error)}`);
  });
  const value = parsed(text);
  if (status === 401) throw new OverviewError(`${name} asks for a token: give --token, or set SIGNALBOX_ADMIN_VIEWER_TOKEN`);
  const detail = value?.['detail'];
  if (status !== 200) {
    throw new OverviewError(`${name} answered ${status}${typeof detail === 'string' ? `: ${visible(detail)}` : ''}`);
  }
  if (!isOverview(value)) throw new OverviewError(`${name} is no admin listener of a broker: it answered with something else`);
  return { overview: value, text };
}

function get(target: AdminTarget, token: string | undefined): Promise<{ readonly status: number; readonly text: string }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const options = { headers, timeout: TIMEOUT_MS, agent: false as const };
  return new Promise((resolve, reject) => {
    const sent =
      'socket' in target
        ? requestHttp({
            ...options,
            socketPath: target.socket,
            path: '/api/overview',
            headers: { ...headers, host: 'localhost' },
          })
        : (target.url.startsWith('https:') ? requestHttps : requestHttp)(`${target.url}/api/overview`, options);
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error(`timeout after ${TIMEOUT_MS} ms`)));
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_BYTES) sent.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.end();
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === '' && code !== undefined ? code : error.message;
}
