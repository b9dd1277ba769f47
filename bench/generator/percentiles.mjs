/* Times in milliseconds. All are kept, because high percentiles need the rare ones. */
export class Percentiles {
  #times = [];

  get count() {
    return this.#times.length;
  }

  add(ms) {
    this.#times.push(ms);
  }

  clear() {
    this.#times = [];
  }

  /** @returns {{ count: number, p50: number, p99: number, p999: number, max: number }} NaN without any time */
  summary() {
    const sorted = Float64Array.from(this.#times).sort();
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
    return { count: sorted.length, p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
  }
}
