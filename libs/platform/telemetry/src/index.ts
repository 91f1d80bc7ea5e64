export { describeError, Log } from './log.ts';
export type { LogLevel, LogOptions } from './log.ts';
export type { LogFields } from './log-fields.ts';
export { Metrics, metricLabels } from './metrics.ts';
export type { MetricLabel, MetricOptions } from './metrics.ts';
export { serveMetrics } from './metrics-server.ts';
export type { MetricsServer, MetricsServerOptions } from './metrics-server.ts';
export { mustNotCross, newTraceId } from './trace.ts';
