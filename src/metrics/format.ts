/** A way of writing a page: Prometheus's text format 0.0.4, or OpenMetrics 1.0.0. */
export type PageFormat = 'text' | 'openmetrics';

/** `Content-Type` of a page in each format. */
export const CONTENT_TYPES: Readonly<Record<PageFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};
