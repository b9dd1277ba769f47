const IDS = 65_536;
const BITS = 8;

/** MQ16: the ids of publications with QoS 2 until their PUBREL, as one bit for each id. */
export class PacketIds {
  #bits: Uint8Array | undefined;
  #count = 0;

  /** B1. */
  get bytes(): number {
    return this.#bits?.length ?? 0;
  }

  has(id: number): boolean {
    return ((this.#bits?.[Math.floor(id / BITS)] ?? 0) & bitOf(id)) !== 0;
  }

  /** @returns false if it was added before. */
  add(id: number): boolean {
    if (this.has(id)) return false;
    this.#bits ??= new Uint8Array(IDS / BITS);
    this.#bits[Math.floor(id / BITS)] = (this.#bits[Math.floor(id / BITS)] ?? 0) | bitOf(id);
    this.#count += 1;
    return true;
  }

  delete(id: number): void {
    if (this.#bits === undefined || !this.has(id)) return;
    this.#bits[Math.floor(id / BITS)] = (this.#bits[Math.floor(id / BITS)] ?? 0) & ~bitOf(id);
    this.#count -= 1;
    if (this.#count === 0) this.#bits = undefined;
  }
}

function bitOf(id: number): number {
  return 1 << (id % BITS);
}
