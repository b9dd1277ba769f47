import {
  MAX_STORED_BANS,
  type BanSnapshot,
  type ClusterRecords,
  type StoredBan,
} from '../../../application/ports/cluster-records.ts';
import { nodeId, type NodeId, type RealmKey } from '../../../domain/ids.ts';
import { NEVER } from '../../../domain/time.ts';
import { decodeBan, encodeBan } from '../shared/stored-bans.ts';
import { CLUSTER } from './keys.ts';
import { listOf, textOf, type Reply } from './replies.ts';
import type { ScriptRunner } from './script-runner.ts';
import type { ScriptName } from './scripts.ts';

export interface RedisRecordsOptions {
  /** A realm of all nodes, whose leases say which nodes live. */
  readonly realm: RealmKey;
  readonly onRejected: (fault: { readonly why: string }) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Bans in one hash of Redis. Commands are not queued and not repeated while Redis is unreachable, because an operator waits for
 * each of them; all can be repeated without harm.
 */
export class RedisClusterRecords implements ClusterRecords {
  readonly #runner: ScriptRunner;
  readonly #options: RedisRecordsOptions;

  constructor(runner: ScriptRunner, options: RedisRecordsOptions) {
    this.#runner = runner;
    this.#options = options;
  }

  nodes(answer: (nodes: readonly NodeId[]) => void): void {
    this.#run('listNodes', this.#options.realm, [], (reply) => answer(listOf(reply).map((node) => nodeId(textOf(node)))));
  }

  putBan(ban: StoredBan, answer: (outcome: 'done' | 'full' | 'unavailable') => void): void {
    const endsIn = ban.endsIn === NEVER ? '' : Math.ceil(ban.endsIn);
    this.#run('putBan', CLUSTER, [ban.id, endsIn, encodeBan(ban), MAX_STORED_BANS], (reply) => {
      const outcome = textOf(reply);
      answer(outcome === 'done' || outcome === 'full' ? outcome : 'unavailable');
    });
  }

  removeBan(id: string, answer: (outcome: 'done' | 'unavailable') => void): void {
    this.#run('removeBan', CLUSTER, [id], (reply) => answer(textOf(reply) === 'done' ? 'done' : 'unavailable'));
  }

  readBans(known: string | undefined, answer: (outcome: BanSnapshot | 'unchanged' | 'unavailable') => void): void {
    this.#run('readBans', CLUSTER, [known ?? ''], (reply) => {
      const [outcome, revision, bans] = listOf(reply);
      if (textOf(outcome) === 'unchanged') return answer('unchanged');
      if (textOf(outcome) !== 'bans') return answer('unavailable');
      answer({ revision: textOf(revision) || undefined, bans: listOf(bans).flatMap((ban) => this.#decode(ban)) });
    });
  }

  #decode(reply: Reply): StoredBan[] {
    const [id = '', endsIn = '', text = ''] = listOf(reply).map(textOf);
    const ban = decodeBan(id, text, endsIn === '' ? NEVER : Number(endsIn));
    if (ban === undefined) this.#options.onRejected({ why: 'unreadable' });
    return ban === undefined ? [] : [ban];
  }

  /** @param onReply receives undefined if Redis did not run the script. */
  #run(script: ScriptName, realm: RealmKey, args: readonly (string | number)[], onReply: (reply?: Reply) => void): void {
    const replied = this.#runner.runDirectly(script, realm, args).catch(() => undefined);
    void replied.then(onReply).catch(this.#options.onFault);
  }
}
