/* A9: the request to a backend and its answer: JSON for the webhook, objects for the function of an embedding program. */

/** The client that requests access. All texts are as the client sent them. */
export interface AuthorizeRequest {
  /** The version of this format. */
  readonly version: 1;
  /** The protocol of the client, such as `peerjs`. */
  readonly dialect: string;
  /** The realm, which PeerJS calls key. */
  readonly realm: string;
  /** Null if the broker generates the id, or if the request names none. */
  readonly id: string | null;
  readonly token: string | null;
  /** The address of the client (H10). */
  readonly address: string;
  /** The origin of the page; null for most clients that are no browsers. */
  readonly origin: string | null;
  /** The headers of `auth_forward` that the client sent, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Grants access. A member that is absent restricts nothing, except for `discover`. */
export interface AllowAnswer {
  readonly allow: true;
  /**
   * The user, a text of 1 to 256 characters. Owns the ids that the client takes: any client of the same user takes them over,
   * and no other client does. Without it, the token owns the ids.
   */
  readonly user?: string;
  /** Unix time in seconds at which the grant ends. */
  readonly until?: number;
  /** Ids that the client may take, each an exact text, or a prefix before one `*` at the end. */
  readonly ids?: readonly string[];
  /** Realms that the client may use, in the same form. */
  readonly realms?: readonly string[];
  /** Whether the client receives ICE servers. Default: true. */
  readonly ice?: boolean;
  /** Messages per second, if that is less than `messages_per_second`. */
  readonly rate?: number;
  /** Whether the client may list the peers of its realm. Default: false. */
  readonly discover?: boolean;
  /** Topics of Socket.IO, relay and Peero, each an exact text, or a prefix before one `*` at the end. */
  readonly topics?: { readonly publish?: readonly string[]; readonly subscribe?: readonly string[] };
  /** Seconds for which the answer also serves equal requests, from any address. At most 3600. */
  readonly cache?: number;
}

/** Denies access. */
export interface DenyAnswer {
  readonly allow: false;
  /** Text for the client, of 1 to 120 characters. */
  readonly message?: string;
}

export type AuthorizeAnswer = AllowAnswer | DenyAnswer;
