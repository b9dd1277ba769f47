import type { ApiRequest, Route } from './api.ts';
import { invalid, notFound, Problem, type AdminResponse } from './problems.ts';

/** The handler of a request, and the variable segments of its path. */
export interface MatchedRoute {
  readonly handler: (request: ApiRequest) => AdminResponse | Promise<AdminResponse>;
  readonly segments: readonly string[];
}

/** @throws Problem 404, 405 with the allowed methods, or 400 for a path that can't be decoded. */
export function matchRoute(routes: readonly Route[], method: string, path: string): MatchedRoute {
  for (const { path: pattern, methods } of routes) {
    const segments = variableSegments(pattern, path);
    if (segments === undefined) continue;
    const handler = Object.hasOwn(methods, method) ? methods[method as keyof typeof methods] : undefined;
    if (handler !== undefined) return { handler, segments };
    const allow = Object.keys(methods).join(', ');
    throw new Problem({ status: 405, code: 'method-not-allowed', detail: `Use ${allow}`, headers: { allow } });
  }
  throw notFound('There is no such resource');
}

function variableSegments(pattern: string, path: string): string[] | undefined {
  const [expected, given] = [pattern.split('/'), path.split('/')];
  if (expected.length !== given.length) return undefined;
  const segments: string[] = [];
  for (const [i, segment] of given.entries()) {
    if (expected[i] === '*') segments.push(decode(segment));
    else if (expected[i] !== segment) return undefined;
  }
  return segments;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid('The path is not valid percent-encoding');
  }
}
