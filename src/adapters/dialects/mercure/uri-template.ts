/** What an expression of a template stands for: `first` and then any of `rest`, or nothing at all. */
interface Hole {
  readonly first: string;
  readonly rest: ReadonlySet<string>;
}

type Piece = string | Hole;

// Each costs the length of the topic once for every publication.
const MAX_EXPRESSIONS = 8;

const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%';
const RESERVED = ":/?#[]@!$&'()*+,;=";

/** RFC 6570, 2.2: what begins the expansion of each operator, and what may stand in it. */
const OPERATORS: Readonly<Record<string, Hole>> = {
  '': { first: '', rest: new Set(`${UNRESERVED},=`) },
  '+': { first: '', rest: new Set(`${UNRESERVED}${RESERVED}`) },
  '#': { first: '#', rest: new Set(`${UNRESERVED}${RESERVED}`) },
  '.': { first: '.', rest: new Set(`${UNRESERVED},=`) },
  '/': { first: '/', rest: new Set(`${UNRESERVED},=/`) },
  ';': { first: ';', rest: new Set(`${UNRESERVED},=;`) },
  '?': { first: '?', rest: new Set(`${UNRESERVED},=&`) },
  '&': { first: '&', rest: new Set(`${UNRESERVED},=&`) },
};

const EXPRESSION = /\{([+#./;?&]?)[\w%.]+(?::\d{1,4}|\*)?(?:,[\w%.]+(?::\d{1,4}|\*)?)*\}/g;

/**
 * MER6: whether a URI template could have been expanded to a text. Undefined for a text that is no
 * template, or one with too many expressions. Costs at most so many steps as text and template have
 * characters, multiplied.
 */
export function templateMatcher(template: string): ((text: string) => boolean) | undefined {
  const pieces = piecesOf(template);
  if (pieces === undefined || !pieces.some((piece) => typeof piece !== 'string')) return undefined;
  return (text) => matches(pieces, text);
}

function piecesOf(template: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let end = 0;
  let expressions = 0;
  for (const found of template.matchAll(EXPRESSION)) {
    pieces.push(template.slice(end, found.index));
    pieces.push(OPERATORS[found[1] ?? ''] as Hole);
    end = found.index + found[0].length;
    expressions += 1;
  }
  pieces.push(template.slice(end));
  const hasLooseBraces = pieces.some((piece) => typeof piece === 'string' && /[{}]/.test(piece));
  return hasLooseBraces || expressions > MAX_EXPRESSIONS ? undefined : pieces;
}

/** Walks all ways at once: which places of the text are reached when the pieces so far are used up. */
function matches(pieces: readonly Piece[], text: string): boolean {
  let reached = new Uint8Array(text.length + 1);
  reached[0] = 1;
  for (const piece of pieces) {
    reached = typeof piece === 'string' ? behindText(piece, text, reached) : behindHole(piece, text, reached);
  }
  return reached[text.length] === 1;
}

function behindText(piece: string, text: string, reached: Uint8Array): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(text.length + 1);
  for (let at = 0; at + piece.length <= text.length; at++) {
    if (reached[at] === 1 && text.startsWith(piece, at)) next[at + piece.length] = 1;
  }
  return next;
}

function behindHole({ first, rest }: Hole, text: string, reached: Uint8Array): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(text.length + 1);
  let isInside = false;
  for (let at = 0; at <= text.length; at++) {
    isInside = isInside && at > 0 && rest.has(text[at - 1] ?? '');
    if (reached[at] === 1 || isInside) next[at] = 1;
    if (first === '' ? reached[at] === 1 : at > 0 && reached[at - 1] === 1 && text[at - 1] === first) {
      next[at] = 1;
      isInside = true;
    }
  }
  return next;
}
