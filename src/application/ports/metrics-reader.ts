/** The text of all metrics, and its media type. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** Reads the metrics of a broker. */
export interface MetricsReader {
  /**
   * All metrics now. Never rejects.
   * @param accept the `Accept` header of the reader: OpenMetrics if it is listed, else the text format of Prometheus.
   */
  render(accept: string | undefined): Promise<MetricsText>;
}
