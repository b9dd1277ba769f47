import { Glob, type Piece, type Wildcard } from './glob.ts';

// Each expression costs one step for each character of the topic.
const MAX_EXPRESSIONS = 8;

const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%';
const RESERVED = ":/?#[]@!$&'()*+,;=";

function expansion(first: string, characters: string): Piece {
  const allowed = new Uint8Array(128);
  for (const one of characters) allowed[one.charCodeAt(0)] = 1;
  const wildcard: Wildcard = { minLength: 0, accepts: (unit) => allowed[unit] === 1 };
  return first === '' ? wildcard : { optional: [first, wildcard] };
}

/** RFC 6570, 2.2: the first character of the expansion of each operator, and the characters that it may contain. */
const OPERATORS: Readonly<Record<string, Piece>> = {
  '': expansion('', `${UNRESERVED},=`),
  '+': expansion('', `${UNRESERVED}${RESERVED}`),
  '#': expansion('#', `${UNRESERVED}${RESERVED}`),
  '.': expansion('.', `${UNRESERVED},=`),
  '/': expansion('/', `${UNRESERVED},=/`),
  ';': expansion(';', `${UNRESERVED},=;`),
  '?': expansion('?', `${UNRESERVED},=&`),
  '&': expansion('&', `${UNRESERVED},=&`),
};

const VARIABLE = /^[\w%.]+(?::\d{1,4}|\*)?$/;

/**
 * MER6: compiles a URI template to a matcher for its possible expansions.
 * @returns undefined for a text that is not a template; `too-many` for too many expressions.
 */
export function compileUriTemplate(template: string): Glob | 'too-many' | undefined {
  const pieces: Piece[] = [];
  let end = 0;
  let expressions = 0;
  for (let open = template.indexOf('{'); open >= 0; open = template.indexOf('{', end)) {
    const close = template.indexOf('}', open);
    const expression = close < 0 ? undefined : expressionIn(template.slice(open + 1, close));
    if (expression === undefined) return undefined;
    pieces.push(template.slice(end, open), expression);
    end = close + 1;
    expressions += 1;
  }
  pieces.push(template.slice(end));
  if (expressions === 0 || pieces.some((piece) => typeof piece === 'string' && piece.includes('}'))) return undefined;
  return expressions > MAX_EXPRESSIONS ? 'too-many' : new Glob(pieces);
}

function expressionIn(text: string): Piece | undefined {
  const operator = text.charAt(0) in OPERATORS ? text.charAt(0) : '';
  const variables = text.slice(operator.length).split(',');
  return variables.every((variable) => VARIABLE.test(variable)) ? OPERATORS[operator] : undefined;
}
